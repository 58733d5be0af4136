//! The outputs of instances, resolved and recorded.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::graph::{Document, document};
use crate::state::Snapshot;

/// The outputs with what is recorded put in. What is not known, since a resource is missing, is left
/// out.
pub(super) fn resolved(
    outputs: &BTreeMap<String, Document>,
    snapshot: &Snapshot,
    account: Option<&str>,
) -> Map<String, Value> {
    let value = |at: &crate::graph::Address, output: &str, _| {
        snapshot.record(at)?.outputs.as_ref()?.get(output).cloned()
    };
    let known = |(instance, outputs): (&String, &Document)| {
        let outputs = document::resolve(outputs.clone(), account, &value);
        (instance.clone(), pruned(outputs))
    };
    outputs.iter().map(known).collect()
}

/// Those of the instances that have something there, and anything to say.
pub(super) fn present(mut outputs: Map<String, Value>, snapshot: &Snapshot) -> Map<String, Value> {
    let is_there = |instance: &String| {
        snapshot.records.keys().any(|key| key.address.instance() == instance.as_str())
    };
    outputs.retain(|instance, _| is_there(instance));
    outputs.retain(|_, values| values.as_object().is_some_and(|values| !values.is_empty()));
    outputs
}

fn pruned(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let known = map.into_iter().filter(|(_, value)| {
                !value.is_null() && (!document::is_pending(value) || is_map(value))
            });
            Value::Object(known.map(|(key, value)| (key, pruned(value))).collect())
        }
        other => other,
    }
}

fn is_map(value: &Value) -> bool {
    value.is_object() && document::expression(value).is_none()
}

/// The outputs as they are recorded.
pub(super) fn recorded(snapshot: &Snapshot) -> Map<String, Value> {
    snapshot.meta.outputs.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::{Key, Record};

    #[test]
    fn puts_in_what_is_recorded_and_leaves_out_what_is_not() {
        let mut snapshot = Snapshot::new("shop", "dev");
        let mut record = Record::new("a/api".parse().unwrap(), "t", Value::Null);
        record.outputs = Some(json!({"url": "https://x"}).into());
        snapshot.records.insert(Key::from(record.address.clone()), record);
        let reference = |at: &str, output: &str| json!({"$expr": [{"node": at, "output": output}]});
        let outputs = json!({
            "url": reference("a/api", "url"),
            "queue_url": reference("a/queue", "url"),
            "functions": {"echo": reference("a/echo.function", "name"), "health": "h"},
        });
        let all = BTreeMap::from([("a".to_owned(), outputs)]);
        assert_eq!(
            Value::Object(resolved(&all, &snapshot, None)),
            json!({"a": {"url": "https://x", "functions": {"health": "h"}}})
        );
    }
}
