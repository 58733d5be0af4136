//! The files of a `.zip` that the user made.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::read::ZipFile;

use super::LARGEST;
use super::entries::{Contents, Entries, Entry, check_size, length};
use super::error::{PackageError, Wrong};

/// All files of the archive, its links followed.
pub(super) fn of_archive(path: &Path) -> Result<Entries, PackageError> {
    let file = File::open(path).map_err(|e| PackageError::unreadable(path, &e))?;
    let no_archive = |error: zip::result::ZipError| {
        PackageError::new(path, Wrong::NotAnArchive(error.to_string()))
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(no_archive)?;
    if archive.has_duplicate_names() {
        return Err(PackageError::new(path, Wrong::NameTwice));
    }
    let mut entries = Entries::new();
    let mut links = BTreeMap::new();
    let mut size = 0;
    for at in 0..archive.len() {
        let mut found = archive.by_index(at).map_err(no_archive)?;
        let name = safe_name(path, &found)?;
        if found.is_dir() {
            continue;
        }
        let bytes = contents(path, &mut found, LARGEST - size)?;
        size += length(&bytes);
        check_size(path, size)?;
        if found.is_symlink() {
            links.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            continue;
        }
        let executable = found.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let entry = Entry { executable, contents: Contents::Bytes(Arc::from(bytes)) };
        if entries.insert(name.clone(), entry).is_some() {
            return Err(PackageError::new(path, Wrong::SameName(name)));
        }
    }
    follow(path, &mut entries, &links, size)?;
    check_directories(path, &entries)?;
    Ok(entries)
}

fn safe_name<R: Read>(path: &Path, found: &ZipFile<'_, R>) -> Result<String, PackageError> {
    let Ok(name) = std::str::from_utf8(found.name_raw()) else {
        return Err(PackageError::new(path, Wrong::Name));
    };
    let inside = normal(name);
    let safe = !name.contains(['\\', '\0']) && !name.starts_with('/') && !name.contains(':');
    match inside.filter(|inside| safe && !inside.is_empty()) {
        Some(inside) => Ok(inside),
        None => Err(PackageError::new(path, Wrong::UnsafeName(name.to_owned()))),
    }
}

/// The path without `.` and empty names; none where it has `..`.
fn normal(name: &str) -> Option<String> {
    let names = name.split('/').filter(|name| !name.is_empty() && *name != ".");
    let names: Vec<&str> = names.collect();
    (!names.contains(&"..")).then(|| names.join("/"))
}

/// What a file holds, with at most one byte more than there is `room` for.
fn contents<R: Read>(
    path: &Path,
    found: &mut ZipFile<'_, R>,
    room: u64,
) -> Result<Vec<u8>, PackageError> {
    let mut bytes = Vec::new();
    // What an archive says of its files' sizes need not be true.
    let read = found.take(room + 1).read_to_end(&mut bytes);
    read.map_err(|error| PackageError::new(path, Wrong::NotAnArchive(error.to_string())))?;
    Ok(bytes)
}

const LONGEST_CHAIN: usize = 8;

/// Puts a copy of its target in the place of each link. `size` is what there is without the copies:
/// Lambda counts each of them.
fn follow(
    path: &Path,
    entries: &mut Entries,
    links: &BTreeMap<String, String>,
    mut size: u64,
) -> Result<(), PackageError> {
    for link in links.keys() {
        let mut at = link.clone();
        let mut steps = 0;
        while let Some(target) = links.get(&at).filter(|_| steps < LONGEST_CHAIN) {
            steps += 1;
            at = beside(&at, target).unwrap_or_default();
        }
        let Some(entry) = entries.get(&at).cloned() else {
            return Err(PackageError::new(path, Wrong::ArchiveLink(link.clone())));
        };
        if let Contents::Bytes(bytes) = &entry.contents {
            size += length(bytes);
            check_size(path, size)?;
        }
        if entries.insert(link.clone(), entry).is_some() {
            return Err(PackageError::new(path, Wrong::SameName(link.clone())));
        }
    }
    Ok(())
}

/// Where a link's target is: relative to the directory of the link, and inside the archive.
fn beside(link: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut names: Vec<&str> = link.split('/').collect();
    names.pop();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()?),
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// A file cannot be the directory of another one.
fn check_directories(path: &Path, entries: &Entries) -> Result<(), PackageError> {
    for name in entries.keys() {
        let mut above = name.as_str();
        while let Some((directory, _)) = above.rsplit_once('/') {
            if entries.contains_key(directory) {
                return Err(PackageError::new(path, Wrong::SameName(directory.to_owned())));
            }
            above = directory;
        }
    }
    Ok(())
}
