//! The keeper: one thread that writes, for many tasks that record.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use tokio::sync::oneshot;

use super::{Batch, Snapshot, StateError, Store};

type Answer = oneshot::Sender<Result<u64, StateError>>;

/// The most batches that go to disk together.
const GROUP: usize = 256;

/// A handle to the thread that writes. Batches that come while it writes go to disk together, with
/// one flush for all of them. The thread ends when the last handle is dropped.
#[derive(Clone)]
pub struct Keeper {
    store: Arc<dyn Store>,
    sender: Sender<(Batch, Answer)>,
}

impl Keeper {
    /// Starts the thread for a store.
    ///
    /// # Errors
    /// [`StateError::Io`] where the system gives no thread.
    pub fn start(store: Arc<dyn Store>) -> Result<Self, StateError> {
        let (sender, receiver) = mpsc::channel();
        let writer = store.clone();
        thread::Builder::new()
            .name("keeper".into())
            .spawn(move || keep(&*writer, &receiver))
            .map_err(|error| StateError::io("start a thread for", "the state".as_ref(), &error))?;
        Ok(Self { store, sender })
    }

    /// Commits a batch; it is on disk when this returns. Where the caller stops waiting, it is
    /// committed all the same. The answer is the serial after it.
    ///
    /// # Errors
    /// Those of [`Store::commit_all`]; [`StateError::Closed`] where the thread is gone.
    pub async fn commit(&self, batch: Batch) -> Result<u64, StateError> {
        let (answer, answered) = oneshot::channel();
        self.sender.send((batch, answer)).map_err(|_| StateError::Closed)?;
        answered.await.map_err(|_| StateError::Closed)?
    }

    /// A number for an intent, never given before.
    pub fn next_intent(&self) -> u64 {
        self.store.next_intent()
    }

    /// All that is on disk now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.store.snapshot()
    }
}

fn keep(store: &dyn Store, receiver: &Receiver<(Batch, Answer)>) {
    while let Ok(first) = receiver.recv() {
        let more = receiver.try_iter().take(GROUP - 1);
        let (batches, answers): (Vec<_>, Vec<_>) = std::iter::once(first).chain(more).unzip();
        for (result, answer) in store.commit_all(batches).into_iter().zip(answers) {
            // Whoever does not wait for the answer any more does not need it.
            let _ = answer.send(result);
        }
    }
}
