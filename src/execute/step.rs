//! One step: the intent, the call, the record.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::Bench;
use super::apply::{Applied, Ready, defect};
use super::hooks::{Birth, StepHooks, state_fault};
use super::look::{going, unknown};
use crate::graph::document::{self, Tie, hex};
use crate::graph::{Address, AnyResource, Document, Fault, FaultKind, HeldDocument, Hooks, Id};
use crate::plan::{self, Operation, Step};
use crate::state::{self, Batch, Intent, Record, Recorded};

/// How a step that succeeded ended.
pub(super) struct Done {
    pub id: Option<Id>,
    pub called: bool,
}

/// One step that is ready: what it sends is known. Once its intent is on disk, it may be carried out
/// at any time; until then nothing has been called, which is what the next run finds where this one
/// ends before.
pub(super) struct Prepared<'a> {
    work: Work<'a>,
    task: Task,
    intent: Option<Intent>,
    /// Whether the intent is on disk, since it was foreseen.
    pub is_open: bool,
}

/// One step under way.
pub(super) struct Work<'a> {
    pub bench: &'a Bench,
    pub applied: &'a Applied<'a>,
    pub step: &'a Step,
    pub resource: &'a dyn AnyResource,
    pub hooks: Arc<StepHooks>,
    /// The intent that is on disk since it was foreseen.
    foreseen: Option<Intent>,
}

/// What is left to do of a step: calls behind their intents, or none.
pub(super) enum Task {
    Create {
        ready: Ready,
        birth: Box<Birth>,
        seq: u64,
    },
    Update {
        sent: Document,
        held: HeldDocument,
        done: Record,
        seq: u64,
    },
    /// Only what is recorded changes.
    Keep(Record),
    Delete {
        held: HeldDocument,
        seq: u64,
    },
    Forget,
}

/// Makes a step ready, with the intent that was foreseen for it where that fits.
///
/// # Errors
/// Where the plan does not fit any more, or what became of an interrupted call is not known.
pub(super) fn prepare<'a>(
    bench: &'a Bench,
    applied: &'a Applied<'a>,
    at: usize,
    step: &'a Step,
    foreseen: Option<Intent>,
) -> Result<Prepared<'a>, Fault> {
    if let Some(fault) = bench.unsettled.at(&step.key.address) {
        return Err(fault);
    }
    let work = Work::new(bench, applied, at, step, foreseen)?;
    let (task, intent) = match step.operation {
        Operation::Create => work.before_create()?,
        Operation::Update => work.before_update()?,
        Operation::Delete => work.before_delete()?,
        Operation::DeleteWithOwner | Operation::Forget => (Task::Forget, None),
    };
    let is_open = intent.is_some() && intent == work.foreseen;
    Ok(Prepared { work, task, intent, is_open })
}

/// The intent that a step will have, as its plan tells it: it can be on disk before the step is ready.
/// What only those tell that it needs is still a reference in it, and they are all made in this run: so
/// what was sent, or that nothing was, follows from what became of them.
///
/// Only of what is made, since nothing comes of such an intent that is never carried out.
pub(super) fn foresee(
    bench: &Bench,
    applied: &Applied<'_>,
    at: usize,
    step: &Step,
) -> Option<Intent> {
    let preview = step.preview.as_ref().filter(|_| step.operation == Operation::Create)?;
    let is_told =
        |(at, _, tie): &(Address, String, Tie)| *tie == Tie::Real && applied.made(at).is_some();
    let is_settled = bench.unsettled.at(&step.key.address).is_none();
    let may_be = is_settled
        && !document::has_open_secret(preview)
        && document::references(preview).iter().all(is_told);
    let work = Work::new(bench, applied, at, step, None).ok().filter(|_| may_be)?;
    Some(work.intent(state::Operation::Create, preview))
}

impl Prepared<'_> {
    /// Carries it out.
    pub async fn perform(self) -> Result<Done, Fault> {
        let Self { work, task, .. } = self;
        let id = match task {
            Task::Create { ready, birth, seq } => Some(work.create(ready, *birth, seq).await?),
            Task::Update { sent, held, done, seq } => {
                Some(work.update(sent, held, done, seq).await?)
            }
            Task::Keep(record) => work.keep(record)?,
            Task::Delete { held, seq } => Some(work.delete(held, seq).await?),
            Task::Forget => work.forget()?,
        };
        Ok(Done { id, called: work.hooks.called.load(Ordering::Relaxed) })
    }

    /// What has to be on disk before it is carried out; none where it calls nothing.
    pub fn intent(&self) -> Option<&Intent> {
        self.intent.as_ref()
    }
}

