//! The keeper: one thread that writes, for many tasks that record.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Batch, Snapshot, StateError, Store};

type Answer = oneshot::Sender<Result<u64, StateError>>;

/// The most batches that go to disk together.
const GROUP: usize = 256;

/// How long what nobody waits for may stay away from the disk, so that it goes there with what
/// somebody does wait for.
const LINGER: Duration = Duration::from_millis(20);

/// A handle to the thread that writes. Batches that come while it writes go to disk together, with
/// one flush for all of them. The thread ends when the last handle is dropped.
#[derive(Clone)]
pub struct Keeper {
    store: Arc<dyn Store>,
    sender: Sender<Message>,
}

/// What the thread is sent.
enum Message {
    /// To commit, and to tell how that went.
    Commit(Batch, Answer),
    /// To commit; who sent it goes on.
    Record(Batch),
    /// To tell when all that came before is on disk.
    Flush(oneshot::Sender<Result<(), StateError>>),
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
        self.sender.send(Message::Commit(batch, answer)).map_err(|_| StateError::Closed)?;
        answered.await.map_err(|_| StateError::Closed)?
    }

    /// Commits a batch without waiting for the disk. It goes there with the next one that is waited
    /// for, or soon by itself, and is there before any batch that comes later; where it cannot be
    /// written, those and [`Self::flush`] fail in its stead.
    ///
    /// # Errors
    /// [`StateError::Closed`] where the thread is gone.
    pub fn record(&self, batch: Batch) -> Result<(), StateError> {
        self.sender.send(Message::Record(batch)).map_err(|_| StateError::Closed)
    }

    /// Waits until all that was recorded is on disk.
    ///
    /// # Errors
    /// The first failure since the start.
    pub async fn flush(&self) -> Result<(), StateError> {
        let (answer, answered) = oneshot::channel();
        self.sender.send(Message::Flush(answer)).map_err(|_| StateError::Closed)?;
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

fn keep(store: &dyn Store, receiver: &Receiver<Message>) {
    let mut broken: Option<StateError> = None;
    while let Some(messages) = gather(receiver) {
        let (mut batches, mut answers, mut flushes) = (Vec::new(), Vec::new(), Vec::new());
        for message in messages {
            match message {
                Message::Commit(batch, answer) => {
                    batches.push(batch);
                    answers.push(Some(answer));
                }
                Message::Record(batch) => {
                    batches.push(batch);
                    answers.push(None);
                }
                Message::Flush(answer) => flushes.push(answer),
            }
        }
        let results = match &broken {
            None if batches.is_empty() => Vec::new(),
            None => store.commit_all(batches),
            // What comes after a record that is lost must not be written without it.
            Some(error) => vec![Err(error.clone()); batches.len()],
        };
        for (result, answer) in results.into_iter().zip(answers) {
            match (result, answer) {
                // Whoever does not wait for the answer any more does not need it.
                (result, Some(answer)) => drop(answer.send(result)),
                (Err(error), None) => broken = broken.or(Some(error)),
                (Ok(_), None) => {}
            }
        }
        for flush in flushes {
            let _ = flush.send(broken.clone().map_or(Ok(()), Err));
        }
    }
}

/// What goes to disk together: all that has come once somebody waits, or nobody has for a while.
fn gather(receiver: &Receiver<Message>) -> Option<Vec<Message>> {
    let mut messages = vec![receiver.recv().ok()?];
    let until = Instant::now() + LINGER;
    while matches!(messages.last(), Some(Message::Record(_))) && messages.len() < GROUP {
        let Ok(next) = receiver.recv_timeout(until.saturating_duration_since(Instant::now()))
        else {
            break;
        };
        messages.push(next);
    }
    messages.extend(receiver.try_iter().take(GROUP.saturating_sub(messages.len())));
    Some(messages)
}
