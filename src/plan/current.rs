//! What a resource is like now, comparable with what was applied.

use serde_json::Value;

use crate::graph::{AnyResource, Document, Traits, document};
use crate::state::Record;

/// The inputs that were applied. A document of an older version of the type is compared as this version
/// would write it.
pub fn applied(resource: &dyn AnyResource, record: &Record) -> Document {
    let recorded = record.inputs.to_document();
    resource.normal(recorded).unwrap_or_else(|_| record.inputs.to_document())
}

/// The inputs as they are now: those seen, as far as they were ever sent. What the cloud filled in
/// by itself is no drift, and neither are tags that others put.
pub fn current(applied: &Document, seen: &Document, traits: &Traits, salt: &str) -> Document {
    let seen = document::seal_like(seen.clone(), applied, salt);
    let Value::Object(applied) = applied else { return seen };
    let pick = |(key, applied): (&String, &Value)| {
        let value = match seen.get(key) {
            _ if traits.unread.contains(&key.as_str()) => applied.clone(),
            Some(Value::Object(tags)) if traits.tagged && key == "tags" => Value::Object(
                tags.iter()
                    .filter(|(tag, _)| applied.get(tag).is_some())
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect(),
            ),
            Some(value) => value.clone(),
            None => Value::Null,
        };
        (key.clone(), value)
    };
    Value::Object(applied.iter().map(pick).filter(|(_, value)| !value.is_null()).collect())
}
