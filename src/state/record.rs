//! What is recorded: resources, and the intents of calls that have not been confirmed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Recorded;
use crate::graph::document;
use crate::graph::{Address, BadAddress, Document, Id};

/// The moment, as RFC 3339 text in UTC with milliseconds.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A resource that exists, or is half made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Where it is in the graph.
    pub address: Address,
    /// Its type, as in `aws:sqs/queue`.
    pub kind: String,
    /// The id by which the cloud knows it.
    pub id: Option<Id>,
    /// How many times it was replaced; generated names differ by it.
    pub generation: u32,
    /// Whether its physical name is fixed rather than generated.
    pub name_pinned: bool,
    /// Its inputs as last sent (*applied*), secrets as digests.
    pub inputs: Recorded,
    /// What the cloud gave back; none where it is half made and was not asked since.
    pub outputs: Option<Recorded>,
    /// The resources that it needs.
    pub needs: BTreeSet<Address>,
    /// The resource with which the cloud deletes it.
    pub owner: Option<Address>,
    /// Whether all of `inputs` got there. A create that stopped half way leaves `false`.
    pub finished: bool,
    /// Whether it is the old copy that a replacement left behind, still to be deleted.
    pub deposed: bool,
    /// When it was made, as RFC 3339 text.
    pub created_at: String,
    /// When it was last changed, as RFC 3339 text.
    pub updated_at: String,
    /// What a newer version recorded beside these, kept as it is.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Record {
    /// A record of a resource that is not finished yet, made now.
    pub fn new(address: Address, kind: impl Into<String>, inputs: Document) -> Self {
        let now = now();
        Self {
            address,
            kind: kind.into(),
            id: None,
            generation: 0,
            name_pinned: false,
            inputs: inputs.into(),
            outputs: None,
            needs: BTreeSet::new(),
            owner: None,
            finished: false,
            deposed: false,
            created_at: now.clone(),
            updated_at: now,
            rest: Map::new(),
        }
    }

    /// As it is where a call that changes it was interrupted, which was to need these: it may use what
    /// it used and what it was to use.
    pub fn interrupted(mut self, needs: &BTreeSet<Address>) -> Self {
        self.finished = false;
        self.needs.extend(needs.iter().cloned());
        self
    }

    /// What is recorded of an output. What is half made may not have one yet that is empty.
    pub fn output(&self, output: &str) -> Option<Value> {
        let value = self.outputs.as_ref()?.get(output);
        value.filter(|value| self.finished || document::is_told(value)).cloned()
    }

    /// An output as it was read now, or as it is recorded where it was read empty: a database that comes
    /// again has no endpoint for a while.
    pub fn output_read(&self, seen: &Document, output: &str) -> Option<Value> {
        let told = seen.get(output).filter(|value| document::is_told(value));
        told.cloned().or_else(|| self.output(output))
    }

    /// Under which it is recorded.
    pub fn key(&self) -> Key {
        Key { address: self.address.clone(), generation: self.deposed.then_some(self.generation) }
    }
}

/// What tells records apart: the address, and the generation of a deposed copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Where the resource is in the graph.
    pub address: Address,
    /// The generation of a copy that a replacement left behind; none for the current one.
    pub generation: Option<u32>,
}

impl From<Address> for Key {
    fn from(address: Address) -> Self {
        Self { address, generation: None }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation {
            None => write!(f, "{}", self.address),
            Some(generation) => write!(f, "{}#{generation}", self.address),
        }
    }
}

impl FromStr for Key {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let (address, generation) = match text.rsplit_once('#') {
            Some((address, digits)) => match digits.parse() {
                Ok(generation) => (address, Some(generation)),
                Err(_) => (text, None),
            },
            None => (text, None),
        };
        Ok(Self { address: address.parse()?, generation })
    }
}

impl Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a call is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Make it.
    Create,
    /// Change it in place.
    Update,
    /// Delete it.
    Delete,
}

/// A call that is about to be sent, on disk before it is. One that is still there at the start of a
/// run was interrupted: nobody knows whether the call arrived.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intent {
    /// Its number, from [`Store::next_intent`](super::Store::next_intent); never used twice.
    pub seq: u64,
    /// The run that is about to call.
    pub run: String,
    /// What the call does.
    pub operation: Operation,
    /// To which resource.
    pub key: Key,
    /// The resource's type.
    pub kind: String,
    /// The id that a new one will have, where it follows from its inputs.
    pub planned_id: Option<Id>,
    /// The inputs that are sent, secrets as digests. Where the intent came before those that it needs
    /// were made, what only they can tell is still a reference.
    pub inputs: Document,
    /// The digest of the inputs as they were when it was written.
    pub request: String,
    /// The client token of the call: the same for every retry, another for every new create.
    pub token: String,
    /// For a create, whether there was no copy of it before, of any generation, as far as is
    /// recorded: what is found then was made by this call. None where one may be taken over.
    pub absent_before: Option<bool>,
    /// When it was written, as RFC 3339 text.
    pub at: String,
    /// The resources that it needs.
    pub needs: BTreeSet<Address>,
    /// The resource with which the cloud deletes it.
    pub owner: Option<Address>,
    /// The generation that is made or changed.
    pub generation: u32,
    /// Whether its physical name is fixed rather than generated.
    pub name_pinned: bool,
    /// Those that its inputs refer to still, each with the generation of it that they are of.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refers_to: BTreeMap<Address, u32>,
    /// What a newer version recorded beside these, kept as it is.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Intent {
    /// An intent of now, without what only some calls have.
    pub fn new(seq: u64, run: &str, operation: Operation, key: Key, kind: &str) -> Self {
        Self {
            seq,
            run: run.to_owned(),
            operation,
            key,
            kind: kind.to_owned(),
            planned_id: None,
            inputs: Value::Null,
            request: String::new(),
            token: String::new(),
            absent_before: None,
            at: now(),
            needs: BTreeSet::new(),
            owner: None,
            generation: 0,
            name_pinned: false,
            refers_to: BTreeMap::new(),
            rest: Map::new(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_read_what_they_print() {
        for text in ["orders/queue", "orders/queue#3", "orders/a#b"] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        let key: Key = "orders/queue#3".parse().unwrap();
        assert_eq!((key.address.as_str(), key.generation), ("orders/queue", Some(3)));
        assert!("orders#3".parse::<Key>().is_err());
    }

    #[test]
    fn the_current_one_and_a_deposed_copy_have_different_keys() {
        let mut record = Record::new("a/b".parse().unwrap(), "t", Value::Null);
        record.generation = 2;
        assert_eq!(record.key().to_string(), "a/b");
        record.deposed = true;
        assert_eq!(record.key().to_string(), "a/b#2");
    }

    #[test]
    fn an_empty_output_is_a_value_only_in_what_is_whole() {
        let mut record = Record::new("a/b".parse().unwrap(), "t", Value::Null);
        assert_eq!(record.output("endpoint"), None);
        record.outputs = Some(json!({"id": "db-1", "endpoint": "", "port": null}).into());
        let told = |record: &Record| ["id", "endpoint", "port", "url"].map(|it| record.output(it));
        assert_eq!(told(&record), [Some(json!("db-1")), None, None, None]);
        record.finished = true;
        assert_eq!(told(&record)[1..], [Some(json!("")), Some(Value::Null), None]);
    }

    #[test]
    fn now_is_a_timestamp() {
        assert!(now().parse::<jiff::Timestamp>().is_ok());
    }
}
