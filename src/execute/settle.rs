//! Settling what an interrupted run left open, before anything is planned.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::time::Instant;
use tracing::Instrument;

use super::find::{Found, PAUSE, goes_with, ids, look_for};
use super::hooks::{Birth, state_fault};
use super::look::{read, unknown};
use super::{Bench, EventKind};
use crate::graph::document;
use crate::graph::{Address, AnyResource, Document, Fault, FaultKind, SeenDocument};
use crate::plan::Observed;
use crate::state::{Batch, Intent, Operation, Record, Snapshot};

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
    let mut snapshot = bench.keeper.snapshot();
    if snapshot.intents_open() {
        bench.events.tell(EventKind::Settling { calls: snapshot.intents.len() });
    }
    let mut open = Places::new();
    for intent in snapshot.intents.values() {
        open.entry(intent.key.address.clone()).or_default().push(intent.clone());
    }
    // Nobody knows how long ago the calls were sent: an intent may be far older than its call.
    let told = Instant::now() + bench.settle_time;
    let unmade = Mutex::default();
    while !open.is_empty() {
        let places = take_ready(&mut open);
        let settling = Settling { bench, snapshot: &snapshot, told, unmade: &unmade };
        stream::iter(places.values().map(Ok))
            .try_for_each_concurrent(bench.parallelism.max(1), |intents| settling.in_turn(intents))
            .await?;
        snapshot = bench.keeper.snapshot();
    }
    Ok(())
}

/// Open intents by the address of what they change.
type Places = BTreeMap<Address, Vec<Intent>>;

/// Takes out those that refer to nothing that is open itself.
fn take_ready(open: &mut Places) -> Places {
    let refers = |intents: &[Intent]| {
        let mut all = intents.iter().flat_map(|intent| document::references(&intent.inputs));
        all.any(|(at, _, _)| open.contains_key(&at))
    };
    let waiting: BTreeSet<Address> =
        open.iter().filter(|(_, intents)| refers(intents)).map(|(at, _)| at.clone()).collect();
    // No run writes what refers to itself; it could not be looked for.
    if waiting.len() == open.len() {
        return mem::take(open);
    }
    let (later, ready) = mem::take(open).into_iter().partition(|(at, _)| waiting.contains(at));
    *open = later;
    ready
}

/// What is known while intents are settled.
struct Settling<'a> {
    bench: &'a Bench,
    snapshot: &'a Snapshot,
    /// When what is not seen is not there.
    told: Instant,
    /// Where something was about to be made and was not.
    unmade: &'a Mutex<BTreeSet<Address>>,
}

