//! What a plan is made from, and what is decided of each resource.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::diff::Change;
use super::restored::Restored;
use super::target::Targeted;
use super::{Observations, Observed, Options, PlanError, Reason};
use crate::graph::{Address, AnyResource, Catalogue, Document, Graph, Node, Place};
use crate::state::{Key, Record, Snapshot};

/// All that a plan is made from.
pub(super) struct World<'a> {
    pub graph: &'a Graph,
    pub snapshot: &'a Snapshot,
    pub seen: &'a Observations,
    pub place: &'a Place,
    pub catalogue: &'a Catalogue,
    pub options: &'a Options,
    /// The current records.
    pub records: HashMap<&'a Address, &'a Record>,
    /// The copies that are current again.
    pub restored: Option<&'a Restored>,
}

impl World<'_> {
    pub fn record(&self, address: &Address) -> Option<&Record> {
        self.records.get(address).copied()
    }

    pub fn resource(&self, node: &Node) -> Result<&dyn AnyResource, PlanError> {
        self.catalogue.get(node.traits.kind).map(AsRef::as_ref).ok_or_else(|| {
            PlanError::UnknownKind {
                address: node.address.clone(),
                kind: node.traits.kind.to_owned(),
            }
        })
    }

    /// Whether a copy that was left behind is the current one again.
    pub fn is_restored(&self, address: &Address) -> bool {
        self.restored.is_some_and(|restored| restored.addresses.contains(address))
    }

    /// What was seen of the current one; nobody looked at a copy that was left behind.
    pub fn seen(&self, address: &Address) -> Option<&Observed> {
        self.seen.get(address).filter(|_| !self.is_restored(address))
    }

    pub fn is_gone(&self, address: &Address) -> bool {
        matches!(self.seen(address), Some(Observed::Gone))
    }
}

/// What happens to one wanted resource.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    Keep,
    Create,
    Update,
    /// Replaced; whether the new one comes before the old one goes.
    Replace {
        new_first: bool,
    },
}

/// The inputs that a resource is to have, sealed.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    /// With references in them.
    pub wanted: Document,
    /// As far as they are known.
    pub preview: Document,
}

/// A verdict and what led to it.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    pub changes: Vec<Change>,
    pub generation: u32,
    /// Its inputs; none where they are those that were applied.
    pub inputs: Option<Inputs>,
    /// The inputs as seen, where they differ from those recorded.
    pub seen: Option<Document>,
}

/// All verdicts, and what is foretold of what is not there yet.
pub(super) struct Decisions {
    pub order: Vec<Address>,
    pub nodes: HashMap<Address, Decision>,
    pub targeted: Targeted,
    /// The outputs that what is made or changed will have.
    pub foretold: BTreeMap<Address, Map<String, Value>>,
    /// Records that are not what they were.
    pub refreshed: Vec<Record>,
    /// Where nothing is recorded any more.
    pub vacated: Vec<Key>,
    /// What is gone and not wanted.
    pub lost: Vec<Key>,
}
