use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::lock;
use super::super::place::Place;
use super::super::{Batch, Intent, MetaChange, Operation, Record, Run, State, StateError};
use super::{Folder, keys, puts, record, run};

#[test]
fn reading_nothing_makes_nothing() {
    let folder = Folder::new();
    let snapshot = folder.read();
    assert_eq!((snapshot.meta.serial, snapshot.records.len()), (0, 0));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_a_run_records_is_read_afterwards() {
    let folder = Folder::new();
    let state = folder.open();
    let store = state.store();
    let seq = store.next_intent();
    let key = "orders/queue".parse().unwrap();
    let intent = Intent::new(seq, "run-1", Operation::Create, key, "aws:sqs/queue");
    assert_eq!(store.commit(Batch::new().open(intent.clone())), Ok(1));
    let change = MetaChange { ttl: Some(Some("72h".into())), ..Default::default() };
    let batch = Batch::new().put(record("orders/queue")).close(seq).meta(change);
    assert_eq!(store.commit(batch), Ok(2));
    let mut old = record("orders/queue");
    (old.deposed, old.generation) = (true, 4);
    assert_eq!(store.commit(Batch::new().put(old)), Ok(3));
    let known = state.snapshot();
    state.close().unwrap();

    let read = folder.read();
    assert_eq!(read, *known);
    assert_eq!(keys(&read), ["orders/queue", "orders/queue#4"]);
    assert_eq!((read.meta.ttl.as_deref(), read.meta.last_intent), (Some("72h"), seq));
    assert!(!folder.of("running").exists());
    assert_eq!(*folder.open().snapshot(), read);
}

#[test]
fn a_second_run_is_told_who_holds_the_state() {
    let folder = Folder::new();
    let first = folder.open();
    first.doing("planning").unwrap();
    let Err(StateError::Busy(holder)) = folder.try_open() else { unreachable!("opened twice") };
    assert_eq!(holder.pid, std::process::id());
    assert_eq!((holder.run.as_str(), holder.command.as_str()), ("run-1", "apply"));
    assert_eq!(holder.doing.as_deref(), Some("planning"));
    assert!(State::unlock(folder.path(), "shop", "dev").is_err());
    State::open(folder.path(), "shop", "prod", &run("apply")).unwrap().close().unwrap();
    first.close().unwrap();
    folder.open().close().unwrap();
}

#[test]
fn who_is_looking_at_the_store_is_told_and_not_who_died() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    drop(folder.open());
    super::with_database(&folder, |db| db.clear().map(drop).unwrap());
    let place = Place::new(folder.path(), "shop", "dev").unwrap();
    let names = || lock::marker(&place).unwrap().unwrap().run;
    assert_eq!(names(), "run-1");
    let over = AtomicBool::new(false);
    let open_again = || {
        while !over.load(Ordering::Relaxed) {
            let run = Run { id: "run-2".into(), command: "apply".into() };
            let opened = State::open(folder.path(), "shop", "dev", &run);
            assert!(matches!(opened, Err(StateError::Damaged { .. })));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(open_again);
        let until = Instant::now() + Duration::from_secs(10);
        while names() != "run-2" && Instant::now() < until {}
        over.store(true, Ordering::Relaxed);
        assert!(Instant::now() < until, "nobody is told who looks at the store");
    });
    // It could not be opened, so there still is the dead run's to take over.
    assert_eq!(names(), "run-1");
}

#[test]
fn a_reader_during_a_run_sees_how_it_was_before() {
    let folder = Folder::new();
    let first = folder.open();
    first.store().commit(puts(&["a/one"])).unwrap();
    let read = folder.read();
    assert_eq!((read.records.len(), read.meta.serial), (0, 0));
    assert_eq!(read.busy.unwrap().command, "apply");
    first.close().unwrap();

    let second = folder.open();
    second.store().commit(puts(&["a/two"])).unwrap();
    let read = folder.read();
    assert_eq!((keys(&read), read.busy.is_some()), (vec!["a/one".to_owned()], true));
    second.close().unwrap();
    assert_eq!((folder.read().records.len(), folder.read().busy), (2, None));
}

