//! Whether what a file holds could have been recorded by a run.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Record, Snapshot, StateError};
use crate::graph::{Address, Document, Needs, topological};

/// No resource is replaced so often, and no state changed so often.
const BEYOND: u64 = 1 << 31;

impl Snapshot {
    /// Refuses what no run records, and what commands would stumble over: types that `is_known`
    /// does not know, numbers that cannot go on, inputs that are none, resources that need each
    /// other.
    ///
    /// A need that is not recorded is none of that: `maas state forget` leaves it, and so does a
    /// resource that was deleted by hand. Such needs are what this returns: who has it, and what.
    ///
    /// # Errors
    /// [`StateError::BadExport`] with the place and the reason.
    pub fn sound(
        &self,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Vec<(Address, Address)>, StateError> {
        let bad = |what: String| Err(StateError::BadExport(what));
        for (name, number) in [("serial", self.meta.serial), ("last_intent", self.meta.last_intent)]
        {
            if number >= BEYOND {
                return bad(format!("meta: its {name} cannot be {number}"));
            }
        }
        for (key, record) in &self.records {
            if let Some(why) = of_record(record, &is_known) {
                return bad(format!("{key}: {why}"));
            }
        }
        for (seq, intent) in &self.intents {
            let why = of(&intent.kind, intent.generation, &intent.inputs, &is_known);
            let late =
                || (*seq > self.meta.last_intent).then_some("it is beyond meta's last_intent");
            if let Some(why) = why.or_else(|| late().map(str::to_owned)) {
                return bad(format!("intent {seq} of {}: {why}", intent.key));
            }
        }
        let current = self.records.values().filter(|record| !record.deposed);
        let needs: Needs =
            current.map(|record| (record.address.clone(), record.needs.clone())).collect();
        topological(&needs).map_err(|cycle| StateError::BadExport(cycle.to_string()))?;
        Ok(self.dangling())
    }

    fn dangling(&self) -> Vec<(Address, Address)> {
        let there: BTreeSet<&Address> = self.records.keys().map(|key| &key.address).collect();
        let needs = self.records.values().flat_map(|record| {
            let all = record.needs.iter().chain(&record.owner);
            all.map(|need| (&record.address, need))
        });
        let missing: BTreeSet<_> = needs.filter(|(_, need)| !there.contains(need)).collect();
        missing.into_iter().map(|(user, need)| (user.clone(), need.clone())).collect()
    }
}

fn of_record(record: &Record, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let outputs = record.outputs.as_ref();
    if outputs.is_some_and(|outputs| !outputs.is_object()) {
        return Some("its outputs are no object".to_owned());
    }
    of(&record.kind, record.generation, &record.inputs, is_known)
}

fn of(
    kind: &str,
    generation: u32,
    inputs: &Document,
    is_known: impl Fn(&str) -> bool,
) -> Option<String> {
    if !is_known(kind) {
        return Some(format!("this version of maas does not know the type `{kind}`"));
    }
    if u64::from(generation) >= BEYOND {
        return Some(format!("its generation cannot be {generation}"));
    }
    (!matches!(inputs, Value::Object(_))).then(|| "its inputs are no object".to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::super::{Intent, Operation};
    use super::*;

    fn record(name: &str, needs: &[&str]) -> Record {
        let mut record = Record::new(name.parse().unwrap(), "t", json!({}));
        record.needs = needs.iter().map(|need| need.parse().unwrap()).collect();
        record
    }

    fn checked(
        records: impl IntoIterator<Item = Record>,
        change: impl FnOnce(&mut Snapshot),
    ) -> Result<Vec<(Address, Address)>, String> {
        let mut snapshot = Snapshot::new("shop", "dev");
        snapshot.records = records.into_iter().map(|record| (record.key(), record)).collect();
        change(&mut snapshot);
        snapshot.sound(|kind| kind == "t").map_err(|error| error.to_string())
    }

    fn refused(
        records: impl IntoIterator<Item = Record>,
        change: impl FnOnce(&mut Snapshot),
    ) -> String {
        checked(records, change).unwrap_err()
    }

    #[test]
    fn what_a_run_records_is_taken() {
        // A copy that was left behind may need what now needs its successor.
        let old = Record { deposed: true, generation: 1, ..record("a/two", &["a/one"]) };
        let all = [record("a/one", &["a/two"]), record("a/two", &[]), old];
        assert_eq!(checked(all, |_| ()).unwrap(), []);
    }

    #[test]
    fn a_need_that_is_not_there_is_told() {
        let mut owned = record("a/one", &["a/gone"]);
        owned.owner = Some("a/lost".parse().unwrap());
        let told = checked([owned], |_| ()).unwrap();
        let told: Vec<&str> = told.iter().map(|(_, need)| need.as_str()).collect();
        assert_eq!(told, ["a/gone", "a/lost"]);
    }

    #[test]
    fn what_needs_itself_is_refused() {
        let all = [record("a/one", &["a/two"]), record("a/two", &["a/one"])];
        let said = refused(all, |_| ());
        assert!(said.contains("a/one → a/two"), "{said}");
        assert!(refused([record("a/one", &["a/one"])], |_| ()).contains("a/one"));
    }

    #[test]
    fn what_no_run_records_is_refused() {
        let one = || record("a/one", &[]);
        let foreign = Record { kind: "u".into(), ..one() };
        assert!(refused([foreign], |_| ()).contains("a/one: this version of maas does not know"));
        let last = Record { generation: u32::MAX, ..one() };
        assert!(refused([last], |_| ()).contains("its generation cannot be 4294967295"));
        let empty = Record { inputs: Value::Null.into(), ..one() };
        assert!(refused([empty], |_| ()).contains("its inputs are no object"));
        let text = Record { outputs: Some(json!("x").into()), ..one() };
        assert!(refused([text], |_| ()).contains("its outputs are no object"));
        let said = refused([], |snapshot| snapshot.meta.serial = u64::MAX);
        assert!(said.contains("its serial cannot be"), "{said}");
        let said = refused([], |snapshot| {
            let mut intent = Intent::new(7, "r", Operation::Create, "a/b".parse().unwrap(), "t");
            intent.inputs = json!({});
            snapshot.intents.insert(7, intent);
        });
        assert!(said.contains("beyond meta's last_intent"), "{said}");
    }
}
