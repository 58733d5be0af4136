use serde_json::json;

use super::super::{
    Batch, CommitFault, Intent, Key, MemoryStore, Operation, Record, StateError, Store,
};
use super::{keys, puts, record};

fn store() -> MemoryStore {
    let store = MemoryStore::new("shop", "dev");
    let mut user = record("a/function");
    user.needs = ["a/role".parse().unwrap(), "a/group".parse().unwrap()].into();
    let mut part = record("a/policy");
    part.owner = Some("a/role".parse().unwrap());
    let mut old = record("a/role");
    (old.deposed, old.generation) = (true, 1);
    let batch = puts(&["a/role", "a/group"]).put(user).put(part).put(old);
    store.commit(batch).unwrap();
    store
}

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

#[test]
fn forgets_one_record() {
    let store = store();
    let batch = Batch::forget(&store.snapshot(), &key("a/role#1")).unwrap();
    store.commit(batch).unwrap();
    assert_eq!(keys(&store.snapshot()), ["a/function", "a/group", "a/policy", "a/role"]);
    let missing = Batch::forget(&store.snapshot(), &key("a/role#1"));
    assert_eq!(missing, Err(StateError::NoSuchRecord(key("a/role#1"))));
}

#[test]
fn renames_a_record_with_all_that_mentions_it() {
    let store = store();
    let (from, to) = ("a/role".parse().unwrap(), "b/role".parse().unwrap());
    let batch = Batch::rename(&store.snapshot(), &from, &to).unwrap();
    assert!(!batch.puts.iter().any(|record| record.address.as_str() == "a/group"));
    store.commit(batch).unwrap();
    let now = store.records();
    assert_eq!(
        keys(&store.snapshot()),
        ["a/function", "a/group", "a/policy", "b/role", "b/role#1"]
    );
    assert_eq!(now[&key("a/function")].needs, ["a/group".parse().unwrap(), to.clone()].into());
    assert_eq!(now[&key("a/policy")].owner, Some(to.clone()));
    let rename = |from, to| Batch::rename(&store.snapshot(), from, to);
    assert_eq!(rename(&from, &to), Err(StateError::NoSuchRecord(from.clone().into())));
    let group = "a/group".parse().unwrap();
    assert_eq!(rename(&to, &group), Err(StateError::Taken(group)));
}

#[test]
fn an_interrupted_step_has_to_be_settled_first() {
    let store = store();
    let intent = Intent::new(1, "r", Operation::Update, key("a/role"), "t");
    store.commit(Batch::new().open(intent)).unwrap();
    let (role, other) = ("a/role".parse().unwrap(), "b/role".parse().unwrap());
    let unsettled = Err(StateError::Unsettled(role));
    assert_eq!(Batch::forget(&store.snapshot(), &key("a/role")), unsettled);
    let Err(StateError::Unsettled(role)) = unsettled else { unreachable!() };
    let rename = Batch::rename(&store.snapshot(), &role, &other);
    assert_eq!(rename, Err(StateError::Unsettled(role)));
    // What an interrupted create refers to is known by its address.
    let mut intent = Intent::new(2, "r", Operation::Create, key("b/new"), "t");
    intent.refers_to = [("a/function".parse().unwrap(), 0)].into();
    store.commit(Batch::new().open(intent)).unwrap();
    let function = Err(StateError::Unsettled("a/function".parse().unwrap()));
    assert_eq!(Batch::forget(&store.snapshot(), &key("a/function")), function);
}

#[test]
fn a_batch_that_contradicts_the_state_changes_nothing() {
    let store = store();
    let intent = || Intent::new(1, "r", Operation::Create, key("a/new"), "t");
    store.commit(Batch::new().open(intent())).unwrap();
    let pending = json!({"arn": {"$expr": [{"node": "a/role", "output": "arn"}]}});
    let unknown = Record::new("a/new".parse().unwrap(), "t", pending.clone());
    let mut early = Intent::new(2, "r", Operation::Create, key("a/new"), "t");
    early.inputs = pending;
    let mut open_secret = early.clone();
    open_secret.inputs["arn"]["$expr"] =
        json!([{"node": "a/role", "output": "arn"}, {"secret": "x"}]);
    let before = store.snapshot();
    for batch in [
        puts(&["a/new"]).close(2),
        puts(&["a/new"]).open(intent()),
        puts(&["a/new", "a/new"]),
        puts(&["a/more"]).put(unknown),
        puts(&["a/more"]).open(open_secret),
    ] {
        let refused = store.commit(batch.clone());
        assert!(matches!(refused, Err(StateError::Invalid(_))), "{batch:?}");
        assert_eq!(store.snapshot(), before);
    }
    // What it needs may be made after it was written.
    store.commit(Batch::new().open(early)).unwrap();
}

#[test]
fn a_store_in_memory_fails_as_it_is_told() {
    let store = store().failing(1, CommitFault::Refused).failing(2, CommitFault::AnswerLost);
    assert!(store.commit(puts(&["b/one"])).is_err());
    assert!(store.commit(puts(&["b/two"])).is_err());
    assert_eq!(store.commit(puts(&["b/three"])), Ok(3));
    let kept = keys(&store.snapshot());
    assert!(!kept.contains(&"b/one".into()) && kept.contains(&"b/two".into()), "{kept:?}");
}
