use std::sync::{Arc, Condvar, Mutex};

use super::super::{Batch, CommitFault, Keeper, MemoryStore, Snapshot, StateError, Store};
use super::{Folder, puts};

/// Lets nothing through until it is opened, and counts what went to disk together.
struct Gated {
    inside: MemoryStore,
    open: Mutex<bool>,
    changed: Condvar,
    groups: Mutex<Vec<usize>>,
}

impl Gated {
    fn new(inside: MemoryStore) -> Arc<Self> {
        let (open, changed, groups) = Default::default();
        Arc::new(Self { inside, open, changed, groups })
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

impl Store for Gated {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.inside.snapshot()
    }

    fn commit_all(&self, batches: Vec<Batch>) -> Vec<Result<u64, StateError>> {
        self.groups.lock().unwrap().push(batches.len());
        let open = self.open.lock().unwrap();
        drop(self.changed.wait_while(open, |open| !*open).unwrap());
        self.inside.commit_all(batches)
    }

    fn next_intent(&self) -> u64 {
        self.inside.next_intent()
    }
}

/// Sends batches one by one, each surely in the keeper's queue before the next.
async fn send(
    keeper: &Keeper,
    batches: Vec<Batch>,
) -> Vec<tokio::task::JoinHandle<Result<u64, StateError>>> {
    let mut tasks = Vec::new();
    for batch in batches {
        let keeper = keeper.clone();
        tasks.push(tokio::spawn(async move { keeper.commit(batch).await }));
        tokio::task::yield_now().await;
    }
    tasks
}

#[tokio::test]
async fn what_comes_while_it_writes_goes_to_disk_together() {
    let store = Gated::new(MemoryStore::new("shop", "dev"));
    let keeper = Keeper::start(store.clone()).unwrap();
    let names: Vec<String> = (0..10).map(|n| format!("a/r{n}")).collect();
    let tasks = send(&keeper, names.iter().map(|name| puts(&[name])).collect()).await;
    store.open();
    for (n, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), Ok(n as u64 + 1));
    }
    assert_eq!(keeper.snapshot().records.len(), 10);
    let groups = store.groups.lock().unwrap().clone();
    assert!(groups.len() <= 2 && groups.iter().sum::<usize>() == 10, "{groups:?}");
}

#[tokio::test]
async fn one_bad_batch_does_not_spoil_its_group() {
    let store = Gated::new(MemoryStore::new("shop", "dev").failing(4, CommitFault::Refused));
    let keeper = Keeper::start(store.clone()).unwrap();
    let batches =
        vec![puts(&["a/one"]), Batch::new().close(99), puts(&["a/two"]), puts(&["a/three"])];
    let tasks = send(&keeper, batches).await;
    store.open();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!((&answers[0], &answers[2]), (&Ok(1), &Ok(2)));
    assert!(matches!(answers[1], Err(StateError::Invalid(_))));
    assert!(matches!(answers[3], Err(StateError::Broken(_))));
}

#[tokio::test]
async fn a_batch_is_kept_although_nobody_waits() {
    let store = Gated::new(MemoryStore::new("shop", "dev"));
    let keeper = Keeper::start(store.clone()).unwrap();
    for task in send(&keeper, vec![puts(&["a/one"])]).await {
        task.abort();
    }
    store.open();
    assert_eq!(keeper.commit(puts(&["a/two"])).await, Ok(2));
    assert_eq!(keeper.snapshot().records.len(), 2);
}

#[tokio::test]
async fn what_nobody_waits_for_goes_to_disk_by_itself() {
    let store = Gated::new(MemoryStore::new("shop", "dev"));
    store.open();
    let keeper = Keeper::start(store.clone()).unwrap();
    keeper.record(puts(&["a/one"])).unwrap();
    while keeper.snapshot().records.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn what_is_recorded_is_there_before_what_comes_later() {
    let store = Gated::new(MemoryStore::new("shop", "dev").failing(1, CommitFault::Refused));
    store.open();
    let keeper = Keeper::start(store.clone()).unwrap();
    keeper.record(puts(&["a/one"])).unwrap();
    let _ = keeper.commit(puts(&["a/two"])).await;
    assert!(matches!(keeper.flush().await, Err(StateError::Broken(_))));
    assert!(matches!(keeper.commit(puts(&["a/three"])).await, Err(StateError::Broken(_))));
}

#[test]
fn the_file_does_not_grow_with_what_is_written() {
    let folder = Folder::new();
    let state = folder.open();
    let length = || std::fs::metadata(folder.of("store/db")).unwrap().len();
    let before = length();
    for n in 0..20 {
        state.store().commit(puts(&[&format!("a/r{n}")])).unwrap();
        assert_eq!(length(), before);
    }
    state.close().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_record_on_disk() {
    let folder = Folder::new();
    let state = folder.open();
    let keeper = Keeper::start(state.store()).unwrap();
    let tasks = (0..16).map(|task| {
        let keeper = keeper.clone();
        tokio::spawn(async move {
            for n in 0..13 {
                let name = format!("t{task}/r{n}");
                keeper.commit(puts(&[&name])).await.unwrap();
                let key = name.parse().unwrap();
                assert!(keeper.snapshot().records.contains_key(&key));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    state.close().unwrap();
    assert_eq!(keeper.commit(puts(&["late/one"])).await, Err(StateError::Closed));
    assert_eq!((folder.read().records.len(), folder.read().meta.serial), (208, 208));
}