impl<'a> Work<'a> {
    fn new(
        bench: &'a Bench,
        applied: &'a Applied<'a>,
        at: usize,
        step: &'a Step,
        foreseen: Option<Intent>,
    ) -> Result<Self, Fault> {
        let resource = bench.catalogue.get(&step.kind).ok_or_else(|| unknown(&step.kind))?;
        let hooks = Arc::new(StepHooks {
            step: at,
            address: step.key.address.clone(),
            events: bench.events.clone(),
            keeper: bench.keeper.clone(),
            on_made: Mutex::new(None),
            called: AtomicBool::new(false),
            repeated: AtomicBool::new(false),
            older: match step.operation {
                Operation::Create => applied.ids(&step.key.address),
                _ => Vec::new(),
            },
        });
        Ok(Self { bench, applied, step, resource: resource.as_ref(), hooks, foreseen })
    }
}

impl Work<'_> {
    pub(super) fn cx(&self) -> crate::graph::AnyCx {
        self.bench.cx(self.hooks.clone())
    }

    pub(super) async fn commit(&self, batch: Batch) -> Result<(), Fault> {
        self.bench.keeper.commit(batch).await.map(drop).map_err(|error| state_fault(&error))
    }

    /// Records the end of a step. The next step's intent comes behind it, so nothing waits for the
    /// disk here: until it is there, the intent is open, and the next run finds out how it ended.
    pub(super) fn conclude(&self, batch: Batch) -> Result<(), Fault> {
        self.bench.keeper.record(batch).map_err(|error| state_fault(&error))
    }

    /// What is about to be called.
    pub(super) fn intent(&self, operation: state::Operation, inputs: &Document) -> Intent {
        let seq = self.bench.keeper.next_intent();
        Intent { seq, ..self.unnumbered(operation, inputs) }
    }

    fn unnumbered(&self, operation: state::Operation, inputs: &Document) -> Intent {
        let step = self.step;
        let mut intent =
            Intent::new(0, self.bench.events.run(), operation, step.key.clone(), &step.kind);
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
        let made = |at: Address| Some((self.applied.made(&at)?, at));
        let refers_to = document::needs(inputs).into_iter().filter_map(made);
        intent.refers_to = refers_to.map(|(generation, at)| (at, generation)).collect();
        intent
    }

    /// The intent that was foreseen, where it still says what is about to be called with these inputs.
    pub(super) fn foreseen(&self, sealed: &Document) -> Option<Intent> {
        let (foreseen, preview) = (self.foreseen.as_ref()?, self.step.preview.as_ref()?);
        let mut now = self.unnumbered(state::Operation::Create, preview);
        (now.seq, now.at) = (foreseen.seq, foreseen.at.clone());
        let told = match document::is_pending(preview) {
            true => self.applied.resolved(preview.clone(), self.resource).ok()?,
            false => preview.clone(),
        };
        let fits = now == *foreseen && document::seal(told, self.applied.salt()) == *sealed;
        fits.then_some(now)
    }

    /// The record of the resource that the step makes or changes, with these inputs.
    pub(super) fn record(&self, inputs: Document) -> Record {
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

    fn before_update(&self) -> Result<(Task, Option<Intent>), Fault> {
        let ready = self.applied.ready(self.step, self.resource)?;
        let record = self
            .applied
            .record(&self.step.key)
            .ok_or_else(|| defect(self.step, "it has no record to update"))?;
        let id = record.id.clone().ok_or_else(|| defect(self.step, "its record has no id"))?;
        self.refuse_replacement(&record, &ready)?;
        let mut done = self.record(ready.sealed.clone());
        done.finished = true;
        if record.finished && record.inputs == ready.sealed && self.step.seen.is_none() {
            done.outputs = record.outputs;
            return Ok((Task::Keep(done), None));
        }
        let inputs = self.step.seen.clone().unwrap_or_else(|| record.inputs.into_document());
        let held = HeldDocument {
            id,
            inputs: document::unseal(inputs, &ready.sent, self.applied.salt()),
            outputs: record.outputs.map(Recorded::into_document),
            finished: record.finished,
        };
        let intent = self.intent(state::Operation::Update, &ready.sealed);
        Ok((Task::Update { sent: ready.sent, held, done, seq: intent.seq }, Some(intent)))
    }

    async fn update(
        &self,
        sent: Document,
        held: HeldDocument,
        done: Record,
        seq: u64,
    ) -> Result<Id, Fault> {
        let id = held.id.clone();
        match self.resource.update(self.cx(), held, sent).await {
            Ok(outputs) => {
                let done = Record { outputs: Some(outputs.into()), ..done };
                self.conclude(Batch::new().put(done.clone()).close(seq))?;
                self.applied.put(done);
                Ok(id)
            }
            Err(fault) => {
                self.commit(self.unfinished().close(seq)).await?;
                Err(fault)
            }
        }
    }

    fn keep(&self, record: Record) -> Result<Option<Id>, Fault> {
        self.conclude(Batch::new().put(record.clone()))?;
        let id = record.id.clone();
        self.applied.put(record);
        Ok(id)
    }

    /// A plan that promised an update may not make another resource of it.
    fn refuse_replacement(&self, record: &Record, ready: &Ready) -> Result<(), Fault> {
        if !record.finished {
            return Ok(());
        }
        let (traits, applied) = (self.resource.traits(), plan::applied(self.resource, record));
        let changed = |input: &&&str| {
            **input != "*"
                && applied.get(**input) != ready.sealed.get(**input)
                && !traits.is_untold(&record.inputs, input)
        };
        if let Some(input) = traits.replace_on.iter().find(changed) {
            let message = format!(
                "the plan no longer fits {}: a change of `{input}` replaces it",
                self.step.key
            );
            return Err(Fault::new(FaultKind::Refused, message)
                .advise("run the command again for a new plan"));
        }
        Ok(())
    }

    fn before_delete(&self) -> Result<(Task, Option<Intent>), Fault> {
        let record = match self.applied.record(&self.step.key) {
            Some(record) => record,
            // It went with its owner.
            None if self.step.owner.is_some() => return Ok((Task::Forget, None)),
            None => return Err(defect(self.step, "it has no record to delete")),
        };
        let held = going(&record, self.step).filter(|_| !self.applied.is_current_too(&record));
        let Some(held) = held else { return Ok((Task::Forget, None)) };
        let intent = self.intent(state::Operation::Delete, &held.inputs);
        Ok((Task::Delete { held, seq: intent.seq }, Some(intent)))
    }

    async fn delete(&self, held: HeldDocument, seq: u64) -> Result<Id, Fault> {
        let key = &self.step.key;
        let id = held.id.clone();
        match self.resource.delete(self.cx(), held).await {
            Ok(()) => {
                // What went with it is not there either.
                let mut gone = self.applied.parts(key);
                gone.push(key.clone());
                let batch = gone.iter().cloned().fold(Batch::new(), Batch::remove);
                self.conclude(batch.close(seq))?;
                gone.iter().for_each(|key| self.applied.remove(key));
                Ok(id)
            }
            // It may be gone, or what goes with it. The intent stays open: the next run looks.
            Err(fault) if is_open(fault.kind) || !self.applied.parts(key).is_empty() => Err(fault),
            Err(fault) => {
                self.commit(self.unfinished().close(seq)).await?;
                Err(fault)
            }
        }
    }

    /// Some of what a call of several was to do may be done.
    fn unfinished(&self) -> Batch {
        let record = self.applied.record(&self.step.key);
        let unfinished = record.map(|record| record.interrupted(&self.step.needs));
        unfinished.into_iter().fold(Batch::new(), Batch::put)
    }

    fn forget(&self) -> Result<Option<Id>, Fault> {
        let key = &self.step.key;
        self.conclude(Batch::new().remove(key.clone()))?;
        let id = self.applied.record(key).and_then(|record| record.id);
        self.applied.remove(key);
        Ok(id)
    }
}

/// Whether nobody knows what became of a call that ended so.
pub(super) fn is_open(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Unanswered | FaultKind::Stopped | FaultKind::NotKnown | FaultKind::Defect
    )
}

/// The digest of a request, to recognise it again.
fn digest(inputs: &Document) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(inputs.to_string().as_bytes()))
}
