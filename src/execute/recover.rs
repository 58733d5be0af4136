//! Settling what an interrupted run left open, before anything is planned.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use super::hooks::{Reading, state_fault};
use super::look::unknown;
use super::{Bench, EventKind};
use crate::graph::{Address, AnyResource, Document, Fault, HeldDocument, Id, SeenDocument};
use crate::state::{Batch, Intent, Key, Operation, Record, Snapshot};

/// Settles every open intent: what turns out to exist is recorded, half made; what does not is
/// forgotten, once it would have been found. It needs nobody's answer.
///
/// # Errors
/// Where the cloud cannot be asked or the state cannot be written; the intent stays open.
pub async fn settle(bench: &Bench) -> Result<usize, Fault> {
    let snapshot = bench.keeper.snapshot();
    let (now, today) = (Instant::now(), jiff::Timestamp::now());
    for intent in snapshot.intents.values() {
        let told = now + unsettled(intent, today, bench.settle_time);
        let span = tracing::debug_span!("settle", address = %intent.key.address);
        let (batch, what) = settled(bench, &snapshot, intent, told).instrument(span).await?;
        bench.keeper.commit(batch.close(intent.seq)).await.map_err(|error| state_fault(&error))?;
        bench.events.tell(EventKind::Recovered { address: intent.key.address.clone(), what });
    }
    Ok(snapshot.intents.len())
}

async fn settled(
    bench: &Bench,
    snapshot: &Snapshot,
    intent: &Intent,
    told: Instant,
) -> Result<(Batch, String), Fault> {
    let recorded = snapshot.records.get(&intent.key);
    match intent.operation {
        Operation::Delete => {
            Ok((Batch::new(), "its deletion was interrupted and goes on".to_owned()))
        }
        Operation::Update => {
            let unfinished = recorded.map(|record| Record { finished: false, ..record.clone() });
            let batch = unfinished.into_iter().fold(Batch::new(), Batch::put);
            Ok((batch, "its update was interrupted and goes on".to_owned()))
        }
        Operation::Create
            if recorded.is_some_and(|record| record.generation == intent.generation) =>
        {
            Ok((Batch::new(), "it was made and is finished now".to_owned()))
        }
        Operation::Create => {
            let older = match intent.absent_before {
                Some(true) => Vec::new(),
                _ => copies(&snapshot.records, &intent.key.address),
            };
            match find_ours(bench, &intent.kind, &intent.inputs, &older, told).await? {
                None => Ok((Batch::new(), "it was not made before the interruption".to_owned())),
                Some(id) => {
                    let aside = recorded.map(|old| Record { deposed: true, ..old.clone() });
                    let birth = super::hooks::Birth { record: of_intent(intent), aside };
                    Ok((
                        birth.batch(&id),
                        "it was made before the interruption and is finished now".to_owned(),
                    ))
                }
            }
        }
    }
}

/// The record of what an intent was about to make.
fn of_intent(intent: &Intent) -> Record {
    let mut record = Record::new(intent.key.address.clone(), &*intent.kind, intent.inputs.clone());
    record.generation = intent.generation;
    record.name_pinned = intent.name_pinned;
    record.needs = intent.needs.clone();
    record.owner = intent.owner.clone();
    record
}

/// The pause between two looks for something that may not be listed yet.
const PAUSE: Duration = Duration::from_secs(1);

/// How long what an intent has made may still not be found. A clock that was put back counts for
/// nothing.
fn unsettled(intent: &Intent, today: jiff::Timestamp, settle_time: Duration) -> Duration {
    let at = intent.at.parse::<jiff::Timestamp>().unwrap_or(today);
    let age = Duration::try_from(today.duration_since(at)).unwrap_or_default();
    settle_time.saturating_sub(age)
}

/// The id of the thing that these inputs would have made, if it is there, ours, and none of the
/// `older` ones that it was to replace. That it is not is known only when it is `told`.
async fn find_ours(
    bench: &Bench,
    kind: &str,
    inputs: &Document,
    older: &[Id],
    told: Instant,
) -> Result<Option<Id>, Fault> {
    let resource = bench.catalogue.get(kind).ok_or_else(|| unknown(kind))?;
    loop {
        let now = Instant::now();
        if let Some(found) = find(bench, resource.as_ref(), inputs, older).await? {
            return Ok(found.ours.then_some(found.id));
        }
        if now >= told {
            return Ok(None);
        }
        bench.stop.sleep(PAUSE.min(told - now)).await?;
    }
}

/// A thing that is where a wanted one would be.
pub(super) struct Found {
    pub id: Id,
    /// Whether it carries our tags for that address, or is of a type without tags.
    pub ours: bool,
    pub seen: SeenDocument,
}

/// The ids under which a resource is recorded: its copies that are in the cloud.
pub(super) fn copies(records: &BTreeMap<Key, Record>, address: &Address) -> Vec<Id> {
    let copies = records.values().filter(|record| record.address == *address);
    copies.filter_map(|record| record.id.clone()).collect()
}

/// The thing that is where these inputs would make one, if there is one beside the `older` ones that
/// it replaces.
pub(super) async fn find(
    bench: &Bench,
    resource: &dyn AnyResource,
    inputs: &Document,
    older: &[Id],
) -> Result<Option<Found>, Fault> {
    let cx = || bench.cx(Arc::new(Reading::beside(&bench.events, older)));
    let Some(id) = resource.find(cx(), inputs.clone()).await? else { return Ok(None) };
    if older.contains(&id) {
        return Ok(None);
    }
    let held =
        HeldDocument { id: id.clone(), inputs: inputs.clone(), outputs: None, finished: false };
    let Some(seen) = resource.read(cx(), held).await? else { return Ok(None) };
    let ours = !resource.traits().tagged || same_owner(&seen.inputs["tags"], &inputs["tags"]);
    Ok(Some(Found { id, ours, seen }))
}

fn same_owner(seen: &Value, wanted: &Value) -> bool {
    ["maas:project", "maas:environment", "maas:address"]
        .iter()
        .all(|tag| wanted.get(tag).is_some() && seen.get(tag) == wanted.get(tag))
}

/// The key under which an intent of a create stands.
pub(super) fn key_of(address: &Address) -> Key {
    Key::from(address.clone())
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_an_old_intent_made_would_be_found() {
        let mut intent = Intent::new(1, "r", Operation::Create, "a/b".parse().unwrap(), "t");
        intent.at = "2026-01-02T03:04:05.500Z".to_owned();
        let wait = |today: &str| {
            unsettled(&intent, today.parse().unwrap(), Duration::from_secs(10)).as_millis()
        };
        assert_eq!(wait("2026-01-02T03:04:05.500Z"), 10_000);
        assert_eq!(wait("2026-01-02T03:04:12Z"), 3_500);
        assert_eq!(wait("2026-01-03T00:00:00Z"), 0);
        // The clock was put back.
        assert_eq!(wait("2026-01-01T00:00:00Z"), 10_000);
    }
}
