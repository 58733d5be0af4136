//! One of two types, by what stands in the manifest.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use crate::manifest::de::EITHER;

/// A short form and a long one: a table is the long form, everything else the short.
///
/// `Either<Name, QueueKeys>` takes `queue = "mine"` as well as `queue = { … }`, and unlike serde's
/// `untagged` it keeps places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Either<Short, Long> {
    /// Not a table.
    Short(Short),
    /// A table.
    Long(Long),
}

impl<'de, S: Deserialize<'de>, L: Deserialize<'de>> Deserialize<'de> for Either<S, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fork<S, L>(PhantomData<(S, L)>);

        impl<'de, S: Deserialize<'de>, L: Deserialize<'de>> Visitor<'de> for Fork<S, L> {
            type Value = Either<S, L>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of a manifest")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let lost = || A::Error::custom("the value is lost");
                let table: usize = seq.next_element()?.ok_or_else(lost)?;
                match table {
                    0 => seq.next_element()?.map(Either::Short).ok_or_else(lost),
                    _ => seq.next_element()?.map(Either::Long).ok_or_else(lost),
                }
            }
        }

        deserializer.deserialize_struct(EITHER, &[], Fork(PhantomData))
    }
}

impl<S: JsonSchema, L: JsonSchema> JsonSchema for Either<S, L> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}_or_{}", S::schema_name(), L::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Either<{}, {}>", S::schema_id(), L::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let short = generator.subschema_for::<S>();
        let long = generator.subschema_for::<L>();
        json_schema!({ "anyOf": [short, long] })
    }
}
