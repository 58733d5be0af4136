//! What `maas patterns` tells of a pattern.

use serde_json::Value;

use super::{PATTERNS, Pattern};
use crate::manifest::PatternSchema;

/// A pattern, for people.
#[derive(Clone, Debug)]
pub struct Description {
    /// The name, as `use` gives it.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub summary: &'static str,
    /// Its parameters, each table before its keys.
    pub parameters: Vec<Parameter>,
    /// Its parts: the address within the instance, and what it is.
    pub parts: &'static [(&'static str, &'static str)],
    /// What of it AWS bills by the hour, also when nothing happens.
    pub billed_by_the_hour: &'static [&'static str],
    /// How data flows through it, as a Mermaid flowchart.
    pub diagram: &'static str,
}

/// A key of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The way to it, as in `consumer.batch`; `routes.*.code` where the manifest gives the name.
    pub path: String,
    /// Whether it has to be there, in a table that is there.
    pub required: bool,
    /// The kind of its value: `string`, `table`, `array`, `number`, `boolean`, or several.
    pub kind: String,
    /// What it is.
    pub description: String,
    /// Values that are right.
    pub examples: Vec<String>,
}

/// The description of the pattern of that name.
pub fn describe(name: &str) -> Option<Description> {
    PATTERNS.iter().find(|pattern| pattern.name == name).map(|pattern| (pattern.describe)())
}

/// The descriptions of all patterns, in the order of the catalogue.
pub fn descriptions() -> Vec<Description> {
    PATTERNS.iter().map(|pattern| (pattern.describe)()).collect()
}

pub(super) fn of<P: Pattern>() -> Description {
    let schema = PatternSchema::of::<P::Params>(P::NAME).schema.to_value();
    let mut parameters = Vec::new();
    collect(&schema, &schema, "", &mut parameters);
    Description {
        name: P::NAME,
        summary: P::SUMMARY,
        parameters,
        parts: P::PARTS,
        billed_by_the_hour: P::BILLED_BY_THE_HOUR,
        diagram: P::DIAGRAM,
    }
}

/// Follows references, and an option to the one that is not `null`.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map(|target| resolved(root, target)).unwrap_or_default();
    }
    match schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        Some(options) => options
            .iter()
            .filter(|option| option.get("type") != Some(&Value::from("null")))
            .flat_map(|option| resolved(root, option))
            .collect(),
        None => vec![schema],
    }
}

fn collect(root: &Value, schema: &Value, above: &str, parameters: &mut Vec<Parameter>) {
    for schema in resolved(root, schema) {
        let required = schema.get("required").and_then(Value::as_array);
        let required = |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let path = format!("{above}{name}");
            parameters.push(parameter(root, property, &path, required(name)));
            collect(root, property, &format!("{path}."), parameters);
        }
        let named = ["additionalProperties", "patternProperties"];
        let named = named.iter().filter_map(|keyword| schema.get(*keyword));
        for value in named.filter(|value| value.is_object()) {
            let each = value.get("properties").is_none() && value.get("$ref").is_none();
            let tables: Vec<&Value> = match value.as_object() {
                Some(patterns) if each => patterns.values().filter(|v| v.is_object()).collect(),
                _ => vec![value],
            };
            tables.iter().for_each(|t| collect(root, t, &format!("{above}*."), parameters));
        }
    }
}

fn parameter(root: &Value, property: &Value, path: &str, required: bool) -> Parameter {
    let options = resolved(root, property);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let first = |keyword: &str| {
        let own = property.get(keyword).into_iter();
        own.chain(options.iter().filter_map(|option| option.get(keyword))).next()
    };
    let mut kinds: Vec<&str> = options
        .iter()
        .flat_map(|option| match option.get("type") {
            Some(Value::String(kind)) => vec![kind.as_str()],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ if option.get("enum").is_some() || option.get("const").is_some() => vec!["string"],
            _ => vec!["any"],
        })
        .filter(|kind| *kind != "null")
        .map(|kind| if kind == "object" { "table" } else { kind })
        .collect();
    kinds.dedup();
    let constants = options.iter().filter_map(|option| option.get("const")).map(text);
    let listed = first("examples").or(first("enum")).and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter(|value| !value.is_null());
    let examples = listed.map(text).chain(constants);
    Parameter {
        path: path.to_owned(),
        required,
        kind: kinds.join(" or "),
        description: first("description").map(text).unwrap_or_default().replace('\n', " "),
        examples: examples.collect(),
    }
}
