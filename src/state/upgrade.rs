//! The gate: the only way from stored JSON to records, intents and meta data.
//!
//! Every stored value carries `v`, the format that it was written in. One of today's format is read
//! as it is, with unknown fields kept; an older one goes through the chain of upgrades; a newer one
//! is refused.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::{Intent, Key, Meta, Operation, Record, Recorded};
use crate::graph::{Address, Document, Id};

/// The format that this version writes.
pub const FORMAT: u32 = 1;

/// Why a stored value cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// A newer version wrote it.
    #[error("it has format {0}")]
    Newer(u64),
    /// It is not what it should be.
    #[error("{0}")]
    Bad(#[from] serde_json::Error),
}

/// A value as it is stored: compact JSON that begins with its format.
pub(super) fn to_stored(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.splice(1..1, format!("\"v\":{FORMAT},").into_bytes());
    Ok(bytes)
}

pub(super) fn record(bytes: &[u8]) -> Result<Record, Unreadable> {
    read::<Record>(bytes)
}

pub(super) fn intent(bytes: &[u8]) -> Result<Intent, Unreadable> {
    read::<Intent>(bytes)
}

pub(super) fn meta(bytes: &[u8]) -> Result<Meta, Unreadable> {
    read::<Meta>(bytes)
}

/// Every version's step to the next: the first one makes format 1 of format 0.
type Steps = [fn(&mut Map<String, Value>); FORMAT as usize];

trait Stored: Sized {
    const STEPS: Steps;
    fn shape<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;
    fn rest(&mut self) -> &mut Map<String, Value>;
}

fn read<T: Stored>(bytes: &[u8]) -> Result<T, Unreadable> {
    // Checked once here, the text need not be checked string by string.
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    if let Ok(mut value) = T::shape(&mut deserializer) {
        deserializer.end()?;
        if value.rest().remove("v").and_then(|v| v.as_u64()) == Some(FORMAT.into()) {
            if value.rest().is_empty() {
                *value.rest() = Map::new();
            }
            return Ok(value);
        }
    }
    let mut map: Map<String, Value> = serde_json::from_str(text)?;
    let found = map.remove("v").and_then(|v| v.as_u64()).unwrap_or(0);
    if found > FORMAT.into() {
        return Err(Unreadable::Newer(found));
    }
    for step in T::STEPS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        step(&mut map);
    }
    Ok(T::shape(Value::Object(map))?)
}

impl Stored for Record {
    const STEPS: Steps = [|record| {
        rename(record, "type", "kind");
        rename(record, "depends", "needs");
        rename(record, "created", "created_at");
        let created = record.get("created_at").cloned().unwrap_or_default();
        let filled = json!({"id": null, "generation": 0, "name_pinned": false, "outputs": null,
            "needs": [], "owner": null, "finished": true, "deposed": false, "updated_at": created});
        fill(record, filled);
    }];

    fn shape<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        RecordShape::deserialize(from)
    }

    fn rest(&mut self) -> &mut Map<String, Value> {
        &mut self.rest
    }
}

impl Stored for Intent {
    const STEPS: Steps = [|intent| {
        rename(intent, "type", "kind");
        let filled = json!({"planned_id": null, "request": "", "token": "", "absent_before": null,
            "needs": [], "owner": null, "generation": 0, "name_pinned": false});
        fill(intent, filled);
    }];

    fn shape<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IntentShape::deserialize(from)
    }

    fn rest(&mut self) -> &mut Map<String, Value> {
        &mut self.rest
    }
}

impl Stored for Meta {
    const STEPS: Steps = [|meta| {
        meta.insert("format".into(), FORMAT.into());
        let created = meta.get("created_at").cloned().unwrap_or_default();
        let filled = json!({"last_intent": 0, "account": null, "region": null, "expires": null,
            "ttl": null, "protect": false, "outputs": null, "updated_at": created,
            "written_by": ""});
        fill(meta, filled);
    }];

    fn shape<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        MetaShape::deserialize(from)
    }

    fn rest(&mut self) -> &mut Map<String, Value> {
        &mut self.rest
    }
}

fn rename(map: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = map.remove(from) {
        map.insert(to.to_owned(), value);
    }
}

fn fill(map: &mut Map<String, Value>, defaults: Value) {
    if let Value::Object(defaults) = defaults {
        for (key, value) in defaults {
            map.entry(key).or_insert(value);
        }
    }
}

#[derive(Deserialize)]
#[serde(remote = "Record")]
struct RecordShape {
    address: Address,
    kind: String,
    id: Option<Id>,
    generation: u32,
    name_pinned: bool,
    inputs: Recorded,
    outputs: Option<Recorded>,
    needs: BTreeSet<Address>,
    owner: Option<Address>,
    finished: bool,
    deposed: bool,
    created_at: String,
    updated_at: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(remote = "Intent")]
