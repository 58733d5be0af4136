//! Execution: a plan is carried out, in its order, several steps at once.
//!
//! In: a [`Plan`](crate::plan::Plan). Out: calls, records, and [`Event`]s. Nothing is decided here
//! but what an answer means; nothing is printed. May use `graph`, `plan` and `state`; never names
//! AWS.

mod ahead;
mod apply;
mod create;
mod event;
mod find;
mod hooks;
mod look;
mod queue;
mod rebuild;
mod run;
mod settle;
mod step;

pub use event::{Event, EventKind, Events, Outcome, StepFault, Tally};
pub use look::{look, obstacles, standing};
pub use rebuild::{Finding, Found, Listing, Rebuilt, Refused, list, rebuild};
pub use run::{Report, run};
pub use settle::{Unsettled, settle};

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::graph::{Address, AnyCx, Catalogue, Cx, Hooks, Place, Scope, Stop};
use crate::state::Keeper;

/// What all of an execution works with.
#[derive(Clone)]
pub struct Bench {
    /// The resource types.
    pub catalogue: Catalogue,
    /// What the types' calls go through.
    pub cloud: Arc<dyn Any + Send + Sync>,
    /// Where resources live; the account is known.
    pub place: Place,
    /// The state, held by this run.
    pub keeper: Keeper,
    /// The wish to stop.
    pub stop: Stop,
    /// Where events go.
    pub events: Events,
    /// How long a thing that was made may not be found.
    pub settle_time: Duration,
    /// How many calls' chains run at once.
    pub parallelism: usize,
    /// Existing things that may be taken over although they are not tagged as ours.
    pub adopt: BTreeSet<Address>,
    /// What [`settle`] could not find out. No step is carried out there.
    pub unsettled: Unsettled,
}

impl Bench {
    /// Whose resources these are.
    fn scope(&self) -> Scope {
        let snapshot = self.keeper.snapshot();
        Scope {
            project: snapshot.meta.project.clone(),
            environment: snapshot.meta.environment.clone(),
            ..Scope::default()
        }
    }

    fn cx(&self, hooks: Arc<dyn Hooks>) -> AnyCx {
        Cx::new(Arc::new(Arc::clone(&self.cloud)), self.place.clone(), hooks, self.stop.clone())
    }
}
