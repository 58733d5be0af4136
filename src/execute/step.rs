//! One step: the intent on disk, the call, the record.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::Bench;
use super::apply::{Applied, Ready, defect};
use super::hooks::{Birth, StepHooks, state_fault};
use super::look::{going, unknown};
use super::recover::{Found, find, key_of};
use crate::graph::document::{self, hex};
use crate::graph::{
    AnyResource, CreatedDocument, Document, Fault, FaultKind, HeldDocument, Hooks, Id,
};
use crate::plan::{Half, Operation, Step};
use crate::state::{self, Batch, Intent, Record};

/// How a step that succeeded ended.
pub(super) struct Done {
    pub id: Option<Id>,
    pub called: bool,
}

/// One step under way.
struct Work<'a> {
    bench: &'a Bench,
    applied: &'a Applied<'a>,
    step: &'a Step,
    resource: &'a dyn AnyResource,
    hooks: Arc<StepHooks>,
}

/// Carries out one step.
pub(super) async fn perform(
    bench: &Bench,
    applied: &Applied<'_>,
    at: usize,
    step: &Step,
) -> Result<Done, Fault> {
    let resource = bench.catalogue.get(&step.kind).ok_or_else(|| unknown(&step.kind))?;
    let hooks = Arc::new(StepHooks {
        step: at,
        address: step.key.address.clone(),
        events: bench.events.clone(),
        keeper: bench.keeper.clone(),
        on_made: Mutex::new(None),
        called: AtomicBool::new(false),
        older: match step.operation {
            Operation::Create => applied.copies(&step.key.address),
            _ => Vec::new(),
        },
    });
    let work = Work { bench, applied, step, resource: resource.as_ref(), hooks };
    let id = match step.operation {
        Operation::Create => Some(work.create().await?),
        Operation::Update => Some(work.update().await?),
        Operation::Delete => work.delete().await?,
        Operation::DeleteWithOwner | Operation::Forget => work.forget().await?,
    };
    Ok(Done { id, called: work.hooks.called.load(Ordering::Relaxed) })
}

