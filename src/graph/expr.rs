//! Texts made of pieces, some of which are outputs of other resources.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::document::Tie;
use super::{Address, Input, Output};

/// A text, or a whole value, made of outputs of other resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expr {
    /// The pieces in order; a single output stands for its value of whatever type.
    pub parts: Vec<Part>,
}

/// One piece of an [`Expr`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// A [`Part`] as it stands in a document.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Output { node: &'a str, output: &'a str, tie: Tie },
    Account,
    Secret(&'a str),
}

impl<'a> Piece<'a> {
    /// The piece that this document is, if it is one.
    pub fn of(document: &'a Value) -> Option<Self> {
        let map = match document {
            Value::String(text) => return Some(Self::Text(text)),
            Value::Object(map) => map,
            _ => return None,
        };
        let text = |key| map.get(key).and_then(Value::as_str);
        if let Some(node) = text("node") {
            return match text("output") {
                Some(output) => Some(Self::Output { node, output, tie: Tie::Real }),
                None => Some(Self::Output { node, output: text("foretold")?, tie: Tie::Foretold }),
            };
        }
        match text("secret") {
            Some(secret) => Some(Self::Secret(secret)),
            None => map.contains_key("account").then_some(Self::Account),
        }
    }

    fn to_part(self) -> Option<Part> {
        Some(match self {
            Self::Text(text) => Part::Text(text.to_owned()),
            Self::Output { node, output, tie } => {
                let (node, output) = (node.parse().ok()?, output.to_owned());
                match tie {
                    Tie::Real => Part::Output { node, output },
                    Tie::Foretold => Part::Foretold { node, foretold: output },
                }
            }
            Self::Account => Part::ACCOUNT,
            Self::Secret(secret) => Part::Secret { secret: secret.to_owned() },
        })
    }
}

// By hand, since there are many of them in a large graph and a derived one tries each kind in turn.
impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Value::deserialize(deserializer)?;
        let part = Piece::of(&document).and_then(Piece::to_part);
        part.ok_or_else(|| serde::de::Error::custom("it is no piece of a text"))
    }
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
    /// The expression of these pieces, as documents.
    pub(super) fn read(parts: &Value) -> Option<Self> {
        let parts = parts.as_array()?.iter().map(|part| Piece::of(part)?.to_part());
        parts.collect::<Option<_>>().map(|parts| Self { parts })
    }

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
