//! Exports: a state as plain JSON, sorted and indented, with secrets as digests.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::place::Place;
use super::snapshot_file::{self, Head};
use super::upgrade::{self, FORMAT, Unreadable, to_stored};
use super::{Snapshot, StateError, disk, integrity};

const KEPT: usize = 10;

#[derive(Deserialize)]
struct Shape {
    format: u64,
    meta: Value,
    records: Vec<Value>,
    intents: Vec<Value>,
}

impl Snapshot {
    /// The whole as JSON that `maas state import` reads: sorted, indented, secrets as digests.
    ///
    /// # Errors
    /// None that is known: the types serialise by construction.
    pub fn to_export(&self) -> Result<String, StateError> {
        let all = || -> serde_json::Result<String> {
            let whole = json!({
                "format": FORMAT,
                "meta": stored(&self.meta)?,
                "records": self.records.values().map(stored).collect::<Result<Vec<_>, _>>()?,
                "intents": self.intents.values().map(stored).collect::<Result<Vec<_>, _>>()?,
            });
            Ok(serde_json::to_string_pretty(&whole)? + "\n")
        };
        all().map_err(|error| StateError::Invalid(error.to_string()))
    }

    /// Reads an export, or a `snapshot.json`, of this format or an older one.
    ///
    /// # Errors
    /// [`StateError::BadExport`] with the place and the reason.
    pub fn from_export(text: &str) -> Result<Self, StateError> {
        if let Some((_, false)) = snapshot_file::summed(text.as_bytes()) {
            return Err(StateError::BadExport(
                "its checksum does not match: it is damaged, or was edited. Take the `sum` at its \
                 end out if it was edited on purpose"
                    .into(),
            ));
        }
        let shape: Shape =
            serde_json::from_str(text).map_err(|error| StateError::BadExport(error.to_string()))?;
        if shape.format > FORMAT.into() {
            return Err(bad("format", &Unreadable::Newer(shape.format)));
        }
        let meta = upgrade::meta(&bytes(&shape.meta)).map_err(|error| bad("meta", &error))?;
        let mut snapshot = Self { meta, ..Self::new("", "") };
        for (n, record) in shape.records.iter().enumerate() {
            let record = upgrade::record(&bytes(record))
                .map_err(|error| bad(&format!("records[{n}]"), &error))?;
            if let Some(twice) = snapshot.records.insert(record.key(), record) {
                return Err(StateError::BadExport(format!("{} is there twice", twice.key())));
            }
        }
        for (n, intent) in shape.intents.iter().enumerate() {
            let intent = upgrade::intent(&bytes(intent))
                .map_err(|error| bad(&format!("intents[{n}]"), &error))?;
            snapshot.intents.insert(intent.seq, intent);
        }
        Ok(snapshot)
    }
}

fn stored(value: &impl Serialize) -> serde_json::Result<Value> {
    serde_json::from_slice(&to_stored(value)?)
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn bad(what: &str, error: &Unreadable) -> StateError {
    StateError::BadExport(match error {
        Unreadable::Newer(found) => {
            format!("{what} has format {found}; this version of maas knows formats up to {FORMAT}")
        }
        Unreadable::Bad(cause) => format!("{what}: {cause}"),
    })
}

/// Keeps what is known now in the deployment's folder, beside the nine before it; nothing of an
/// empty state.
pub(super) fn keep(place: &Place, snapshot: &Snapshot) -> Result<Option<PathBuf>, StateError> {
    if snapshot.meta.serial == 0 {
        return Ok(None);
    }
    let folder = place.exports();
    disk::make_folder(&folder)?;
    let path = folder.join(format!("serial-{:010}.json", snapshot.meta.serial));
    let head = integrity::readable_head(place)?;
    let is_this = |head: Head| {
        (head.meta.serial, head.meta.lineage)
            == (snapshot.meta.serial, snapshot.meta.lineage.clone())
    };
    disk::remove(&path)?;
    // The snapshot is never written to, only replaced; so another name for it keeps it.
    let kept = head.is_some_and(is_this) && fs::hard_link(place.snapshot(), &path).is_ok();
    if !kept {
        snapshot_file::write(&path, snapshot, None)?;
    }
    remove_old(&folder)?;
    Ok(Some(path))
}

/// The newest export that can be read.
pub(super) fn last(place: &Place) -> Option<PathBuf> {
    let kept = kept(&place.exports()).ok()?;
    kept.into_iter().rev().find(|path| matches!(snapshot_file::load(path), Ok(Some(_))))
}

fn remove_old(folder: &Path) -> Result<(), StateError> {
    kept(folder)?.iter().rev().skip(KEPT).try_for_each(|old| disk::remove(old))
}

/// The exports in a folder, the oldest first.
fn kept(folder: &Path) -> Result<Vec<PathBuf>, StateError> {
    let entries = fs::read_dir(folder).map_err(|error| StateError::io("read", folder, &error))?;
    let mut exports: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    exports.sort();
    Ok(exports)
}
