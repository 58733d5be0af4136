//! The runtimes of AWS Lambda.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// A runtime that Lambda takes for new functions in a `.zip` ("Lambda runtimes" in the AWS Lambda
/// Developer Guide). One that is not in the list is refused, with the nearest that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Runtime(&'static str);

const NAMES: [&str; 27] = [
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "nodejs26.x",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "python3.15",
    "java8.al2",
    "java8.al2023",
    "java11",
    "java11.al2023",
    "java17",
    "java17.al2023",
    "java21",
    "java25",
    "dotnet8",
    "dotnet10",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
    "provided.al2",
    "provided.al2023",
];

impl Runtime {
    /// Python 3.12.
    pub const PYTHON: Self = Self("python3.12");
    /// Node.js 22.
    pub const NODEJS: Self = Self("nodejs22.x");

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.into_iter().map(Self)
    }

    /// The runtime of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|runtime| runtime.0 == name)
    }

    /// What stands for one that is wrong, so that the rest of a function can be looked at: one of the
    /// same family, or one of whose handlers nothing is asked.
    pub(crate) fn in_place_of(wrong: &str) -> Self {
        fn family(name: &str) -> &str {
            name.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default()
        }
        let same = |known: &Self| family(known.0) == family(wrong);
        Self::all().find(same).unwrap_or(Self("java21"))
    }

    /// As Lambda writes it.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Runtime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| D::Error::custom("no such runtime"))
    }
}

impl Serialize for Runtime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl JsonSchema for Runtime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Runtime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": NAMES })
    }
}
