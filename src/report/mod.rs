//! Plans, events, outputs and problems as text, for people and for programs.
//!
//! In: data of the other rooms. Out: text, and what is written to the terminal while a run goes on.
//! The only room, beside `cli`, that writes to the terminal. May use `graph`, `plan`, `execute`
//! (events only), `state` (records only) and `manifest` (problems only).

mod complaint;
mod console;
mod drift_view;
mod entries;
mod events_file;
mod found_view;
mod live;
mod outputs_view;
mod plain;
mod plan_json;
mod plan_markdown;
mod plan_view;
mod problem_view;
mod progress;
mod style;
mod table;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;
mod value_view;
mod wrap;

pub use complaint::{Complaint, sentence};
pub use console::{Color, Console};
pub use drift_view::{drift_json, drift_view};
pub use events_file::{EventsFile, write_private};
pub use found_view::{found_json, found_view};
pub use outputs_view::{outputs_json, outputs_view};
pub use plan_json::plan_json;
pub use plan_markdown::plan_markdown;
pub use plan_view::{Detail, plan_view, summary_line, tally_line};
pub use problem_view::render;
pub use progress::{Done, Progress, Reporter};
pub use style::{Look, count, elapsed, paint, past, sign};
pub use table::{ago, table};
pub use value_view::{encoded, line};
pub use wrap::wrap;
