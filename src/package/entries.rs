//! The files of a package, wherever they come from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::LARGEST;
use super::error::{PackageError, Wrong};

/// One file of a package.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Whether it can be executed.
    pub executable: bool,
    /// Where its contents are.
    pub contents: Contents,
}

/// Where a file's contents are.
#[derive(Clone, Debug)]
pub(super) enum Contents {
    /// In a file.
    File(PathBuf),
    /// In memory, where copies share them.
    Bytes(Arc<[u8]>),
}

/// The files by their paths, which have `/` between names.
pub(super) type Entries = BTreeMap<String, Entry>;

/// What the contents of entries come to.
pub(super) struct Sum {
    pub digest: String,
    pub size: u64,
}

/// What every digest begins with; another layout of what follows needs another number.
const LAYOUT: &[u8] = b"maas package 1\n";

/// Reads all entries, in order, and hands them to `each`.
pub(super) fn read(
    entries: &Entries,
    mut each: impl FnMut(&str, bool, &[u8]) -> Result<(), PackageError>,
) -> Result<Sum, PackageError> {
    let mut hash = Sha256::new();
    hash.update(LAYOUT);
    let mut size = 0;
    for (name, entry) in entries {
        let read;
        let (at, bytes) = match &entry.contents {
            Contents::Bytes(bytes) => (PathBuf::from(name), &**bytes),
            Contents::File(path) => {
                let small = path.metadata().map(|found| size + found.len());
                check_size(path, small.unwrap_or(size))?;
                read = std::fs::read(path).map_err(|e| PackageError::unreadable(path, &e))?;
                (path.clone(), read.as_slice())
            }
        };
        size += length(bytes);
        check_size(&at, size)?;
        for part in [name.as_bytes(), &[u8::from(entry.executable)], bytes] {
            hash.update(length(part).to_be_bytes());
            hash.update(part);
        }
        each(name, entry.executable, bytes)?;
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Sum { digest: format!("sha256:{hex}"), size })
}

/// Refuses what is more than Lambda unpacks.
pub(super) fn check_size(path: &std::path::Path, size: u64) -> Result<(), PackageError> {
    if size <= LARGEST { Ok(()) } else { Err(PackageError::new(path, Wrong::TooLarge(size))) }
}

/// How many bytes those are.
pub(super) fn length(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}
