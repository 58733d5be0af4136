//! Code to packages that are the same on every machine.
//!
//! In: a directory, a file or a `.zip`. Out: a [`Package`], whose digest says whether the code
//! changed, and its archive for Lambda. Imports no other room.
//!
//! Of a directory, everything goes in but `.git`, `.hg`, `.svn`, `__pycache__`, `*.pyc`,
//! `.DS_Store`, `Thumbs.db` and empty directories. Of each file, its path, its contents and whether
//! it can be executed count, and nothing else: no time, no owner, no other mode.

mod archive;
mod build;
mod directory;
mod entries;
mod error;
mod handler;
mod packages;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;
mod zipped;

pub use build::{BuildError, Built, build};
pub use error::{PackageError, Wrong};
pub use handler::missing_handler;
pub use packages::{Package, Packages};

/// The most that a function's code may be once it is unpacked, in bytes (*AWS Lambda Developer
/// Guide*, "Lambda quotas").
pub const LARGEST: u64 = 250 << 20;

/// The largest archive that a call to Lambda carries, in bytes; a larger one goes through a bucket
/// (*AWS Lambda Developer Guide*, "Lambda quotas").
pub const LARGEST_DIRECT: u64 = 50 << 20;
