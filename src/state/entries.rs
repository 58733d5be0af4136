//! A state as the entries of a key-value store, and the check that they are all there.
//!
//! The keys: `format`, `meta`, `intent/NUMBER`, `record/ADDRESS`, `record/ADDRESS#GENERATION`, and
//! `check`, which holds the number of the others and the sum of their checksums.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::checksum::{self, checksum};
use super::snapshot::Touched;
use super::upgrade::{self, FORMAT, Unreadable};
use super::{Key, Snapshot, StateError};

pub(super) const CHECK: &str = "check";
pub(super) const FORMAT_KEY: &str = "format";
const META: &str = "meta";
const INTENT: &str = "intent/";
const RECORD: &str = "record/";

/// Entries that come (with a value) or go.
pub(super) type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// The number of all entries but this one, and the sum of their checksums.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Check {
    count: u64,
    sum: u64,
}

#[derive(Serialize, Deserialize)]
struct CheckShape {
    count: u64,
    sum: String,
}

impl Check {
    pub fn add(&mut self, key: &[u8], value: &[u8]) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(of_entry(key, value));
    }

    pub fn subtract(&mut self, key: &[u8], value: &[u8]) {
        self.count -= 1;
        self.sum = self.sum.wrapping_sub(of_entry(key, value));
    }

    pub fn to_bytes(self) -> Vec<u8> {
        format!(r#"{{"count":{},"sum":"{}"}}"#, self.count, checksum::text(self.sum)).into_bytes()
    }

    fn is(self, bytes: &[u8]) -> bool {
        let shape: Option<CheckShape> = serde_json::from_slice(bytes).ok();
        shape.is_some_and(|s| s.count == self.count && s.sum == checksum::text(self.sum))
    }
}

fn of_entry(key: &[u8], value: &[u8]) -> u64 {
    checksum(&[key, b"\0", value].concat())
}

/// The entries of what a batch touched.
pub(super) fn changes(
    snapshot: &Snapshot,
    touched: &Touched,
    changes: &mut Changes,
) -> Result<(), serde_json::Error> {
    for key in &touched.records {
        let record = snapshot.records.get(key).map(upgrade::to_stored).transpose()?;
        changes.insert(record_key(key), record);
    }
    for seq in &touched.intents {
        let intent = snapshot.intents.get(seq).map(upgrade::to_stored).transpose()?;
        changes.insert(format!("{INTENT}{seq:020}"), intent);
    }
    changes.insert(META.into(), Some(upgrade::to_stored(&snapshot.meta)?));
    changes.insert(FORMAT_KEY.into(), Some(FORMAT.to_string().into_bytes()));
    Ok(())
}

fn record_key(key: &Key) -> String {
    format!("{RECORD}{key}")
}

/// Refuses what a newer version wrote.
pub(super) fn known_format(path: &Path, bytes: &[u8]) -> Result<u64, StateError> {
    let text = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    match text {
        Some(found) if found > FORMAT.into() => Err(newer(path, found)),
        Some(found) => Ok(found),
        None => Err(StateError::damaged(path, "its format is no number")),
    }
}

fn newer(path: &Path, found: u64) -> StateError {
    StateError::Newer { path: path.to_owned(), found, known: FORMAT }
}

/// Why a stored value cannot be read, as an error of the state.
pub(super) fn unreadable(path: &Path, what: &str, error: &Unreadable) -> StateError {
    match error {
        Unreadable::Newer(found) => newer(path, *found),
        Unreadable::Bad(cause) => {
            StateError::damaged(path, format_args!("`{what}` cannot be read: {cause}"))
        }
    }
}

/// Collects entries to a state.
pub(super) struct Loader<'a> {
    path: &'a Path,
    snapshot: Snapshot,
    check: Check,
    expected: Option<Vec<u8>>,
    has_meta: bool,
    /// Whether it is of format 0, which had no check.
    unchecked: bool,
}

impl<'a> Loader<'a> {
    /// A loader for the store of this format at `path`; it holds `fresh` if it turns out to be
    /// empty.
    pub fn new(path: &'a Path, format: Option<u64>, fresh: Snapshot) -> Self {
        Self {
            path,
            snapshot: fresh,
            check: Check::default(),
            expected: None,
            has_meta: false,
            unchecked: format == Some(0),
        }
    }

    /// Takes an entry.
    pub fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), StateError> {
        if key == CHECK.as_bytes() {
            self.expected = Some(value.to_vec());
            return Ok(());
        }
        self.check.add(key, value);
        let key = String::from_utf8_lossy(key);
        let failed = |error| unreadable(self.path, &key, &error);
        if key.starts_with(RECORD) {
            let record = upgrade::record(value).map_err(failed)?;
            self.snapshot.records.insert(record.key(), record);
        } else if key.starts_with(INTENT) {
            let intent = upgrade::intent(value).map_err(failed)?;
            self.snapshot.intents.insert(intent.seq, intent);
        } else if key == META {
            self.snapshot.meta = upgrade::meta(value).map_err(failed)?;
            self.has_meta = true;
        }
        Ok(())
    }

    /// The state, once every entry was taken.
    pub fn finish(self) -> Result<(Snapshot, Check), StateError> {
        let damaged = |cause| Err(StateError::damaged(self.path, cause));
        match self.expected {
            None if self.check.count > 0 && !self.unchecked => damaged("its check is missing"),
            Some(expected) if !self.check.is(&expected) => {
                damaged("some of what was recorded is missing or has changed")
            }
            Some(_) if !self.has_meta => damaged("its meta data is missing"),
            _ => Ok((self.snapshot, self.check)),
        }
    }
}