#[test]
fn after_a_crash_the_store_is_read() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let crashing = folder.open();
    let intent = Intent::new(1, "run-1", Operation::Delete, "a/one".parse().unwrap(), "t");
    crashing.store().commit(puts(&["a/two"]).open(intent.clone())).unwrap();
    drop(crashing);

    assert!(folder.of("running").exists());
    let read = folder.read();
    assert_eq!((keys(&read).len(), read.busy.clone(), read.intents_open()), (2, None, true));
    assert_eq!(read.intents[&1], intent);
    assert!(!folder.of("running").exists());
    assert_eq!(folder.read(), read);

    drop(folder.open());
    let next = folder.open();
    assert_eq!(next.crashed().unwrap().run, "run-1");
    assert!(next.store().next_intent() > 1);
    next.close().unwrap();
    assert!(folder.open().crashed().is_none());
}

#[test]
fn unlock_settles_what_a_dead_run_left() {
    let folder = Folder::new();
    let unlock = || State::unlock(folder.path(), "shop", "dev").unwrap();
    assert_eq!(unlock(), None);
    folder.open().store().commit(puts(&["a/one"])).unwrap();
    assert_eq!(unlock().unwrap().command, "apply");
    assert!(!folder.of("running").exists());
    assert_eq!((unlock(), folder.read().records.len()), (None, 1));
}

#[test]
fn a_closed_state_takes_nothing() {
    let folder = Folder::new();
    let state = folder.open();
    let store = state.store();
    state.close().unwrap();
    assert_eq!(store.commit(puts(&["a/one"])), Err(StateError::Closed));
    assert_eq!(folder.read().records.len(), 0);
}

#[test]
fn no_secret_reaches_the_disk() {
    let folder = Folder::new();
    let secret = json!({"$secret": "hunter2"});
    let state = folder.open();
    let mut made = Record::new("a/one".parse().unwrap(), "t", json!({"deep": [{"key": secret}]}));
    made.outputs = Some(json!({"password": secret}).into());
    let mut intent = Intent::new(1, "r", Operation::Create, "a/one".parse().unwrap(), "t");
    intent.inputs = json!({"key": secret});
    let meta = MetaChange { outputs: Some(json!({"a": {"key": secret}})), ..Default::default() };
    state.store().commit(Batch::new().put(made).open(intent).meta(meta)).unwrap();
    let during = folder.contents();
    state.keep_export().unwrap();
    state.close().unwrap();
    for (path, bytes) in during.into_iter().chain(folder.contents()) {
        let found = bytes.windows(7).any(|window| window == b"hunter2");
        assert!(!found, "{}", path.display());
    }
    let known = folder.read();
    assert_eq!(known.meta.outputs["a"]["key"], known.intents[&1].inputs["key"]);
    assert!(known.meta.outputs["a"]["key"]["$sealed"].is_string());
}

#[test]
fn everything_is_private() {
    let folder = Folder::new();
    let check = |moment: &str| {
        for entry in walkdir::WalkDir::new(folder.path().join("shop")) {
            let entry = entry.unwrap();
            let wanted = if entry.file_type().is_dir() { 0o700 } else { 0o600 };
            let mode = entry.metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!(mode, wanted, "{moment}: {}", entry.path().display());
        }
    };
    let state = folder.open();
    check("opened");
    state.store().commit(puts(&["a/one"])).unwrap();
    state.keep_export().unwrap();
    check("written");
    state.close().unwrap();
    check("closed");
    drop(folder.open());
    folder.read();
    check("recovered");
}

#[test]
fn ten_exports_are_kept() {
    let folder = Folder::new();
    let state = folder.open();
    assert_eq!(state.keep_export().unwrap(), None);
    state.close().unwrap();
    for n in 1..=12 {
        folder.record(&[&format!("a/r{n}")]);
        let state = folder.open();
        let kept = state.keep_export().unwrap().unwrap();
        let text = fs::read_to_string(kept).unwrap();
        assert_eq!(super::Snapshot::from_export(&text).unwrap(), *state.snapshot());
        state.close().unwrap();
    }
    let state = folder.open();
    state.store().commit(puts(&["a/last"])).unwrap();
    let kept = fs::read_to_string(state.keep_export().unwrap().unwrap()).unwrap();
    assert_eq!(super::Snapshot::from_export(&kept).unwrap(), *state.snapshot());
    let mut names: Vec<_> =
        fs::read_dir(folder.of("exports")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 10);
    assert_eq!(
        (names[0].to_str(), names[9].to_str()),
        (Some("serial-0000000004.json"), Some("serial-0000000013.json"))
    );
}