struct IntentShape {
    seq: u64,
    run: String,
    operation: Operation,
    key: Key,
    kind: String,
    planned_id: Option<Id>,
    inputs: Document,
    request: String,
    token: String,
    absent_before: Option<bool>,
    at: String,
    needs: BTreeSet<Address>,
    owner: Option<Address>,
    generation: u32,
    name_pinned: bool,
    #[serde(default)]
    refers_to: BTreeMap<Address, u32>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(remote = "Meta")]
struct MetaShape {
    format: u32,
    project: String,
    environment: String,
    serial: u64,
    lineage: String,
    salt: String,
    last_intent: u64,
    account: Option<String>,
    region: Option<String>,
    expires: Option<String>,
    ttl: Option<String>,
    protect: bool,
    outputs: Document,
    created_at: String,
    updated_at: String,
    written_by: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let mut record = Record::new("a/b".parse().unwrap(), "t", json!({"size": 1.5, "x": null}));
        record.needs.insert("a/c".parse().unwrap());
        record.outputs = Some(json!({}).into());
        let bytes = to_stored(&record).unwrap();
        assert!(bytes.starts_with(b"{\"v\":1,\"address\""), "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(super::record(&bytes).unwrap(), record);

        let key = "a/b#2".parse().unwrap();
        let intent = Intent::new(7, "run", Operation::Update, key, "t");
        assert_eq!(super::intent(&to_stored(&intent).unwrap()).unwrap(), intent);
        let meta = Meta::new("shop", "dev");
        assert_eq!(super::meta(&to_stored(&meta).unwrap()).unwrap(), meta);
    }

    #[test]
    fn an_old_writer_keeps_the_fields_of_new_data() {
        let record = Record::new("a/b".parse().unwrap(), "t", Value::Null);
        let mut newer: Value = serde_json::from_slice(&to_stored(&record).unwrap()).unwrap();
        newer["colour"] = json!({"of": ["the", "future"]});
        let mut read = super::record(newer.to_string().as_bytes()).unwrap();
        read.generation = 5;
        let again: Value = serde_json::from_slice(&to_stored(&read).unwrap()).unwrap();
        assert_eq!(again["colour"], newer["colour"]);
        assert_eq!(again["generation"], 5);
    }

    #[test]
    fn upgrades_a_record_of_format_0() {
        let old = json!({"address": "orders/queue", "type": "aws:sqs/queue", "id": "https://q",
            "inputs": {"name": "q"}, "depends": ["orders/dead"], "created": "2026-01-02T03:04:05Z",
            "note": "kept"});
        let record = super::record(old.to_string().as_bytes()).unwrap();
        assert_eq!(record.kind, "aws:sqs/queue");
        assert_eq!(record.needs, BTreeSet::from(["orders/dead".parse().unwrap()]));
        assert!(record.finished && !record.deposed);
        assert_eq!(record.updated_at, "2026-01-02T03:04:05Z");
        assert_eq!(record.rest["note"], "kept");
        assert_eq!(super::record(&to_stored(&record).unwrap()).unwrap(), record);
    }

    #[test]
    fn upgrades_meta_data_and_an_intent_of_format_0() {
        let old = json!({"format": 0, "project": "shop", "environment": "dev", "serial": 3,
            "lineage": "l", "salt": "s", "created_at": "2026-01-02T03:04:05Z"});
        let meta = super::meta(old.to_string().as_bytes()).unwrap();
        assert_eq!((meta.format, meta.serial, meta.protect), (FORMAT, 3, false));
        let old = json!({"seq": 2, "run": "r", "operation": "create", "key": "a/b", "type": "t",
            "inputs": {}, "at": "2026-01-02T03:04:05Z"});
        let intent = super::intent(old.to_string().as_bytes()).unwrap();
        assert_eq!((intent.kind.as_str(), intent.seq), ("t", 2));
    }

    #[test]
    fn refuses_newer_and_broken_values() {
        let record = to_stored(&Record::new("a/b".parse().unwrap(), "t", Value::Null)).unwrap();
        let newer = String::from_utf8(record.clone()).unwrap().replace("\"v\":1", "\"v\":2");
        assert!(matches!(super::record(newer.as_bytes()), Err(Unreadable::Newer(2))));
        for end in [0, 1, record.len() / 2, record.len() - 1] {
            assert!(matches!(super::record(&record[..end]), Err(Unreadable::Bad(_))), "{end}");
        }
        let twice = [record.as_slice(), b"{}"].concat();
        assert!(super::record(&twice).is_err());
    }
}
