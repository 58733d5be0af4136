//! The plan as data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Change;
use crate::graph::{Address, Document, Id};
use crate::state::{Key, Record};

/// What has to be done, in which order, and why.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Plan {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// The digest of the manifest that it was made from.
    pub manifest: String,
    /// The serial of the state that it was made from.
    pub state_serial: u64,
    /// The steps, each behind all that it waits for.
    pub steps: Vec<Step>,
    /// What stays as it is.
    pub unchanged: Vec<Unchanged>,
    /// Records that are not what they were, to be stored before the first step: what reading the cloud
    /// brought up to date, and copies that are current again.
    pub refreshed: Vec<Record>,
    /// Where nothing is recorded any more from then on: what is wanted and gone, and where copies
    /// were recorded that are current again.
    pub vacated: Vec<Key>,
    /// The outputs that resources will have, as far as they are known before.
    pub foretold: BTreeMap<Address, Map<String, Value>>,
}

/// The number of a step in its plan: its place in [`Plan::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct StepId(pub usize);

/// One thing to do to one resource.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The record that it is about.
    pub key: Key,
    /// The resource's type.
    pub kind: String,
    /// What is done.
    pub operation: Operation,
    /// Which half of a replacement it is.
    pub half: Option<Half>,
    /// The steps that come before.
    pub after: BTreeSet<StepId>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What changes; for a create, nothing; for a delete, how it is deleted, where that is not as it
    /// was applied.
    pub changes: Vec<Change>,
    /// Wanted inputs with references in them, secrets sealed; none for a delete.
    pub wanted: Option<Document>,
    /// Wanted inputs as far as they are known now, secrets sealed; none for a delete.
    pub preview: Option<Document>,
    /// Applied inputs as they are now, where reading found others than those recorded.
    pub seen: Option<Document>,
    /// The generation that the resource has afterwards.
    pub generation: u32,
    /// Whether its physical name is fixed by the manifest.
    pub name_pinned: bool,
    /// What it needs.
    pub needs: BTreeSet<Address>,
    /// The resource with which the cloud deletes it.
    pub owner: Option<Address>,
    /// Its id in the cloud, where it is known.
    pub id: Option<Id>,
    /// The physical name of what is made, where its type has one.
    pub name: Option<String>,
    /// About how long it takes, in seconds.
    pub seconds: u32,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Makes it.
    Create,
    /// Changes it in place, or finishes it.
    Update,
    /// Deletes it.
    Delete,
    /// The cloud deletes it together with its owner: no call.
    DeleteWithOwner,
    /// It is gone already, so only its record goes: no call.
    Forget,
}

/// The halves of a replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// The new one.
    New,
    /// The old one.
    Old,
}

/// What happens to a resource, for people and programs: the two halves of a replacement are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Action {
    Create,
    Update,
    Replace,
    Delete,
    Adopt,
    Forget,
    Unchanged,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::Unchanged => "unchanged",
        })
    }
}

/// Why a step is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is wanted and not there.
    New,
    /// It is wanted, and what exists is taken over: this one, where the cloud was read.
    Adopted(Option<Id>),
    /// The manifest changed these inputs.
    Changed(Vec<String>),
    /// These inputs were changed by hand in the cloud.
    Drifted(Vec<String>),
    /// It was deleted by hand in the cloud.
    Missing,
    /// Its creation was interrupted.
    Unfinished,
    /// A replacement left this copy behind, and the manifest went back to it.
    Restored,
    /// These inputs cannot be changed in place.
    CannotChange(Vec<String>),
    /// The cloud deletes it with its owner, which is replaced.
    GoesWith(Address),
    /// The user asked for its replacement.
    Asked,
    /// It is now of another type; this was the old one.
    OtherKind(String),
    /// It is wanted no more.
    NotWanted,
    /// It is wanted no more, and gone already.
    Gone,
    /// A replacement left this copy behind.
    Replaced,
}

/// A resource that stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct Unchanged {
    /// Where.
    pub address: Address,
    /// Its type.
    pub kind: String,
}

/// How many resources meet which action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Summary {
    pub create: usize,
    pub update: usize,
    pub replace: usize,
    pub delete: usize,
    pub adopt: usize,
    pub forget: usize,
    pub unchanged: usize,
}

impl Step {
    /// What happens to the resource; none for the half of a replacement that the other half stands
    /// for.
    pub fn action(&self) -> Option<Action> {
        match (&self.operation, self.half) {
            (Operation::Create, None) => Some(match self.adopts() {
                true => Action::Adopt,
                false => Action::Create,
            }),
            (Operation::Create, Some(_)) => Some(Action::Replace),
            (Operation::Update, _) => Some(Action::Update),
            (_, Some(Half::Old)) => None,
            (Operation::Delete | Operation::DeleteWithOwner, _) => Some(Action::Delete),
            (Operation::Forget, _) => Some(Action::Forget),
        }
    }

    /// Whether it deletes what goes before its replacement comes; the record of one that goes after it
    /// steps aside.
    pub fn goes_first(&self) -> bool {
        self.half == Some(Half::Old) && self.key.generation.is_none()
    }

    /// Whether it takes over what exists already.
    pub fn adopts(&self) -> bool {
        self.reasons.iter().any(|reason| matches!(reason, Reason::Adopted(_)))
    }
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.steps.iter().enumerate().map(|(at, step)| (StepId(at), step))
    }

    /// The step of that number.
    pub fn step(&self, id: StepId) -> &Step {
        &self.steps[id.0]
    }

    /// How many resources meet which action.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { unchanged: self.unchanged.len(), ..Summary::default() };
        for action in self.steps.iter().filter_map(Step::action) {
            match action {
                Action::Create => summary.create += 1,
                Action::Update => summary.update += 1,
                Action::Replace => summary.replace += 1,
                Action::Delete => summary.delete += 1,
                Action::Adopt => summary.adopt += 1,
                Action::Forget => summary.forget += 1,
                Action::Unchanged => {}
            }
        }
        summary
    }
}
