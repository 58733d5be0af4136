//! Settling what an interrupted run left open, before anything is planned.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
use crate::graph::{Address, AnyResource, Fault, FaultKind, SeenDocument};
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
        open.entry(intent.key.address.clone()).or_default().push_back(intent.clone());
    }
    // Nobody knows how long ago the calls were sent: an intent may be far older than its call.
    let told = Instant::now() + bench.settle_time;
    while !open.is_empty() {
        let next = take_ready(&mut open);
        let settling = Settling { bench, snapshot: &snapshot, told };
        if next.is_empty() {
            // No run leaves that. All of them stay open, since none can be looked for.
            let fault = || Fault::new(FaultKind::Defect, "it refers to what refers to it");
            mem::take(&mut open).into_keys().for_each(|at| settling.set_aside(at, fault()));
        }
        stream::iter(next.iter().map(Ok))
            .try_for_each_concurrent(bench.parallelism.max(1), |intent| settling.settle(intent))
            .await?;
        open.retain(|at, intents| !intents.is_empty() && bench.unsettled.at(at).is_none());
        snapshot = bench.keeper.snapshot();
    }
    Ok(())
}

/// Open intents by the address of what they change, in order.
type Places = BTreeMap<Address, VecDeque<Intent>>;

/// Takes out the first of each place where nothing refers to what is open at another.
fn take_ready(open: &mut Places) -> Vec<Intent> {
    let refers = |intents: &VecDeque<Intent>| {
        let mut all = intents.iter().flat_map(|intent| intent.refers_to.keys());
        all.any(|at| open.contains_key(at))
    };
    let waiting: BTreeSet<Address> =
        open.iter().filter(|(_, intents)| refers(intents)).map(|(at, _)| at.clone()).collect();
    let ready = open.iter_mut().filter(|place| !waiting.contains(place.0));
    ready.filter_map(|(_, intents)| intents.pop_front()).collect()
}

/// What is known while intents are settled.
struct Settling<'a> {
    bench: &'a Bench,
    snapshot: &'a Snapshot,
    /// When what is not seen is not there.
    told: Instant,
}

impl Settling<'_> {
    /// Settles an intent. One that cannot be settled stays open, as do those after it at its address.
    async fn settle(&self, intent: &Intent) -> Result<(), Fault> {
        let address = &intent.key.address;
        let span = tracing::debug_span!("settle", %address);
        let (batch, what) = match self.settled(intent).instrument(span).await {
            Ok(settled) => settled,
            Err(fault) if is_no_answer(&fault) => {
                self.set_aside(address.clone(), fault);
                return Ok(());
            }
            Err(fault) => return Err(fault),
        };
        self.commit(batch.close(intent.seq)).await?;
        self.bench.events.tell(EventKind::Recovered { address: address.clone(), what });
        Ok(())
    }

    /// Leaves it open what is at an address, or on it.
    fn set_aside(&self, address: Address, fault: Fault) {
        let message = format!(
            "an interrupted run may have left something here, or on what is here, and that cannot be looked for: {}",
            fault.message
        );
        self.bench.unsettled.faults().insert(address, Fault { message, ..fault });
    }

    async fn commit(&self, batch: Batch) -> Result<(), Fault> {
        self.bench.keeper.commit(batch).await.map(drop).map_err(|error| state_fault(&error))
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
        let not_made = "it was not made before the interruption";
        let Some(Sent { intent, told }) = self.sent(intent, resource).await? else {
            return Ok((Batch::new(), not_made.to_owned()));
        };
        let what = match look_for(self.bench, resource, &intent.inputs, &older, self.told).await? {
            None => not_made,
            Some(Found { ours: false, .. }) => {
                "what is there now does not belong to this environment"
            }
            Some(Found { id, .. }) => {
                let aside = recorded.map(|old| Record { deposed: true, ..old.clone() });
                let birth = Birth { record: made_of(&intent), aside }.batch(&id);
                let what = "it was made before the interruption and is finished now";
                return Ok((told.into_iter().fold(birth, Batch::put), what.to_owned()));
            }
        };
        Ok((Batch::new(), what.to_owned()))
    }

    /// What a create was sent: where its intent refers to others, what those tell, which the intent holds
    /// from then on. None where one of those was never made, so that nothing was sent.
    async fn sent(
        &self,
        intent: &Intent,
        resource: &dyn AnyResource,
    ) -> Result<Option<Sent>, Fault> {
        let mut intent = intent.clone();
        if !document::is_pending(&intent.inputs) {
            return Ok(Some(Sent { intent, told: Vec::new() }));
        }
        let (mut all, mut told) = (BTreeMap::new(), Vec::new());
        for (at, generation) in mem::take(&mut intent.refers_to) {
            let record = self.snapshot.copies(&at).find(|copy| copy.generation == generation);
            let record = match record {
                Some(record) if record.outputs.is_some() => record.clone(),
                _ if self.bench.unsettled.at(&at).is_some() => {
                    let message = format!("neither can {at}, which it needs");
                    return Err(Fault::new(FaultKind::Refused, message));
                }
                None => return Ok(None),
                Some(record) => {
                    let seen = self.seen(record).await.inspect_err(|fault| {
                        // Were it changed meanwhile, this could not be looked for any more.
                        if is_no_answer(fault) {
                            self.set_aside(at.clone(), fault.clone());
                        }
                    });
                    let Some(seen) = seen? else { return Ok(None) };
                    let record = Record { outputs: Some(seen.outputs.into()), ..record.clone() };
                    told.push(record.clone());
                    record
                }
            };
            all.insert(at, record);
        }
        let account = self.bench.place.account.as_deref();
        let inputs = document::resolve(intent.inputs, account, &|at, output, _| {
            all.get(at).and_then(|record: &Record| record.output(output))
        });
        intent.inputs = resource.normal(inputs)?;
        if document::is_pending(&intent.inputs) {
            return Ok(None);
        }
        self.commit(Batch::new().close(intent.seq).open(intent.clone())).await?;
        Ok(Some(Sent { intent, told }))
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
}

/// Whether the cloud cannot be asked about one thing, rather than at all.
fn is_no_answer(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Refused | FaultKind::Defect)
}

/// What a create was sent.
struct Sent {
    intent: Intent,
    /// The records of those that it referred to and that are half made, with what they tell now: once it
    /// was sent, that is final.
    told: Vec<Record>,
}

/// The record of what an intent was about to make.
fn made_of(intent: &Intent) -> Record {
    let mut record = Record::new(intent.key.address.clone(), &*intent.kind, intent.inputs.clone());
    record.generation = intent.generation;
    record.name_pinned = intent.name_pinned;
    record.needs = intent.needs.clone();
    record.owner = intent.owner.clone();
    record
}
