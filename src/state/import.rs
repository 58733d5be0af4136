//! Making a store anew from an export.

use std::path::Path;

use super::lock::{self, Lock};
use super::place::Place;
use super::session::{settle, up_to_date};
use super::sled_store::SledStore;
use super::{Batch, Holder, Run, Snapshot, State, StateError, Store, disk, integrity, witness};

/// How many records one transaction takes.
const SHARE: usize = 500;

impl State {
    /// Replaces the state by what an export holds, and tells its new serial. The store that was
    /// there is kept beside it as `store.before-import`.
    ///
    /// # Errors
    /// [`StateError::NotEmpty`] where the state holds something and `force` is not given;
    /// [`StateError::OtherDeployment`], [`StateError::Busy`], [`StateError::Newer`], and failures
    /// of the disk. A store that is damaged or missing is no hindrance.
    pub fn import(
        folder: &Path,
        project: &str,
        environment: &str,
        run: &Run,
        export: &Snapshot,
        force: bool,
    ) -> Result<u64, StateError> {
        let place = Place::new(folder, project, environment)?;
        let wanted = Snapshot::new(project, environment).meta.deployment();
        if export.meta.deployment() != wanted {
            return Err(StateError::OtherDeployment { found: export.meta.deployment(), wanted });
        }
        disk::make_folder(place.root())?;
        let _lock = Lock::take(&place)?;
        let held = replaceable(&place, force)?;
        lock::mark(&place, &Holder::this(run), true)?;
        let new = place.importing();
        disk::remove_folder(&new)?;
        fill(&new, export, beyond(&place, held.as_ref(), export)?)?;
        let before = place.root().join("store.before-import");
        if disk::exists(&place.store())? {
            disk::remove_folder(&before)?;
            disk::rename(&place.store(), &before)?;
        }
        // Until here the old snapshot stays: without a store it tells that one is missing.
        disk::rename(&new, &place.store())?;
        let fresh = Snapshot::new(project, environment);
        let imported = settle(&place, &SledStore::open(&place.store(), fresh)?)?;
        Ok(imported.meta.serial)
    }

    /// Refuses where [`State::import`] would, for whom has much to do before.
    ///
    /// # Errors
    /// Those of [`State::import`].
    pub fn may_be_replaced(
        folder: &Path,
        project: &str,
        environment: &str,
        force: bool,
    ) -> Result<(), StateError> {
        let place = Place::new(folder, project, environment)?;
        if !disk::exists(place.root())? {
            return Ok(());
        }
        let _lock = Lock::take(&place)?;
        replaceable(&place, force).map(drop)
    }
}

/// What is to be replaced; none where that cannot be found out.
fn replaceable(place: &Place, force: bool) -> Result<Option<Snapshot>, StateError> {
    let held = held(place)?;
    let records = held.as_ref().map_or(0, |held| held.records.len().max(held.intents.len()));
    if records > 0 && !force {
        return Err(StateError::NotEmpty { records });
    }
    Ok(held)
}

/// A serial beyond all that was ever confirmed here, so that nothing counts as lost.
fn beyond(place: &Place, held: Option<&Snapshot>, export: &Snapshot) -> Result<u64, StateError> {
    let held = held.map_or(0, |held| held.meta.serial);
    let head = integrity::readable_head(place)?.map_or(0, |head| head.meta.serial);
    let witnessed = witness::confirmed(place, None).unwrap_or(0);
    Ok(held.max(head).max(witnessed).max(export.meta.serial) + 1)
}

/// What the state holds now; none where that cannot be found out.
fn held(place: &Place) -> Result<Option<Snapshot>, StateError> {
    match integrity::check(place).and_then(|_| up_to_date(place)) {
        Ok(held) => Ok(Some(held)),
        Err(StateError::Damaged { .. } | StateError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A store in a folder of its own that holds what the export does, and ends at this serial or,
/// where it takes more transactions than that, beyond it.
fn fill(folder: &Path, export: &Snapshot, serial: u64) -> Result<(), StateError> {
    let mut fresh = export.clone();
    let records = std::mem::take(&mut fresh.records);
    let intents = std::mem::take(&mut fresh.intents);
    let shares = records.len().div_ceil(SHARE) as u64;
    fresh.meta.serial = serial.saturating_sub(shares + 1);
    let store = SledStore::open(folder, fresh)?;
    let mut records = records.into_values().peekable();
    while records.peek().is_some() {
        let puts = records.by_ref().take(SHARE).collect();
        store.commit(Batch { puts, ..Batch::default() })?;
    }
    let open = intents.into_values().collect();
    store.commit(Batch { open, ..Batch::default() })?;
    store.close()?;
    lock::is_released(&folder.join("db")).map(drop)
}
