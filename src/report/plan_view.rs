//! A plan for a reviewer: by instance, each resource with what is done to it, why, and what changes.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::entries::{Entry, entries};
use super::style::{Look, count, paint, sign};
use super::value_view::{block, is_large, line};
use crate::plan::{Action, Change, Plan, Summary, changes};

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// What is done to which resource, and why.
    Outline,
    /// What changes, too.
    #[default]
    Changes,
    /// The inputs of what is created, too.
    Everything,
}

/// A plan as text.
pub fn plan_view(plan: &Plan, detail: Detail) -> String {
    let mut text = String::new();
    for (instance, entries) in by_instance(plan) {
        let _ = writeln!(text, "{}", paint(Look::Title, instance));
        instance_view(&mut text, &entries, detail);
        text.push('\n');
    }
    let _ = writeln!(text, "{}", summary_line(plan));
    text
}

/// The one line that says how much a plan does.
pub fn summary_line(plan: &Plan) -> String {
    let summary = plan.summary();
    if plan.is_empty() {
        let place = format!("{}/{}", plan.project, plan.environment);
        return match summary.unchanged {
            0 => format!("No changes. {place} has no resources, and none are wanted."),
            1 => format!("No changes. The one resource of {place} is as it is wanted."),
            some => format!("No changes. All {some} resources of {place} are as they are wanted."),
        };
    }
    let Summary { create, update, replace, delete, adopt, forget, unchanged } = summary;
    let seldom: String = [(adopt, "adopt"), (forget, "forget")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, action)| format!("{number} to {action}, "))
        .collect();
    format!(
        "{} {create} to create, {update} to update, {replace} to replace, {delete} to delete, \
         {seldom}{unchanged} unchanged.",
        paint(Look::Title, "Plan:")
    )
}

pub(super) fn by_instance(plan: &Plan) -> BTreeMap<&str, Vec<Entry<'_>>> {
    let mut groups: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in entries(plan) {
        groups.entry(entry.step.key.address.instance()).or_default().push(entry);
    }
    for group in groups.values_mut() {
        group.sort_by(|one, other| one.step.key.cmp(&other.step.key));
    }
    groups
}

const WIDEST_NAME: usize = 44;

fn instance_view(text: &mut String, entries: &[Entry<'_>], detail: Detail) {
    let longest = entries.iter().map(|entry| entry.part().chars().count()).max().unwrap_or(0);
    let widest = longest.min(WIDEST_NAME);
    let kinds = entries.iter().map(|entry| entry.step.kind.len()).max().unwrap_or(0);
    for entry in entries {
        let look = Look::of(entry.action);
        let _ = writeln!(
            text,
            "  {} {:widest$}  {}  {}{}{}",
            paint(look, format!("{:>3}", sign(entry.action))),
            entry.part(),
            paint(Look::Faint, format!("{:kinds$}", entry.step.kind)),
            paint(look, entry.action),
            name(entry),
            why(entry),
        );
        for change in shown_changes(entry, detail) {
            change_view(text, &change, matches!(entry.action, Action::Create | Action::Adopt));
        }
    }
}

/// The physical name of what is made.
fn name(entry: &Entry<'_>) -> String {
    entry.step.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default()
}

/// What goes first, and the reasons that the changes below do not show.
fn why(entry: &Entry<'_>) -> String {
    let why = entry.remark();
    if why.is_empty() { String::new() } else { paint(Look::Faint, format!(": {why}")) }
}

pub(super) fn shown_changes(entry: &Entry<'_>, detail: Detail) -> Vec<Change> {
    match (detail, entry.action, &entry.step.preview) {
        (Detail::Outline, ..) => Vec::new(),
        (Detail::Everything, Action::Create | Action::Adopt, Some(preview)) => {
            changes(&serde_json::json!({}), preview).into_iter().filter(says_something).collect()
        }
        _ => entry.step.changes.clone(),
    }
}

/// Whether an input of something new is worth a line: it has a value, and is none of our own tags.
fn says_something(change: &Change) -> bool {
    !matches!(&change.to, Value::Null)
        && change.to != ""
        && change.to.as_array().is_none_or(|items| !items.is_empty())
        && change.path != "tags"
}

const INDENT: &str = "        ";

pub(super) fn change_view(text: &mut String, change: &Change, is_new: bool) {
    let path = paint(Look::Name, &change.path);
    let forces = if change.replaces {
        paint(Look::Bad, "  (forces the replacement)")
    } else {
        String::new()
    };
    if is_new && is_large(&change.to) {
        let _ = writeln!(text, "{INDENT}{path}:");
        for said in block(&change.to) {
            let _ = writeln!(text, "{INDENT}  {said}");
        }
    } else if is_new {
        let _ = writeln!(text, "{INDENT}{path}: {}", line(&change.to));
    } else if is_large(&change.from) || is_large(&change.to) {
        let _ = writeln!(text, "{INDENT}{path}:{forces}");
        for (look, mark, said) in difference(change) {
            let _ = writeln!(text, "{INDENT}  {}", paint_some(look, format!("{mark} {said}")));
        }
    } else {
        let (from, to) = (line(&change.from), line(&change.to));
        let (from, to) = (paint(Look::Bad, from), paint(Look::Good, to));
        let _ = writeln!(text, "{INDENT}{path}: {from} → {to}{forces}");
    }
}

fn paint_some(look: Option<Look>, text: String) -> String {
    look.map_or(text.clone(), |look| paint(look, text))
}

const AROUND: usize = 2;

/// The lines that differ between two large values, with a few around them.
pub(super) fn difference(change: &Change) -> Vec<(Option<Look>, char, String)> {
    let (from, to) = (lines_of(&change.from), lines_of(&change.to));
    let diff = TextDiff::from_lines(&from, &to);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            lines.push((Some(Look::Faint), ' ', "…".to_owned()));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (look, mark) = match change.tag() {
                ChangeTag::Equal => (None, ' '),
                ChangeTag::Delete => (Some(Look::Bad), '-'),
                ChangeTag::Insert => (Some(Look::Good), '+'),
            };
            lines.push((look, mark, change.value().trim_end_matches('\n').to_owned()));
        }
    }
    lines
}

fn lines_of(value: &Value) -> String {
    if value.is_null() { String::new() } else { block(value).join("\n") + "\n" }
}

/// How much a run did: `3 created, 1 updated`.
pub fn tally_line(done: &BTreeMap<Action, usize>) -> String {
    let said: Vec<String> = done
        .iter()
        .filter(|(_, number)| **number > 0)
        .map(|(action, number)| format!("{number} {}", super::style::past(*action)))
        .collect();
    if said.is_empty() { count(0, "change") } else { said.join(", ") }
}
