use std::fs;

use serde_json::json;

use super::super::{Batch, StateError};
use super::{Folder, keys, record, with_database};

#[test]
fn a_newer_snapshot_is_left_alone() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let text = fs::read_to_string(folder.of("snapshot.json")).unwrap();
    fs::write(folder.of("snapshot.json"), text.replace("{\"format\":1,", "{\"format\":7,"))
        .unwrap();
    let before = folder.contents();
    let newer = StateError::Newer { path: folder.of("snapshot.json"), found: 7, known: 1 };
    assert_eq!(folder.try_open().err(), Some(newer.clone()));
    assert_eq!(folder.try_read().err(), Some(newer));
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_newer_store_is_left_alone() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    with_database(&folder, |db| drop(db.insert("format", "7").unwrap()));
    fs::write(folder.of("running"), "{}").unwrap();
    let before = folder.contents();
    let newer = StateError::Newer { path: folder.of("store"), found: 7, known: 1 };
    assert_eq!(folder.try_open().err(), Some(newer.clone()));
    assert_eq!(folder.try_read().err(), Some(newer));
    assert_eq!(folder.contents(), before);
}

#[test]
fn an_old_store_is_upgraded() {
    let folder = Folder::new();
    fs::create_dir_all(folder.of("store")).unwrap();
    let meta = json!({"format": 0, "project": "shop", "environment": "dev", "serial": 8,
        "lineage": "l", "salt": "s", "created_at": "2026-01-02T03:04:05Z"});
    let old = json!({"address": "a/old", "type": "aws:sqs/queue", "inputs": {"name": "q"},
        "created": "2026-01-02T03:04:05Z"});
    with_database(&folder, |db| {
        db.insert("format", "0").unwrap();
        db.insert("meta", meta.to_string().as_bytes()).unwrap();
        db.insert("record/a/old", old.to_string().as_bytes()).unwrap();
    });
    let state = folder.open();
    assert_eq!(state.snapshot().records[&"a/old".parse().unwrap()].kind, "aws:sqs/queue");
    assert_eq!(state.store().commit(Batch::new().put(record("a/new"))), Ok(9));
    state.close().unwrap();
    assert_eq!(keys(&folder.read()), ["a/new", "a/old"]);
    with_database(&folder, |db| {
        assert_eq!(db.get("format").unwrap().unwrap(), b"1");
        assert!(db.get("record/a/old").unwrap().unwrap().starts_with(b"{\"v\":1,"));
    });
}

#[test]
fn unknown_fields_of_newer_writers_survive_a_run() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let key = "a/one".parse().unwrap();
    let state = folder.open();
    let mut kept = state.snapshot().records[&key].clone();
    kept.rest.insert("colour".into(), json!(["of", "tomorrow"]));
    state.store().commit(Batch::new().put(kept.clone())).unwrap();
    state.close().unwrap();
    assert_eq!(folder.read().records[&key], kept);
    assert_eq!(folder.open().snapshot().records[&key], kept);
}
