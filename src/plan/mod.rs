//! The plan: what has to be done, in which order, and why.
//!
//! In: the graph, the records of the state, and what was seen of the cloud where it was read. Out:
//! a [`Plan`], which is data: it can be shown, stored and checked, and the executor only follows
//! it. Pure: no calls, no files, no clock. May use `graph` and `state`; never names AWS.

mod check;
mod compare;
mod current;
mod decide;
mod diff;
mod drift;
mod model;
mod order;
mod protected;
mod refreshed;
mod refusals;
mod restored;
mod target;
mod waits;
mod world;

use std::collections::{BTreeMap, BTreeSet};

pub use check::{Flaw, check};
pub use current::{applied, current};
pub use diff::{Change, changes};
pub use drift::{Drift, drift};
pub use model::{Action, Half, Operation, Plan, Reason, Step, StepId, Summary, Unchanged};
pub use refusals::refusals;
pub use target::{BadTarget, Target};

use serde_json::Value;

use crate::graph::{
    Address, Catalogue, Cycle, Document, Graph, Id, Objection, Obstacle, Place, SeenDocument,
};
use crate::state::Snapshot;

/// What was seen of a resource in the cloud.
#[derive(Clone, Debug)]
pub enum Observed {
    /// It is not there any more.
    Gone,
    /// It is there, like this.
    Seen(SeenDocument),
    /// It is not recorded, and this is there under its name.
    Standing {
        /// Its id.
        id: Id,
        /// Whether it carries the deployment's own tags for that address.
        ours: bool,
    },
    /// It cannot be there as it is wanted.
    Unfit(Vec<Objection>),
}

/// What was seen, by address; resources that were not read are not in it. Gone, of what is not
/// recorded, means that nothing is there under its name.
pub type Observations = BTreeMap<Address, Observed>;

/// What else a plan is made from.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these, with what they need; empty means all.
    pub targets: Vec<Target>,
    /// Resources to be replaced although nothing asks for it.
    pub replace: BTreeSet<Address>,
    /// Resources that take over what exists under their name, whoever made it.
    pub adopt: BTreeSet<Address>,
    /// The digest of the manifest, for the plan's head.
    pub manifest: String,
    /// How things are deleted, where that is not as it was applied.
    pub teardown: Teardown,
}

/// Inputs of the teardown (`TEARDOWN` of a type) as they are now.
#[derive(Clone, Debug, Default)]
pub struct Teardown {
    /// What was asked for beside the manifest, by input: it holds for all resources.
    pub asked: BTreeMap<&'static str, Value>,
    /// What the manifest of now says of resources that go all the same, since everything does:
    /// only these inputs, of the resources that have any.
    pub manifest: BTreeMap<Address, Document>,
}

/// Why there is no plan.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlanError {
    /// The resources wait for each other.
    #[error(transparent)]
    Cycle(#[from] Cycle),
    /// The state or the graph has a type that this program does not know.
    #[error("{address} is of the type {kind}, which this version does not know")]
    UnknownKind {
        /// Where.
        address: Address,
        /// The type.
        kind: String,
    },
    /// A resource's inputs are wrong.
    #[error("{address}: {path}: {message}")]
    Refused {
        /// Where.
        address: Address,
        /// The input.
        path: String,
        /// What is wrong with it, and what would be right.
        message: String,
    },
    /// A resource that is protected would be deleted.
    #[error("{address} would be {}, and `{input}` protects it", if *.replaced {"replaced"} else {"deleted"})]
    Protected {
        /// Where.
        address: Address,
        /// The input that protects it.
        input: &'static str,
        /// Whether a new one would take its place.
        replaced: bool,
    },
    /// A resource would be deleted, and something stands in the way.
    #[error("{address} would be {}, and {}", if *.replaced {"replaced"} else {"deleted"}, .obstacle.message)]
    Hindered {
        /// Where.
        address: Address,
        /// What stands in the way.
        obstacle: Obstacle,
        /// Whether a new one would take its place.
        replaced: bool,
    },
    /// A flag that names what is not there.
    #[error(transparent)]
    Target(#[from] BadTarget),
    /// Something of others has its name.
    #[error("{id} exists already and does not belong to this environment")]
    Taken {
        /// Where.
        address: Address,
        /// What is there.
        id: Id,
    },
    /// A defect of the planner: the plan breaks its own rules.
    #[error("the plan breaks its own rules: {0}")]
    Flawed(Flaw),
}

impl PlanError {
    /// What a resource type objects to.
    fn refused(address: &Address, Objection { path, message }: Objection) -> Self {
        Self::Refused { address: address.clone(), path, message }
    }
}

/// Makes the plan that leads from what is recorded, or seen, to what is wanted. An empty graph
/// means that all of it goes.
///
/// # Errors
/// Every [`PlanError`] at once.
pub fn plan(
    graph: &Graph,
    snapshot: &Snapshot,
    seen: &Observations,
    place: &Place,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<Plan, Vec<PlanError>> {
    let targeted =
        target::select(graph, snapshot, &options.targets).map_err(|error| vec![error.into()])?;
    let flags = [("--replace", &options.replace), ("--adopt", &options.adopt)];
    target::check(graph, &targeted, flags)?;
    let restored = restored::restored(graph, snapshot, place, catalogue, &targeted);
    let snapshot = restored.as_ref().map_or(snapshot, |restored| &restored.snapshot);
    let current = snapshot.records.iter().filter(|(key, _)| key.generation.is_none());
    let records = current.map(|(key, record)| (&key.address, record)).collect();
    let world = world::World {
        graph,
        snapshot,
        seen,
        place,
        catalogue,
        options,
        records,
        restored: restored.as_ref(),
    };
    let decisions = decide::decide(&world, targeted)?;
    let plan = order::order(&world, decisions);
    let flaws = check::check(&plan, snapshot).into_iter().map(PlanError::Flawed);
    let errors: Vec<PlanError> =
        flaws.chain(protected::refusals(&plan, snapshot, catalogue)).collect();
    if errors.is_empty() { Ok(plan) } else { Err(errors) }
}
