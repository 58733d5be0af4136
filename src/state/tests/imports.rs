use serde_json::{Value, json};

use super::super::{Batch, Intent, Key, Operation, Record, Snapshot, State, StateError};
use super::{Folder, keys, puts, run};
use crate::graph::Address;

fn import(folder: &Folder, export: &Snapshot, force: bool) -> Result<u64, StateError> {
    let imported = State::import(folder.path(), "shop", "dev", &run("import"), export, force);
    imported.map(|now| now.meta.serial)
}

fn export(folder: &Folder) -> Snapshot {
    Snapshot::from_export(&folder.read().to_export().unwrap()).unwrap()
}

#[test]
fn an_export_brings_everything_back() {
    let from = Folder::new();
    let state = from.open();
    let intent = Intent::new(3, "run-1", Operation::Update, "a/one".parse().unwrap(), "t");
    state.store().commit(puts(&["a/one", "a/two"]).open(intent)).unwrap();
    state.close().unwrap();
    let export = export(&from);
    assert_eq!(export, from.read());

    let to = Folder::new();
    assert_eq!(import(&to, &export, false), Ok(2));
    let read = to.read();
    assert_eq!((read.records, read.intents), (export.records, export.intents));
    assert_eq!((read.meta.lineage, read.meta.salt), (export.meta.lineage, export.meta.salt));
    assert_eq!(to.open().store().commit(puts(&["a/three"])), Ok(3));
}

#[test]
fn a_state_that_holds_something_is_replaced_only_by_force() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let export = export(&folder);
    for name in ["a/two", "a/three", "a/four"] {
        folder.record(&[name]);
    }
    let before = folder.contents();
    assert_eq!(import(&folder, &export, false), Err(StateError::NotEmpty { records: 4 }));
    assert_eq!(folder.read().records.len(), 4);
    assert_eq!(folder.contents()[&folder.of("snapshot.json")], before[&folder.of("snapshot.json")]);
    assert_eq!(import(&folder, &export, true), Ok(5));
    assert_eq!(keys(&folder.read()), ["a/one"]);
    assert_eq!(keys(&folder.open().snapshot()), ["a/one"]);
    assert!(folder.of("store.before-import/db").exists());
}

#[test]
fn open_calls_stay_open_whatever_takes_the_place_of_the_rest() {
    let folder = Folder::new();
    let create = |seq, at: &str| {
        let key = at.parse().unwrap();
        let mut intent = Intent::new(seq, "run-1", Operation::Create, key, "t");
        intent.absent_before = Some(true);
        intent
    };
    let state = folder.open();
    state.store().commit(puts(&["a/one"]).open(create(1, "b/kept"))).unwrap();
    state.close().unwrap();
    let mut export = export(&folder);
    // Elsewhere the same number was given to another call.
    let theirs = create(2, "c/theirs");
    export.intents.insert(2, theirs.clone());
    export.meta.last_intent = 2;
    let state = folder.open();
    let batch = Batch::new().remove("a/one".parse::<Key>().unwrap());
    let ours = create(2, "b/new");
    let again = create(3, "a/one");
    state.store().commit(batch.open(ours.clone()).open(again.clone())).unwrap();
    state.close().unwrap();

    import(&folder, &export, true).unwrap();
    let now = folder.read();
    assert_eq!(keys(&now), ["a/one"]);
    // What is recorded at its address now is not what it has made.
    let beside = Intent { generation: 1, absent_before: Some(false), ..again };
    let kept = [create(1, "b/kept"), theirs, beside, Intent { seq: 4, ..ours }];
    let at = |intent: &Intent| Intent { at: String::new(), ..intent.clone() };
    assert_eq!(
        now.intents.values().map(at).collect::<Vec<_>>(),
        kept.iter().map(at).collect::<Vec<_>>()
    );
    assert!(folder.open().store().next_intent() > 4);
}

#[test]
fn an_open_call_learns_what_it_refers_to_before_that_is_replaced() {
    let folder = Folder::new();
    let export = {
        folder.record(&["a/one"]);
        export(&folder)
    };
    let reference = |at: &str| json!({"$expr": [{"node": at, "output": "id"}]});
    let at = |at: &str| at.parse::<Address>().unwrap();
    let mut intent = Intent::new(1, "r", Operation::Create, at("b/new").into(), "t");
    intent.inputs = json!({"on": reference("a/new"), "beside": reference("a/one")});
    intent.refers_to = [(at("a/new"), 3), (at("a/one"), 0)].into();
    // What it made anew at its address is not what is recorded there in the export.
    let again = Intent::new(2, "r", Operation::Create, at("a/one").into(), "t");
    let made = |generation, id: &str| {
        let mut record = Record::new("a/new".parse().unwrap(), "t", json!({}));
        (record.generation, record.deposed) = (generation, generation != 3);
        record.outputs = Some(json!({ "id": id }).into());
        record
    };
    let state = folder.open();
    let batch = Batch::new().remove(at("a/one")).put(made(2, "old-1")).put(made(3, "new-1"));
    state.store().commit(batch.open(intent).open(again)).unwrap();
    state.close().unwrap();

    import(&folder, &export, true).unwrap();
    let now = folder.read();
    assert_eq!(keys(&now), ["a/one"]);
    let intent = &now.intents[&1];
    assert_eq!(intent.inputs, json!({"on": "new-1", "beside": reference("a/one")}));
    assert_eq!((now.intents[&2].generation, &intent.refers_to), (1, &[(at("a/one"), 1)].into()));
}

