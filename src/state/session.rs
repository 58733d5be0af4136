//! Reading a state, and holding it for a run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::lock::{self, Lock, Mark};
use super::place::Place;
use super::sled_store::SledStore;
use super::{Holder, Run, Snapshot, StateError, Store, disk, export, integrity, snapshot_file};

/// The state of one deployment, held by a run: nobody else can change it meanwhile.
///
/// Dropped without [`State::close`], it counts as a crash: the next command reads the store instead
/// of the snapshot.
pub struct State {
    place: Place,
    store: Arc<SledStore>,
    holder: Mutex<Holder>,
    crashed: Option<Holder>,
    _lock: Lock,
}

impl State {
    /// Reads the state without holding it. Quick where the last run ended well: the store is not
    /// opened then. After a crash it is, and the snapshot is made anew. While a run holds the
    /// state, the answer is how it was before that run, and says so in `busy`.
    ///
    /// # Errors
    /// [`StateError::Newer`], [`StateError::Damaged`], and failures of the disk.
    pub fn read(folder: &Path, project: &str, environment: &str) -> Result<Snapshot, StateError> {
        let place = Place::new(folder, project, environment)?;
        if !disk::exists(place.root())? {
            return Ok(Snapshot::new(project, environment));
        }
        if lock::marker(&place)?.is_none()
            && let Some(snapshot) = settled(&place)?
        {
            return Ok(snapshot);
        }
        let Some(_lock) = Lock::try_take(&place)? else {
            let mut snapshot = match snapshot_file::load(&place.snapshot()) {
                Err(StateError::Damaged { .. }) => None,
                other => other?,
            }
            .unwrap_or_else(|| Snapshot::new(project, environment));
            snapshot.busy = Some(lock::marker(&place)?.unwrap_or_default());
            return Ok(snapshot);
        };
        up_to_date(&place)
    }

    /// Takes hold of the state for a run. What a dead run left is taken over.
    ///
    /// # Errors
    /// [`StateError::Busy`] where another run holds it; [`StateError::Newer`],
    /// [`StateError::Damaged`], [`StateError::Missing`], and failures of the disk.
    pub fn open(
        folder: &Path,
        project: &str,
        environment: &str,
        run: &Run,
    ) -> Result<Self, StateError> {
        let place = Place::new(folder, project, environment)?;
        disk::make_folder(place.root())?;
        let lock = Lock::take(&place)?;
        let holder = Holder::this(run);
        // Before the store is looked at, which may take a while: others are told who does it.
        let mark = Mark::set(&place, &holder)?;
        let checked = integrity::check(&place)?;
        let store = Arc::new(integrity::open(&place, &checked)?);
        let crashed = mark.keep();
        Ok(Self { place, store, holder: Mutex::new(holder), crashed, _lock: lock })
    }

    /// The store, to commit to. It refuses once the state is closed.
    pub fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// All that is known now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.store.snapshot()
    }

    /// The run that died before this one, where one did.
    pub fn crashed(&self) -> Option<&Holder> {
        self.crashed.as_ref()
    }

    /// Tells others what this run does at the moment.
    ///
    /// # Errors
    /// Failures of the disk.
    pub fn doing(&self, what: impl Into<String>) -> Result<(), StateError> {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        holder.doing = Some(what.into());
        lock::mark(&self.place, &holder, false)
    }

    /// Keeps an export of what is known now, beside those of the nine applies before; none where
    /// nothing was ever recorded.
    ///
    /// # Errors
    /// Failures of the disk.
    pub fn keep_export(&self) -> Result<Option<PathBuf>, StateError> {
        export::keep(&self.place, &self.snapshot())
    }

    /// Writes the snapshot and lets go of the state.
    ///
    /// # Errors
    /// [`StateError::Broken`] where a write failed before; then, and for failures of the disk, the
    /// marker stays, so that the next command reads the store.
    pub fn close(self) -> Result<(), StateError> {
        settle(&self.place, &self.store).map(drop)
    }

    /// Settles what a dead run left, and tells which run that was.
    ///
    /// # Errors
    /// [`StateError::Busy`] where the run is alive: its lock cannot be taken away, since it would
    /// go on writing.
    pub fn unlock(
        folder: &Path,
        project: &str,
        environment: &str,
    ) -> Result<Option<Holder>, StateError> {
        let place = Place::new(folder, project, environment)?;
        if !disk::exists(place.root())? {
            return Ok(None);
        }
        let _lock = Lock::take(&place)?;
        let dead = lock::marker(&place)?;
        up_to_date(&place)?;
        Ok(dead)
    }
}

/// What is known now, with the snapshot made anew from the store where a run has died. Only for whom
/// holds the lock.
pub(super) fn up_to_date(place: &Place) -> Result<Snapshot, StateError> {
    let crashed = lock::marker(place)?.is_some();
    up_to_date_after(place, crashed)
}

/// The same, where this run has put its own marker in the place of a dead one's, if that is so.
pub(super) fn up_to_date_after(place: &Place, crashed: bool) -> Result<Snapshot, StateError> {
    if !crashed && let Some(snapshot) = settled(place)? {
        return Ok(snapshot);
    }
    let checked = integrity::check(place)?;
    let store = integrity::open(place, &checked)?;
    settle(place, &store).map(Arc::unwrap_or_clone)
}

/// The snapshot of a state that no run is changing; none where the store has to be asked.
fn settled(place: &Place) -> Result<Option<Snapshot>, StateError> {
    match snapshot_file::load(&place.snapshot()) {
        Ok(Some(snapshot)) => Ok(Some(snapshot)),
        Ok(None) if disk::exists(&place.store())? => Ok(None),
        Ok(None) => match export::last(place) {
            Some(rescue) => Err(StateError::Missing { path: place.store(), rescue }),
            None => Ok(Some(Snapshot::new(&place.project, &place.environment))),
        },
        Err(StateError::Damaged { .. }) if disk::exists(&place.store())? => Ok(None),
        Err(error) => Err(error),
    }
}

/// Closes the store, writes the snapshot and removes the marker.
pub(super) fn settle(place: &Place, store: &SledStore) -> Result<Arc<Snapshot>, StateError> {
    let snapshot = store.close()?;
    disk::make_private(&place.store())?;
    // A store that sled has not let go of may still change; without a seal it is probed next time.
    let released = lock::is_released(&place.store().join("db"))?;
    let seal = if released { Some(integrity::seal(&place.store())?) } else { None };
    snapshot_file::write(&place.snapshot(), &snapshot, seal.as_deref())?;
    lock::unmark(place)?;
    Ok(snapshot)
}
