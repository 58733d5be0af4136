//! The store on disk: sled, with a check of its own and a true sync to the disk.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{io, mem};

use super::entries::{self, CHECK, Changes, Check, FORMAT_KEY, Loader};
use super::guard::guarded;
use super::snapshot::Touched;
use super::upgrade::FORMAT;
use super::witness::Witness;
use super::{Batch, Snapshot, StateError, Store, disk, lock};

const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// What sled's file grows by.
const SEGMENT_BYTES: usize = 512 * 1024;

/// The store on disk. One process has it at a time.
pub struct SledStore {
    path: PathBuf,
    kept: Mutex<Kept>,
    last_intent: AtomicU64,
}

struct Kept {
    db: Option<sled::Db>,
    file: File,
    snapshot: Arc<Snapshot>,
    check: Check,
    broken: Option<String>,
    witness: Option<Witness>,
}

impl SledStore {
    /// Opens the store in this folder, and makes it where it is missing: it then holds `fresh`,
    /// which is written with the first batch. Values of an older format are upgraded on disk.
    ///
    /// # Errors
    /// [`StateError::Newer`], [`StateError::Damaged`], and failures of the disk.
    pub(super) fn open(path: &Path, fresh: Snapshot) -> Result<Self, StateError> {
        disk::make_folder(path)?;
        // Made here, since sled would make them readable for everybody.
        disk::open_private(&path.join("conf"))?;
        let file = disk::open_private(&path.join("db"))?;
        lock::is_released(&path.join("db"))?;
        let config = sled::Config::new()
            .path(path)
            .mode(sled::Mode::LowSpace)
            .cache_capacity(CACHE_BYTES)
            .segment_size(SEGMENT_BYTES)
            .flush_every_ms(None);
        let db = guarded(path, || {
            let db = config.open()?;
            db.flush()?;
            make_room(&file, 0)?;
            Ok(db)
        })?;
        disk::make_private(path)?;
        disk::sync_folder(path)?;

        let format = guarded(path, || db.get(FORMAT_KEY))?;
        let format = format.map(|bytes| entries::known_format(path, &bytes)).transpose()?;
        let mut loader = Loader::new(path, format, fresh);
        let mut entries = db.iter();
        while let Some((key, value)) = guarded(path, || entries.next().transpose())? {
            loader.take(&key, &value)?;
        }
        let (snapshot, check) = loader.finish()?;
        let last_intent = AtomicU64::new(snapshot.meta.last_intent);
        let snapshot = Arc::new(snapshot);
        let mut kept = Kept { db: Some(db), file, snapshot, check, broken: None, witness: None };
        if format.is_some_and(|format| format < FORMAT.into()) {
            kept.rewrite(path)?;
        }
        Ok(Self { path: path.to_owned(), kept: Mutex::new(kept), last_intent })
    }

    /// Has every commit witnessed from now on.
    pub(super) fn witnessed_by(&self, witness: Witness) {
        self.kept().witness = Some(witness);
    }

