//! What an instance tells of itself.

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

    /// Adds the names of functions by their parts, where there are any.
    pub(super) fn with_functions(mut self, functions: Map<String, Value>) -> Self {
        if !functions.is_empty() {
            self.0.insert("functions".to_owned(), Value::Object(functions));
        }
        self
    }

    /// All of them, as one document.
    pub(super) fn into_document(self) -> Document {
        Value::Object(self.0)
    }
}
