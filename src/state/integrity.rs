//! Opening a store without harming it.
//!
//! sled repairs what it finds while it opens it, and a repair of damaged files loses data. So a store
//! is opened in place only where its files are byte for byte those that the last run left (their
//! *seal* is in the snapshot), or where a copy of it has opened well and holds what it should.

use std::fs;
use std::path::Path;

use super::checksum::{self, checksum};
use super::place::Place;
use super::sled_store::SledStore;
use super::snapshot_file::{self, Head};
use super::witness::{self, Witness};
use super::{Snapshot, StateError, Store, disk, export, lock};

const PROBE: &str = ".probe-";

/// The checksum of a closed store's files.
pub(super) fn seal(folder: &Path) -> Result<String, StateError> {
    let mut sums = Vec::new();
    for entry in disk::files(folder)? {
        let name = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        sums.extend(checksum(name.as_os_str().as_encoded_bytes()).to_le_bytes());
        let bytes = disk::read(entry.path())?.unwrap_or_default();
        sums.extend(checksum(&bytes).to_le_bytes());
    }
    Ok(checksum::text(checksum(&sums)))
}

/// The head of the snapshot; none where there is none that can be read.
///
/// # Errors
/// [`StateError::Newer`], and failures of the disk.
pub(super) fn readable_head(place: &Place) -> Result<Option<Head>, StateError> {
    match snapshot_file::head(&place.snapshot()) {
        Err(StateError::Damaged { .. }) => Ok(None),
        other => other,
    }
}

/// A store that has been looked at and may be opened in place.
#[derive(Debug)]
pub(super) struct Checked {
    head: Option<Head>,
    /// Whether nothing is there yet.
    fresh: bool,
}

/// Looks at the store without changing anything. Only for whom holds the lock.
///
/// # Errors
/// [`StateError::Newer`], [`StateError::Damaged`], [`StateError::Missing`].
pub(super) fn check(place: &Place) -> Result<Checked, StateError> {
    let head = readable_head(place)?;
    let store = place.store();
    if !disk::exists(&store.join("db"))? {
        return match head {
            Some(head) if head.meta.serial > 0 => {
                Err(StateError::Missing { path: store, rescue: place.snapshot() })
            }
            _ if disk::exists(&place.importing())? => {
                Err(StateError::damaged(&store, "an import was interrupted"))
            }
            head => match export::last(place) {
                Some(rescue) => Err(StateError::Missing { path: store, rescue }),
                None => Ok(Checked { head, fresh: true }),
            },
        };
    }
    let sealed = head.as_ref().and_then(|head| head.seal.as_ref());
    if sealed.is_none_or(|sealed| seal(&store).as_ref() != Ok(sealed)) {
        let probed = probe(place).and_then(|probed| complete(place, &probed, head.as_ref()));
        probed.map_err(|error| in_place(error, place))?;
    }
    Ok(Checked { head, fresh: false })
}

/// Opens the store in place.
///
/// # Errors
/// [`StateError::Damaged`], and failures of the disk.
pub(super) fn open(place: &Place, checked: &Checked) -> Result<SledStore, StateError> {
    let fresh = Snapshot::new(&place.project, &place.environment);
    let store = SledStore::open(&place.store(), fresh)?;
    let witness = Witness::open(place)?;
    if checked.fresh {
        witness.reset()?;
    }
    complete(place, &store.snapshot(), checked.head.as_ref())?;
    store.witnessed_by(witness);
    Ok(store)
}

/// Opens a copy of the store.
fn probe(place: &Place) -> Result<Snapshot, StateError> {
    remove_old_probes(place);
    let failed = |error| StateError::io("copy", &place.store(), &error);
    let mut folder = tempfile::Builder::new();
    let folder = folder.prefix(PROBE).tempdir_in(place.root()).map_err(failed)?;
    disk::make_private(folder.path())?;
    for entry in disk::files(&place.store())? {
        let name = entry.path().strip_prefix(place.store()).unwrap_or(entry.path());
        let copy = folder.path().join(name);
        copy.parent().map_or(Ok(()), disk::make_folder)?;
        fs::copy(entry.path(), copy).map_err(failed)?;
    }
    let fresh = Snapshot::new(&place.project, &place.environment);
    let store = SledStore::open(folder.path(), fresh)?;
    let held = store.close()?;
    lock::is_released(&folder.path().join("db"))?;
    Ok((*held).clone())
}

/// Whether the store holds at least what was confirmed: in the snapshot, or since then.
fn complete(place: &Place, held: &Snapshot, head: Option<&Head>) -> Result<(), StateError> {
    // A store that has lost everything has lost its lineage too.
    let lineage = (held.meta.serial > 0).then_some(held.meta.lineage.as_str());
    let of_head = head.filter(|head| lineage.is_none_or(|of| of == head.meta.lineage));
    let of_head = of_head.map_or(0, |head| head.meta.serial);
    let confirmed = witness::confirmed(place, lineage).unwrap_or(0).max(of_head);
    if held.meta.serial < confirmed {
        let held = held.meta.serial;
        let cause = format_args!("it ends at serial {held}, but {confirmed} was confirmed");
        return Err(StateError::damaged(&place.store(), cause));
    }
    Ok(())
}

/// The failure of a probe, told of the store itself.
fn in_place(error: StateError, place: &Place) -> StateError {
    match error {
        StateError::Damaged { cause, .. } => {
            let snapshot = snapshot_file::load(&place.snapshot()).ok().flatten();
            let rescue = snapshot.map(|_| place.snapshot()).or_else(|| export::last(place));
            StateError::damaged(&place.store(), cause).rescued_by(rescue)
        }
        StateError::Newer { found, known, .. } => {
            StateError::Newer { path: place.store(), found, known }
        }
        other => other,
    }
}

/// Removes what a probe left that was killed. Best effort.
fn remove_old_probes(place: &Place) {
    for entry in fs::read_dir(place.root()).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PROBE) {
            let _ = disk::remove_folder(&entry.path());
        }
    }
}