impl Settling<'_> {
    /// Settles the intents of one address. One that cannot be settled keeps those after it open.
    async fn in_turn(&self, intents: &[Intent]) -> Result<(), Fault> {
        for intent in intents {
            let address = &intent.key.address;
            let span = tracing::debug_span!("settle", %address);
            let (batch, what) = match self.settled(intent).instrument(span).await {
                Ok(settled) => settled,
                Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::Defect) => {
                    let message = format!(
                        "an interrupted run may have left something here, and it cannot be looked for: {}",
                        fault.message
                    );
                    let fault = Fault { message, ..fault };
                    self.bench.unsettled.faults().insert(address.clone(), fault);
                    return Ok(());
                }
                Err(fault) => return Err(fault),
            };
            let batch = batch.close(intent.seq);
            self.bench.keeper.commit(batch).await.map_err(|error| state_fault(&error))?;
            self.bench.events.tell(EventKind::Recovered { address: address.clone(), what });
        }
        Ok(())
    }

    async fn settled(&self, intent: &Intent) -> Result<(Batch, String), Fault> {
        let recorded = self.snapshot.records.get(&intent.key);
        match intent.operation {
            Operation::Delete => match recorded {
                Some(record) if self.seen(record).await?.is_some() => {
                    let mut batch = Batch::new().put(record.clone().interrupted(&intent.needs));
                    // It may have gone half way.
                    let looks = self
                        .parts(record)
                        .map(async |part| Ok::<_, Fault>((part, self.seen(part).await?.is_some())));
                    let mut looks =
                        stream::iter(looks).buffer_unordered(self.bench.parallelism.max(1));
                    while let Some((part, is_there)) = looks.try_next().await? {
                        if !is_there {
                            batch = batch.remove(part.key());
                        }
                    }
                    Ok((batch, "its deletion was interrupted".to_owned()))
                }
                _ => {
                    let gone = recorded.map(|record| self.parts(record).map(Record::key));
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
            Operation::Create => self.created(intent, recorded).await,
        }
    }

    async fn created(
        &self,
        intent: &Intent,
        recorded: Option<&Record>,
    ) -> Result<(Batch, String), Fault> {
        let kind = &intent.kind;
        let resource = self.bench.catalogue.get(kind).ok_or_else(|| unknown(kind))?.as_ref();
        let older = match intent.absent_before {
            Some(true) => Vec::new(),
            _ => ids(&self.snapshot.records, &intent.key.address),
        };
        let sent = self.sent(intent, resource).await?;
        let found = match &sent {
            Some(Sent { inputs, .. }) => {
                look_for(self.bench, resource, inputs, &older, self.told).await?
            }
            None => None,
        };
        let what = match (sent, found) {
            (Some(Sent { inputs, told }), Some(Found { id, ours: true, .. })) => {
                let aside = recorded.map(|old| Record { deposed: true, ..old.clone() });
                let birth = Birth { record: made_of(intent, inputs), aside };
                let what = "it was made before the interruption and is finished now";
                return Ok((told.into_iter().fold(birth.batch(&id), Batch::put), what.to_owned()));
            }
            (_, Some(_)) => "what is there now does not belong to this environment",
            (_, None) => "it was not made before the interruption",
        };
        self.unmade().insert(intent.key.address.clone());
        Ok((Batch::new(), what.to_owned()))
    }

    /// What a create was sent: what was not known yet when its intent was written is what those tell that
    /// it refers to. None where one of those was never made, so that nothing was sent.
    async fn sent(
        &self,
        intent: &Intent,
        resource: &dyn AnyResource,
    ) -> Result<Option<Sent>, Fault> {
        let (inputs, mut of) = (intent.inputs.clone(), BTreeMap::new());
        if !document::is_pending(&inputs) {
            return Ok(Some(Sent { inputs, told: Vec::new() }));
        }
        for (at, _, _) in document::references(&inputs) {
            if self.bench.unsettled.at(&at).is_some() {
                let message = format!("neither can {at}, which it needs");
                return Err(Fault::new(FaultKind::Refused, message));
            }
            let record = self.snapshot.record(&at).filter(|_| !self.unmade().contains(&at));
            let Some(record) = record else { return Ok(None) };
            let mut record = record.clone();
            if record.outputs.is_none() {
                let Some(seen) = self.seen(&record).await? else { return Ok(None) };
                record.outputs = Some(seen.outputs.into());
            }
            of.insert(at, record);
        }
        let account = self.bench.place.account.as_deref();
        let resolved = document::resolve(inputs, account, &|at, output, _| {
            of.get(at)?.outputs.as_ref()?.get(output).cloned()
        });
        let inputs = resource.normal(resolved)?;
        let is_new = |record: &Record| self.snapshot.record(&record.address) != Some(record);
        let told = of.into_values().filter(is_new).collect();
        Ok(Some(Sent { inputs, told }).filter(|sent| !document::is_pending(&sent.inputs)))
    }

    /// What is there of a record. That it is not is known only when it is told.
    async fn seen(&self, record: &Record) -> Result<Option<SeenDocument>, Fault> {
        loop {
            let now = Instant::now();
            if let Some(Observed::Seen(seen)) = read(self.bench, record).await? {
                return Ok(Some(seen));
            }
            if now >= self.told {
                return Ok(None);
            }
            self.bench.stop.sleep(PAUSE.min(self.told - now)).await?;
        }
    }

    /// The records of what goes with its owner.
    fn parts(&self, owner: &Record) -> impl Iterator<Item = &Record> {
        let (catalogue, records) = (&self.bench.catalogue, &self.snapshot.records);
        records.values().filter(move |part| goes_with(catalogue, records, part, owner))
    }

    fn unmade(&self) -> MutexGuard<'_, BTreeSet<Address>> {
        self.unmade.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a create was sent.
struct Sent {
    inputs: Document,
    /// The records of those that it refers to and that were half made, with what they tell now: once it
    /// was sent, that is final.
    told: Vec<Record>,
}

/// The record of what an intent was about to make.
fn made_of(intent: &Intent, inputs: Document) -> Record {
    let mut record = Record::new(intent.key.address.clone(), &*intent.kind, inputs);
    record.generation = intent.generation;
    record.name_pinned = intent.name_pinned;
    record.needs = intent.needs.clone();
    record.owner = intent.owner.clone();
    record
}
