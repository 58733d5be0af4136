//! What an instance tells of itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::graph::document::to_value;
use crate::graph::{Document, Input};

/// The outputs of an instance, by the names that `maas outputs` has for them.
#[derive(Clone, Debug, Default)]
pub struct Exports(Map<String, Value>);

impl Exports {
    /// Adds an output.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Input<String>>) -> Self {
        self.0.insert(name.to_owned(), to_value(&value.into()));
        self
    }

    /// Adds an output of several values.
    #[must_use]
    pub fn with_list(mut self, name: &str, values: &[Input<String>]) -> Self {
        self.0.insert(name.to_owned(), to_value(&values));
        self
    }

    /// Adds what is told of parts, such as `functions`: objects by their parts.
    pub(super) fn with_parts(
        mut self,
        objects: BTreeMap<&'static str, Map<String, Value>>,
    ) -> Self {
        let objects = objects.into_iter();
        self.0.extend(objects.map(|(name, object)| (name.to_owned(), Value::Object(object))));
        self
    }

    /// All of them, as one document.
    pub(super) fn into_document(self) -> Document {
        Value::Object(self.0)
    }
}
