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
//!
//! # Parameters of a pattern
//!
//! A pattern declares its parameters as structs, and gets them with [`Instance::parameters`]:
//!
//! ```ignore
//! /// Sends messages straight to a queue.                        <- the pattern's description
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Params {
//!     /// The route that sends, such as `POST /jobs`.            <- shown in problems and editors
//!     route: Spanned<Route>,                                     // `Spanned` keeps the place
//!     /// The function that receives.
//!     consumer: With<FunctionTable, ConsumerKeys>,               // one table, two structs
//!     /// The function that tries again.
//!     #[serde(default)]
//!     redrive: SuppliedFunctionTable,                            // the pattern has code itself
//!     /// The functions by route.
//!     #[serde(default)]
//!     routes: BTreeMap<Spanned<Route>, FunctionTable>,           // keys are checked as routes
//!     /// A bucket of another instance, as `${uploads.bucket}`.
//!     bucket: Option<Reference>,
//!     /// Given in short or as a table.
//!     network: Option<Either<Nat, Network>>,
//!     /// How long messages are kept.
//!     #[schemars(extend("x-minimum" = "1m", "x-maximum" = "14d"))]
//!     retention: Option<Duration>,                               // bounds of quantities
//!     /// How many at once.
//!     #[schemars(range(min = 1, max = 10_000))]
//!     batch: Option<u32>,
//! }
//! ```
//!
//! - The schema is checked first, every problem at once; what it says, the types need not check
//!   again. Rules over several keys are the pattern's own, with [`Problem::at`].
//! - `deny_unknown_fields` on every struct; no `flatten`, `untagged` or `tag`, which lose places.
//!   [`With`] and [`Either`] stand for them.
//! - [`OptionalFunctionTable`] is a function that may be left out of a table with other keys.
//! - A string is plain text, known when the manifest is read; only [`Text`] and [`Reference`] can
//!   hold `${instance.part}`, `${account}` and sensitive variables.

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
mod remedies;
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

pub use environment::best_match;
pub use find::{NAMES, find};
pub use function::{
    Architecture, CodeKeys, Function, FunctionCode, FunctionDefaults, FunctionKeys, FunctionTable,
    OptionalFunctionTable, OwnCodeKeys, Runtime, SuppliedCode, SuppliedFunctionTable,
};
pub use instance::Instance;
pub use load::{Context, Reading, examine, load, parse};
pub use manifest::{Environment, Manifest, Project};
pub use pattern::PatternSchema;
pub use problem::Problem;
pub use problems::Problems;
pub use schema::{schema, schema_text};
pub use source::Source;
pub use span::{Span, Spanned};
pub use tables::{Backend, STATE_IN_A_FOLDER, StateSettings};
pub use text::{Reference, Sensitive, Text, TextPart};
pub use values::{
    Access, Cidr, CodePath, Duration, Either, EnvironmentName, InstanceName, Malformed, Method,
    Name, ProjectName, Region, Retention, Route, Size, VariableName, With,
};
pub(crate) use words::{any_of, did_you_mean, list, nearest};
