//! What keeps a state: the interface, and the store in memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Batch, Intent, Key, Meta, Record, Snapshot, StateError};

/// What keeps the state of one deployment.
pub trait Store: Send + Sync {
    /// All that is known now. Cheap: shared until the next commit.
    fn snapshot(&self) -> Arc<Snapshot>;

    /// Commits batches in this order as one unit: a refused one changes nothing, the others are all
    /// on disk when this returns, or none is. One answer a batch: the serial after it.
    fn commit_all(&self, batches: Vec<Batch>) -> Vec<Result<u64, StateError>>;

    /// A number for an intent, never given before.
    fn next_intent(&self) -> u64;

    /// Commits one batch; it is on disk when this returns. The answer is the serial after it.
    ///
    /// # Errors
    /// [`StateError::Invalid`] for a batch that contradicts the state; failures of the disk.
    fn commit(&self, batch: Batch) -> Result<u64, StateError> {
        self.commit_all(vec![batch]).pop().unwrap_or(Err(StateError::Closed))
    }

    /// The deployment as a whole.
    fn meta(&self) -> Meta {
        self.snapshot().meta.clone()
    }

    /// What exists.
    fn records(&self) -> BTreeMap<Key, Record> {
        self.snapshot().records.clone()
    }

    /// Calls that were about to be sent, in the order of their numbers.
    fn intents(&self) -> Vec<Intent> {
        self.snapshot().intents.values().cloned().collect()
    }
}

/// How a commit of a [`MemoryStore`] is to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitFault {
    /// Nothing is kept.
    Refused,
    /// All is kept, but the answer is a failure.
    AnswerLost,
}

/// A store in memory, for tests; it can be told to fail.
pub struct MemoryStore {
    kept: Mutex<Kept>,
    last_intent: AtomicU64,
}

struct Kept {
    snapshot: Arc<Snapshot>,
    commits: u64,
    faults: BTreeMap<u64, CommitFault>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new(project: &str, environment: &str) -> Self {
        Self::holding(Snapshot::new(project, environment))
    }

    /// A store that holds this already.
    pub fn holding(snapshot: Snapshot) -> Self {
        let last_intent = AtomicU64::new(snapshot.meta.last_intent);
        let kept = Kept { snapshot: Arc::new(snapshot), commits: 0, faults: BTreeMap::default() };
        Self { kept: Mutex::new(kept), last_intent }
    }

    /// The store, whose nth batch from now fails; the first is 1.
    #[must_use]
    pub fn failing(self, nth: u64, fault: CommitFault) -> Self {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.commits + nth;
        kept.faults.insert(at, fault);
        drop(kept);
        self
    }
}

impl Store for MemoryStore {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).snapshot.clone()
    }

    fn commit_all(&self, batches: Vec<Batch>) -> Vec<Result<u64, StateError>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        let commit = |batch| {
            kept.commits += 1;
            let fault = kept.faults.get(&kept.commits);
            let failure = || Err(StateError::Broken("a failure that the test asked for".into()));
            if fault == Some(&CommitFault::Refused) {
                return failure();
            }
            let snapshot = Arc::make_mut(&mut kept.snapshot);
            snapshot.apply(batch)?;
            if fault == Some(&CommitFault::AnswerLost) {
                return failure();
            }
            Ok(snapshot.meta.serial)
        };
        batches.into_iter().map(commit).collect()
    }

    fn next_intent(&self) -> u64 {
        self.last_intent.fetch_add(1, Ordering::Relaxed) + 1
    }
}
