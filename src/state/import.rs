//! Making a store anew from an export.

use std::path::Path;

use super::lock::{self, Lock};
use super::place::Place;
use super::session::{settle, up_to_date};
use super::sled_store::SledStore;
use super::{Batch, Holder, Run, Snapshot, State, StateError, Store, disk, integrity, witness};

/// How many records one transaction takes.
const SHARE: usize = 500;

/// A state that is to be replaced, held until it is, or until this is dropped and it stays.
pub struct Replacing {
    place: Place,
    /// What it holds; none where that cannot be found out.
    held: Option<Snapshot>,
    /// The marker that was there.
    before: Option<Holder>,
    done: bool,
    _lock: Lock,
}

impl State {
    /// Replaces the state by what an export holds, and tells its new serial. The store that was
    /// there is kept beside it as `store.before-import`.
    ///
    /// # Errors
    /// Those of [`State::replace`] and [`Replacing::by`].
    pub fn import(
        folder: &Path,
        project: &str,
        environment: &str,
        run: &Run,
        export: &Snapshot,
        force: bool,
    ) -> Result<u64, StateError> {
        same_deployment(project, environment, export)?;
        Self::replace(folder, project, environment, run, force)?.by(export)
    }

    /// Takes hold of a state to replace it: nobody else can change it until then.
    ///
    /// # Errors
    /// [`StateError::NotEmpty`] where the state holds something and `force` is not given;
    /// [`StateError::Busy`], [`StateError::Newer`], and failures of the disk. A store that is
    /// damaged or missing is no hindrance.
    pub fn replace(
        folder: &Path,
        project: &str,
        environment: &str,
        run: &Run,
        force: bool,
    ) -> Result<Replacing, StateError> {
        let place = Place::new(folder, project, environment)?;
        disk::make_folder(place.root())?;
        let lock = Lock::take(&place)?;
        let held = held(&place)?;
        let records = held.as_ref().map_or(0, |held| held.records.len().max(held.intents.len()));
        if records > 0 && !force {
            return Err(StateError::NotEmpty { records });
        }
        let before = lock::marker(&place)?;
        lock::mark(&place, &Holder::this(run), true)?;
        Ok(Replacing { place, held, before, done: false, _lock: lock })
    }
}

impl Replacing {
    /// Replaces it by what an export holds, and tells its new serial.
    ///
    /// # Errors
    /// [`StateError::OtherDeployment`] and failures of the disk.
    pub fn by(mut self, export: &Snapshot) -> Result<u64, StateError> {
        let place = &self.place;
        same_deployment(&place.project, &place.environment, export)?;
        // From here on only the store tells what there is.
        self.done = true;
        let new = place.importing();
        disk::remove_folder(&new)?;
        fill(&new, export, beyond(place, self.held.as_ref(), export)?)?;
        let before = place.root().join("store.before-import");
        if disk::exists(&place.store())? {
            disk::remove_folder(&before)?;
            disk::rename(&place.store(), &before)?;
        }
        // Until here the old snapshot stays: without a store it tells that one is missing.
        disk::rename(&new, &place.store())?;
        let fresh = Snapshot::new(&place.project, &place.environment);
        let imported = settle(place, &SledStore::open(&place.store(), fresh)?)?;
        Ok(imported.meta.serial)
    }
}

impl Drop for Replacing {
    fn drop(&mut self) {
        if !self.done {
            // Best effort: a marker that stays is one of a run that died, which changed nothing.
            let _ = match &self.before {
                Some(before) => lock::mark(&self.place, before, true),
                None => lock::unmark(&self.place),
            };
        }
    }
}

fn same_deployment(project: &str, environment: &str, export: &Snapshot) -> Result<(), StateError> {
    let wanted = Snapshot::new(project, environment).meta.deployment();
    match export.meta.deployment() {
        found if found != wanted => Err(StateError::OtherDeployment { found, wanted }),
        _ => Ok(()),
    }
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
