use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::sled_store::SledStore;
use super::super::{
    Batch, Intent, MemoryStore, Operation, Record, Snapshot, State, Store, snapshot_file,
};
use super::{Folder, run};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{1,4}".prop_map(|secret| json!({"$secret": secret})),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn record() -> impl Strategy<Value = Record> {
    let place = ("[ab]/[pqr]", 0..3_u32, any::<bool>());
    (place, value(), proptest::option::of(value())).prop_map(
        |((address, generation, deposed), inputs, outputs)| {
            let mut record = Record::new(address.parse().unwrap(), "t", inputs);
            (record.generation, record.deposed) = (generation, deposed);
            record.outputs = outputs.map(Into::into);
            record
        },
    )
}

fn batch() -> impl Strategy<Value = Batch> {
    let intent = (1..6_u64, value()).prop_map(|(seq, inputs)| {
        let key = "a/p".parse().unwrap();
        Intent { inputs, ..Intent::new(seq, "r", Operation::Create, key, "t") }
    });
    let removes = vec(record().prop_map(|record| record.key()), 0..3);
    (vec(record(), 0..4), removes, vec(intent, 0..2), vec(1..6_u64, 0..2)).prop_map(
        |(puts, removes, open, close)| Batch { puts, removes, open, close, ..Batch::default() },
    )
}

/// The same but for the moment of the last commit.
fn same(one: &Snapshot, other: &Snapshot) -> Result<(), TestCaseError> {
    let mut one = one.clone();
    one.meta.updated_at.clone_from(&other.meta.updated_at);
    prop_assert_eq!(&one, other);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_store_on_disk_is_the_store_in_memory(groups in vec(vec(batch(), 1..4), 1..6)) {
        let fresh = Snapshot::new("shop", "dev");
        let memory = MemoryStore::holding(fresh.clone());
        let folder = tempfile::tempdir().unwrap();
        let disk = SledStore::open(folder.path(), fresh.clone()).unwrap();
        for group in groups {
            prop_assert_eq!(disk.commit_all(group.clone()), memory.commit_all(group));
            same(&disk.snapshot(), &memory.snapshot())?;
        }
        let closed = disk.close().unwrap();
        let again = SledStore::open(folder.path(), fresh).unwrap();
        if closed.meta.serial > 0 {
            prop_assert_eq!(&*again.snapshot(), &*closed);
        }
    }

    #[test]
    fn exports_and_snapshots_are_read_as_they_were(batches in vec(batch(), 1..8)) {
        let memory = MemoryStore::new("shop", "dev");
        memory.commit_all(batches);
        let known = memory.snapshot();
        prop_assert_eq!(&Snapshot::from_export(&known.to_export().unwrap()).unwrap(), &*known);

        let folder = Folder::new();
        let path = folder.path().join("snapshot.json");
        snapshot_file::write(&path, &known, Some("seal")).unwrap();
        prop_assert_eq!(&snapshot_file::load(&path).unwrap().unwrap(), &*known);
        let text = std::fs::read_to_string(&path).unwrap();
        prop_assert_eq!(&Snapshot::from_export(&text).unwrap(), &*known);

        let export = Snapshot::from_export(&text).unwrap();
        State::import(folder.path(), "shop", "dev", &run("import"), &export, false).unwrap();
        let imported = folder.read();
        prop_assert_eq!(&imported.records, &known.records);
        prop_assert_eq!(&imported.intents, &known.intents);
    }
}
