//! Settling what an interrupted run left open, before anything is planned.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use super::hooks::{Reading, state_fault};
use super::look::{read, unknown};
use super::{Bench, EventKind};
use crate::graph::{
    Address, AnyResource, Catalogue, Document, Fault, FaultKind, HeldDocument, Id, SeenDocument,
};
use crate::plan::Observed;
use crate::state::{self, Batch, Intent, Key, Operation, Record, Snapshot};

/// What settling could not find out: why, by address.
#[derive(Clone, Debug, Default)]
pub struct Unsettled(Arc<Mutex<BTreeMap<Address, Fault>>>);

impl Unsettled {
    /// Why it is not known what became of a call there; none where it is known.
    pub fn at(&self, address: &Address) -> Option<Fault> {
        self.faults().get(address).cloned()
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<Address, Fault> {
        self.faults().clone()
    }

    fn faults(&self) -> MutexGuard<'_, BTreeMap<Address, Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Settles every open intent, several at once: what turns out to exist is recorded, half made; what
/// does not is forgotten, once it would have been found. It needs nobody's answer. Where the cloud
/// refuses to tell, the intent stays open, and [`Bench::unsettled`] tells so: the rest goes on.
///
/// # Errors
/// Where the cloud cannot be asked at all or the state cannot be written; the intent stays open.
pub async fn settle(bench: &Bench) -> Result<(), Fault> {
    let snapshot = bench.keeper.snapshot();
    let started = Instant::now();
    if snapshot.intents_open() {
        bench.events.tell(EventKind::Settling { calls: snapshot.intents.len() });
    }
    let mut places: BTreeMap<&Address, Vec<&Intent>> = BTreeMap::new();
    for intent in snapshot.intents.values() {
        places.entry(&intent.key.address).or_default().push(intent);
    }
    let places = stream::iter(places.into_values().map(Ok));
    let settle = |intents| settle_in_turn(bench, &snapshot, intents, started);
    places.try_for_each_concurrent(bench.parallelism.max(1), settle).await
}

/// Settles the intents of one address. One that cannot be settled keeps those after it open.
async fn settle_in_turn(
    bench: &Bench,
    snapshot: &Snapshot,
    intents: Vec<&Intent>,
    started: Instant,
) -> Result<(), Fault> {
    for intent in intents {
        let address = &intent.key.address;
        let span = tracing::debug_span!("settle", %address);
        let (batch, what) = match settled(bench, snapshot, intent, started).instrument(span).await {
            Ok(settled) => settled,
            Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::Defect) => {
                let message = format!(
                    "an interrupted run may have left something here, and it cannot be looked for: {}",
                    fault.message
                );
                let fault = Fault { message, ..fault };
                bench.unsettled.faults().insert(address.clone(), fault);
                return Ok(());
            }
            Err(fault) => return Err(fault),
        };
        bench.keeper.commit(batch.close(intent.seq)).await.map_err(|error| state_fault(&error))?;
        bench.events.tell(EventKind::Recovered { address: address.clone(), what });
    }
    Ok(())
}

async fn settled(
    bench: &Bench,
    snapshot: &Snapshot,
    intent: &Intent,
    started: Instant,
) -> Result<(Batch, String), Fault> {
    // Nobody knows how long ago the calls were sent: an intent may be far older than its call.
    let told = started + bench.settle_time;
    let recorded = snapshot.records.get(&intent.key);
    match intent.operation {
        Operation::Delete => match recorded {
            Some(record) if is_there(bench, record, told).await? => {
                let mut batch = Batch::new().put(record.clone().interrupted(&intent.needs));
                // It may have gone half way.
                let looks = parts(bench, snapshot, record)
                    .map(async |part| Ok::<_, Fault>((part, is_there(bench, part, told).await?)));
                let mut looks = stream::iter(looks).buffer_unordered(bench.parallelism.max(1));
                while let Some((part, is_there)) = looks.try_next().await? {
                    if !is_there {
                        batch = batch.remove(part.key());
                    }
                }
                Ok((batch, "its deletion was interrupted".to_owned()))
            }
            _ => {
                let gone = recorded.map(|record| parts(bench, snapshot, record).map(Record::key));
                let gone = gone.into_iter().flatten().chain([intent.key.clone()]);
                let batch = gone.fold(Batch::new(), Batch::remove);
                Ok((batch, "it was deleted before the interruption".to_owned()))
            }
        },
        Operation::Update => {
            let unfinished = recorded.map(|record| record.clone().interrupted(&intent.needs));
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
                _ => ids(&snapshot.records, &intent.key.address),
            };
            let kind = &intent.kind;
            let resource = bench.catalogue.get(kind).ok_or_else(|| unknown(kind))?.as_ref();
            match look_for(bench, resource, &intent.inputs, &older, told).await? {
                None => Ok((Batch::new(), "it was not made before the interruption".to_owned())),
                Some(Found { ours: false, .. }) => Ok((
                    Batch::new(),
                    "what is there now does not belong to this environment".to_owned(),
                )),
                Some(Found { id, .. }) => {
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

/// Whether the cloud deletes something with the copy of its owner that this is.
pub(super) fn goes_with(
    catalogue: &Catalogue,
    records: &BTreeMap<Key, Record>,
    part: &Record,
    owner: &Record,
) -> bool {
    let input = || catalogue.traits(&part.kind)?.dies_with;
    part.owner.as_ref() == Some(&owner.address)
        && input().and_then(|input| state::owner_of(records, part, input)) == Some(owner)
}

/// The records of what goes with its owner.
fn parts<'a>(
    bench: &'a Bench,
    snapshot: &'a Snapshot,
    owner: &'a Record,
) -> impl Iterator<Item = &'a Record> {
    let goes = |part: &&Record| goes_with(&bench.catalogue, &snapshot.records, part, owner);
    snapshot.records.values().filter(goes)
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

/// Looks for the thing that these inputs would have made, beside the `older` ones that it was to replace,
/// until it is seen to be ours: a thing may be seen before its tags are. What is found, or not, when it is
/// `told` counts.
pub(super) async fn look_for(
    bench: &Bench,
    resource: &dyn AnyResource,
    inputs: &Document,
    older: &[Id],
    told: Instant,
) -> Result<Option<Found>, Fault> {
    loop {
        let now = Instant::now();
        let found = find(bench, resource, inputs, older).await?;
        if now >= told || found.as_ref().is_some_and(|found| found.ours) {
            return Ok(found);
        }
        bench.stop.sleep(PAUSE.min(told - now)).await?;
    }
}

/// Whether a recorded thing that was about to be deleted is there. That it is not is known only when
/// it is `told`.
async fn is_there(bench: &Bench, record: &Record, told: Instant) -> Result<bool, Fault> {
    loop {
        let now = Instant::now();
        let is_there = matches!(read(bench, record).await?, Some(Observed::Seen(_)));
        if is_there || now >= told {
            return Ok(is_there);
        }
        bench.stop.sleep(PAUSE.min(told - now)).await?;
    }
}

/// A thing that is where a wanted one would be.
pub(super) struct Found {
    pub id: Id,
    /// Whether it carries our tags for that address; of a type without tags, whether the type takes it for
    /// ours.
    pub ours: bool,
    pub seen: SeenDocument,
}

/// The ids under which a resource is recorded: its copies that are in the cloud.
pub(super) fn ids(records: &BTreeMap<Key, Record>, address: &Address) -> Vec<Id> {
    state::copies(records, address).filter_map(|record| record.id.clone()).collect()
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
    let ours = match resource.traits().tagged {
        true => same_owner(&seen.inputs["tags"], &inputs["tags"]),
        false => resource.is_ours(&bench.scope(), inputs, &seen.inputs)?,
    };
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
