//! The JSON Schema of the whole manifest, for editors.

use serde_json::{Map, Value as Json, json};

use super::pattern::{PatternSchema, schema_of};
use super::tables::ManifestTable;

/// The JSON Schema (draft 2020-12) of manifests with these patterns.
pub fn schema(patterns: &[PatternSchema]) -> Json {
    let mut schema = schema_of::<ManifestTable>().to_value();
    let names: Vec<&str> = patterns.iter().map(|pattern| pattern.name).collect();
    let uses = json!({ "enum": names, "description": "The pattern." });
    let references = names.iter().map(|name| json!({ "$ref": format!("#/$defs/{name}") }));
    let instance = json!({
        "type": "object",
        "required": ["use"],
        "properties": { "use": uses },
        "oneOf": references.collect::<Vec<_>>(),
    });
    let overlay = json!({ "type": "object", "properties": { "use": uses } });

    if let Some(patterns) = schema.pointer_mut("/properties/patterns") {
        fill_elsewhere(patterns, &instance);
    }
    let overlaid = inlined(&schema, "/$defs/EnvironmentTable");
    if let Some(mut overlaid) = overlaid {
        drop_keyword(&mut overlaid, "required");
        fill_elsewhere(&mut overlaid, &overlay);
        schema["$defs"]["EnvironmentTable"] = overlaid;
    }
    for pattern in patterns {
        let mut own = pattern.with_use();
        if let Some(object) = own.as_object_mut() {
            object.remove("$schema");
        }
        move_references(&mut own, pattern.name);
        schema["$defs"][pattern.name] = own;
    }
    tidy(&mut schema);
    schema
}

/// The same as indented text with a newline at its end.
pub fn schema_text(patterns: &[PatternSchema]) -> String {
    format!("{:#}\n", schema(patterns))
}

/// Calls `f` on every object in the document, the outer ones first.
fn each_object(json: &mut Json, f: &mut impl FnMut(&mut Json)) {
    if json.is_object() {
        f(json);
    }
    match json {
        Json::Object(object) => object.values_mut().for_each(|value| each_object(value, f)),
        Json::Array(items) => items.iter_mut().for_each(|item| each_object(item, f)),
        _ => {}
    }
}

fn fill_elsewhere(json: &mut Json, with: &Json) {
    each_object(json, &mut |object| {
        if object.get("x-elsewhere").is_some() {
            *object = with.clone();
        }
    });
}

/// A definition with the definitions it refers to in it.
fn inlined(schema: &Json, pointer: &str) -> Option<Json> {
    let mut definition = schema.pointer(pointer)?.clone();
    each_object(&mut definition, &mut |object| {
        let target = object.get("$ref").and_then(Json::as_str);
        let target = target.and_then(|target| inlined(schema, target.strip_prefix('#')?));
        if let (Some(Json::Object(target)), Some(object)) = (target, object.as_object_mut()) {
            object.remove("$ref");
            for (keyword, value) in target {
                object.entry(keyword).or_insert(value);
            }
        }
    });
    Some(definition)
}

fn drop_keyword(json: &mut Json, keyword: &str) {
    each_object(json, &mut |object| {
        if let Some(object) =
            object.as_object_mut().filter(|o| o.get(keyword).is_some_and(Json::is_array))
        {
            object.remove(keyword);
        }
    });
}

/// A pattern's definitions stay below its own schema.
fn move_references(json: &mut Json, name: &str) {
    each_object(json, &mut |object| {
        if let Some(Json::String(target)) = object.get_mut("$ref")
            && let Some(rest) = target.strip_prefix("#/$defs/")
        {
            *target = format!("#/$defs/{name}/$defs/{rest}");
        }
    });
}

/// Leaves out what only this program reads and what TOML does not have, and lets every string hold
/// `${…}`, as this program does.
fn tidy(schema: &mut Json) {
    each_object(schema, &mut |object| {
        drop_null(object);
        let Some(object) = object.as_object_mut() else {
            return;
        };
        object.retain(|keyword, value| {
            let ours = value.as_str().is_some_and(|name| name.starts_with("maas-"));
            let is_ours = keyword.starts_with("x-") || (keyword == "format" && ours);
            !is_ours
        });
        open_string(object);
    });
}

/// TOML has no `null`: an optional key is left out.
fn drop_null(schema: &mut Json) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if object.get("default") == Some(&Json::Null) {
        object.remove("default");
    }
    for keyword in ["type", "enum", "anyOf"] {
        let Some(Json::Array(options)) = object.get_mut(keyword) else {
            continue;
        };
        let is_null = |option: &Json| match keyword {
            "type" => option == "null",
            "enum" => option.is_null(),
            _ => option.get("type").is_some_and(|name| name == "null"),
        };
        let before = options.len();
        options.retain(|option| !is_null(option));
        if keyword == "enum" || options.len() != 1 || before == 1 {
            continue;
        }
        let one = options.remove(0);
        object.remove(keyword);
        match one {
            Json::Object(one) => one.into_iter().for_each(|(keyword, value)| {
                object.entry(keyword).or_insert(value);
            }),
            name => {
                object.insert(keyword.to_owned(), name);
            }
        }
    }
}

const OPEN: &str = r"\$\{";

fn open_string(schema: &mut Map<String, Json>) {
    if let Some(Json::Array(options)) = schema.get_mut("oneOf")
        && options.iter().all(|option| option.get("const").is_some_and(Json::is_string))
    {
        options.push(json!({ "type": "string", "pattern": OPEN }));
    }
    if schema.get("type").is_none_or(|name| name != "string") {
        return;
    }
    if let Some(Json::String(pattern)) = schema.get_mut("pattern")
        && !pattern.ends_with(OPEN)
    {
        *pattern = format!("(?:{pattern})|{OPEN}");
    }
    if let Some(list) = schema.remove("enum") {
        schema.insert("anyOf".into(), json!([{ "enum": list }, { "pattern": OPEN }]));
    }
}
