//! Two structs that share one table.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

use crate::manifest::de::BOTH;

/// A function's table with further keys of a pattern in the same table, such as `public` of a route.
///
/// Each struct takes the keys it knows; unlike serde's `flatten` it keeps places. Both may say
/// `deny_unknown_fields`: a key that neither knows has been reported before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct With<Function, Keys> {
    /// The keys of the function.
    pub function: Function,
    /// The keys beside them.
    pub keys: Keys,
}

impl<'de, F: Deserialize<'de>, K: Deserialize<'de>> Deserialize<'de> for With<F, K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Twice<F, K>(PhantomData<(F, K)>);

        impl<'de, F: Deserialize<'de>, K: Deserialize<'de>> Visitor<'de> for Twice<F, K> {
            type Value = With<F, K>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of a manifest")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let lost = || A::Error::custom("the table is lost");
                Ok(With {
                    function: seq.next_element()?.ok_or_else(lost)?,
                    keys: seq.next_element()?.ok_or_else(lost)?,
                })
            }
        }

        deserializer.deserialize_struct(BOTH, &[], Twice(PhantomData))
    }
}

impl<F: JsonSchema, K: JsonSchema> JsonSchema for With<F, K> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}_with_{}", F::schema_name(), K::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("With<{}, {}>", F::schema_id(), K::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut both = F::json_schema(generator);
        let keys = K::json_schema(generator).to_value();
        let Value::Object(keys) = keys else {
            return both;
        };
        for (keyword, value) in keys {
            match (both.get_mut(&keyword), value) {
                (Some(Value::Object(ours)), Value::Object(theirs)) => ours.extend(theirs),
                (Some(Value::Array(ours)), Value::Array(theirs)) => ours.extend(theirs),
                (_, value) => {
                    both.insert(keyword, value);
                }
            }
        }
        both
    }
}
