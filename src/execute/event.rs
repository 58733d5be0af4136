//! What happens during a run, as data.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::graph::{Address, Fault};
use crate::plan::Action;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// The version of this shape.
    pub format: u32,
    /// The run.
    pub run: String,
    /// Its number within the run, from 1.
    pub seq: u64,
    /// When, as RFC 3339 text.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// The kinds of event.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields' names say it")]
pub enum EventKind {
    /// The run begins.
    RunStarted { command: String, project: String, environment: String, steps: usize },
    /// What became of an interrupted run's calls is found out.
    Settling { calls: usize },
    /// What an interrupted run left open was settled.
    Recovered { address: Address, what: String },
    /// What carries the deployment's tags is listed.
    Listing { types: usize },
    /// The cloud is read.
    Reading { resources: usize },
    /// A step begins.
    StepStarted { step: usize, address: Address, r#type: String, action: Action },
    /// A step waits for something in the cloud.
    Waiting { step: usize, address: Address, what: String, state: String, elapsed_ms: u64 },
    /// What is read or looked for has to wait.
    ReadWaiting { what: String, state: String, elapsed_ms: u64 },
    /// A call that reads or looks for something is tried again.
    ReadRetrying { fault: Fault, attempt: u32, pause_ms: u64 },
    /// A call is tried again.
    Retrying { step: usize, address: Address, fault: Fault, attempt: u32, pause_ms: u64 },
    /// A step is done; `called` tells whether it took any call.
    StepDone {
        step: usize,
        address: Address,
        action: Action,
        id: Option<String>,
        called: bool,
        elapsed_ms: u64,
    },
    /// A step failed.
    StepFailed { step: usize, address: Address, action: Action, fault: Fault, elapsed_ms: u64 },
    /// A step was not tried, since one that it waits for failed.
    StepSkipped { step: usize, address: Address, action: Action, because: Address },
    /// Somebody asked the run to stop.
    StopAsked,
    /// The run is over.
    RunEnded { outcome: Outcome, tally: Tally, calls: BTreeMap<String, u64>, elapsed_ms: u64 },
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All of it is done.
    Done,
    /// Some steps failed.
    Failed,
    /// It was stopped.
    Stopped,
}

/// How many steps met which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub struct Tally {
    pub done: usize,
    pub failed: usize,
    pub skipped: usize,
    pub left: usize,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub struct StepFault {
    /// Whose.
    pub address: Address,
    /// What was to be done.
    pub action: Action,
    /// Why it was not.
    pub fault: Fault,
}

type Listener = Box<dyn FnMut(&Event) + Send>;

/// Where events go; numbers them and keeps their order.
#[derive(Clone)]
pub struct Events(Arc<Inner>);

struct Inner {
    run: String,
    seq: AtomicU64,
    listener: Mutex<Listener>,
    calls: Mutex<BTreeMap<String, u64>>,
}

impl Events {
    /// Events of that run, told to `listener` in order.
    pub fn new(run: impl Into<String>, listener: impl FnMut(&Event) + Send + 'static) -> Self {
        let listener: Listener = Box::new(listener);
        let inner = Inner {
            run: run.into(),
            seq: AtomicU64::new(0),
            listener: Mutex::new(listener),
            calls: Mutex::default(),
        };
        Self(Arc::new(inner))
    }

    /// Tells that this happened.
    pub fn tell(&self, kind: EventKind) {
        let mut listener = self.0.listener.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = self.0.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let at = crate::state::now();
        listener(&Event { format: 1, run: self.0.run.clone(), seq, at, kind });
    }

    /// The run's name.
    pub fn run(&self) -> &str {
        &self.0.run
    }

    /// Counts a call of that operation.
    pub(super) fn count(&self, operation: &str) {
        let mut calls = self.0.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(operation.to_owned()).or_default() += 1;
    }

    /// How often each operation was called so far.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