impl Work<'_> {
    fn cx(&self) -> crate::graph::AnyCx {
        self.bench.cx(self.hooks.clone())
    }

    async fn commit(&self, batch: Batch) -> Result<(), Fault> {
        self.bench.keeper.commit(batch).await.map(drop).map_err(|error| state_fault(&error))
    }

    /// Records the end of a step. The next step's intent comes behind it, so nothing waits for the
    /// disk here: until it is there, the intent is open, and the next run finds out how it ended.
    fn conclude(&self, batch: Batch) -> Result<(), Fault> {
        self.bench.keeper.record(batch).map_err(|error| state_fault(&error))
    }

    /// Writes down what is about to be called.
    async fn intend(&self, operation: state::Operation, inputs: &Document) -> Result<u64, Fault> {
        let seq = self.bench.keeper.next_intent();
        let step = self.step;
        let mut intent =
            Intent::new(seq, self.bench.events.run(), operation, step.key.clone(), &step.kind);
        intent.inputs = inputs.clone();
        intent.request = digest(inputs);
        intent.token = self.hooks.token();
        let adopts = self.bench.adopt.contains(&step.key.address);
        if operation == state::Operation::Create && !adopts {
            intent.absent_before = Some(self.hooks.older.is_empty());
        }
        intent.planned_id = self.resource.foretell(inputs, &self.bench.place).id;
        intent.needs = step.needs.clone();
        intent.owner = step.owner.clone();
        intent.generation = step.generation;
        intent.name_pinned = step.name_pinned;
        self.commit(Batch::new().open(intent)).await?;
        Ok(seq)
    }

    /// The record of the resource that the step makes or changes, with these inputs.
    fn record(&self, inputs: Document) -> Record {
        let step = self.step;
        let mut record = Record::new(step.key.address.clone(), &*step.kind, inputs);
        if let Some(old) =
            self.applied.record(&step.key).filter(|_| step.operation == Operation::Update)
        {
            record.created_at = old.created_at;
            record.id = old.id;
        }
        record.generation = step.generation;
        record.name_pinned = step.name_pinned;
        record.needs = step.needs.clone();
        record.owner = step.owner.clone();
        record
    }

    async fn create(&self) -> Result<Id, Fault> {
        let ready = self.applied.ready(self.step, self.resource)?;
        let aside = self
            .applied
            .record(&key_of(&self.step.key.address))
            .filter(|_| self.step.half == Some(Half::New));
        let aside = aside.map(|old| Record { deposed: true, ..old });
        let birth = Birth { record: self.record(ready.sealed.clone()), aside };
        let seq = self.intend(state::Operation::Create, &ready.sealed).await?;
        *self.hooks.on_made.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some(birth.clone());
        let created = match self.resource.create(self.cx(), ready.sent.clone()).await {
            Ok(created) => created,
            Err(fault) => self.after_failed_create(&ready, &birth, seq, fault).await?,
        };
        let record = Record {
            id: Some(created.id.clone()),
            outputs: Some(created.outputs),
            finished: true,
            ..birth.record.clone()
        };
        let batch = Birth { record: record.clone(), aside: birth.aside.clone() }.batch(&created.id);
        self.conclude(batch.close(seq))?;
        if let Some(aside) = birth.aside {
            self.applied.put(aside);
        }
        self.applied.put(record);
        Ok(created.id)
    }

    /// A create that failed may have made something all the same.
    async fn after_failed_create(
        &self,
        ready: &Ready,
        birth: &Birth,
        seq: u64,
        fault: Fault,
    ) -> Result<CreatedDocument, Fault> {
        let made =
            self.hooks.on_made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_none();
        match fault.kind {
            // It is recorded, half made; the next run finishes it.
            _ if made => {
                self.commit(Batch::new().close(seq)).await?;
                Err(fault)
            }
            FaultKind::Exists | FaultKind::Unanswered => {
                self.take_over(ready, birth, seq, fault).await
            }
            // The intent stays open: the next run looks for it.
            FaultKind::Stopped | FaultKind::Defect => Err(fault),
            _ => {
                self.commit(Batch::new().close(seq)).await?;
                Err(fault)
            }
        }
    }

    /// Goes on with the thing that is there already, if it is ours.
    async fn take_over(
        &self,
        ready: &Ready,
        birth: &Birth,
        seq: u64,
        fault: Fault,
    ) -> Result<CreatedDocument, Fault> {
        let address = &self.step.key.address;
        match find(self.bench, self.resource, &ready.sent, &self.hooks.older).await? {
            Some(Found { id, ours, .. }) if ours || self.bench.adopt.contains(address) => {
                self.commit(birth.batch(&id)).await?;
                let held = HeldDocument {
                    id: id.clone(),
                    inputs: ready.sent.clone(),
                    outputs: None,
                    finished: false,
                };
                let outputs = self.resource.update(self.cx(), held, ready.sent.clone()).await?;
                Ok(CreatedDocument { id, outputs })
            }
            Some(Found { id, .. }) => {
                self.commit(Batch::new().close(seq)).await?;
                let message =
                    format!("{id} exists already and does not belong to this environment");
                let advice = format!(
                    "delete it or give {address} another name, or take it over with `--adopt {address}`"
                );
                Err(Fault { message, ..fault }.advise(advice))
            }
            // Nothing was made, so the same call may be sent again.
            None if fault.kind == FaultKind::Unanswered => {
                self.resource.create(self.cx(), ready.sent.clone()).await
            }
            None => {
                self.commit(Batch::new().close(seq)).await?;
                Err(fault)
            }
        }
    }

    async fn update(&self) -> Result<Id, Fault> {
        let ready = self.applied.ready(self.step, self.resource)?;
        let record = self
            .applied
            .record(&self.step.key)
            .ok_or_else(|| defect(self.step, "it has no record to update"))?;
        let id = record.id.clone().ok_or_else(|| defect(self.step, "its record has no id"))?;
        self.refuse_replacement(&record, &ready)?;
        let mut done = self.record(ready.sealed.clone());
        done.id = Some(id.clone());
        done.finished = true;
        if record.finished && record.inputs == ready.sealed && self.step.seen.is_none() {
            done.outputs = record.outputs.clone();
            self.conclude(Batch::new().put(done.clone()))?;
            self.applied.put(done);
            return Ok(id);
        }
        let inputs = self.step.seen.clone().unwrap_or_else(|| record.inputs.clone());
        let held = HeldDocument {
            id: id.clone(),
            inputs: document::unseal(inputs, &ready.sent, self.applied.salt()),
            outputs: record.outputs.clone(),
            finished: record.finished,
        };
        let seq = self.intend(state::Operation::Update, &ready.sealed).await?;
        match self.resource.update(self.cx(), held, ready.sent).await {
            Ok(outputs) => {
                done.outputs = Some(outputs);
                self.conclude(Batch::new().put(done.clone()).close(seq))?;
                self.applied.put(done);
                Ok(id)
            }
            Err(fault) => {
                // Some of it may have been sent.
                let unfinished = Record { finished: false, ..record };
                self.commit(Batch::new().put(unfinished).close(seq)).await?;
                Err(fault)
            }
        }
    }

    /// A plan that promised an update may not make another resource of it.
    fn refuse_replacement(&self, record: &Record, ready: &Ready) -> Result<(), Fault> {
        let traits = self.resource.traits();
        let changed = |input: &&&str| record.inputs.get(**input) != ready.sealed.get(**input);
        let changed = traits.replace_on.iter().filter(|input| **input != "*").find(changed);
        if let Some(input) = changed.filter(|_| record.finished) {
            let message = format!(
                "the plan no longer fits {}: a change of `{input}` replaces it",
                self.step.key
            );
            return Err(Fault::new(FaultKind::Refused, message)
                .advise("run the command again for a new plan"));
        }
        Ok(())
    }

    async fn delete(&self) -> Result<Option<Id>, Fault> {
        let key = &self.step.key;
        let record = self
            .applied
            .record(key)
            .ok_or_else(|| defect(self.step, "it has no record to delete"))?;
        if let Some(held) = going(&record, self.step) {
            let seq = self.intend(state::Operation::Delete, &held.inputs).await?;
            let deleted = self.resource.delete(self.cx(), held).await;
            let batch = Batch::new().close(seq);
            self.conclude(if deleted.is_ok() { batch.remove(key.clone()) } else { batch })?;
            deleted?;
        } else {
            self.conclude(Batch::new().remove(key.clone()))?;
        }
        self.applied.remove(key);
        Ok(record.id)
    }

    async fn forget(&self) -> Result<Option<Id>, Fault> {
        let key = &self.step.key;
        self.conclude(Batch::new().remove(key.clone()))?;
        let id = self.applied.record(key).and_then(|record| record.id);
        self.applied.remove(key);
        Ok(id)
    }
}

/// The digest of a request, to recognise it again.
fn digest(inputs: &Document) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(inputs.to_string().as_bytes()))
}
