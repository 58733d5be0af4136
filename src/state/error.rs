//! What can go wrong with the state, each with its remedy.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{Holder, Key};
use crate::graph::Address;

/// A failure of the state. Nothing was changed on disk, except where the variant says so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StateError {
    /// Another run holds the state.
    #[error("another run holds the state: {0}")]
    Busy(Box<Holder>),
    /// A newer version wrote it.
    #[error(
        "{} has state format {found}; this version of maas knows formats up to {known}",
        path.display()
    )]
    Newer {
        /// The file or store.
        path: PathBuf,
        /// The format that it has.
        found: u64,
        /// The newest format that is known here.
        known: u32,
    },
    /// The store or a file of it is damaged.
    #[error("the state in {} is damaged: {cause}", path.display())]
    Damaged {
        /// The store or file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
        /// A file that can be imported instead, where there is one.
        rescue: Option<PathBuf>,
    },
    /// The store is gone, but its snapshot or an export is there.
    #[error("the store {} is missing, although it was there once: {} is left", path.display(), rescue.display())]
    Missing {
        /// Where the store should be.
        path: PathBuf,
        /// The snapshot, or the newest export.
        rescue: PathBuf,
    },
    /// The disk is full, or a quota is used up. What was confirmed before is safe.
    #[error("no space is left on the disk that holds {}: {cause}", path.display())]
    DiskFull {
        /// What was written.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// The file system cannot be written to.
    #[error("{} is on a read-only file system: {cause}", path.display())]
    ReadOnly {
        /// What was written.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// The system denied access.
    #[error("access to {} was denied: {cause}", path.display())]
    Denied {
        /// What was accessed.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// There is something else where a folder should be.
    #[error("`{}` is no folder", path.display())]
    NotAFolder {
        /// What is no folder.
        path: PathBuf,
    },
    /// Another failure of the system.
    #[error("could not {doing} {}: {cause}", path.display())]
    Io {
        /// What was tried, as in "write".
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// A project or environment whose name cannot be a folder's name.
    #[error("`{name}` cannot be the name of {what}: it names a folder of the state")]
    BadName {
        /// "a project" or "an environment".
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A text that is no export.
    #[error("this is no export of a state: {0}")]
    BadExport(String),
    /// An import, or a rebuild, over a state that holds something.
    #[error("the state already holds {records} resources, which would be replaced")]
    NotEmpty {
        /// How many records it holds.
        records: usize,
    },
    /// An import of another deployment's export.
    #[error("the export is of {found}, not of {wanted}")]
    OtherDeployment {
        /// `project/environment` of the export.
        found: String,
        /// `project/environment` of the state.
        wanted: String,
    },
    /// No record has this key.
    #[error("the state holds no resource {0}")]
    NoSuchRecord(Key),
    /// The address is in use.
    #[error("the state already holds a resource {0}")]
    Taken(Address),
    /// A step on this address, or on what refers to it, was interrupted and has not been settled yet.
    #[error("an interrupted step on {0}, or on what refers to it, has not been settled yet")]
    Unsettled(Address),
    /// A batch that contradicts the state: a defect of the program.
    #[error("the state refused a change that contradicts it: {0}")]
    Invalid(String),
    /// An earlier write failed, so the store takes no more. What was confirmed before is safe.
    #[error("the store takes no more changes since a write failed: {0}")]
    Broken(String),
    /// The store was closed already.
    #[error("the state is closed already")]
    Closed,
}

impl StateError {
    /// A failure of the system while `doing` something with `path`, told apart by its kind.
    pub(super) fn io(doing: &'static str, path: &Path, error: &io::Error) -> Self {
        let (path, cause) = (path.to_owned(), error.to_string());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path, cause },
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path, cause },
            ErrorKind::PermissionDenied => Self::Denied { path, cause },
            ErrorKind::NotADirectory => Self::NotAFolder { path },
            _ => Self::Io { doing, path, cause },
        }
    }

    /// A damaged store or file.
    pub(super) fn damaged(path: &Path, cause: impl Display) -> Self {
        Self::Damaged { path: path.to_owned(), cause: cause.to_string(), rescue: None }
    }

    /// The same, with the file that can be imported instead.
    pub(super) fn rescued_by(self, file: Option<PathBuf>) -> Self {
        match self {
            Self::Damaged { path, cause, rescue: None } => {
                Self::Damaged { path, cause, rescue: file }
            }
            other => other,
        }
    }

    /// What to do about it, as one sentence; none where the message says all.
    pub fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::Busy(holder) => format!(
                "Wait until it ends, or stop it (process {} on {}); a run that has died is taken \
                 over without being asked.",
                holder.pid, holder.host
            ),
            Self::Newer { .. } => "Use the version of maas that wrote it, or a later one.".into(),
            Self::Damaged { rescue: Some(file), .. } | Self::Missing { rescue: file, .. } => {
                format!(
                    "Run `maas state import {}` to go back to what that file holds, or `maas state \
                     rebuild` to make the state anew from the cloud's tags.",
                    file.display()
                )
            }
            Self::Damaged { .. } => "Run `maas state rebuild` to make the state anew from the \
                 cloud's tags, or `maas state import FILE` with an export."
                .into(),
            Self::DiskFull { .. } => "Free some space and run the command again.".into(),
            Self::ReadOnly { .. } | Self::Denied { .. } => {
                "Make it writable for this user, or name another folder with `--state DIR`.".into()
            }
            Self::NotAFolder { .. } => {
                "Remove what is there, or name another folder with `--state DIR`.".into()
            }
            Self::NotEmpty { .. } => {
                "Add `--force` to replace them; the store is kept aside.".into()
            }
            Self::OtherDeployment { .. } => {
                "Name the environment of the export with `--env`.".into()
            }
            Self::Unsettled(_) => "Run `maas apply` first; it settles the step.".into(),
            Self::NoSuchRecord(_) => "`maas state list` shows what there is.".into(),
            Self::Broken(_) => "Run the command again; it goes on from what was recorded.".into(),
            Self::Io { .. }
            | Self::BadName { .. }
            | Self::BadExport(_)
            | Self::Taken(_)
            | Self::Invalid(_)
            | Self::Closed => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_system_failures_apart() {
        let of = |kind| StateError::io("write", Path::new("/s/db"), &io::Error::from(kind));
        assert!(matches!(of(ErrorKind::StorageFull), StateError::DiskFull { .. }));
        assert!(matches!(of(ErrorKind::QuotaExceeded), StateError::DiskFull { .. }));
        assert!(matches!(of(ErrorKind::ReadOnlyFilesystem), StateError::ReadOnly { .. }));
        assert!(matches!(of(ErrorKind::PermissionDenied), StateError::Denied { .. }));
        assert!(matches!(of(ErrorKind::NotADirectory), StateError::NotAFolder { .. }));
        let other = of(ErrorKind::TimedOut).to_string();
        assert!(other.starts_with("could not write /s/db: "), "{other}");
    }

    #[test]
    fn damage_names_the_file_to_import() {
        let damaged = StateError::damaged(Path::new("/s/store"), "a page is torn");
        assert!(damaged.remedy().is_some_and(|text| text.contains("import FILE")));
        let rescued = damaged.rescued_by(Some("/s/snapshot.json".into()));
        assert!(rescued.remedy().is_some_and(|text| text.contains("import /s/snapshot.json")));
    }
}
