//! What is made ready while other steps run, so that hardly a step waits for the disk.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::{FuturesUnordered, StreamExt};

use super::Bench;
use super::apply::Applied;
use super::hooks::state_fault;
use super::queue::{Queue, Rank};
use super::step::{self, Prepared};
use crate::graph::Fault;
use crate::plan::{Plan, StepId};
use crate::state::{Batch, Intent};

/// Steps that are ready, and intents on their way to the disk.
pub(super) struct Ahead<'a> {
    bench: &'a Bench,
    plan: &'a Plan,
    applied: &'a Applied<'a>,
    /// Steps whose intents are on disk.
    prepared: BTreeMap<Rank, Prepared<'a>>,
    writing: FuturesUnordered<LocalBoxFuture<'a, Written<'a>>>,
    /// How many steps wait for what is being written.
    waiting: usize,
    /// Intents on disk of steps that are not ready yet.
    foreseen: BTreeMap<StepId, Intent>,
    /// Steps whose foreseen intents are being written, and those of them that are ready meanwhile.
    foreseeing: BTreeSet<StepId>,
    held: Vec<StepId>,
    /// Steps that are never carried out.
    out: BTreeSet<StepId>,
}

/// Steps that cannot be carried out.
pub(super) type Unprepared = Vec<(StepId, Fault)>;

/// What was written together, and how that went.
struct Written<'a> {
    steps: Vec<(StepId, Prepared<'a>)>,
    foreseen: Vec<(StepId, Intent)>,
    result: Result<(), Fault>,
}

impl<'a> Ahead<'a> {
    pub fn new(bench: &'a Bench, plan: &'a Plan, applied: &'a Applied<'a>) -> Self {
        Self {
            bench,
            plan,
            applied,
            prepared: BTreeMap::new(),
            writing: FuturesUnordered::new(),
            waiting: 0,
            foreseen: BTreeMap::new(),
            foreseeing: BTreeSet::new(),
            held: Vec::new(),
            out: BTreeSet::new(),
        }
    }

    /// Makes ready as many steps as run, and foresees as many again of those that come behind them.
    /// While nothing runs, what is to run comes first.
    pub fn fill(&mut self, queue: &mut Queue, running: usize) -> Unprepared {
        let slots = self.bench.parallelism.max(1);
        let before = self.waiting + running;
        let is_first = before + self.prepared.len() == 0;
        let most = if is_first { slots } else { 2 * slots };
        let mut written = Written { steps: Vec::new(), foreseen: Vec::new(), result: Ok(()) };
        let (mut stale, mut failed) = (Vec::new(), Vec::new());
        while before + written.steps.len() + self.prepared.len() + self.held.len() < most
            && let Some(id) = queue.next()
        {
            match self.foreseeing.contains(&id) {
                true => self.held.push(id),
                false => self.prepare(queue, id, &mut written.steps, &mut stale, &mut failed),
            }
        }
        let waits = is_first && !written.steps.is_empty();
        while !waits
            && self.foreseen.len() + self.foreseeing.len() < most
            && let Some(id) = queue.soon()
        {
            let step = self.plan.step(id);
            if let Some(intent) = step::foresee(self.bench, self.applied, id.0 + 1, step) {
                self.foreseeing.insert(id);
                written.foreseen.push((id, intent));
            }
        }
        self.write(written, stale);
        failed
    }

    /// Waits for a write. Steps whose intents are not on disk cannot be carried out.
    pub async fn written(&mut self, queue: &Queue) -> Unprepared {
        let Some(Written { steps, foreseen, result }) = self.writing.next().await else {
            return std::future::pending().await;
        };
        let (mut stale, mut failed) = (Vec::new(), Vec::new());
        self.waiting -= steps.len();
        for (id, step) in steps {
            match &result {
                Ok(()) => drop(self.prepared.insert(queue.rank(id), step)),
                Err(fault) => failed.push((id, fault.clone())),
            }
        }
        for (id, intent) in foreseen {
            self.foreseeing.remove(&id);
            match result.is_ok() {
                true if self.out.contains(&id) => stale.push(intent.seq),
                true => drop(self.foreseen.insert(id, intent)),
                false => {}
            }
        }
        let mut again = Written { steps: Vec::new(), foreseen: Vec::new(), result: Ok(()) };
        let (held, still) = self.held.drain(..).partition(|id| !self.foreseeing.contains(id));
        self.held = still;
        let held: Vec<StepId> = held;
        for id in held {
            self.prepare(queue, id, &mut again.steps, &mut stale, &mut failed);
        }
        self.write(again, stale);
        failed
    }

    /// The first of the steps that can be carried out at once.
    pub fn pop(&mut self) -> Option<(StepId, Prepared<'a>)> {
        let ((_, Reverse(id)), step) = self.prepared.pop_last()?;
        Some((id, step))
    }

    /// Takes back what was foreseen of steps that are never carried out.
    pub fn skip(&mut self, steps: &[StepId]) {
        self.out.extend(steps);
        let foreseen = steps.iter().filter_map(|id| self.foreseen.remove(id));
        let stale = foreseen.map(|intent| intent.seq).collect();
        self.write(Written { steps: Vec::new(), foreseen: Vec::new(), result: Ok(()) }, stale);
    }

    /// Whether nothing is on its way.
    pub fn is_idle(&self) -> bool {
        self.writing.is_empty()
    }

    /// The numbers of intents that are on disk and behind which nothing was called.
    pub fn uncalled(&self) -> Vec<u64> {
        let prepared = self.prepared.values().filter_map(Prepared::intent);
        prepared.chain(self.foreseen.values()).map(|intent| intent.seq).collect()
    }

    fn prepare(
        &mut self,
        queue: &Queue,
        id: StepId,
        steps: &mut Vec<(StepId, Prepared<'a>)>,
        stale: &mut Vec<u64>,
        failed: &mut Unprepared,
    ) {
        let foreseen = self.foreseen.remove(&id);
        let seq = foreseen.as_ref().map(|intent| intent.seq);
        let step = self.plan.step(id);
        match step::prepare(self.bench, self.applied, id.0 + 1, step, foreseen) {
            Ok(step) if step.is_open => drop(self.prepared.insert(queue.rank(id), step)),
            Ok(step) => {
                stale.extend(seq);
                steps.push((id, step));
            }
            Err(fault) => {
                stale.extend(seq);
                failed.push((id, fault));
            }
        }
    }

    /// Puts the intents of steps on disk, all at once, and takes back those that came to nothing.
    fn write(&mut self, written: Written<'a>, stale: Vec<u64>) {
        let Written { steps, foreseen, .. } = &written;
        let intents = steps.iter().filter_map(|(_, step)| step.intent());
        let open: Vec<Intent> =
            intents.chain(foreseen.iter().map(|(_, intent)| intent)).cloned().collect();
        if steps.is_empty() && open.is_empty() && stale.is_empty() {
            return;
        }
        self.waiting += steps.len();
        let keeper = self.bench.keeper.clone();
        let write = async move {
            let batch = Batch { open, close: stale, ..Batch::new() };
            let result = match batch == Batch::new() {
                true => Ok(()),
                false => keeper.commit(batch).await.map(drop),
            };
            Written { result: result.map_err(|error| state_fault(&error)), ..written }
        };
        self.writing.push(write.boxed_local());
    }
}
