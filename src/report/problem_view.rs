//! Problems for people: the excerpt, the exact place, what is wrong, what would be right.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

/// A problem as text of that many columns. One that only gathers others is left out for them.
pub fn render(problem: &dyn Diagnostic, width: usize) -> String {
    let mut text = String::new();
    match problem.related() {
        Some(related) if problem.code().is_none() => {
            let mut count = 0;
            for one in related {
                text.push_str(&single(one, width));
                count += 1;
            }
            if count > 1 {
                text.push_str(&format!("{count} problems.\n"));
            }
        }
        _ => text.push_str(&single(problem, width)),
    }
    text
}

fn single(problem: &dyn Diagnostic, width: usize) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_width(width)
        .with_links(false)
        .with_context_lines(1)
        .tab_width(4);
    let mut text = String::new();
    if handler.render_report(&mut text, problem).is_err() {
        text = format!("{problem}\n");
    }
    text.push('\n');
    text
}
