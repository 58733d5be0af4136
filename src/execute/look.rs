//! Reading the cloud: what is there of what is recorded.

use std::sync::Arc;

use futures::stream::{self, StreamExt};
use tracing::Instrument;

use super::hooks::Reading;
use super::recover::{Found, find};
use super::{Bench, EventKind};
use crate::graph::{Address, AnyResource, Fault, FaultKind, HeldDocument};
use crate::plan::{Observations, Observed, Operation, Plan, Reason, Step};
use crate::state::{Record, Snapshot};

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

/// Waits for all of these, several at once.
async fn gather<F>(
    bench: &Bench,
    reads: impl Iterator<Item = (Address, F)>,
) -> Result<Observations, Vec<(Address, Fault)>>
where
    F: Future<Output = Result<Option<Observed>, Fault>>,
{
    let reads = reads.map(|(address, read)| async move {
        let span = tracing::debug_span!("look", %address);
        (address, read.instrument(span).await)
    });
    let results: Vec<_> =
        stream::iter(reads).buffer_unordered(bench.parallelism.max(1)).collect().await;
    let (mut seen, mut faults) = (Observations::new(), Vec::new());
    for (address, result) in results {
        match result {
            Ok(Some(observed)) => drop(seen.insert(address, observed)),
            Ok(None) => {}
            Err(fault) => faults.push((address, fault)),
        }
    }
    faults.sort_by(|one, other| one.0.cmp(&other.0));
    if faults.is_empty() { Ok(seen) } else { Err(faults) }
}

/// Looks for what exists already under the names of what the plan is about to make.
///
/// # Errors
/// The faults of those that could not be looked for, with their addresses.
pub async fn standing(bench: &Bench, plan: &Plan) -> Result<Observations, Vec<(Address, Fault)>> {
    let made = plan.steps.iter().filter(|step| {
        step.operation == Operation::Create
            && step.reasons.iter().any(|it| matches!(it, Reason::New | Reason::Adopted(_)))
    });
    let looks = made.map(|step| (step.key.address.clone(), standing_at(bench, step)));
    gather(bench, looks).await
}

/// What is there under the name of what one step makes; none where that is not known yet.
async fn standing_at(bench: &Bench, step: &Step) -> Result<Option<Observed>, Fault> {
    let resource = bench.catalogue.get(&step.kind).ok_or_else(|| unknown(&step.kind))?;
    let Some(inputs) = &step.preview else { return Ok(None) };
    match find(bench, resource.as_ref(), inputs, &[]).await {
        Ok(Some(found)) if resource.traits().foreign => {
            fit(resource.as_ref(), &found).map(|()| Some(Observed::Gone))
        }
        Ok(Some(Found { id, ours, .. })) => Ok(Some(Observed::Standing { id, ours })),
        Ok(None) => Ok(Some(Observed::Gone)),
        // It hangs on something that is not there itself.
        Err(fault) if fault.kind == FaultKind::Defect => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Refuses what is somebody else's and not fit for what is put into it.
fn fit(resource: &dyn AnyResource, found: &Found) -> Result<(), Fault> {
    let objections = resource.check(&found.seen.inputs);
    if objections.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = objections.into_iter().map(|it| it.message).collect();
    let advice = "name others in the manifest, or change what is there";
    Err(Fault::new(FaultKind::Refused, told.join("; ")).advise(advice))
}

/// What is there of one record; none where it was never told an id.
async fn read(bench: &Bench, record: &Record) -> Result<Option<Observed>, Fault> {
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
        inputs: record.inputs.clone(),
        outputs: record.outputs.clone(),
        finished: record.finished,
    })
}

/// The fault of a type that this program does not know.
pub(super) fn unknown(kind: &str) -> Fault {
    let message =
        format!("the state has a resource of the type {kind}, which this version does not know");
    Fault::new(FaultKind::Defect, message).advise("use the version that made it, or a newer one")
}
