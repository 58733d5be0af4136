//! Changes that are committed together, or not at all.

use super::{Intent, Key, MetaChange, Record, Snapshot, StateError};
use crate::graph::Address;

/// Changes that are committed together, or not at all. Each raises the serial by one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Records that come, or take the place of those with the same key.
    pub puts: Vec<Record>,
    /// Records that go, before the puts. One that is not there is fine.
    pub removes: Vec<Key>,
    /// Intents of calls that are about to be sent.
    pub open: Vec<Intent>,
    /// Numbers of intents whose calls are settled.
    pub close: Vec<u64>,
    /// What changes of the deployment.
    pub meta: MetaChange,
}

impl Batch {
    /// A batch without changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a record that comes, or takes the place of the one with its key.
    #[must_use]
    pub fn put(mut self, record: Record) -> Self {
        self.puts.push(record);
        self
    }

    /// With a record that goes.
    #[must_use]
    pub fn remove(mut self, key: impl Into<Key>) -> Self {
        self.removes.push(key.into());
        self
    }

    /// With the intent of a call that is about to be sent.
    #[must_use]
    pub fn open(mut self, intent: Intent) -> Self {
        self.open.push(intent);
        self
    }

    /// With an intent whose call is settled.
    #[must_use]
    pub fn close(mut self, seq: u64) -> Self {
        self.close.push(seq);
        self
    }

    /// With changes of the deployment as a whole.
    #[must_use]
    pub fn meta(mut self, change: MetaChange) -> Self {
        self.meta = change;
        self
    }

    /// The batch that forgets one record. What it stands for stays in the cloud.
    ///
    /// # Errors
    /// [`StateError::NoSuchRecord`], [`StateError::Unsettled`].
    pub fn forget(snapshot: &Snapshot, key: &Key) -> Result<Self, StateError> {
        if !snapshot.records.contains_key(key) {
            return Err(StateError::NoSuchRecord(key.clone()));
        }
        settled(snapshot, &key.address)?;
        Ok(Self::new().remove(key.clone()))
    }

    /// The batch that gives a resource, with its deposed copies, another address. Those that need
    /// it, or belong to it, follow.
    ///
    /// # Errors
    /// [`StateError::NoSuchRecord`], [`StateError::Taken`], [`StateError::Unsettled`].
    pub fn rename(snapshot: &Snapshot, from: &Address, to: &Address) -> Result<Self, StateError> {
        let at = |address: &Address| snapshot.records.keys().any(|key| key.address == *address);
        if !at(from) {
            return Err(StateError::NoSuchRecord(from.clone().into()));
        }
        if at(to) {
            return Err(StateError::Taken(to.clone()));
        }
        settled(snapshot, from)?;
        settled(snapshot, to)?;
        let mut batch = Self::new();
        for (key, record) in &snapshot.records {
            let mut renamed = record.clone();
            if renamed.needs.remove(from) {
                renamed.needs.insert(to.clone());
            }
            if renamed.owner.as_ref() == Some(from) {
                renamed.owner = Some(to.clone());
            }
            if key.address == *from {
                renamed.address = to.clone();
                batch.removes.push(key.clone());
            }
            if renamed != *record {
                batch.puts.push(renamed);
            }
        }
        Ok(batch)
    }
}

fn settled(snapshot: &Snapshot, address: &Address) -> Result<(), StateError> {
    let is_of =
        |intent: &Intent| intent.key.address == *address || intent.refers_to.contains_key(address);
    match snapshot.intents.values().any(is_of) {
        true => Err(StateError::Unsettled(address.clone())),
        false => Ok(()),
    }
}
