//! Values that a resource is given: known, secret, or still to come from another resource.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::document::{EXPRESSION, SEALED, SECRET};
use super::{Address, Expr, Handle, Part};

/// The tags of a resource in the cloud.
pub type Tags = BTreeMap<String, String>;

/// An Amazon Resource Name.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Arn(pub String);

impl Arn {
    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Arn {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Arn {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A value given to a resource.
///
/// It serialises as the plain value, as `{"$secret": …}`, or as `{"$expr": […]}`; so the edges of
/// the graph can be read from the document, whatever its type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input<T> {
    /// Known now.
    Known(T),
    /// Known now, and never shown or stored.
    Secret(T),
    /// A recorded secret, of which only the digest is known.
    Sealed(String),
    /// To be made from other resources' outputs.
    Pending(Expr),
}

/// A value was asked for before the resources it comes from exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is not known until {} exist{}", .0.join(", "), if .0.len() == 1 { "s" } else { "" })]
pub struct NotYetKnown(pub Vec<String>);

impl<T> Input<T> {
    /// The value, if it is known.
    ///
    /// # Errors
    /// [`NotYetKnown`] with what it waits for.
    pub fn get(&self) -> Result<&T, NotYetKnown> {
        match self {
            Self::Known(value) | Self::Secret(value) => Ok(value),
            Self::Sealed(_) => Err(NotYetKnown(vec!["the secret that was sent".to_owned()])),
            Self::Pending(expr) => Err(NotYetKnown(
                expr.parts
                    .iter()
                    .filter(|p| !matches!(p, Part::Text(_)))
                    .map(|p| format!("{p:?}"))
                    .collect(),
            )),
        }
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        self.get().ok()
    }
}

impl<T: Default> Default for Input<T> {
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Input<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Secret(_) | Self::Sealed(_) => f.write_str("(secret)"),
            Self::Pending(expr) => expr.parts.fmt(f),
        }
    }
}

impl<T> From<T> for Input<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl From<&str> for Input<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl From<Input<Arn>> for Input<String> {
    fn from(value: Input<Arn>) -> Self {
        match value {
            Input::Known(arn) => Self::Known(arn.0),
            Input::Secret(arn) => Self::Secret(arn.0),
            Input::Sealed(digest) => Self::Sealed(digest),
            Input::Pending(expr) => Self::Pending(expr),
        }
    }
}

impl<T: Serialize> Serialize for Input<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Secret(value) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(SECRET, value)?;
                map.end()
            }
            Self::Sealed(digest) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(SEALED, digest)?;
                map.end()
            }
            Self::Pending(expr) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(EXPRESSION, expr)?;
                map.end()
            }
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Input<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn typed<T: DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
            serde_json::from_value(value).map_err(E::custom)
        }
        let mut value = Value::deserialize(deserializer)?;
        if let Value::Object(map) = &mut value {
            if let Some(parts) = map.remove(EXPRESSION) {
                return typed(parts).map(Self::Pending);
            }
            if let Some(secret) = map.remove(SECRET) {
                return typed(secret).map(Self::Secret);
            }
            if let Some(digest) = map.remove(SEALED) {
                return typed(digest).map(Self::Sealed);
            }
        }
        typed(value).map(Self::Known)
    }
}

impl<T: JsonSchema> JsonSchema for Input<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// A value that a resource will have once it exists.
pub struct Output<T> {
    node: Address,
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T> Output<T> {
    /// The output of that name of that resource. Made by the handles' methods.
    pub fn of<R>(handle: &Handle<R>, name: &'static str) -> Self {
        Self { node: handle.address().clone(), name, value: PhantomData }
    }

    /// The value as it is foretold, for a policy that may name a thing before it exists: the
    /// resource that is given it does not wait for the other.
    pub fn foretold(&self) -> Input<T> {
        let part = Part::Foretold { node: self.node.clone(), foretold: self.name.to_owned() };
        Input::Pending(Expr { parts: vec![part] })
    }

    pub(super) fn part(&self) -> Part {
        Part::Output { node: self.node.clone(), output: self.name.to_owned() }
    }
}

impl<T> From<Output<T>> for Input<T> {
    fn from(output: Output<T>) -> Self {
        Self::Pending(Expr { parts: vec![output.part()] })
    }
}

impl From<Output<Arn>> for Input<String> {
    fn from(output: Output<Arn>) -> Self {
        Self::Pending(Expr { parts: vec![output.part()] })
    }
}
