//! The loop: steps start when what they wait for is done, the longest path first.

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::Instant;
use tracing::Instrument;

use super::Bench;
use super::ahead::Ahead;
use super::apply::Applied;
use super::event::{EventKind, Outcome, StepFault, Tally};
use super::hooks::{millis, state_fault};
use super::queue::Queue;
use super::step::Prepared;
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
    let applied = &Applied::new(bench, plan, graph);
    let mut queue = Queue::new(plan);
    let mut ahead = Ahead::new(bench, plan, applied);
    let mut tally = Tally::default();
    let mut faults = unsettled(bench, plan);
    let apart = faults.len();
    tally.failed = apart;
    let slots = bench.parallelism.max(1);
    let mut running = FuturesUnordered::new();
    let mut stop_told = false;
    loop {
        let mut unprepared = Vec::new();
        if !bench.stop.is_asked() {
            unprepared = ahead.fill(&mut queue, running.len());
        }
        while running.len() < slots
            && !bench.stop.is_asked()
            && let Some((id, step)) = ahead.pop()
        {
            running.push(perform(bench, plan, id, step));
        }
        let mut ended = Vec::new();
        if unprepared.is_empty() {
            if ahead.is_idle() && running.is_empty() {
                break;
            }
            tokio::select! {
                failed = ahead.written(&queue), if !ahead.is_idle() => unprepared = failed,
                Some(end) = running.next() => ended.push(end),
                () = bench.stop.asked(), if !stop_told => {
                    stop_told = true;
                    bench.events.tell(EventKind::StopAsked);
                }
            }
        }
        for (id, fault) in unprepared {
            tell_started(bench, plan, id);
            tell_failed(bench, plan, id, &fault, Instant::now());
            ended.push((id, Err(fault)));
        }
        for (id, result) in ended {
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
                    let skipped = queue.failed(id);
                    ahead.skip(&skipped);
                    for skipped in skipped {
                        tally.skipped += 1;
                        tell_skipped(bench, plan, skipped, id);
                    }
                }
            }
        }
    }
    // Nothing was called behind these.
    let never = ahead.uncalled();
    if !never.is_empty() {
        let batch = Batch { close: never, ..Batch::new() };
        bench.keeper.record(batch).map_err(|error| state_fault(&error))?;
    }
    bench.keeper.flush().await.map_err(|error| state_fault(&error))?;
    tally.left = plan.steps.len() + apart - tally.done - tally.failed - tally.skipped;
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
    if plan.refreshed.is_empty() && plan.vacated.is_empty() {
        return Ok(());
    }
    let (puts, removes) = (plan.refreshed.clone(), plan.vacated.clone());
    let batch = Batch { puts, removes, ..Batch::new() };
    bench.keeper.commit(batch).await.map_err(|error| state_fault(&error))?;
    Ok(())
}

/// What is not known of resources that the plan has no step for.
fn unsettled(bench: &Bench, plan: &Plan) -> Vec<StepFault> {
    let mut faults = bench.unsettled.all();
    faults.retain(|address, _| plan.steps.iter().all(|step| step.key.address != *address));
    let fault = |(address, fault)| StepFault { address, action: Action::Delete, fault };
    faults.into_iter().map(fault).collect()
}

/// Carries out a step, and tells how that ends.
async fn perform(
    bench: &Bench,
    plan: &Plan,
    id: StepId,
    step: Prepared<'_>,
) -> (StepId, Result<(), Fault>) {
    let address = &plan.step(id).key.address;
    let started = Instant::now();
    tell_started(bench, plan, id);
    let span = tracing::debug_span!("step", %address);
    let result = step.perform().instrument(span).await;
    match &result {
        Ok(done) => bench.events.tell(EventKind::StepDone {
            step: id.0 + 1,
            address: address.clone(),
            action: shown(plan.step(id)),
            id: done.id.as_ref().map(|id| id.0.clone()),
            called: done.called,
            elapsed_ms: millis(started.elapsed()),
        }),
        Err(fault) => tell_failed(bench, plan, id, fault, started),
    }
    (id, result.map(drop))
}

fn tell_started(bench: &Bench, plan: &Plan, id: StepId) {
    let step = plan.step(id);
    bench.events.tell(EventKind::StepStarted {
        step: id.0 + 1,
        address: step.key.address.clone(),
        r#type: step.kind.clone(),
        action: shown(step),
    });
}

fn tell_failed(bench: &Bench, plan: &Plan, id: StepId, fault: &Fault, started: Instant) {
    let step = plan.step(id);
    bench.events.tell(EventKind::StepFailed {
        step: id.0 + 1,
        address: step.key.address.clone(),
        action: shown(step),
        fault: fault.clone(),
        elapsed_ms: millis(started.elapsed()),
    });
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
