//! Reading the cloud: what is there of what is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use tracing::Instrument;

use super::find::{Found, find};
use super::hooks::Reading;
use super::{Bench, EventKind};
use crate::graph::document::is_pending;
use crate::graph::{Address, Fault, FaultKind, HeldDocument};
use crate::plan::{Half, Observations, Observed, Operation, Plan, PlanError, Reason, Step};
use crate::state::{Key, Record, Recorded, Snapshot};

/// Reads every recorded resource that `wanted` selects, several at once.
///
/// # Errors
/// The faults of those that could not be read, with their addresses.
pub async fn look(
    bench: &Bench,
    snapshot: &Snapshot,
    wanted: impl Fn(&Address) -> bool,
) -> Result<Observations, Vec<(Address, Fault)>> {
    let records: Vec<&Record> = snapshot
        .records
        .values()
        .filter(|record| !record.deposed && wanted(&record.address))
        .collect();
    bench.events.tell(EventKind::Reading { resources: records.len() });
    let reads = records.into_iter().map(|record| (record.address.clone(), read(bench, record)));
    gather(bench, reads).await
}

/// What stands in the way of what the plan deletes. What may not be looked at is left to the deletion
/// itself, and so is one that was never finished.
///
/// # Errors
/// The faults of those that could not be looked at, with their addresses.
pub async fn obstacles(
    bench: &Bench,
    plan: &Plan,
) -> Result<Vec<PlanError>, Vec<(Address, Fault)>> {
    let snapshot = bench.keeper.snapshot();
    let deleted = plan.steps.iter().filter(|step| step.operation == Operation::Delete);
    let looks = deleted.filter_map(|step| {
        // The old half of a replacement is the current one until the new one is made.
        let current = Key::from(step.key.address.clone());
        let record = snapshot.records.get(&step.key).or_else(|| snapshot.records.get(&current))?;
        let record = Some(record).filter(|record| record.finished)?;
        Some((step.key.address.clone(), obstacle(bench, step, going(record, step)?)))
    });
    Ok(gather(bench, looks).await?.into_values().collect())
}

async fn obstacle(
    bench: &Bench,
    step: &Step,
    held: HeldDocument,
) -> Result<Option<PlanError>, Fault> {
    let resource = bench.catalogue.get(&step.kind).ok_or_else(|| unknown(&step.kind))?;
    let cx = bench.cx(Arc::new(Reading::new(&bench.events)));
    let obstacle = match resource.obstacle(cx, held).await {
        Err(fault) if fault.kind == FaultKind::Refused => {
            tracing::debug!(address = %step.key.address, %fault, "not looked at");
            None
        }
        looked => looked?,
    };
    Ok(obstacle.map(|obstacle| PlanError::Hindered {
        address: step.key.address.clone(),
        obstacle,
        replaced: step.half == Some(Half::Old),
    }))
}

/// Waits for all of these, several at once.
async fn gather<F, T>(
    bench: &Bench,
    reads: impl Iterator<Item = (Address, F)>,
) -> Result<BTreeMap<Address, T>, Vec<(Address, Fault)>>
where
    F: Future<Output = Result<Option<T>, Fault>>,
{
    let reads = reads.map(|(address, read)| async move {
        let span = tracing::debug_span!("look", %address);
        (address, read.instrument(span).await)
    });
    let results: Vec<_> =
        stream::iter(reads).buffer_unordered(bench.parallelism.max(1)).collect().await;
    let (mut told, mut faults) = (BTreeMap::new(), Vec::new());
    for (address, result) in results {
        match result {
            Ok(Some(one)) => drop(told.insert(address, one)),
            Ok(None) => {}
            Err(fault) => faults.push((address, fault)),
        }
    }
    faults.sort_by(|one, other| one.0.cmp(&other.0));
    if faults.is_empty() { Ok(told) } else { Err(faults) }
}

/// Looks for what exists already under the names of what the plan is about to make, and whether that
/// and what it changes can be there as it is wanted.
///
/// # Errors
/// The faults of those that could not be looked for, with their addresses.
pub async fn standing(bench: &Bench, plan: &Plan) -> Result<Observations, Vec<(Address, Fault)>> {
    let is_new = |it: &Reason| matches!(it, Reason::New | Reason::Adopted(_));
    let made = plan.steps.iter().filter(|step| match step.operation {
        Operation::Create => step.reasons.iter().any(is_new),
        Operation::Update => true,
        _ => false,
    });
    let looks = made.map(|step| (step.key.address.clone(), standing_at(bench, step)));
    gather(bench, looks).await
}

/// What is there under the name of what one step makes; none where that is not known yet.
async fn standing_at(bench: &Bench, step: &Step) -> Result<Option<Observed>, Fault> {
    let resource = bench.catalogue.get(&step.kind).ok_or_else(|| unknown(&step.kind))?;
    let Some(inputs) = &step.preview else { return Ok(None) };
    let cx = bench.cx(Arc::new(Reading::new(&bench.events)));
    let objections = resource.check_there(cx, inputs.clone()).await?;
    if !objections.is_empty() {
        return Ok(Some(Observed::Unfit(objections)));
    }
    if step.operation == Operation::Update {
        return Ok(None);
    }
    match find(bench, resource.as_ref(), inputs, &[]).await {
        Ok(Some(found)) if resource.traits().foreign => {
            let objections = resource.check(&found.seen.inputs);
            let fits = objections.is_empty();
            Ok(Some(if fits { Observed::Gone } else { Observed::Unfit(objections) }))
        }
        Ok(Some(Found { id, ours, .. })) => Ok(Some(Observed::Standing { id, ours })),
        Ok(None) => Ok(Some(Observed::Gone)),
        // It hangs on something that is not there itself.
        Err(fault) if fault.kind == FaultKind::NotKnown && is_pending(inputs) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// What is there of one record; none where it was never told an id.
pub(super) async fn read(bench: &Bench, record: &Record) -> Result<Option<Observed>, Fault> {
    let Some(held) = held(record) else { return Ok(None) };
    let resource = bench.catalogue.get(&record.kind).ok_or_else(|| unknown(&record.kind))?;
    let cx = bench.cx(Arc::new(Reading::new(&bench.events)));
    let seen = resource.read(cx, held).await?;
    Ok(Some(seen.map_or(Observed::Gone, Observed::Seen)))
}

/// The record as its type holds it; none where it was never told an id.
pub(super) fn held(record: &Record) -> Option<HeldDocument> {
    Some(HeldDocument {
        id: record.id.clone()?,
        inputs: record.inputs.to_document(),
        outputs: record.outputs.as_ref().map(Recorded::to_document),
        finished: record.finished,
    })
}

/// The same as a step that deletes it holds it: how it goes is what the plan says.
pub(super) fn going(record: &Record, step: &Step) -> Option<HeldDocument> {
    let mut held = held(record)?;
    for change in &step.changes {
        held.inputs[&change.path] = change.to.clone();
    }
    Some(held)
}

/// The fault of a type that this program does not know.
pub(super) fn unknown(kind: &str) -> Fault {
    let message =
        format!("the state has a resource of the type {kind}, which this version does not know");
    Fault::new(FaultKind::Defect, message).advise("use the version that made it, or a newer one")
}
