//! The tree to typed values, through serde, with places kept.
//!
//! A few types of this room ask for more than serde's data model holds. Each asks for a struct of
//! a reserved name and is handed a sequence: [`SPANNED`] the two ends of its place and itself,
//! [`EITHER`] whether it is a table and itself, [`BOTH`] itself twice, with only the keys that
//! each taker knows, and [`TEXT`] the words of a [`Text`](super::text::Text).

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::span::Span;
use super::text::Text;
use super::value::{Entry, Kind, Value};

pub(crate) const SPANNED: &str = "$maas::Spanned";
pub(crate) const EITHER: &str = "$maas::Either";
pub(crate) const BOTH: &str = "$maas::Both";
pub(crate) const TEXT: &str = "$maas::Text";

/// What a type says against a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub message: String,
    pub span: Option<Span>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl serde::de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), span: None }
    }
}

/// Reads one value.
#[derive(Clone, Copy)]
pub(crate) struct ValueDeserializer<'a> {
    value: &'a Value,
    /// Leaves out the keys that the struct does not know.
    known_only: bool,
}

impl<'a> ValueDeserializer<'a> {
    pub fn new(value: &'a Value) -> Self {
        Self { value, known_only: false }
    }

    fn placed<T>(self, result: Result<T, Refusal>) -> Result<T, Refusal> {
        result.map_err(|mut refusal| {
            refusal.span.get_or_insert(self.value.span);
            refusal
        })
    }

    fn any<'de, V: Visitor<'de>>(
        self,
        fields: Option<&[&str]>,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match &self.value.kind {
            Kind::String(template) => match template.plain() {
                Some(text) => visitor.visit_str(text),
                None => Err(serde::de::Error::custom("expected plain text")),
            },
            Kind::Integer(number) => visitor.visit_i64(*number),
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::Boolean(value) => visitor.visit_bool(*value),
            Kind::Datetime(text) => visitor.visit_str(text),
            Kind::Array(items) => {
                let items = items.iter().map(ValueDeserializer::new);
                visitor.visit_seq(SeqDeserializer::new(items))
            }
            Kind::Table(table) => {
                let known = |entry: &&Entry| fields.is_none_or(|f| f.contains(&entry.name()));
                let entries: Vec<&Entry> = table.entries().filter(known).collect();
                visitor.visit_map(Entries::new(entries))
            }
        }
    }

    fn hand_over<'de, V: Visitor<'de>>(
        self,
        numbers: &[usize],
        values: &[Self],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_seq(HandOver { numbers: numbers.iter(), values: values.iter() })
    }
}

impl<'de> Deserializer<'de> for ValueDeserializer<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.placed(self.any(None, visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.placed(visitor.visit_some(self))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.placed(visitor.visit_newtype_struct(self))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let span = self.value.span;
        self.placed(match name {
            SPANNED => self.hand_over(&[span.start, span.end], &[self], visitor),
            EITHER => {
                let table = usize::from(self.value.table().is_some());
                self.hand_over(&[table], &[self], visitor)
            }
            BOTH => {
                let part = Self { known_only: true, ..self };
                self.hand_over(&[], &[part, part], visitor)
            }
            TEXT => match &self.value.kind {
                Kind::String(template) => match Text::of(template, span) {
                    Some(text) => {
                        visitor.visit_seq(SeqDeserializer::new(text.to_words().into_iter()))
                    }
                    None => Err(serde::de::Error::custom("an expression is not put in yet")),
                },
                _ => Err(serde::de::Error::invalid_type(
                    Unexpected::Other(self.value.describe()),
                    &"a string",
                )),
            },
            _ => self.any(self.known_only.then_some(fields), visitor),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.placed(match &self.value.kind {
            Kind::Table(table) => {
                let entries = Entries::new(table.entries().collect());
                visitor.visit_enum(MapAccessDeserializer::new(entries))
            }
            _ => match self.value.plain() {
                Some(text) => visitor.visit_enum(text.into_deserializer()),
                None => self.any(None, visitor),
            },
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

impl<'de> IntoDeserializer<'de, Refusal> for ValueDeserializer<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Entries<'a> {
    entries: std::vec::IntoIter<&'a Entry>,
    value: Option<&'a Value>,
}

impl<'a> Entries<'a> {
    fn new(entries: Vec<&'a Entry>) -> Self {
        Self { entries: entries.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let Some(entry) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(&entry.value);
        let key = ValueDeserializer::new(&entry.key);
        key.placed(seed.deserialize(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        match self.value.take() {
            Some(value) => seed.deserialize(ValueDeserializer::new(value)),
            None => Err(serde::de::Error::custom("a key without a value")),
        }
    }
}

struct HandOver<'a, 'v> {
    numbers: std::slice::Iter<'a, usize>,
    values: std::slice::Iter<'a, ValueDeserializer<'v>>,
}

impl<'de> SeqAccess<'de> for HandOver<'_, '_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        if let Some(number) = self.numbers.next() {
            return seed.deserialize(number.into_deserializer()).map(Some);
        }
        self.values.next().map(|v| seed.deserialize(*v)).transpose()
    }
}
