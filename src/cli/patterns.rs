//! `maas patterns`.

use std::fmt::Write;

use clap::Args;

use super::{Ended, Exit, Failure};
use crate::patterns::{self, Description, Parameter};
use crate::report::{Complaint, Console, Look, paint, wrap};

/// Lists the patterns; describes one: parameters, parts, diagram
#[derive(Args, Debug)]
pub struct Patterns {
    /// The pattern to describe
    #[arg(value_name = "PATTERN")]
    name: Option<String>,
}

impl Patterns {
    pub(super) fn run(self, console: Console) -> Ended {
        let width = console.width();
        match self.name {
            None => console.result(&list(&patterns::descriptions(), width)),
            Some(name) => {
                let found = patterns::describe(&name).ok_or_else(|| no_such(&name))?;
                console.result(&described(&found, width));
            }
        }
        Ok(Exit::Done)
    }
}

/// The complaint about a name that is no pattern's.
pub(super) fn no_such(name: &str) -> Failure {
    let known: Vec<String> =
        patterns::descriptions().iter().map(|pattern| format!("`{}`", pattern.name)).collect();
    let complaint = Complaint::new(
        "maas::command_line::unknown_pattern",
        format!("There is no pattern `{name}`."),
    );
    Failure::wrong(complaint.help(format!("The patterns are {}.", known.join(", "))))
}

fn list(all: &[Description], width: usize) -> String {
    let mut text = String::new();
    for pattern in all {
        let _ = writeln!(text, "{}", paint(Look::Title, pattern.name));
        text.push_str(&wrap(pattern.summary, 2, width));
    }
    text + "\n`maas patterns NAME` describes one; `maas init NAME` starts a manifest with it.\n"
}

fn described(pattern: &Description, width: usize) -> String {
    let mut text = format!("{}\n", paint(Look::Title, pattern.name));
    text.push_str(&wrap(pattern.summary, 2, width));
    heading(&mut text, "Parameters");
    for parameter in &pattern.parameters {
        parameter_lines(&mut text, parameter, width);
    }
    heading(&mut text, "Parts");
    let widest = pattern.parts.iter().map(|(part, _)| part.len()).max().unwrap_or(0);
    for (part, what) in pattern.parts {
        let _ = writeln!(text, "  {}  {what}", paint(Look::Name, format!("{part:widest$}")));
    }
    if !pattern.billed_by_the_hour.is_empty() {
        heading(&mut text, "Billed by the hour, also when nothing happens");
        for what in pattern.billed_by_the_hour {
            text.push_str(&wrap(what, 2, width));
        }
    }
    heading(&mut text, "Diagram (Mermaid)");
    pattern.diagram.lines().for_each(|line| {
        let _ = writeln!(text, "  {line}");
    });
    text
}

fn heading(text: &mut String, words: &str) {
    let _ = writeln!(text, "\n{}", paint(Look::Title, words));
}

fn parameter_lines(text: &mut String, parameter: &Parameter, width: usize) {
    let required = if parameter.required { ", required" } else { "" };
    let kind = paint(Look::Faint, format!("{}{required}", parameter.kind));
    let _ = writeln!(text, "  {}  {kind}", paint(Look::Name, &parameter.path));
    if !parameter.description.is_empty() {
        text.push_str(&wrap(&parameter.description, 6, width));
    }
    if !parameter.examples.is_empty() {
        text.push_str(&wrap(&format!("For example: {}", parameter.examples.join(", ")), 6, width));
    }
}
