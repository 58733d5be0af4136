//! The lock that a run holds, and the marker that says who holds it.
//!
//! The lock is the system's (*flock*): it ends with the process that holds it, however that ends.
//! The marker only informs, and tells readers that the snapshot may be older than the store.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::place::Place;
use super::{Holder, StateError, disk};

/// How long a run waits for a reader that is just repairing the state, or for a holder that has not
/// written its marker yet.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// The lock of one deployment, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// The lock, unless somebody holds it.
    pub fn try_take(place: &Place) -> Result<Option<Self>, StateError> {
        let path = place.lock();
        let file = disk::open_private(&path)?;
        Ok(try_lock(&file, &path)?.then_some(Self { _file: file }))
    }

    /// The lock, if need be after a short wait for somebody who holds it only for a moment.
    ///
    /// # Errors
    /// [`StateError::Busy`] with the run that holds it.
    pub fn take(place: &Place) -> Result<Self, StateError> {
        let start = Instant::now();
        loop {
            if let Some(lock) = Self::try_take(place)? {
                return Ok(lock);
            }
            let holder = marker(place)?.unwrap_or_default();
            if holder.is_alive_here() || start.elapsed() > PATIENCE {
                return Err(StateError::Busy(holder.into()));
            }
            sleep(PAUSE);
        }
    }
}

/// Waits until nobody locks a file any more; `false` where that takes too long.
pub(super) fn is_released(path: &Path) -> Result<bool, StateError> {
    let start = Instant::now();
    let opened = File::options().read(true).open(path);
    let file = opened.map_err(|error| StateError::io("open", path, &error))?;
    while !try_lock(&file, path)? {
        if start.elapsed() > PATIENCE {
            return Ok(false);
        }
        sleep(PAUSE);
    }
    Ok(true)
}

fn try_lock(file: &File, path: &Path) -> Result<bool, StateError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(StateError::io("lock", path, &error)),
    }
}

/// Who is changing the state, or was when it died; none after a run that ended well.
pub(super) fn marker(place: &Place) -> Result<Option<Holder>, StateError> {
    Ok(disk::read(&place.marker())?.map(|bytes| named(&bytes)))
}

/// Whom a marker names; nobody where it cannot be read.
fn named(marker: &[u8]) -> Holder {
    serde_json::from_slice(marker).unwrap_or_default()
}

/// Writes the marker; only for whom holds the lock. With `sync` it is on disk when this returns.
pub(super) fn mark(place: &Place, holder: &Holder, sync: bool) -> Result<(), StateError> {
    let path = place.marker();
    let bytes = serde_json::to_vec(holder).map_err(|error| StateError::damaged(&path, error))?;
    disk::replace(&path, &bytes, sync)
}

/// The marker of a run that has not changed anything yet. Dropped before it is kept, the marker is
/// again what it was.
#[derive(Debug)]
pub(super) struct Mark {
    place: Place,
    /// As it was written, maybe by another version.
    before: Option<Vec<u8>>,
    kept: bool,
}

impl Mark {
    /// Writes the marker; only for whom holds the lock.
    pub fn set(place: &Place, holder: &Holder) -> Result<Self, StateError> {
        let before = disk::read(&place.marker())?;
        mark(place, holder, true)?;
        Ok(Self { place: place.clone(), before, kept: false })
    }

    /// The run that left a marker behind.
    pub fn before(&self) -> Option<Holder> {
        self.before.as_deref().map(named)
    }

    /// Writes it again, where what that run left was settled and its marker removed.
    pub fn again(&mut self, holder: &Holder) -> Result<(), StateError> {
        self.before = None;
        mark(&self.place, holder, true)
    }

    /// Leaves the marker in any case, and tells whose was there.
    pub fn keep(mut self) -> Option<Holder> {
        self.kept = true;
        self.before()
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        if !self.kept {
            // Best effort: a marker that stays is one of a run that died, which changed nothing.
            let _ = match &self.before {
                Some(before) => disk::replace(&self.place.marker(), before, true),
                None => unmark(&self.place),
            };
        }
    }
}

/// Removes the marker; only for whom holds the lock.
pub(super) fn unmark(place: &Place) -> Result<(), StateError> {
    disk::remove(&place.marker())
}
