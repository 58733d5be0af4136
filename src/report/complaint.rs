//! Problems that have no place in a manifest: faults of AWS, of the state, of a plan, of the
//! command line.

use std::collections::BTreeSet;
use std::fmt;

use miette::Diagnostic;

use crate::graph::{Address, Fault, FaultKind};
use crate::manifest;
use crate::plan::{BadTarget, PlanError};
use crate::state::StateError;

/// Something that is wrong: what, and what to do about it.
#[derive(Clone, Debug)]
pub struct Complaint {
    code: &'static str,
    message: String,
    help: Option<String>,
    causes: Vec<Complaint>,
}

impl Complaint {
    /// Something wrong, with a code that stays the same between versions.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, causes: Vec::new() }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Several at once; a single one is itself.
    pub fn several(mut causes: Vec<Self>, message: impl Into<String>) -> Self {
        if causes.len() == 1 {
            return causes.remove(0);
        }
        Self { causes, ..Self::new("", message) }
    }

    /// A fault, and which resource could not be `created`, `deleted` or `read`.
    pub fn of_fault(address: Option<&Address>, action: &str, fault: &Fault) -> Self {
        let about = address.map(|address| format!("{address} could not be {action}: "));
        let mut message = sentence(&format!("{}{}", about.unwrap_or_default(), fault.message));
        if !fault.operation.is_empty() {
            message.push_str(&format!("\n{} {}", fault.operation, answer(fault)));
        }
        let said = Self::new(code(fault.kind), message);
        match &fault.advice {
            Some(advice) => said.help(sentence(advice)),
            None if matches!(fault.kind, FaultKind::NotKnown | FaultKind::Defect) => {
                said.help("This is a defect of maas. Please report it with the command and -v.")
            }
            None => said,
        }
    }

    /// A failure of the state, with its remedy.
    pub fn of_state(error: &StateError) -> Self {
        let complaint = Self::new("maas::state", sentence(&error.to_string()));
        match error.remedy() {
            Some(remedy) => complaint.help(remedy),
            None => complaint,
        }
    }

    /// Why there is no plan.
    pub fn of_plan(error: &PlanError) -> Self {
        let complaint = Self::new("maas::plan", sentence(&error.to_string()));
        match error {
            PlanError::Flawed(_) => {
                complaint.help("This is a defect of maas; nothing was touched. Please report it.")
            }
            PlanError::UnknownKind { .. } => {
                complaint.help("Use the version of maas that made it, or a later one.")
            }
            PlanError::Cycle(_) => {
                complaint.help("Take one of the references between these out of the manifest.")
            }
            PlanError::Protected { address, input, replaced } => {
                complaint.help(lift(address, input, *replaced))
            }
            PlanError::Hindered { obstacle, .. } => {
                complaint.help(format!("Nothing was touched. {}", sentence(&obstacle.advice)))
            }
            PlanError::Target(BadTarget { given, known, .. }) => match meant(given, known) {
                help if help.is_empty() => complaint,
                help => complaint.help(help),
            },
            PlanError::Taken { address, .. } => complaint.help(format!(
                "Delete it or give {address} another name, or take it over with `--adopt {address}`."
            )),
            PlanError::Refused { .. } => complaint,
        }
    }
}

/// How something is deleted that is protected.
fn lift(address: &Address, input: &str, replaced: bool) -> String {
    let instance = address.instance();
    if replaced {
        return format!(
            "Nothing was touched. What it holds would be lost: take the change back, or say `{input} = \
             false` in `[patterns.{instance}]` as well."
        );
    }
    format!(
        "Nothing was touched. To delete it with what it holds, say `{input} = false` for it in \
         `[patterns.{instance}]`: destroy goes by the manifest as it is then, if it can be read. An instance that is out of \
         the manifest already goes after `{input} = false` was applied, or by `maas destroy --target \
         {instance}` with it back in."
    )
}

/// So many names are listed; of more, only the nearest is told.
const LISTED: usize = 24;

/// What was probably meant, and what there is.
fn meant(given: &str, known: &BTreeSet<String>) -> String {
    let names = || known.iter().map(String::as_str);
    let mut said = Vec::new();
    said.extend(manifest::nearest(given, names()).map(|near| format!("Did you mean `{near}`?")));
    if !known.is_empty() && known.len() <= LISTED {
        let are = if known.len() == 1 { "is" } else { "are" };
        said.push(format!("There {are} {}.", manifest::list(names())));
    }
    said.join(" ")
}

/// What AWS answered, beside its message.
fn answer(fault: &Fault) -> String {
    match (&fault.code, &fault.request_id) {
        (Some(code), Some(id)) => format!("answered {code}, request id {id}."),
        (Some(code), None) => format!("answered {code}."),
        (None, _) => "did not answer.".to_owned(),
    }
}

fn code(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Refused => "maas::aws::refused",
        FaultKind::Exists => "maas::aws::exists",
        FaultKind::Absent => "maas::aws::absent",
        FaultKind::Throttled => "maas::aws::throttled",
        FaultKind::NotReady => "maas::aws::not_ready",
        FaultKind::Unanswered => "maas::aws::unanswered",
        FaultKind::Credentials => "maas::aws::credentials",
        FaultKind::Stopped => "maas::stopped",
        // What a call needs is known by then, or the order is wrong.
        FaultKind::NotKnown | FaultKind::Defect => "maas::defect",
    }
}

/// The text as a sentence: a capital at its start, a full stop at its end.
pub fn sentence(text: &str) -> String {
    // A name, such as an address or an operation, keeps its letters.
    let is_word = text.split_whitespace().next().is_some_and(|first| {
        first != "maas" && first.trim_end_matches([',', '.', ':']).chars().all(char::is_alphabetic)
    });
    let mut letters = text.chars();
    let mut whole = match letters.next() {
        Some(first) if is_word => first.to_uppercase().to_string() + letters.as_str(),
        _ => text.to_owned(),
    };
    if whole.ends_with(|end: char| end.is_alphanumeric() || matches!(end, '`' | ')' | '"' | '\'')) {
        whole.push('.');
    }
    whole
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Complaint {}

impl Diagnostic for Complaint {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(self.code) as Box<_>)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<_>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.causes.is_empty())
            .then(|| Box::new(self.causes.iter().map(|cause| cause as &dyn Diagnostic)) as Box<_>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_with_capitals_and_names_do_not() {
        assert_eq!(sentence("the state is closed"), "The state is closed.");
        assert_eq!(sentence("jobs/queue: too long!"), "jobs/queue: too long!");
        assert_eq!(sentence("sqs:CreateQueue: `x`"), "sqs:CreateQueue: `x`.");
    }
}