    /// Flushes, gives the database back, and tells what it holds.
    ///
    /// # Errors
    /// [`StateError::Broken`] where a write has failed before: what is in memory is then ahead of
    /// what is on disk.
    pub(super) fn close(&self) -> Result<Arc<Snapshot>, StateError> {
        let mut kept = self.kept();
        let db = kept.db.take();
        let flushed = guarded(&self.path, || {
            let flushed = db.as_ref().map_or(Ok(0), |db| db.flush());
            drop(db);
            flushed
        });
        match &kept.broken {
            Some(cause) => Err(StateError::Broken(cause.clone())),
            None => flushed.map(|_| kept.snapshot.clone()),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Puts changes and the new check on disk, as one unit.
    fn write(&mut self, path: &Path, changes: Changes) -> Result<(), StateError> {
        let db = self.db.as_ref().ok_or(StateError::Closed)?;
        let mut check = self.check;
        let bytes = changes.values().flatten().map(Vec::len).sum();
        let written = guarded(path, || {
            make_room(&self.file, bytes)?;
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                if let Some(old) = db.get(&key)? {
                    check.subtract(key.as_bytes(), &old);
                }
                match value {
                    Some(value) => {
                        check.add(key.as_bytes(), &value);
                        batch.insert(key.as_bytes(), value);
                    }
                    None => batch.remove(key.as_bytes()),
                }
            }
            batch.insert(CHECK, check.to_bytes());
            db.apply_batch(batch)?;
            db.flush()?;
            // On Linux sled's own flush leaves the data in the disk's cache, and the file's length
            // out altogether.
            self.file.sync_data()?;
            Ok(())
        });
        match &written {
            Ok(()) => self.check = check,
            Err(error) => {
                self.broken = Some(error.to_string());
                // After a failed write sled would wait without end for what it could not write,
                // also when it is dropped.
                if let Some(db) = self.db.take() {
                    mem::forget(db);
                }
            }
        }
        written
    }

    /// Writes everything again, in today's format.
    fn rewrite(&mut self, path: &Path) -> Result<(), StateError> {
        let all = Touched {
            records: self.snapshot.records.keys().cloned().collect(),
            intents: self.snapshot.intents.keys().copied().collect(),
        };
        let mut changes = Changes::new();
        entries::changes(&self.snapshot, &all, &mut changes)
            .map_err(|error| StateError::damaged(path, error))?;
        self.write(path, changes)
    }
}

/// The header of a segment, which sled fills first: of one that was never used it is zeros.
const HEADER_BYTES: usize = 20;

/// Sees to it that the file ends in as many empty segments as a batch of so many bytes may take, and
/// one more. So whatever room the disk lacks is missed here, before sled has written anything: were
/// it missed in the midst of a batch, sled could lose what it had confirmed before. And to sync what
/// is written over zeros takes the disk a fraction of what it takes where the file grows.
///
/// Only where sled has nothing left to write.
fn make_room(file: &File, bytes: usize) -> Result<(), io::Error> {
    let segment = SEGMENT_BYTES as u64;
    let length = file.metadata()?.len();
    let whole = length.next_multiple_of(segment);
    // What is written besides a batch is less than the batch, or in files of its own.
    let needed = 1 + (2 * bytes).div_ceil(SEGMENT_BYTES).max(1) as u64;
    let mut empty = 0;
    while empty < needed && (empty + 1) * segment <= whole {
        let mut header = [0; HEADER_BYTES];
        match file.read_exact_at(&mut header, whole - (empty + 1) * segment) {
            Ok(()) if header == [0; HEADER_BYTES] => empty += 1,
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => empty += 1,
            Err(error) => return Err(error),
        }
    }
    let wanted = whole + (needed - empty) * segment;
    let Some(missing) = usize::try_from(wanted - length).ok().filter(|missing| *missing > 0) else {
        return Ok(());
    };
    let zeros = vec![0; missing];
    file.write_all_at(&zeros, length).and_then(|()| file.sync_all()).inspect_err(|_| {
        // Room for a part of it is of no use.
        let _ = file.set_len(length);
    })
}

impl Store for SledStore {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.kept().snapshot.clone()
    }

    fn commit_all(&self, batches: Vec<Batch>) -> Vec<Result<u64, StateError>> {
        let mut kept = self.kept();
        if let Some(cause) = &kept.broken {
            let broken = StateError::Broken(cause.clone());
            return batches.iter().map(|_| Err(broken.clone())).collect();
        }
        if kept.db.is_none() {
            return batches.iter().map(|_| Err(StateError::Closed)).collect();
        }
        let mut changes = Changes::new();
        let snapshot = Arc::make_mut(&mut kept.snapshot);
        let apply = |batch| {
            let touched = snapshot.apply(batch)?;
            entries::changes(snapshot, &touched, &mut changes)
                .map_err(|error| StateError::Invalid(error.to_string()))?;
            Ok(snapshot.meta.serial)
        };
        let mut answers: Vec<_> = batches.into_iter().map(apply).collect();
        if changes.is_empty() {
            return answers;
        }
        if let Err(error) = kept.write(&self.path, changes) {
            answers
                .iter_mut()
                .filter(|answer| answer.is_ok())
                .for_each(|a| *a = Err(error.clone()));
        } else if let Some(witness) = &kept.witness {
            witness.confirm(&kept.snapshot.meta);
        }
        answers
    }

    fn next_intent(&self) -> u64 {
        self.last_intent.fetch_add(1, Ordering::Relaxed) + 1
    }
}
