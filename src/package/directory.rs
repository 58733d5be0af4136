//! The files of a directory.

use std::fs::Metadata;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path};

use walkdir::{DirEntry, WalkDir};

use super::entries::{Contents, Entries, Entry};
use super::error::{PackageError, Wrong};

const IGNORED: [&str; 6] = [".git", ".hg", ".svn", "__pycache__", ".DS_Store", "Thumbs.db"];

fn is_ignored(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    entry.depth() > 0
        && (IGNORED.iter().any(|ignored| name == *ignored)
            || Path::new(name).extension().is_some_and(|end| end == "pyc"))
}

/// All files below `root` that are not ignored.
pub(super) fn of_directory(root: &Path) -> Result<Entries, PackageError> {
    let real = root.canonicalize().map_err(|e| PackageError::unreadable(root, &e))?;
    let mut entries = Entries::new();
    let walk = WalkDir::new(root).follow_links(true).into_iter();
    for found in walk.filter_entry(|entry| !is_ignored(entry)) {
        let found = found.map_err(|error| walk_error(root, &error))?;
        if found.path_is_symlink() && found.depth() > 0 {
            check_link(&real, found.path())?;
        }
        if found.file_type().is_dir() {
            continue;
        }
        if !found.file_type().is_file() {
            return Err(PackageError::new(found.path(), Wrong::Special));
        }
        let name = name_below(root, found.path())?;
        let metadata = found.metadata().map_err(|error| walk_error(root, &error))?;
        let contents = Contents::File(found.path().to_owned());
        entries.insert(name, Entry { executable: is_executable(&metadata), contents });
    }
    Ok(entries)
}

/// One file alone, under its own name.
pub(super) fn of_file(path: &Path, metadata: &Metadata) -> Result<Entries, PackageError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| PackageError::new(path, Wrong::Name))?.to_owned();
    let contents = Contents::File(path.to_owned());
    Ok(Entries::from([(name, Entry { executable: is_executable(metadata), contents })]))
}

fn check_link(root: &Path, link: &Path) -> Result<(), PackageError> {
    match link.canonicalize() {
        Ok(target) if target.starts_with(root) => Ok(()),
        _ => Err(PackageError::new(link, Wrong::Link)),
    }
}

fn walk_error(root: &Path, error: &walkdir::Error) -> PackageError {
    let path = error.path().unwrap_or(root);
    if error.loop_ancestor().is_some() {
        return PackageError::new(path, Wrong::Link);
    }
    match error.io_error() {
        Some(_) if path.is_symlink() => PackageError::new(path, Wrong::Link),
        Some(error) => PackageError::unreadable(path, error),
        None => PackageError::new(path, Wrong::Unreadable(error.to_string())),
    }
}

fn name_below(root: &Path, path: &Path) -> Result<String, PackageError> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let names = below.components().map(|component| match component {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let names: Option<Vec<&str>> = names.collect();
    names.map(|names| names.join("/")).ok_or_else(|| PackageError::new(path, Wrong::Name))
}

fn is_executable(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & 0o111 != 0
}
