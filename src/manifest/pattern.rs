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

/// The schema of a type, as this room's check reads it (JSON Schema draft 2020-12).
pub(crate) fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>()
}
