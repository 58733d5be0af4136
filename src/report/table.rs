//! Rows in columns, and moments as distances from now.

use anstream::adapter::strip_str;

use super::style::{Look, paint};

/// The rows below their heads, each column as wide as its widest cell.
pub fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let seen = |cell: &str| strip_str(cell).to_string().chars().count();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| seen(cell)).chain([heads[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            format!("{cell}{:pad$}", "", pad = width.saturating_sub(seen(cell)))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let heads = heads.iter().map(|head| paint(Look::Title, head)).collect();
    std::iter::once(line(heads)).chain(rows.iter().cloned().map(line)).collect()
}

/// How long ago, or in how long: `2 h ago`, `in 3 d`; the text itself where it is no moment.
pub fn ago(at: &str) -> String {
    let Ok(moment) = at.parse::<jiff::Timestamp>() else { return at.to_owned() };
    distance(moment.duration_since(jiff::Timestamp::now()).as_secs())
}

fn distance(seconds: i64) -> String {
    let size = match seconds.unsigned_abs() {
        0..60 => return "now".to_owned(),
        s @ 60..3_600 => format!("{} min", s / 60),
        s @ 3_600..172_800 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    };
    if seconds < 0 { format!("{size} ago") } else { format!("in {size}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_seen() {
        let rows = vec![vec![paint(Look::Good, "a"), "x".into()], vec!["bbb".into(), "y".into()]];
        let text = strip_str(&table(&["N", "V"], &rows)).to_string();
        assert_eq!(text, "N    V\na    x\nbbb  y\n");
    }

    #[test]
    fn distances_have_one_unit() {
        let of = [-5, -7_200, 90, 260_000].map(distance);
        assert_eq!(of, ["now", "2 h ago", "in 1 min", "in 3 d"]);
    }
}
