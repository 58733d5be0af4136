//! TOML text to a [`Manifest`], with the place of everything kept and every problem reported at
//! once.
//!
//! In: the text, a [`Context`] and the [`PatternSchema`] of each pattern. Out: a [`Manifest`] for
//! one environment, whose [`Instance`]s give typed parameters, or all [`Problems`].
//!
//! On the way: [`syntax`] reads a tree with places; [`check`] compares each table as it is written
//! with its JSON Schema; [`environment`] selects the overlay, which is laid over the rest;
//! [`substitute`] puts values in; [`check`] compares the whole; [`de`] reads it into types.
//!
//! This room uses no other.

mod check;
mod de;
mod environment;
mod find;
mod function;
mod instance;
mod instances;
mod load;
#[expect(clippy::module_inception, reason = "the room is named after what it makes")]
mod manifest;
mod pattern;
mod problem;
mod problems;
mod reading;
mod schema;
mod secrets;
mod source;
mod span;
mod substitute;
mod syntax;
mod tables;
mod template;
mod text;
mod value;
mod values;
mod words;

#[cfg(test)]
mod tests;

pub use find::{NAMES, find};
pub use function::{
    Architecture, CodeKeys, Function, FunctionCode, FunctionDefaults, FunctionKeys, FunctionTable,
    OwnCodeKeys, Runtime, SuppliedCode, SuppliedFunctionTable,
};
pub use instance::Instance;
pub use load::{Context, load, parse};
pub use manifest::{Environment, Manifest, Project};
pub use pattern::PatternSchema;
pub use problem::Problem;
pub use problems::Problems;
pub use schema::{schema, schema_text};
pub use source::Source;
pub use span::{Span, Spanned};
pub use tables::{Backend, StateSettings};
pub use text::{Reference, Sensitive, Text, TextPart};
pub use values::{
    Access, CodePath, Duration, Either, EnvironmentName, InstanceName, Malformed, Method, Name,
    ProjectName, Region, Retention, Route, Size, VariableName, With,
};
