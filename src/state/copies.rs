//! The copies of a resource, and which of them something is on or uses.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Key, Record};
use crate::graph::Address;

/// The records at an address: of the current one, and of copies that replacements left behind.
pub fn copies<'a>(
    records: &'a BTreeMap<Key, Record>,
    address: &Address,
) -> impl Iterator<Item = &'a Record> {
    let first = Key::from(address.clone());
    let last = Key { generation: Some(u32::MAX), ..first.clone() };
    records.range(first..=last).map(|(_, record)| record)
}

/// The one of the copies of its owner that something is on, by the input that names the owner.
pub fn owner_of<'a>(
    records: &'a BTreeMap<Key, Record>,
    record: &Record,
    input: &str,
) -> Option<&'a Record> {
    let copies: Vec<&Record> = copies(records, record.owner.as_ref()?).collect();
    if let [owner] = copies[..] {
        return Some(owner);
    }
    let named = record.inputs.get(input)?;
    let mut named = copies.into_iter().filter(|copy| copy.is_called(named));
    // Copies with one name do not tell which it is on.
    named.next().filter(|_| named.next().is_none())
}

/// Whether it is another one of the copies at its address that a user names in its inputs.
pub fn names_another(records: &BTreeMap<Key, Record>, user: &Record, used: &Record) -> bool {
    let mut others =
        copies(records, &used.address).filter(|copy| copy.key() != used.key()).peekable();
    if others.peek().is_none() {
        return false;
    }
    !used.is_named_in(&user.inputs) && others.any(|other| other.is_named_in(&user.inputs))
}

impl Record {
    /// Whether its id or one of its outputs is in a document.
    pub fn is_named_in(&self, document: &Value) -> bool {
        match document {
            Value::Array(values) => values.iter().any(|value| self.is_named_in(value)),
            Value::Object(values) => values.values().any(|value| self.is_named_in(value)),
            Value::String(_) => self.is_called(document),
            _ => false,
        }
    }

    /// Whether it is known by that: it is its id or one of its outputs.
    fn is_called(&self, value: &Value) -> bool {
        let outputs = self.outputs.as_ref().and_then(|outputs| outputs.as_object());
        self.id.as_ref().is_some_and(|id| *value == id.0)
            || outputs.is_some_and(|outputs| outputs.values().any(|output| output == value))
    }
}
