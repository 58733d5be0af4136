//! Inputs as they are to be recorded.

use serde_json::Value;

use crate::graph::{Document, Traits, document};
use crate::plan::current;

/// The inputs of what is wanted: as they are seen, as far as they are wanted and can be seen; so a
/// plan shows what differs, and nothing where nothing does. `want` is sealed.
pub(super) fn of_wanted(want: &Document, seen: &Document, traits: &Traits, salt: &str) -> Document {
    let mut inputs = current(want, seen, traits, salt);
    if let Value::Object(inputs) = &mut inputs {
        inputs.retain(|_, value| !document::is_pending(value));
    }
    concealed(inputs, want, traits, salt)
}

/// The inputs of what nobody wants any more.
pub(super) fn of_unwanted(seen: &Document, traits: &Traits, salt: &str) -> Document {
    concealed(document::seal(seen.clone(), salt), &Value::Null, traits, salt)
}

/// The same with what may be a secret as digests: all that is not as it is wanted.
fn concealed(mut inputs: Document, want: &Document, traits: &Traits, salt: &str) -> Document {
    for input in traits.sensitive {
        if let Some(value) = inputs.get_mut(*input) {
            let want = want.get(input).unwrap_or(&Value::Null);
            *value = conceal(value.take(), want, salt);
        }
    }
    inputs
}

fn conceal(value: Value, want: &Value, salt: &str) -> Value {
    if value == *want || document::is_secret(&value) {
        return value;
    }
    match value {
        Value::Object(map) => {
            let conceal = |(key, value)| {
                let want = want.get(&key).unwrap_or(&Value::Null);
                (key, conceal(value, want, salt))
            };
            Value::Object(map.into_iter().map(conceal).collect())
        }
        other => document::sealed(&other, salt),
    }
}

/// Every text in a document, but those in policies: what a policy names need not be there.
pub(super) fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(map) if map.contains_key("effect") && map.contains_key("actions") => {}
        Value::Object(map) => map.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_not_wanted_may_be_a_secret() {
        let want = json!({"PLAIN": "x", "KEY": document::sealed(&json!("hunter2"), "salt")});
        let seen = json!({"PLAIN": "x", "KEY": want["KEY"], "OTHER": "hunter3"});
        let concealed = conceal(seen, &want, "salt");
        assert_eq!(concealed["PLAIN"], "x");
        assert_eq!(concealed["KEY"], want["KEY"]);
        assert_eq!(concealed["OTHER"], document::sealed(&json!("hunter3"), "salt"));
    }
}
