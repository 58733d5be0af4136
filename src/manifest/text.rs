//! Strings that may hold `${…}`, as patterns take them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::de::TEXT;
use super::span::Span;
use super::template::{Expression, Part, Template};

/// A string that may hold `${…}`; environment, project, region and variables are put in already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The pieces in order; two literals never follow each other.
    pub parts: Vec<TextPart>,
    /// The place of the whole string.
    pub span: Span,
}

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart {
    /// Text as it is.
    Literal(String),
    /// `${instance.part}` or `${instance.part.attribute}`.
    Reference(Reference),
    /// `${account}`: the id of the AWS account.
    Account,
    /// `${var.NAME}` of a variable that is sensitive.
    Secret {
        /// The variable's name.
        variable: String,
        /// Its value, which `Debug` does not show.
        value: Sensitive,
    },
}

/// A part of another instance, or an attribute of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The other instance's name.
    pub instance: String,
    /// Its part, such as `bucket`; `echo.function` for a part of a part.
    pub part: String,
    /// The attribute, such as `arn`; none where the part itself is meant.
    pub attribute: Option<String>,
    /// The place of `${…}`, or of the string that names the part.
    pub span: Span,
}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive(String);

impl Sensitive {
    /// Hides a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself; for the call to the cloud and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(…)")
    }
}

impl Text {
    /// The text, if all of it is literal.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [TextPart::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            TextPart::Reference(reference) => Some(reference),
            _ => None,
        })
    }

    pub(crate) fn of(template: &Template, span: Span) -> Option<Self> {
        let parts = template.parts.iter().map(|part| match part {
            Part::Literal(text) => Some(TextPart::Literal(text.clone())),
            Part::Expression(Expression::Account, _) => Some(TextPart::Account),
            Part::Expression(Expression::Reference(names), span) => {
                Reference::with_attribute(names, *span).map(TextPart::Reference)
            }
            Part::Expression(Expression::Secret { variable, value }, _) => {
                Some(TextPart::Secret { variable: variable.clone(), value: value.clone() })
            }
            Part::Expression(..) => None,
        });
        let parts = parts.collect::<Option<Vec<_>>>()?;
        Some(Self { parts, span })
    }

    /// The text as a list of words, which is how it passes through serde.
    pub(crate) fn to_words(&self) -> Vec<String> {
        let mut words = vec![self.span.start.to_string(), self.span.end.to_string()];
        for part in &self.parts {
            match part {
                TextPart::Literal(text) => words.extend(["literal".to_owned(), text.clone()]),
                TextPart::Account => words.push("account".to_owned()),
                TextPart::Secret { variable, value } => {
                    words.extend(["secret".to_owned(), variable.clone(), value.0.clone()]);
                }
                TextPart::Reference(r) => {
                    let attribute = r.attribute.clone().unwrap_or_default();
                    words.extend(["reference".to_owned(), r.instance.clone(), r.part.clone()]);
                    words.extend([attribute, r.span.start.to_string(), r.span.end.to_string()]);
                }
            }
        }
        words
    }

    fn from_words(words: Vec<String>) -> Option<Self> {
        let mut words = words.into_iter();
        let span = Self::span_from(&mut words)?;
        let mut parts = Vec::new();
        while let Some(kind) = words.next() {
            parts.push(match kind.as_str() {
                "literal" => TextPart::Literal(words.next()?),
                "account" => TextPart::Account,
                "secret" => {
                    TextPart::Secret { variable: words.next()?, value: Sensitive(words.next()?) }
                }
                _ => TextPart::Reference(Reference {
                    instance: words.next()?,
                    part: words.next()?,
                    attribute: words.next().filter(|name| !name.is_empty()),
                    span: Self::span_from(&mut words)?,
                }),
            });
        }
        Some(Self { parts, span })
    }

    fn span_from(words: &mut impl Iterator<Item = String>) -> Option<Span> {
        let mut number = || words.next()?.parse().ok();
        Some(Span::new(number()?, number()?))
    }
}

impl Reference {
    /// The last of three or more names is the attribute.
    fn with_attribute(names: &[String], span: Span) -> Option<Self> {
        let (attribute, names) = match names {
            [_, _] => (None, names),
            [names @ .., attribute] => (Some(attribute.clone()), names),
            [] => return None,
        };
        let reference = Self::without_attribute(names, span)?;
        Some(Self { attribute, ..reference })
    }

    /// All names after the first are the part.
    pub(crate) fn without_attribute(names: &[String], span: Span) -> Option<Self> {
        let (instance, part) = names.split_first()?;
        Some(Self { instance: instance.clone(), part: part.join("."), attribute: None, span })
    }
}

/// As it is written in a manifest, `$${` for a literal `${`.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            TextPart::Literal(text) => f.write_str(&text.replace("${", "$${")),
            TextPart::Reference(reference) => write!(f, "${{{reference}}}"),
            TextPart::Account => f.write_str("${account}"),
            TextPart::Secret { variable, .. } => write!(f, "${{var.{variable}}}"),
        })
    }
}

/// `instance.part` or `instance.part.attribute`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.instance, self.part)?;
        self.attribute.iter().try_for_each(|name| write!(f, ".{name}"))
    }
}

struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string of a manifest")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = seq.next_element()? {
            words.push(word);
        }
        Text::from_words(words).ok_or_else(|| A::Error::custom("the text has lost its parts"))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(TEXT, &[], Words)
    }
}

/// Taken from a string that is exactly one `${instance.part}`.
impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let [TextPart::Reference(reference)] = text.parts.as_slice() else {
            return Err(D::Error::custom("expected one `${instance.part}`"));
        };
        let mut reference = reference.clone();
        if let Some(name) = reference.attribute.take() {
            reference.part = format!("{}.{name}", reference.part);
        }
        Ok(reference)
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "maas-text" })
    }
}

impl JsonSchema for Reference {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "maas-reference",
            "pattern": r"^\$\{[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\}$",
        })
    }
}
