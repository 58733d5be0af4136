//! The outputs of instances.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::style::{Look, paint};
use super::value_view::{encoded, line};

/// The outputs as text, by instance.
pub fn outputs_view(outputs: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (instance, values) in outputs {
        let Some(values) = values.as_object().filter(|values| !values.is_empty()) else { continue };
        let _ = writeln!(text, "{}", paint(Look::Title, instance));
        lines(&mut text, values, 2);
    }
    text
}

fn lines(text: &mut String, values: &Map<String, Value>, indent: usize) {
    let width = values.keys().map(String::len).max().unwrap_or(0);
    for (name, value) in values {
        match value {
            Value::Object(inner) if !inner.keys().any(|key| key.starts_with('$')) => {
                let _ = writeln!(text, "{:indent$}{name}", "");
                lines(text, inner, indent + 2);
            }
            _ => {
                let value = value.as_str().map_or_else(|| line(value), str::to_owned);
                let _ = writeln!(text, "{:indent$}{name:width$} = {value}", "");
            }
        }
    }
}

/// The outputs for programs: one object an instance.
pub fn outputs_json(outputs: &Map<String, Value>) -> Value {
    encoded(&Value::Object(outputs.clone()))
}
