//! The deployments that a state folder holds.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::place::Place;
use super::{Holder, Meta, State, StateError, disk, lock, snapshot_file};

/// One deployment, for lists.
#[derive(Clone, Debug)]
pub struct EnvironmentSummary {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// What is known of it as a whole, and how many resources it has; or why that is not known.
    pub known: Result<Known, StateError>,
}

/// What a list shows of a deployment.
#[derive(Clone, Debug)]
pub struct Known {
    /// The deployment as a whole: serial, ages, expiry, protection.
    pub meta: Meta,
    /// How many resources are recorded.
    pub count: usize,
    /// Whether calls were interrupted that the next run has to settle first.
    pub intents_open: bool,
    /// The run that is changing it at the moment.
    pub busy: Option<Holder>,
}

/// The deployments in a state folder, sorted; those of which something was ever recorded. One that
/// cannot be read does not hide the others.
///
/// # Errors
/// Failures of the disk, where the folder itself cannot be read. One that is missing is empty.
pub fn environments(folder: &Path) -> Result<Vec<EnvironmentSummary>, StateError> {
    let mut found = Vec::new();
    for project in folders(folder)? {
        for environment in folders(&folder.join(&project))? {
            let Ok(place) = Place::new(folder, &project, &environment) else { continue };
            if !(disk::exists(&place.snapshot())? || disk::exists(&place.store())?) {
                continue;
            }
            let known = known(folder, &place);
            let empty = |k: &Known| k.meta.serial == 0 && k.busy.is_none();
            if !known.as_ref().is_ok_and(empty) {
                found.push(EnvironmentSummary { project: project.clone(), environment, known });
            }
        }
    }
    Ok(found)
}

fn known(folder: &Path, place: &Place) -> Result<Known, StateError> {
    if lock::marker(place)?.is_none()
        && let Ok(Some(head)) = snapshot_file::head(&place.snapshot())
    {
        let intents_open = !head.intents.is_empty();
        return Ok(Known { meta: head.meta, count: head.count, intents_open, busy: None });
    }
    let snapshot = State::read(folder, &place.project, &place.environment)?;
    Ok(Known {
        count: snapshot.records.len(),
        intents_open: snapshot.intents_open(),
        busy: snapshot.busy,
        meta: snapshot.meta,
    })
}

fn folders(folder: &Path) -> Result<Vec<String>, StateError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| StateError::io("read", folder, &error))?,
    };
    let named = |entry: fs::DirEntry| entry.file_name().into_string().ok();
    let mut names: Vec<String> =
        entries.flatten().filter(|entry| entry.path().is_dir()).filter_map(named).collect();
    names.sort();
    Ok(names)
}