#[test]
fn an_import_during_a_run_is_refused() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let export = export(&folder);
    let _state = folder.open();
    assert!(matches!(import(&folder, &export, true), Err(StateError::Busy(_))));
}

#[test]
fn what_is_to_be_replaced_is_held_until_then() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let before = folder.contents();
    let replace = |force| State::replace(folder.path(), "shop", "dev", &run("rebuild"), force);
    assert!(matches!(replace(false), Err(StateError::NotEmpty { records: 1 })));
    let held = replace(true).unwrap();
    assert!(matches!(replace(true), Err(StateError::Busy(_))));
    let busy = folder.try_read().unwrap().busy.unwrap();
    assert_eq!(busy.command, "rebuild");
    drop(held);
    // Nothing came of it, so nothing is there to take over.
    assert_eq!(folder.contents(), before);
    assert!(folder.open().crashed().is_none());
}

#[test]
fn many_records_are_imported_whole() {
    let mut many = Snapshot::new("shop", "dev");
    many.meta.serial = 1;
    for n in 0..1203 {
        let record = super::record(&format!("a/r{n}"));
        many.records.insert(record.key(), record);
    }
    let folder = Folder::new();
    let serial = import(&folder, &many, false).unwrap();
    assert!(serial > many.meta.serial);
    assert_eq!((folder.read().meta.serial, &folder.read().records), (serial, &many.records));
    assert_eq!(folder.open().snapshot().records, many.records);
}

#[test]
fn an_interrupted_import_is_told_wherever_it_stopped() {
    let whole = Folder::new();
    whole.record(&["a/one"]);
    let export = export(&whole);
    let moments: [fn(&Folder); 3] = [
        |folder| std::fs::remove_dir_all(folder.of("store.importing")).unwrap(),
        |folder| std::fs::rename(folder.of("store"), folder.of("store.before-import")).unwrap(),
        |folder| {
            std::fs::rename(folder.of("store"), folder.of("store.before-import")).unwrap();
            std::fs::remove_file(folder.of("snapshot.json")).unwrap();
        },
    ];
    for (n, stop) in moments.into_iter().enumerate() {
        let folder = Folder::new();
        folder.record(&["a/one", "a/two"]);
        std::fs::create_dir(folder.of("store.importing")).unwrap();
        std::fs::write(folder.of("running"), "{}").unwrap();
        stop(&folder);
        match folder.try_read() {
            Ok(read) => assert_eq!((n, read.records.len()), (0, 2)),
            Err(StateError::Missing { .. }) => assert_eq!(n, 1),
            Err(StateError::Damaged { cause, .. }) => {
                assert_eq!((n, cause.as_str()), (2, "an import was interrupted"));
            }
            Err(error) => unreachable!("{error}"),
        }
        import(&folder, &export, n == 0).unwrap();
        assert_eq!(keys(&folder.read()), ["a/one"]);
        assert_eq!(keys(&folder.open().snapshot()), ["a/one"]);
    }
}

#[test]
fn anothers_export_is_refused() {
    let folder = Folder::new();
    let other = Snapshot::new("shop", "prod");
    let error =
        StateError::OtherDeployment { found: "shop/prod".into(), wanted: "shop/dev".into() };
    assert_eq!(import(&folder, &other, true), Err(error));
}

#[test]
fn what_is_no_export_is_told_with_the_place() {
    let said = |text: &str| Snapshot::from_export(text).unwrap_err().to_string();
    assert!(said("hello").contains("line 1 column 1"));
    assert!(said("{}").contains("missing field `format`"));
    let mut export: Value =
        serde_json::from_str(&Snapshot::new("a", "b").to_export().unwrap()).unwrap();
    export["records"] = json!([{"v": 1, "address": "no-slash"}]);
    assert!(said(&export.to_string()).contains("records[0]: `no-slash` is no address"));
    export["records"] = json!([{"v": 9}]);
    assert!(said(&export.to_string()).contains("records[0] has format 9"));
    export["format"] = json!(2);
    assert!(said(&export.to_string()).contains("format has format 2"));
}

#[test]
fn an_edited_snapshot_is_told() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let text = std::fs::read_to_string(folder.of("snapshot.json")).unwrap();
    let edited = text.replace("a/one", "a/two");
    let error = Snapshot::from_export(&edited).unwrap_err().to_string();
    assert!(error.contains("checksum"), "{error}");
    let (body, _) = edited.rsplit_once(",\"sum\"").unwrap();
    let taken = Snapshot::from_export(&format!("{body}}}")).unwrap();
    assert_eq!(keys(&taken), ["a/two"]);
}
