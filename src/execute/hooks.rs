//! What a resource's calls report while they run: into the state, and as events.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};

use super::event::{EventKind, Events};
use crate::graph::{Address, Fault, FaultKind, Hooks, Id};
use crate::state::{Batch, Keeper, Record, StateError};

/// The hooks of one step.
pub(super) struct StepHooks {
    pub step: usize,
    pub address: Address,
    pub events: Events,
    pub keeper: Keeper,
    /// What is recorded as soon as the resource exists; none where it exists already.
    pub on_made: Mutex<Option<Birth>>,
    /// Whether any call was sent.
    pub called: AtomicBool,
    /// Whether a call was sent again that nobody had answered.
    pub repeated: AtomicBool,
    /// The ids under which the resource is recorded already.
    pub older: Vec<Id>,
}

/// The record of a resource that is being made, and the old copy that steps aside for it.
#[derive(Clone)]
pub(super) struct Birth {
    pub record: Record,
    pub aside: Option<Record>,
}

impl Birth {
    /// The batch that records it under this id.
    pub fn batch(&self, id: &Id) -> Batch {
        let mut batch = Batch::new();
        if let Some(aside) = &self.aside {
            batch =
                batch.remove(Record { deposed: false, ..aside.clone() }.key()).put(aside.clone());
        }
        batch.put(Record { id: Some(id.clone()), ..self.record.clone() })
    }
}

/// A failure of the state, as a step sees it.
pub(super) fn state_fault(error: &StateError) -> Fault {
    Fault::new(FaultKind::Defect, format!("the state could not be written: {error}"))
}

impl Hooks for StepHooks {
    fn made<'a>(&'a self, id: &'a Id) -> BoxFuture<'a, Result<(), Fault>> {
        let birth = self.on_made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        async move {
            let Some(birth) = birth else { return Ok(()) };
            self.keeper.commit(birth.batch(id)).await.map_err(|error| state_fault(&error))?;
            Ok(())
        }
        .boxed()
    }

    fn waiting(&self, what: &str, state: &str, elapsed: Duration) {
        self.events.tell(EventKind::Waiting {
            step: self.step,
            address: self.address.clone(),
            what: what.to_owned(),
            state: state.to_owned(),
            elapsed_ms: millis(elapsed),
        });
    }

    fn retrying(&self, fault: &Fault, attempt: u32, pause: Duration) {
        self.repeated.fetch_or(fault.kind == FaultKind::Unanswered, Ordering::Relaxed);
        self.events.tell(EventKind::Retrying {
            step: self.step,
            address: self.address.clone(),
            fault: fault.clone(),
            attempt,
            pause_ms: millis(pause),
        });
    }

    fn calling(&self, operation: &str) {
        self.called.store(true, Ordering::Relaxed);
        self.events.count(operation);
    }

    /// A step makes one thing, however often it has to ask for it.
    fn token(&self) -> String {
        format!("{}-{}", self.events.run(), self.step)
    }

    fn is_older(&self, id: &Id) -> bool {
        self.older.contains(id)
    }
}

/// A duration in whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Hooks of calls that are no step.
pub(super) struct Reading {
    events: Events,
    older: Vec<Id>,
}

impl Reading {
    pub fn new(events: &Events) -> Self {
        Self::beside(events, &[])
    }

    /// For looking for a resource that has these older copies.
    pub fn beside(events: &Events, older: &[Id]) -> Self {
        Self { events: events.clone(), older: older.to_vec() }
    }
}

impl Hooks for Reading {
    fn made<'a>(&'a self, _id: &'a Id) -> BoxFuture<'a, Result<(), Fault>> {
        async { Ok(()) }.boxed()
    }

    fn waiting(&self, what: &str, state: &str, elapsed: Duration) {
        self.events.tell(EventKind::ReadWaiting {
            what: what.to_owned(),
            state: state.to_owned(),
            elapsed_ms: millis(elapsed),
        });
    }

    fn retrying(&self, fault: &Fault, attempt: u32, pause: Duration) {
        self.events.tell(EventKind::ReadRetrying {
            fault: fault.clone(),
            attempt,
            pause_ms: millis(pause),
        });
    }

    fn calling(&self, operation: &str) {
        self.events.count(operation);
    }

    fn is_older(&self, id: &Id) -> bool {
        self.older.contains(id)
    }

    /// Nothing is made while reading.
    fn token(&self) -> String {
        self.events.run().to_owned()
    }
}
