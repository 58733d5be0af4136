//! Values for people and for programs: unknown ones, sensitive ones, and all others.

use serde_json::{Map, Value, json};

use crate::graph::document::{expression, is_secret};
use crate::graph::{Expr, Part};

/// A value on one line.
pub fn line(value: &Value) -> String {
    if is_secret(value) {
        return "(sensitive)".to_owned();
    }
    if let Some(expr) = expression(value) {
        return unknown(&expr);
    }
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(line).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}: {}", line(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A value on several lines, for comparing one with another: what fits on a line is on one.
pub fn block(value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    lay_out(embedded(value).as_ref().unwrap_or(value), 0, &mut lines);
    lines
}

fn lay_out(value: &Value, indent: usize, lines: &mut Vec<String>) {
    let mut add = |head: &str, separator: &str, value: &Value| {
        if is_composed(value) && line(value).chars().count() > LONG {
            lines.push(format!("{:indent$}{head}{}", "", separator.trim_end()));
            lay_out(value, indent + 2, lines);
        } else {
            lines.push(format!("{:indent$}{head}{separator}{}", "", line(value)));
        }
    };
    match value {
        Value::Object(map) if is_composed(value) => {
            map.iter().for_each(|(key, value)| add(key, ": ", value));
        }
        Value::Array(items) => items.iter().for_each(|item| add("-", " ", item)),
        other => add("", "", other),
    }
}

fn is_composed(value: &Value) -> bool {
    let has_parts = match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    };
    has_parts && !is_secret(value) && expression(value).is_none()
}

/// Whether it is worth several lines: a map or a list, in the open or as JSON text.
pub fn is_large(value: &Value) -> bool {
    let inner = embedded(value);
    let value = inner.as_ref().unwrap_or(value);
    is_composed(value) && line(value).chars().count() > LONG
}

const LONG: usize = 60;

/// The document that a text holds as JSON.
fn embedded(value: &Value) -> Option<Value> {
    let text = value.as_str().filter(|text| text.trim_start().starts_with(['{', '[']))?;
    serde_json::from_str(text).ok()
}

fn unknown(expr: &Expr) -> String {
    match expr.parts.as_slice() {
        [Part::Output { node, .. } | Part::Foretold { node, .. }] => {
            format!("(known after {node})")
        }
        parts => format!("\"{}\"", joined(parts, "‹account›")),
    }
}

fn joined(parts: &[Part], account: &str) -> String {
    let text = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Output { node, output } | Part::Foretold { node, foretold: output } => {
            format!("${{{node}.{output}}}")
        }
        Part::Account { .. } => account.to_owned(),
        Part::Secret { .. } => "(sensitive)".to_owned(),
    };
    parts.iter().map(text).collect()
}

/// The value for programs: `{"unknown": "orders/api.id"}`, `{"sensitive": true}`, or itself. Where
/// only a part of a text is unknown, `text` has the whole.
pub fn encoded(value: &Value) -> Value {
    if is_secret(value) {
        return json!({ "sensitive": true });
    }
    if let Some(expr) = expression(value) {
        return encoded_unknown(&expr);
    }
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), encoded(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(encoded).collect(),
        plain => plain.clone(),
    }
}

fn encoded_unknown(expr: &Expr) -> Value {
    if expr.parts.iter().any(|part| matches!(part, Part::Secret { .. })) {
        return json!({ "sensitive": true });
    }
    let outputs = expr.parts.iter().find_map(|part| match part {
        Part::Output { node, output } | Part::Foretold { node, foretold: output } => {
            Some(format!("{node}.{output}"))
        }
        _ => None,
    });
    let unknown = outputs.unwrap_or_else(|| "account".to_owned());
    match expr.parts.len() {
        1 => json!({ "unknown": unknown }),
        _ => json!({ "unknown": unknown, "text": joined(&expr.parts, "${account}") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_not_known_and_hides_what_is_sensitive() {
        let id = json!({"$expr": [{"node": "orders/api", "output": "id"}]});
        let arn = json!({"$expr": ["arn:", {"account": true}, ":", {"node": "orders/api", "output": "id"}]});
        let sealed = json!({"KEY": {"$sealed": "ab"}, "PLAIN": "x"});
        assert_eq!(line(&id), "(known after orders/api)");
        assert_eq!(line(&arn), "\"arn:‹account›:${orders/api.id}\"");
        assert_eq!(line(&sealed), "{ KEY: (sensitive), PLAIN: \"x\" }");
        assert_eq!(encoded(&id), json!({"unknown": "orders/api.id"}));
        assert_eq!(
            encoded(&arn),
            json!({"unknown": "orders/api.id", "text": "arn:${account}:${orders/api.id}"})
        );
        assert_eq!(encoded(&sealed), json!({"KEY": {"sensitive": true}, "PLAIN": "x"}));
    }

    #[test]
    fn large_values_take_a_line_for_each_part() {
        let long = "x".repeat(40);
        let value = json!({"actions": ["a", "b"], "resources": [long, long], "empty": {}});
        let expected = format!(
            "actions: [\"a\", \"b\"]\nempty: {{}}\nresources:\n  - \"{long}\"\n  - \"{long}\""
        );
        assert!(is_large(&value));
        assert_eq!(block(&value).join("\n"), expected);
        assert_eq!(block(&json!(value.to_string())).join("\n"), expected);
    }

    #[test]
    fn a_text_with_a_secret_in_it_is_never_shown() {
        let mixed = json!({"$expr": ["a", {"secret": "hunter2"}, {"node": "a/b", "output": "c"}]});
        assert!(!line(&mixed).contains("hunter2"));
        assert_eq!(encoded(&mixed), json!({"sensitive": true}));
    }
}
