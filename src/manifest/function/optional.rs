//! A function that may be left out of a table which holds other keys.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json, json};

use super::resolve::Function;
use super::tables::{CodeKeys, FunctionDefaults, FunctionKeys, FunctionTable, OwnCodeKeys};
use crate::manifest::problem::Problem;
use crate::manifest::values::With;

/// A function's keys in a table that may also do without a function, such as a subscriber that is a
/// queue alone: [`With<OptionalFunctionTable, Keys>`](With). There is a function where there is
/// `code`; without it, no key of a function can be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionalFunctionTable(Option<FunctionTable>);

impl OptionalFunctionTable {
    /// The function, if there is one.
    pub fn given(&self) -> Option<&FunctionTable> {
        self.0.as_ref()
    }

    /// The function with the defaults filled in, if there is one.
    ///
    /// # Errors
    /// As for [`FunctionTable::resolve`].
    pub fn resolve(&self, defaults: &FunctionDefaults) -> Result<Option<Function>, Problem> {
        self.0.as_ref().map(|function| function.resolve(defaults)).transpose()
    }
}

impl<'de> Deserialize<'de> for OptionalFunctionTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let With { function, keys } = With::<OwnCodeKeys, FunctionKeys>::deserialize(deserializer)?;
        Ok(Self(function.given().map(|code| FunctionTable { code, keys })))
    }
}

impl JsonSchema for OptionalFunctionTable {
    fn schema_name() -> Cow<'static, str> {
        "OptionalFunction".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = With::<FunctionKeys, CodeKeys>::json_schema(generator);
        let keys = schema.get("properties").and_then(Json::as_object);
        let keys = keys.into_iter().flat_map(Map::keys);
        let needs = |key: &String| match key.as_str() {
            "code" => (key.clone(), json!(["handler"])),
            _ => (key.clone(), json!(["code"])),
        };
        let needs: Map<String, Json> = keys.map(needs).collect();
        schema.insert("dependentRequired".into(), needs.into());
        schema.insert("x-needs-runtime".into(), "with-code".into());
        schema.remove("required");
        schema
    }
}
