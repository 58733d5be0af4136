//! Settling what an interrupted run left open, before anything is planned.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, TryStreamExt};
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use super::hooks::{Reading, state_fault};
use super::look::{read, unknown};
use super::{Bench, EventKind};
use crate::graph::{Address, AnyResource, Document, Fault, HeldDocument, Id, SeenDocument};
use crate::plan::Observed;
use crate::state::{Batch, Intent, Key, Operation, Record, Snapshot};

/// Settles every open intent, several at once: what turns out to exist is recorded, half made; what
/// does not is forgotten, once it would have been found. It needs nobody's answer.
///
/// # Errors
/// Where the cloud cannot be asked or the state cannot be written; the intent stays open.
pub async fn settle(bench: &Bench) -> Result<usize, Fault> {
    let snapshot = bench.keeper.snapshot();
    if snapshot.intents_open() {
        bench.events.tell(EventKind::Settling { calls: snapshot.intents.len() });
    }
    // Nobody knows how long ago the calls were sent: an intent may be far older than its call.
    let told = Instant::now() + bench.settle_time;
    let mut places: BTreeMap<&Address, Vec<&Intent>> = BTreeMap::new();
    for intent in snapshot.intents.values() {
        places.entry(&intent.key.address).or_default().push(intent);
    }
    let places = stream::iter(places.into_values().map(Ok));
    let settle = |intents| settle_in_turn(bench, &snapshot, intents, told);
    places.try_for_each_concurrent(bench.parallelism.max(1), settle).await?;
    Ok(snapshot.intents.len())
}

/// Settles the intents of one address.
async fn settle_in_turn(
    bench: &Bench,
    snapshot: &Snapshot,
    intents: Vec<&Intent>,
    told: Instant,
) -> Result<(), Fault> {
    for intent in intents {
        let span = tracing::debug_span!("settle", address = %intent.key.address);
        let (batch, what) = settled(bench, snapshot, intent, told).instrument(span).await?;
        bench.keeper.commit(batch.close(intent.seq)).await.map_err(|error| state_fault(&error))?;
        bench.events.tell(EventKind::Recovered { address: intent.key.address.clone(), what });
    }
    Ok(())
}

async fn settled(
    bench: &Bench,
    snapshot: &Snapshot,
    intent: &Intent,
    told: Instant,
) -> Result<(Batch, String), Fault> {
    let recorded = snapshot.records.get(&intent.key);
    match intent.operation {
        Operation::Delete => match recorded {
            Some(record) if is_there(bench, record, told).await? => {
                let batch = Batch::new().put(Record { finished: false, ..record.clone() });
                Ok((batch, "its deletion was interrupted".to_owned()))
            }
            _ => {
                let batch = Batch::new().remove(intent.key.clone());
                Ok((batch, "it was deleted before the interruption".to_owned()))
            }
        },
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

/// Whether a recorded thing is there. That it is not is known only when it is `told`.
async fn is_there(bench: &Bench, record: &Record, told: Instant) -> Result<bool, Fault> {
    loop {
        let now = Instant::now();
        match read(bench, record).await? {
            Some(Observed::Seen(_)) => return Ok(true),
            _ if now >= told => return Ok(false),
            _ => bench.stop.sleep(PAUSE.min(told - now)).await?,
        }
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
