//! Documents as the state holds them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::graph::Document;

/// A document that is, or was, recorded. One that comes from the disk is text until something asks for
/// what is in it: of most, a plan asks only whether they are still the same.
#[derive(Clone, Default)]
pub struct Recorded {
    text: Option<Box<RawValue>>,
    document: OnceLock<Document>,
}

impl Recorded {
    /// The document as JSON: as it was recorded, else compact.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.text {
            Some(text) => Cow::Borrowed(text.get()),
            None => Cow::Owned(self.to_string()),
        }
    }

    /// A copy of the document.
    pub fn to_document(&self) -> Document {
        (**self).clone()
    }

    /// The document itself.
    pub fn into_document(self) -> Document {
        match self.document.into_inner() {
            Some(document) => document,
            None => read(self.text.as_deref()),
        }
    }
}

/// Null where the text is none that could have been recorded.
fn read(text: Option<&RawValue>) -> Document {
    text.and_then(|text| serde_json::from_str(text.get()).ok()).unwrap_or_default()
}

impl Deref for Recorded {
    type Target = Document;

    fn deref(&self) -> &Document {
        self.document.get_or_init(|| read(self.text.as_deref()))
    }
}

impl From<Document> for Recorded {
    fn from(document: Document) -> Self {
        Self { text: None, document: document.into() }
    }
}

impl PartialEq for Recorded {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl PartialEq<Document> for Recorded {
    fn eq(&self, other: &Document) -> bool {
        **self == *other
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.text {
            Some(text) => text.serialize(serializer),
            None => (**self).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Recorded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        // Where records are kept, each has one line.
        Ok(match text.get().contains(['\n', '\r']) {
            true => read(Some(&text)).into(),
            false => Self { text: Some(text), document: OnceLock::new() },
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn is_written_as_it_was_read() {
        let text = r#"{"b":1,"a":{"x":"\u00e9"}}"#;
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        assert_eq!(recorded.text(), text);
        assert_eq!(serde_json::to_string(&recorded).unwrap(), text);
        assert_eq!(recorded, json!({"a": {"x": "é"}, "b": 1}));
        assert_eq!(serde_json::from_value::<Recorded>(json!({"b": 1})).unwrap()["b"], 1);
    }

    #[test]
    fn what_has_several_lines_is_written_on_one() {
        let recorded: Recorded = serde_json::from_str("{\n  \"a\": \"x\\ny\"\n}").unwrap();
        assert_eq!(serde_json::to_string(&recorded).unwrap(), r#"{"a":"x\ny"}"#);
    }

    #[test]
    fn what_cannot_have_been_recorded_is_null() {
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        assert_eq!(serde_json::from_str::<Recorded>(&deep).unwrap(), json!(null));
        assert!(serde_json::from_str::<Recorded>("{\"a\":}").is_err());
    }
}
