//! The types that patterns use in their parameters.
//!
//! Each is written as a string in the manifest, reads itself with [`FromStr`](std::str::FromStr),
//! and tells its `format` in the JSON Schema, by which the check before deserialisation finds it.
//! Wrap one in [`Spanned`](super::Spanned) to keep its place.

mod access;
mod cidr;
mod duration;
mod either;
mod format;
mod names;
mod path;
mod route;
mod size;
mod with;

pub use access::Access;
pub use cidr::Cidr;
pub use duration::{Duration, Retention};
pub use either::Either;
pub(crate) use format::Format;
pub use format::Malformed;
#[cfg(test)]
pub(crate) use format::formats;
pub(crate) use names::{EnvironmentGlob, ManifestVariable, TagKey, TagValue};
pub use names::{EnvironmentName, InstanceName, Name, ProjectName, Region, VariableName};
pub use path::CodePath;
pub use route::{Method, Route};
pub use size::Size;
pub use with::With;
