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
use super::{Address, Handle};

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

/// A text, or a whole value, made of outputs of other resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expr {
    /// The pieces in order; a single output stands for its value of whatever type.
    pub parts: Vec<Part>,
}

/// One piece of an [`Expr`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Text as it stands.
    Text(String),
    /// An output of another resource.
    Output {
        /// The resource.
        node: Address,
        /// The output's name.
        output: String,
    },
    /// An output of another resource as it is foretold, so that this one need not wait for it.
    Foretold {
        /// The resource.
        node: Address,
        /// The output's name.
        foretold: String,
    },
    /// The AWS account's id, where it is not known yet.
    Account {
        /// Always true; the key tells the piece's kind.
        account: bool,
    },
    /// Text that makes the whole a secret.
    Secret {
        /// The text itself. It lives in memory only.
        secret: String,
    },
}

impl Part {
    /// The piece that stands for the account's id.
    pub const ACCOUNT: Self = Self::Account { account: true };
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Output { node, output } | Self::Foretold { node, foretold: output } => {
                write!(f, "${{{node}.{output}}}")
            }
            Self::Account { .. } => f.write_str("${account}"),
            Self::Secret { .. } => f.write_str("(secret)"),
        }
    }
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

    fn part(&self) -> Part {
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

/// A thing that can stand in a [`text!`](crate::text): text, or a value still to come.
pub trait IntoParts {
    /// Adds the pieces of this value to those of a text.
    fn append_to(self, parts: &mut Vec<Part>);
}

impl IntoParts for &str {
    fn append_to(self, parts: &mut Vec<Part>) {
        match parts.last_mut() {
            Some(Part::Text(text)) => text.push_str(self),
            _ if self.is_empty() => {}
            _ => parts.push(Part::Text(self.to_owned())),
        }
    }
}

impl IntoParts for String {
    fn append_to(self, parts: &mut Vec<Part>) {
        self.as_str().append_to(parts);
    }
}

impl IntoParts for &String {
    fn append_to(self, parts: &mut Vec<Part>) {
        self.as_str().append_to(parts);
    }
}

impl<T> IntoParts for Output<T> {
    fn append_to(self, parts: &mut Vec<Part>) {
        parts.push(self.part());
    }
}

impl IntoParts for Part {
    fn append_to(self, parts: &mut Vec<Part>) {
        match self {
            Self::Text(text) => text.append_to(parts),
            other => parts.push(other),
        }
    }
}

impl<T: fmt::Display> IntoParts for Input<T> {
    fn append_to(self, parts: &mut Vec<Part>) {
        match self {
            Self::Known(value) => value.to_string().append_to(parts),
            Self::Secret(value) => parts.push(Part::Secret { secret: value.to_string() }),
            // A recorded secret stands for itself only; it never goes into a new text.
            Self::Sealed(_) => parts.push(Part::Secret { secret: String::new() }),
            Self::Pending(expr) => expr.parts.into_iter().for_each(|part| part.append_to(parts)),
        }
    }
}

impl Expr {
    /// The text that these pieces make: known where all of them are text.
    pub fn text<T: From<String>>(parts: Vec<Part>) -> Input<T> {
        let known = parts.iter().all(|part| matches!(part, Part::Text(_) | Part::Secret { .. }));
        if !known {
            return Input::Pending(Self { parts });
        }
        let secret = parts.iter().any(|part| matches!(part, Part::Secret { .. }));
        let whole: String = parts
            .into_iter()
            .map(|part| match part {
                Part::Text(text) | Part::Secret { secret: text } => text,
                Part::Output { .. } | Part::Foretold { .. } | Part::Account { .. } => String::new(),
            })
            .collect();
        if secret { Input::Secret(whole.into()) } else { Input::Known(whole.into()) }
    }
}

/// Makes an [`Input`](crate::graph::Input) of text from pieces, some of which may be outputs:
/// `text!(bucket.arn(), "/*")`.
#[macro_export]
macro_rules! text {
    ($($piece:expr),+ $(,)?) => {{
        let mut parts = ::std::vec::Vec::new();
        $( $crate::graph::IntoParts::append_to($piece, &mut parts); )+
        $crate::graph::Expr::text(parts)
    }};
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn output(name: &str) -> Part {
        Part::Output { node: Address::new("jobs", "queue"), output: name.to_owned() }
    }

    #[test]
    fn a_text_with_an_output_is_pending_and_survives_a_round_trip() {
        let text: Input<String> = text!("a", output("arn"), "/*");
        let written = serde_json::to_value(&text).unwrap();
        assert_eq!(written, json!({"$expr": ["a", {"node": "jobs/queue", "output": "arn"}, "/*"]}));
        assert_eq!(serde_json::from_value::<Input<String>>(written).unwrap(), text);
    }

    #[test]
    fn a_text_of_known_pieces_is_known() {
        assert_eq!(text!("a", Input::Known(7), "b"), Input::Known("a7b".to_owned()));
    }

    #[test]
    fn a_secret_piece_makes_the_whole_a_secret_that_does_not_show() {
        let text: Input<String> = text!("user:", Part::Secret { secret: "hunter2".into() });
        assert_eq!(text, Input::Secret("user:hunter2".into()));
        assert!(!format!("{text:?}").contains("hunter2"));
    }

    #[test]
    fn a_pending_value_says_what_it_waits_for() {
        let text: Input<String> = text!(output("arn"), Part::ACCOUNT);
        assert_eq!(
            text.get().unwrap_err().to_string(),
            "the value is not known until ${jobs/queue.arn}, ${account} exist"
        );
    }
}
