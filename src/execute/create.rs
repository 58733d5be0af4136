//! A step that makes a resource, and what it does where something is there already.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::apply::Ready;
use super::find::{Found, look_for};
use super::hooks::Birth;
use super::step::{Task, Work, is_open};
use crate::graph::{CreatedDocument, Fault, FaultKind, HeldDocument, Id};
use crate::plan::Half;
use crate::state::{self, Batch, Intent, Record};

impl Work<'_> {
    pub(super) fn before_create(&self) -> Result<(Task, Option<Intent>), Fault> {
        let ready = self.applied.ready(self.step, self.resource)?;
        let aside = self
            .applied
            .record(&self.step.key.address.clone().into())
            .filter(|_| self.step.half == Some(Half::New));
        let aside = aside.map(|old| Record { deposed: true, ..old });
        let birth = Birth { record: self.record(ready.sealed.clone()), aside };
        let intent = self
            .foreseen(&ready.sealed)
            .unwrap_or_else(|| self.intent(state::Operation::Create, &ready.sealed));
        Ok((Task::Create { ready, birth: birth.into(), seq: intent.seq }, Some(intent)))
    }

    pub(super) async fn create(&self, ready: Ready, birth: Birth, seq: u64) -> Result<Id, Fault> {
        *self.hooks.on_made.lock().unwrap_or_else(PoisonError::into_inner) = Some(birth.clone());
        let created = match self.resource.create(self.cx(), ready.sent.clone()).await {
            Ok(created) => created,
            Err(fault) => self.after_failed_create(&ready, &birth, seq, fault).await?,
        };
        let record = Record {
            id: Some(created.id.clone()),
            outputs: Some(created.outputs.into()),
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
        let made = self.hooks.on_made.lock().unwrap_or_else(PoisonError::into_inner).is_none();
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
            kind if is_open(kind) => Err(fault),
            _ => {
                self.commit(Batch::new().close(seq)).await?;
                Err(fault)
            }
        }
    }

    /// Goes on with the thing that is there already, if it is ours.
    ///
    /// A call that was not answered, or was sent again, may have made it itself. Then it is looked for
    /// as long as it, or its tags, may not be seen yet; and where that tells nothing, the intent stays
    /// open, for the next run to look.
    async fn take_over(
        &self,
        ready: &Ready,
        birth: &Birth,
        seq: u64,
        fault: Fault,
    ) -> Result<CreatedDocument, Fault> {
        let address = &self.step.key.address;
        let is_unanswered = fault.kind == FaultKind::Unanswered;
        let may_be_own = is_unanswered || self.hooks.repeated.load(Ordering::Relaxed);
        let patience = if may_be_own { self.bench.settle_time } else { Duration::ZERO };
        let told = Instant::now() + patience;
        let adopts = self.bench.adopt.contains(address);
        let older = &self.hooks.older;
        let fault = match look_for(self.bench, self.resource, &ready.sent, older, told).await? {
            Some(Found { id, ours, .. }) if ours || adopts => {
                self.commit(birth.batch(&id)).await?;
                let held = HeldDocument {
                    id: id.clone(),
                    inputs: ready.sent.clone(),
                    outputs: None,
                    finished: false,
                };
                let outputs = self.resource.update(self.cx(), held, ready.sent.clone()).await?;
                return Ok(CreatedDocument { id, outputs });
            }
            Some(Found { id, .. }) => {
                let message =
                    format!("{id} exists already and does not belong to this environment");
                let advice = format!(
                    "delete it or give {address} another name, or take it over with `--adopt {address}`"
                );
                Fault { message, ..fault }.advise(advice)
            }
            // Nothing was made, so the same call may be sent again.
            None if is_unanswered => {
                return self.resource.create(self.cx(), ready.sent.clone()).await;
            }
            None => fault,
        };
        if !may_be_own {
            self.commit(Batch::new().close(seq)).await?;
        }
        Err(fault)
    }
}
