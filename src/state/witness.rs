//! A second witness of what was confirmed: the last serial, in the lock's file.
//!
//! It is written after the store was flushed, and is not flushed itself. So it may be behind the
//! store, after a power cut, but never ahead: a store that ends before it has lost something.

use std::fs::File;
use std::os::unix::fs::FileExt;

use super::place::Place;
use super::{Meta, StateError, disk};

/// Writes what was confirmed.
#[derive(Debug)]
pub(super) struct Witness(File);

impl Witness {
    pub fn open(place: &Place) -> Result<Self, StateError> {
        disk::open_private(&place.lock()).map(Self)
    }

    /// Takes down the serial. Best effort: an older one only tells less.
    pub fn confirm(&self, meta: &Meta) {
        let text = format!("{:020} {}\n", meta.serial, meta.lineage);
        let _ = self.0.write_all_at(text.as_bytes(), 0);
    }

    /// Forgets what was confirmed, where a state begins anew.
    pub fn reset(&self) -> Result<(), StateError> {
        self.0.set_len(0).map_err(|error| StateError::io("write", "the lock".as_ref(), &error))
    }
}

/// The last serial that was confirmed of this lineage, as far as it was taken down; of any lineage,
/// where none is given.
pub(super) fn confirmed(place: &Place, lineage: Option<&str>) -> Option<u64> {
    let text = disk::read(&place.lock()).ok().flatten().and_then(|b| String::from_utf8(b).ok())?;
    let (serial, of) = text.trim_end().split_once(' ')?;
    let same = lineage.is_none_or(|lineage| lineage == of);
    serial.parse().ok().filter(|_| same)
}
