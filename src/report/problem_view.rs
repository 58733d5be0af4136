//! Problems for people: the excerpt, the exact place, what is wrong, what would be right.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use textwrap::{WordSeparator, WordSplitter};

/// A problem as text of that many columns. One that only gathers others is left out for them.
pub fn render(problem: &dyn Diagnostic, width: usize) -> String {
    match problem.related() {
        Some(related) if problem.code().is_none() => {
            let all: Vec<String> = related.map(|one| single(one, width)).collect();
            match all.len() {
                1 => all.concat(),
                count => format!("{}\n{count} problems.\n", all.join("\n")),
            }
        }
        _ => single(problem, width),
    }
}

fn single(problem: &dyn Diagnostic, width: usize) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_width(width)
        // Addresses and paths are to be copied: no line ends within one.
        .with_word_separator(WordSeparator::AsciiSpace)
        .with_word_splitter(WordSplitter::NoHyphenation)
        .with_links(false)
        .with_context_lines(1)
        .tab_width(4);
    let mut text = String::new();
    if handler.render_report(&mut text, problem).is_err() {
        text = problem.to_string();
    }
    format!("{}\n", text.trim_end())
}
