//! What can be wrong with code.

use std::fmt;
use std::path::PathBuf;

/// Code that cannot be packed: where, why, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageError {
    /// The file, directory or archive.
    pub path: PathBuf,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is not there.
    Missing,
    /// There are no files in it.
    Empty,
    /// It cannot be read; the words are the system's.
    Unreadable(String),
    /// It is neither a file nor a directory.
    Special,
    /// The name of a file in it is not UTF-8.
    Name,
    /// A symbolic link in it leads out of the directory, nowhere, or back to where it is.
    Link,
    /// It is more than Lambda unpacks; so many bytes at least.
    TooLarge(u64),
    /// It is no archive that can be read; the words are the reader's.
    NotAnArchive(String),
    /// A name in the archive would leave the place where it is unpacked.
    UnsafeName(String),
    /// A name stands twice in the archive's own directory.
    NameTwice,
    /// Two files in the archive have this name, or one is also the directory of another.
    SameName(String),
    /// A symbolic link in the archive, of this name, does not lead to a file in it.
    ArchiveLink(String),
    /// It changed between the plan and now.
    Changed,
}

impl PackageError {
    pub(super) fn new(path: impl Into<PathBuf>, wrong: Wrong) -> Self {
        Self { path: path.into(), wrong }
    }

    pub(super) fn unreadable(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let wrong = match error.kind() {
            std::io::ErrorKind::NotFound => Wrong::Missing,
            _ => Wrong::Unreadable(error.to_string()),
        };
        Self::new(path, wrong)
    }

    /// What is wrong, without the path: to stand at the path's place.
    pub fn reason(&self) -> String {
        match &self.wrong {
            Wrong::Missing => "it is not there".to_owned(),
            Wrong::Empty => "there are no files in it".to_owned(),
            Wrong::Unreadable(why) => format!("it cannot be read: {why}"),
            Wrong::Special => "it is neither a file nor a directory".to_owned(),
            Wrong::Name => "its name is not UTF-8".to_owned(),
            Wrong::Link => {
                "this symbolic link does not lead to a file inside the code's directory".to_owned()
            }
            Wrong::TooLarge(bytes) => {
                format!("it is {} MB unpacked, and Lambda takes 250 MB", bytes.div_ceil(1 << 20))
            }
            Wrong::NotAnArchive(why) => format!("it is no zip archive: {why}"),
            Wrong::UnsafeName(name) => {
                format!("the archive's file {name:?} would be unpacked outside of its directory")
            }
            Wrong::NameTwice => "the archive has a file twice".to_owned(),
            Wrong::SameName(name) => format!("the archive has two files {name:?}"),
            Wrong::ArchiveLink(name) => {
                format!("the archive's symbolic link {name:?} does not lead to a file in it")
            }
            Wrong::Changed => "it changed after the plan was made".to_owned(),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self.wrong {
            Wrong::Missing => {
                "Give a directory, a file or a `.zip`; paths are relative to the manifest."
            }
            Wrong::Empty => "Put the function's code there, or give another path.",
            Wrong::Unreadable(_) => "Make it readable for the user that runs maas.",
            Wrong::Special | Wrong::Name => {
                "Remove it, or keep it outside of the code's directory."
            }
            Wrong::Link => "Put a copy in its place, or keep it outside of the code's directory.",
            Wrong::TooLarge(_) => {
                "Leave out what the function does not need, or move libraries to layers and data to a bucket."
            }
            Wrong::NotAnArchive(_) => {
                "Make it again with `zip`, without a password, stored or deflated."
            }
            Wrong::UnsafeName(_) => {
                "Make the archive from inside the code's directory: `cd code && zip -r ../code.zip .`."
            }
            Wrong::NameTwice | Wrong::SameName(_) => "Make the archive anew, with each file once.",
            Wrong::ArchiveLink(_) => {
                "Make the archive without `-y`, so that it holds the files themselves."
            }
            Wrong::Changed => "Run the same command again.",
        }
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason())
    }
}

impl std::error::Error for PackageError {}
