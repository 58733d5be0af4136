//! Tests of the room as a whole: sessions, damage, random batches, exports, the keeper.
#![expect(clippy::unwrap_used)]

mod batches;
mod damage;
mod formats;
mod imports;
mod keeping;
mod listing;
mod random;
mod sessions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::{Batch, Record, Run, Snapshot, State, StateError, disk};

/// A state folder of its own for one test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A path in the folder of the deployment `shop/dev`.
    fn of(&self, name: &str) -> PathBuf {
        self.path().join("shop/dev").join(name)
    }

    fn try_open(&self) -> Result<State, StateError> {
        State::open(self.path(), "shop", "dev", &run("apply"))
    }

    fn open(&self) -> State {
        self.try_open().unwrap()
    }

    fn try_read(&self) -> Result<Snapshot, StateError> {
        State::read(self.path(), "shop", "dev")
    }

    fn read(&self) -> Snapshot {
        self.try_read().unwrap()
    }

    /// A whole run that records these.
    fn record(&self, names: &[&str]) {
        let state = self.open();
        state.store().commit(puts(names)).unwrap();
        state.close().unwrap();
    }

    /// Every file of the deployment with its content, but for the lock.
    fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = disk::files(&self.of("")).unwrap();
        let paths = files.into_iter().map(walkdir::DirEntry::into_path);
        let paths = paths.filter(|path| *path != self.of("lock"));
        paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    }
}

/// Changes the database behind the room's back.
fn with_database(folder: &Folder, change: impl FnOnce(&sled::Db)) {
    let db = sled::Config::new().path(folder.of("store")).flush_every_ms(None).open().unwrap();
    change(&db);
    db.flush().unwrap();
}

fn run(command: &str) -> Run {
    Run { id: "run-1".into(), command: command.into() }
}

fn record(name: &str) -> Record {
    let inputs = json!({"name": name, "size": 3, "tags": {"a": "b", "c": null}, "on": [true, 0.5]});
    let mut record = Record::new(name.parse().unwrap(), "aws:sqs/queue", inputs);
    record.outputs = Some(json!({"arn": format!("arn:aws:sqs:eu-west-1:1:{name}")}).into());
    record.id = Some(name.into());
    record.finished = true;
    record
}

fn puts(names: &[&str]) -> Batch {
    Batch { puts: names.iter().map(|name| record(name)).collect(), ..Batch::default() }
}

fn keys(snapshot: &Snapshot) -> Vec<String> {
    snapshot.records.keys().map(ToString::to_string).collect()
}
