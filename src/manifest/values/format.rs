//! What the string types have in common, and the list of them.

use std::fmt;
use std::str::FromStr;

use super::{
    Access, Cidr, CodePath, Duration, EnvironmentGlob, EnvironmentName, InstanceName,
    ManifestVariable, Name, ProjectName, Region, Retention, Route, Size, TagKey, TagValue,
    VariableName,
};

/// Why a string is not of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong, to stand after the string: "… has no unit".
    pub label: String,
    /// What would be right, as a sentence.
    pub help: String,
}

impl Malformed {
    /// Says what is wrong and what would be right.
    pub fn new(label: impl Into<String>, help: impl Into<String>) -> Self {
        Self { label: label.into(), help: help.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

impl std::error::Error for Malformed {}

/// A type that is written as a string.
pub(crate) trait StringType: FromStr<Err = Malformed> + fmt::Display {
    /// Its `format` in the JSON Schema.
    const FORMAT: &'static str;
    /// A regular expression that every right string matches, for editors.
    const PATTERN: &'static str;
    /// Strings that are right.
    const EXAMPLES: &'static [&'static str];

    /// The size of it, where the type is a quantity that `x-minimum` and `x-maximum` can bound.
    fn quantity(&self) -> Option<u64> {
        None
    }
}

/// A [`StringType`] without its type.
pub(crate) struct Format {
    pub name: &'static str,
    pub pattern: &'static str,
    #[cfg(test)]
    pub examples: &'static [&'static str],
    /// Checks a string.
    pub check: fn(&str) -> Result<(), Malformed>,
    /// The size of a quantity.
    pub quantity: fn(&str) -> Option<u64>,
}

impl Format {
    const fn of<T: StringType>() -> Self {
        Self {
            name: T::FORMAT,
            pattern: T::PATTERN,
            #[cfg(test)]
            examples: T::EXAMPLES,
            check: |text| text.parse::<T>().map(|_| ()),
            quantity: |text| text.parse::<T>().ok()?.quantity(),
        }
    }

    pub fn by_name(name: &str) -> Option<&'static Self> {
        formats().iter().find(|format| format.name == name)
    }

    /// By its pattern, which is how the JSON Schema of a map tells the type of its keys.
    pub fn by_pattern(pattern: &str) -> Option<&'static Self> {
        formats().iter().find(|format| format.pattern == pattern)
    }
}

/// All of them.
pub(crate) fn formats() -> &'static [Format] {
    const {
        &[
            Format::of::<Access>(),
            Format::of::<Cidr>(),
            Format::of::<CodePath>(),
            Format::of::<Duration>(),
            Format::of::<EnvironmentGlob>(),
            Format::of::<EnvironmentName>(),
            Format::of::<InstanceName>(),
            Format::of::<ManifestVariable>(),
            Format::of::<Name>(),
            Format::of::<ProjectName>(),
            Format::of::<Region>(),
            Format::of::<Retention>(),
            Format::of::<Route>(),
            Format::of::<Size>(),
            Format::of::<TagKey>(),
            Format::of::<TagValue>(),
            Format::of::<VariableName>(),
        ]
    }
}

/// Gives a [`StringType`] its serde and schemars implementations.
macro_rules! string_type {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                use $crate::manifest::values::format::StringType;
                schemars::json_schema!({
                    "type": "string",
                    "format": <$name>::FORMAT,
                    "pattern": <$name>::PATTERN,
                    "examples": <$name>::EXAMPLES,
                })
            }
        }
    };
}
pub(crate) use string_type;
