//! Events as JSON lines in a file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::execute::Event;

/// Makes a file that only its owner may read, or empties it.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(true).open(path)
}

/// Writes a file that only its owner may read: it may hold what is not for everyone.
///
/// # Errors
/// Those of the disk.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    private(path)?.write_all(text.as_bytes())
}

/// A file with one event a line; each line is there as soon as its event happened.
#[derive(Debug)]
pub struct EventsFile(File);

impl EventsFile {
    /// Makes the file, or empties it.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn create(path: &Path) -> io::Result<Self> {
        private(path).map(Self)
    }

    /// The same file, for another run; its lines come behind those that are there.
    ///
    /// # Errors
    /// Those of the system.
    pub fn again(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Writes an event. A failure of the disk does not end the run; it is traced.
    pub fn write(&mut self, event: &Event) {
        let written = serde_json::to_string(event)
            .map_err(io::Error::other)
            .and_then(|line| self.0.write_all((line + "\n").as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "an event was not written");
        }
    }
}
