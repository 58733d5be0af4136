//! A plan for a pull request: a table, and each instance's details folded away.

use std::fmt::Write;

use super::entries::Entry;
use super::plan_view::{Detail, by_instance, difference, shown_changes, summary_line};
use super::style::sign;
use super::value_view::{is_large, line};
use crate::plan::{Action, Change, Plan};

/// A plan as Markdown of at most that many bytes: details are dropped before structure. The first
/// line is a comment by which a script finds the text again, to replace it.
pub fn plan_markdown(plan: &Plan, most: usize) -> String {
    let shapes = [Some(Detail::Changes), Some(Detail::Outline), None];
    let texts = shapes.into_iter().map(|detail| whole(plan, detail));
    let mut shortest = String::new();
    for text in texts {
        if text.len() <= most {
            return text;
        }
        shortest = text;
    }
    shortest
}

fn whole(plan: &Plan, detail: Option<Detail>) -> String {
    let summary = plan.summary();
    let place = format!("{}/{}", plan.project, plan.environment);
    let mut text = format!("<!-- maas plan {place} -->\n### maas plan: `{place}`\n\n");
    if plan.is_empty() {
        let _ = writeln!(text, "{}", summary_line(plan));
        return text;
    }
    let seldom = [("adopt", summary.adopt), ("forget", summary.forget)];
    let columns: Vec<(&str, usize)> = [
        ("create", summary.create),
        ("update", summary.update),
        ("replace", summary.replace),
        ("delete", summary.delete),
    ]
    .into_iter()
    .chain(seldom.into_iter().filter(|(_, number)| *number > 0))
    .chain([("unchanged", summary.unchanged)])
    .collect();
    let row = |cell: &dyn Fn(&(&str, usize)) -> String| {
        format!("| {} |", columns.iter().map(cell).collect::<Vec<_>>().join(" | "))
    };
    let _ = writeln!(text, "{}", row(&|(action, _)| (*action).to_owned()));
    let _ = writeln!(text, "|{}", "---|".repeat(columns.len()));
    let _ = writeln!(text, "{}\n", row(&|(_, number)| number.to_string()));
    match detail {
        Some(detail) => {
            for (instance, entries) in by_instance(plan) {
                instance_details(&mut text, instance, &entries, detail);
            }
            if detail == Detail::Outline {
                text.push_str("\nThe changes are left out for length.\n");
            }
        }
        None => text.push_str("The resources are left out for length.\n"),
    }
    text
}

fn instance_details(text: &mut String, instance: &str, entries: &[Entry<'_>], detail: Detail) {
    let actions = [
        Action::Create,
        Action::Update,
        Action::Replace,
        Action::Delete,
        Action::Adopt,
        Action::Forget,
    ];
    let count = |action| entries.iter().filter(|entry| entry.action == action).count();
    let said: Vec<String> = actions
        .into_iter()
        .filter(|action| count(*action) > 0)
        .map(|action| format!("{} to {action}", count(action)))
        .collect();
    let _ = writeln!(
        text,
        "<details><summary><b>{instance}</b>: {}</summary>\n\n```diff",
        said.join(", ")
    );
    for entry in entries {
        entry_lines(text, entry, detail);
    }
    text.push_str("```\n</details>\n");
}

fn entry_lines(text: &mut String, entry: &Entry<'_>, detail: Detail) {
    // The first character colours the line.
    let mark = match entry.action {
        Action::Create | Action::Adopt => '+',
        Action::Delete => '-',
        _ => '!',
    };
    let sign = sign(entry.action);
    let part = entry.part();
    let _ = write!(text, "{mark} {sign:>3} {part}  ({})  {}", entry.step.kind, entry.action);
    let remark = entry.remark();
    if !remark.is_empty() {
        let _ = write!(text, ": {remark}");
    }
    text.push('\n');
    for change in shown_changes(entry, detail) {
        change_lines(text, &change);
    }
}

fn change_lines(text: &mut String, change: &Change) {
    let forces = if change.replaces { "  (forces the replacement)" } else { "" };
    if is_large(&change.from) || is_large(&change.to) {
        let _ = writeln!(text, "        {}:{forces}", change.path);
        for (_, mark, said) in difference(change) {
            let _ = writeln!(text, "{mark}         {said}");
        }
    } else {
        let (from, to) = (line(&change.from), line(&change.to));
        let _ = writeln!(text, "        {}: {from} → {to}{forces}", change.path);
    }
}
