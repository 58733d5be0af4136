//! What the manifest has to know of the patterns.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Value as Json, json};

/// A pattern's name and the schema of an instance's table, `use` left out.
#[derive(Clone, Debug)]
pub struct PatternSchema {
    /// The name, as `use` gives it.
    pub name: &'static str,
    /// The schema of the pattern's parameters; it makes no difference whether `use` is in it.
    pub schema: Schema,
}

impl PatternSchema {
    /// Takes the schema from the type of the parameters.
    pub fn of<P: JsonSchema>(name: &'static str) -> Self {
        let schema = schema_of::<P>();
        Self { name, schema }
    }

    /// What the schema leaves out and should not: keys without a description, and tables that take
    /// keys which they do not know. For the tests of the catalogue.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        collect_gaps(&self.schema.clone().to_value(), self.name, &mut gaps);
        gaps
    }

    /// The schema with `use` among the keys.
    pub(crate) fn with_use(&self) -> Json {
        let mut schema = self.schema.clone();
        let description = schema.get("description").cloned().unwrap_or_default();
        let name = json!({ "const": self.name, "type": "string", "description": description });
        let object = schema.ensure_object();
        if let Some(properties) =
            object.entry("properties").or_insert_with(|| json!({})).as_object_mut()
        {
            properties.insert("use".into(), name);
        }
        let required = object.entry("required").or_insert_with(|| json!([]));
        if let Some(required) = required.as_array_mut().filter(|r| !r.contains(&json!("use"))) {
            required.insert(0, json!("use"));
        }
        schema.to_value()
    }
}

fn collect_gaps(schema: &Json, path: &str, gaps: &mut Vec<String>) {
    let properties = schema.get("properties").and_then(Json::as_object);
    if properties.is_some() && schema.get("additionalProperties") != Some(&Json::Bool(false)) {
        gaps.push(format!("{path}: takes keys that it does not know"));
    }
    for (name, property) in properties.into_iter().flatten() {
        let path = format!("{path}.{name}");
        if property.get("description").is_none() {
            gaps.push(format!("{path}: has no description"));
        }
    }
    match schema {
        Json::Object(object) => {
            for (keyword, value) in object {
                collect_gaps(value, &format!("{path}/{keyword}"), gaps);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect_gaps(item, path, gaps)),
        _ => {}
    }
}

/// The schema of a type, as this room's check reads it (JSON Schema draft 2020-12).
pub(crate) fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>()
}
