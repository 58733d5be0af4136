//! All that is known of one deployment at one moment.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::{copies, owner_of};
use super::record::now;
use super::{Batch, Holder, Intent, Key, Meta, Record, Recorded, StateError};
use crate::graph::document::{has_open_secret, is_pending, seal};
use crate::graph::{Address, Document};

/// All that is known of one deployment at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The deployment as a whole.
    pub meta: Meta,
    /// What exists.
    pub records: BTreeMap<Key, Record>,
    /// Calls that were about to be sent, by number, and of which nobody knows whether they arrived.
    pub intents: BTreeMap<u64, Intent>,
    /// The run that is changing the state at the moment; this is then how it was before that run.
    pub busy: Option<Holder>,
}

/// What a batch touched: all of it is to be written.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub records: BTreeSet<Key>,
    pub intents: BTreeSet<u64>,
}

impl Snapshot {
    /// A deployment of which nothing is recorded yet.
    pub fn new(project: &str, environment: &str) -> Self {
        Self {
            meta: Meta::new(project, environment),
            records: BTreeMap::new(),
            intents: BTreeMap::new(),
            busy: None,
        }
    }

    /// Whether calls were interrupted that the next run has to settle first.
    pub fn intents_open(&self) -> bool {
        !self.intents.is_empty()
    }

    /// The current record at an address.
    pub fn record(&self, address: &Address) -> Option<&Record> {
        self.records.get(&Key::from(address.clone()))
    }

    /// The generation of the next one that is made at an address: higher than all that are recorded, so
    /// that it shares neither a name nor a key with any of them.
    pub fn next_generation(&self, address: &Address) -> u32 {
        let recorded = self.copies(address).map(|record| record.generation);
        recorded.max().map_or(0, |generation| generation + 1)
    }

    /// The one of the copies of its owner that something is on, by the input that names the owner.
    pub fn owner_of(&self, record: &Record, input: &str) -> Option<&Record> {
        owner_of(&self.records, record, input)
    }

    /// The records at an address: of the current one, and of copies that replacements left behind.
    pub fn copies(&self, address: &Address) -> impl Iterator<Item = &Record> {
        copies(&self.records, address)
    }

    /// Applies a batch, with every secret replaced by its digest, and tells what it touched.
    ///
    /// # Errors
    /// [`StateError::Invalid`]; nothing has changed then.
    pub(super) fn apply(&mut self, batch: Batch) -> Result<Touched, StateError> {
        self.check(&batch)?;
        let mut touched = Touched::default();
        for key in batch.removes {
            self.records.remove(&key);
            touched.records.insert(key);
        }
        let salt = &self.meta.salt;
        for mut record in batch.puts {
            record.inputs = seal(record.inputs.into_document(), salt).into();
            let outputs = record.outputs.map(Recorded::into_document);
            let outputs = outputs.filter(|outputs| !outputs.is_null());
            record.outputs = outputs.map(|outputs| seal(outputs, salt).into());
            touched.records.insert(record.key());
            self.records.insert(record.key(), record);
        }
        for seq in batch.close {
            self.intents.remove(&seq);
            touched.intents.insert(seq);
        }
        for mut intent in batch.open {
            intent.inputs = seal(intent.inputs, salt);
            self.meta.last_intent = self.meta.last_intent.max(intent.seq);
            touched.intents.insert(intent.seq);
            self.intents.insert(intent.seq, intent);
        }
        let mut change = batch.meta;
        change.outputs = change.outputs.map(|outputs| seal(outputs, salt));
        self.meta.change(change);
        self.meta.serial += 1;
        self.meta.updated_at = now();
        env!("CARGO_PKG_VERSION").clone_into(&mut self.meta.written_by);
        Ok(touched)
    }

    fn check(&self, batch: &Batch) -> Result<(), StateError> {
        let invalid = |text: String| Err(StateError::Invalid(text));
        let mut keys = BTreeSet::new();
        for record in &batch.puts {
            if !keys.insert(record.key()) {
                return invalid(format!("two records {} in one batch", record.key()));
            }
            known(&record.inputs, &record.key())?;
        }
        let mut open: BTreeSet<u64> = self.intents.keys().copied().collect();
        for seq in &batch.close {
            if !open.remove(seq) {
                return invalid(format!("intent {seq} is not open"));
            }
        }
        for intent in &batch.open {
            if !open.insert(intent.seq) {
                return invalid(format!("intent {} is open already", intent.seq));
            }
            if has_open_secret(&intent.inputs) {
                return invalid(format!("the inputs of {} hold a secret", intent.key));
            }
        }
        Ok(())
    }
}

/// Refuses inputs that are not resolved.
fn known(inputs: &Document, key: &Key) -> Result<(), StateError> {
    match is_pending(inputs) {
        true => Err(StateError::Invalid(format!("the inputs of {key} are not all known"))),
        false => Ok(()),
    }
}
