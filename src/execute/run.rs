//! The loop: steps start when what they wait for is done, the longest path first.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::Instant;
use tracing::Instrument;

use super::apply::Applied;
use super::event::{EventKind, Outcome, StepFault, Tally};
use super::hooks::{millis, state_fault};
use super::{Bench, step};
use crate::graph::{Fault, FaultKind, Graph};
use crate::plan::{Action, Plan, Step, StepId};
use crate::state::Batch;

/// How a run ended, and what failed.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// How many steps met which end.
    pub tally: Tally,
    /// The steps that failed.
    pub faults: Vec<StepFault>,
}

/// Carries out the plan. The graph is what it was made from; it has the secrets, which no plan has.
///
/// A failed step fails what waits for it; everything else goes on. Once a stop is asked for, no
/// step is started, and those under way end with their current call.
///
/// # Errors
/// Where the state cannot be written before the first step or after the last one.
pub async fn run(bench: &Bench, plan: &Plan, graph: &Graph) -> Result<Report, Fault> {
    let started = Instant::now();
    refresh(bench, plan).await?;
    let applied = Applied::new(bench, plan, graph);
    let mut queue = Queue::new(plan);
    let mut tally = Tally::default();
    let mut faults: Vec<StepFault> = Vec::new();
    let mut running = FuturesUnordered::new();
    let mut stop_told = false;
    loop {
        while running.len() < bench.parallelism.max(1) && !bench.stop.is_asked() {
            let Some(id) = queue.next() else { break };
            running.push(perform(bench, &applied, plan, id));
        }
        let ended = tokio::select! {
            ended = running.next() => ended,
            () = bench.stop.asked(), if !stop_told => {
                stop_told = true;
                bench.events.tell(EventKind::StopAsked);
                continue;
            }
        };
        let Some((id, result)) = ended else { break };
        match result {
            Ok(()) => {
                tally.done += 1;
                queue.done(id);
            }
            Err(fault) if fault.kind == FaultKind::Stopped => {}
            Err(fault) => {
                tally.failed += 1;
                let step = plan.step(id);
                faults.push(StepFault {
                    address: step.key.address.clone(),
                    action: shown(step),
                    fault,
                });
                for skipped in queue.failed(id) {
                    tally.skipped += 1;
                    tell_skipped(bench, plan, skipped, id);
                }
            }
        }
    }
    bench.keeper.flush().await.map_err(|error| state_fault(&error))?;
    tally.left = plan.steps.len() - tally.done - tally.failed - tally.skipped;
    let outcome = match () {
        () if tally.left > 0 => Outcome::Stopped,
        () if tally.failed > 0 => Outcome::Failed,
        () => Outcome::Done,
    };
    let elapsed_ms = millis(started.elapsed());
    bench.events.tell(EventKind::RunEnded {
        outcome,
        tally,
        calls: bench.events.calls(),
        elapsed_ms,
    });
    Ok(Report { outcome, tally, faults })
}

async fn refresh(bench: &Bench, plan: &Plan) -> Result<(), Fault> {
    if plan.refreshed.is_empty() {
        return Ok(());
    }
    let batch = Batch { puts: plan.refreshed.clone(), ..Batch::new() };
    bench.keeper.commit(batch).await.map_err(|error| state_fault(&error))?;
    Ok(())
}

async fn perform(
    bench: &Bench,
    applied: &Applied<'_>,
    plan: &Plan,
    id: StepId,
) -> (StepId, Result<(), Fault>) {
    let step = plan.step(id);
    let (at, action) = (id.0 + 1, shown(step));
    let address = step.key.address.clone();
    let started = Instant::now();
    bench.events.tell(EventKind::StepStarted {
        step: at,
        address: address.clone(),
        r#type: step.kind.clone(),
        action,
    });
    let span = tracing::debug_span!("step", %address);
    let result = step::perform(bench, applied, at, step).instrument(span).await;
    let elapsed_ms = millis(started.elapsed());
    let result = match result {
        Ok(done) => {
            let id = done.id.map(|id| id.0);
            bench.events.tell(EventKind::StepDone {
                step: at,
                address,
                action,
                id,
                called: done.called,
                elapsed_ms,
            });
            Ok(())
        }
        Err(fault) => {
            bench.events.tell(EventKind::StepFailed {
                step: at,
                address,
                action,
                fault: fault.clone(),
                elapsed_ms,
            });
            Err(fault)
        }
    };
    (id, result)
}

fn tell_skipped(bench: &Bench, plan: &Plan, skipped: StepId, because: StepId) {
    let step = plan.step(skipped);
    bench.events.tell(EventKind::StepSkipped {
        step: skipped.0 + 1,
        address: step.key.address.clone(),
        action: shown(step),
        because: plan.step(because).key.address.clone(),
    });
}

fn shown(step: &Step) -> Action {
    step.action().unwrap_or(Action::Delete)
}

/// Which steps can start, and which of them first.
struct Queue {
    open: Vec<usize>,
    users: Vec<Vec<StepId>>,
    /// Ready steps by the length of the longest path behind them, the longest last.
    ready: BTreeSet<(Duration, std::cmp::Reverse<StepId>)>,
    longest: Vec<Duration>,
    out: BTreeSet<StepId>,
}

impl Queue {
    fn new(plan: &Plan) -> Self {
        let mut users: Vec<Vec<StepId>> = vec![Vec::new(); plan.steps.len()];
        for (id, step) in plan.numbered() {
            step.after.iter().for_each(|before| users[before.0].push(id));
        }
        let mut longest = vec![Duration::ZERO; plan.steps.len()];
        for (id, step) in plan.numbered().collect::<Vec<_>>().into_iter().rev() {
            let behind = users[id.0].iter().map(|user| longest[user.0]).max().unwrap_or_default();
            longest[id.0] = behind + Duration::from_secs(step.seconds.into());
        }
        let open: Vec<usize> = plan.steps.iter().map(|step| step.after.len()).collect();
        let mut queue = Self { open, users, ready: BTreeSet::new(), longest, out: BTreeSet::new() };
        let starts: Vec<StepId> =
            plan.numbered().map(|(id, _)| id).filter(|id| queue.open[id.0] == 0).collect();
        starts.into_iter().for_each(|id| queue.push(id));
        queue
    }

    fn push(&mut self, id: StepId) {
        self.ready.insert((self.longest[id.0], std::cmp::Reverse(id)));
    }

    fn next(&mut self) -> Option<StepId> {
        self.ready.pop_last().map(|(_, std::cmp::Reverse(id))| id)
    }

    fn done(&mut self, id: StepId) {
        for user in std::mem::take(&mut self.users[id.0]) {
            self.open[user.0] -= 1;
            if self.open[user.0] == 0 && !self.out.contains(&user) {
                self.push(user);
            }
        }
    }

    /// Takes out all that waits for a failed step; these.
    fn failed(&mut self, id: StepId) -> Vec<StepId> {
        let mut skipped = Vec::new();
        let mut open = self.users[id.0].clone();
        while let Some(user) = open.pop() {
            if self.out.insert(user) {
                skipped.push(user);
                open.extend(self.users[user.0].iter().copied());
            }
        }
        skipped.sort();
        skipped
    }
}
