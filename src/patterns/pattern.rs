//! What a pattern is.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::Cx;
use super::exports::Exports;

/// One of the catalogue's patterns.
///
/// It adds its parts to the graph and gives back its outputs. Problems go to the context, so that
/// all of them are found at once; a part that has a problem is added as well as it can be.
pub trait Pattern {
    /// The name, as `use` gives it.
    const NAME: &'static str;
    /// What it is for, in one sentence.
    const SUMMARY: &'static str;
    /// Its parts: the address within the instance, and what it is.
    const PARTS: &'static [(&'static str, &'static str)];
    /// What of it AWS bills by the hour, also when nothing happens.
    const BILLED_BY_THE_HOUR: &'static [&'static str] = &[];
    /// How data flows through it, as a Mermaid flowchart.
    const DIAGRAM: &'static str;
    /// The parameters, which are the keys of an instance.
    type Params: DeserializeOwned + JsonSchema;

    /// Adds the instance's parts to the graph.
    fn expand(cx: &mut Cx<'_, '_>, params: Self::Params) -> Exports;
}
