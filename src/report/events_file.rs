//! Files for programs: events as JSON lines, and what may hold more than everyone may read.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::execute::Event;

const MODE: u32 = 0o600;

/// Writes a file that only its owner may read, whole or not at all: it may hold what is not for
/// everyone. What is no file, such as a pipe, is written to.
///
/// # Errors
/// Those of the disk.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return File::options().write(true).open(path)?.write_all(text.as_bytes());
    }
    // A link stays, and leads to the new file.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Made so that only its owner may read it.
    let mut file =
        tempfile::Builder::new().prefix(".new-").tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// A file with one event a line; each line is there as soon as its event happened.
#[derive(Debug)]
pub struct EventsFile {
    path: PathBuf,
    file: File,
}

impl EventsFile {
    /// Makes the file, or empties it. Only its owner may read it then.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(true).mode(MODE).open(path)?;
        let found = file.metadata()?;
        if found.is_file() && found.permissions().mode() & 0o7777 != MODE {
            file.set_permissions(Permissions::from_mode(MODE))?;
        }
        Ok(Self { path: path.to_owned(), file })
    }

    /// The same file, for another run; its lines come behind those that are there.
    ///
    /// # Errors
    /// Those of the system.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self { path: self.path.clone(), file: self.file.try_clone()? })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes an event.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        let line = serde_json::to_string(event).map_err(io::Error::other)?;
        self.file.write_all((line + "\n").as_bytes())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_was_there_for_everyone_becomes_private() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["plan", "events"] {
            fs::write(at(name), "old").unwrap();
            fs::set_permissions(at(name), Permissions::from_mode(0o644)).unwrap();
        }
        symlink("plan", at("link")).unwrap();
        write_private(&at("link"), "new").unwrap();
        EventsFile::create(&at("events")).unwrap();
        assert_eq!((mode(&at("plan")), mode(&at("events"))), (MODE, MODE));
        assert_eq!(fs::read_to_string(at("plan")).unwrap(), "new");
        assert_eq!(fs::read_to_string(at("events")).unwrap(), "");
        assert!(at("link").is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing is left beside them");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_file_is_written_to() {
        let full = Path::new("/dev/full");
        assert_eq!(write_private(full, "x").unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(write_private(Path::new("/dev/null"), "x").is_ok());
    }
}
