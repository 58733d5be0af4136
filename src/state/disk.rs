//! Files and folders that only their owner may read, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::StateError;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Makes a folder, and those above it, where they are missing. The new ones are private.
pub(super) fn make_folder(path: &Path) -> Result<(), StateError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = above(path) {
        make_folder(above)?;
    }
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        Ok(()) => {
            set_mode(path, FOLDER_MODE)?;
            above(path).map_or(Ok(()), sync_folder)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(StateError::NotAFolder { path: path.to_owned() })
        }
        Err(error) => Err(StateError::io("make the folder", path, &error)),
    }
}

/// The folder that something is in; a path of one name is in the current one.
fn above(path: &Path) -> Option<&Path> {
    let above = path.parent()?;
    Some(if above.as_os_str().is_empty() { Path::new(".") } else { above })
}

/// Opens a private file to read and write, and makes it where it is missing.
pub(super) fn open_private(path: &Path) -> Result<File, StateError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(FILE_MODE);
    let failed = |error| StateError::io("open", path, &error);
    match options.clone().create_new(true).open(path) {
        Ok(file) => set_mode(path, FILE_MODE).map(|()| file),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            options.open(path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Writes a private file whole or not at all; it is on disk when this returns.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    replace(path, bytes, true)
}

/// Writes a private file whole or not at all, on disk at some time unless `sync` is asked for.
pub(super) fn replace(path: &Path, bytes: &[u8], sync: bool) -> Result<(), StateError> {
    let failed = |error| StateError::io("write", path, &error);
    let folder = above(path).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(failed)?;
    set_mode(file.path(), FILE_MODE)?;
    file.write_all(bytes).map_err(failed)?;
    if sync {
        file.as_file().sync_all().map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    if sync { sync_folder(folder) } else { Ok(()) }
}

/// A file's content; none where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StateError::io("read", path, &error)),
    }
}

/// Whether there is something, however it is.
pub(super) fn exists(path: &Path) -> Result<bool, StateError> {
    path.try_exists().map_err(|error| StateError::io("read", path, &error))
}

/// Removes a file; one that is gone is fine.
pub(super) fn remove(path: &Path) -> Result<(), StateError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StateError::io("remove", path, &error))
        }
        _ => Ok(()),
    }
}

/// Removes a folder with all in it; one that is gone is fine.
pub(super) fn remove_folder(path: &Path) -> Result<(), StateError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StateError::io("remove", path, &error))
        }
        _ => Ok(()),
    }
}

/// Renames a file or folder; the new name is on disk when this returns.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StateError> {
    fs::rename(from, to).map_err(|error| StateError::io("rename", from, &error))?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Every file below a folder, sorted.
pub(super) fn files(folder: &Path) -> Result<Vec<walkdir::DirEntry>, StateError> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries: Result<Vec<_>, _> = walk.into_iter().collect();
    let mut entries = entries.map_err(|error| {
        let cause = error.io_error().map(|cause| StateError::io("read", folder, cause));
        cause.unwrap_or_else(|| StateError::damaged(folder, error))
    })?;
    entries.retain(|entry| entry.file_type().is_file());
    Ok(entries)
}

/// Makes every file and folder below a folder private, with the folder itself.
pub(super) fn make_private(folder: &Path) -> Result<(), StateError> {
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        let mode = if entry.file_type().is_dir() { FOLDER_MODE } else { FILE_MODE };
        let set = set_mode(entry.path(), mode);
        if set.is_err() && exists(entry.path())? {
            return set;
        }
    }
    Ok(())
}

/// Puts a folder's entries on disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StateError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| StateError::io("write", folder, &error))
}

fn set_mode(path: &Path, mode: u32) -> Result<(), StateError> {
    let failed = |error| StateError::io("set the permissions of", path, &error);
    let now = fs::metadata(path).map_err(failed)?.permissions().mode();
    if now & 0o7777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed)
}
