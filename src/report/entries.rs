//! A plan by resource: the two halves of a replacement are one entry.

use std::collections::BTreeSet;

use crate::graph::Id;
use crate::plan::{Action, Half, Plan, Reason, Step};

/// What a plan does to one resource.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub step: &'a Step,
    pub action: Action,
    /// Of a replacement: whether the new one comes before the old one goes.
    pub new_first: Option<bool>,
    /// The resources whose steps come before.
    pub after: BTreeSet<String>,
}

/// The entries of a plan, in the order of its steps.
pub(super) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    let entry = |step: &'_ Step| -> Option<(Action, Option<bool>, BTreeSet<String>)> {
        let action = step.action()?;
        let old = (action == Action::Replace).then(|| old_half(plan, step)).flatten();
        let address = &step.key.address;
        // The old half waits for those that use it, so only the new one's waits have an order.
        let before = step.after.iter().map(|id| &plan.step(*id).key);
        let after = before.filter(|key| key.address != *address).map(ToString::to_string).collect();
        let old_first =
            step.after.iter().any(|id| old.is_some_and(|old| std::ptr::eq(plan.step(*id), old)));
        Some((action, (action == Action::Replace).then_some(!old_first), after))
    };
    let with = |step| {
        let (action, new_first, after) = entry(step)?;
        Some(Entry { step, action, new_first, after })
    };
    plan.steps.iter().filter_map(with).collect()
}

fn old_half<'a>(plan: &'a Plan, new: &Step) -> Option<&'a Step> {
    plan.steps
        .iter()
        .find(|step| step.half == Some(Half::Old) && step.key.address == new.key.address)
}

impl Entry<'_> {
    /// The part's name within its instance; an old copy says so.
    pub fn part(&self) -> String {
        let part = self.step.key.address.part();
        match self.step.key.generation {
            Some(_) => format!("{part} (old copy)"),
            None => part.to_owned(),
        }
    }

    /// The id of what it is about, where there is something already.
    pub fn id(&self) -> Option<&Id> {
        let adopted = self.step.reasons.iter().find_map(|reason| match reason {
            Reason::Adopted(id) => id.as_ref(),
            _ => None,
        });
        self.step.id.as_ref().or(adopted)
    }

    /// Why, as one sentence without its full stop.
    pub fn reason(&self) -> String {
        self.words(|_| true)
    }

    /// The same without what is plain from the action and its changes.
    pub fn remark(&self) -> String {
        self.words(|reason| {
            !matches!(
                reason,
                Reason::New | Reason::Changed(_) | Reason::CannotChange(_) | Reason::NotWanted
            )
        })
    }

    fn words(&self, wanted: impl Fn(&Reason) -> bool) -> String {
        let reasons = &self.step.reasons;
        let fixed = |path: &String| {
            reasons.iter().any(|other| matches!(other, Reason::CannotChange(p) if p.contains(path)))
        };
        // What changes and cannot be changed in place is said once.
        let said_later =
            |one: &&Reason| matches!(one, Reason::Changed(paths) if paths.iter().all(fixed));
        let said = reasons.iter().filter(|reason| wanted(reason) && !said_later(reason));
        let mut words: Vec<String> = said.map(reason).collect();
        words.extend(self.new_first.map(|new_first| {
            match new_first {
                true => "the new one comes before the old one goes",
                false => "the old one goes before the new one can come",
            }
            .to_owned()
        }));
        words.join("; ")
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::New => "it is not there yet".to_owned(),
        Reason::Adopted(Some(id)) => format!("{id} exists already and is taken over"),
        Reason::Adopted(None) => "what exists under its name is taken over".to_owned(),
        Reason::Changed(paths) if paths.len() == 1 => format!("{} changes", quoted(paths)),
        Reason::Changed(paths) => format!("{} change", quoted(paths)),
        Reason::Drifted(paths) => format!("{} was changed by hand in the cloud", quoted(paths)),
        Reason::Missing => "it was deleted by hand in the cloud".to_owned(),
        Reason::Unfinished => "its last change was interrupted".to_owned(),
        Reason::Restored => "the copy that a replacement left behind is wanted again".to_owned(),
        Reason::CannotChange(paths) => format!("{} cannot be changed in place", quoted(paths)),
        Reason::GoesWith(other) => format!("it goes with {other}, which is replaced"),
        Reason::Asked => "its replacement was asked for".to_owned(),
        Reason::OtherKind(kind) => format!("it was of the type {kind} before"),
        Reason::NotWanted => "it is not wanted any more".to_owned(),
        Reason::Gone => "it is not wanted any more, and gone already".to_owned(),
        Reason::Replaced => "it was replaced by a new one".to_owned(),
    }
}

const NAMED: usize = 4;

fn quoted(paths: &[String]) -> String {
    let mut names: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    if paths.len() > NAMED {
        names.push(format!("{} more", paths.len() - NAMED));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}
