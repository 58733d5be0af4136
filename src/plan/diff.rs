//! Differences between documents, by path.

use serde::Serialize;
use serde_json::Value;

use crate::graph::document;

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Where, as in `environment.STAGE`.
    pub path: String,
    /// What was there; null for nothing.
    pub from: Value,
    /// What comes; null for nothing.
    pub to: Value,
    /// Whether another resource has to be made for it.
    pub replaces: bool,
}

impl Change {
    /// The input that it is about: the path's first part.
    pub fn input(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }
}

/// What differs between two documents: maps are compared by key, everything else as a whole.
pub fn changes(from: &Value, to: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", from, to, &mut found);
    found
}

fn compare(path: &str, from: &Value, to: &Value, found: &mut Vec<Change>) {
    if from == to {
        return;
    }
    match (from, to) {
        (Value::Object(old), Value::Object(new)) if !is_leaf(from) && !is_leaf(to) => {
            let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(
                    &path,
                    old.get(key).unwrap_or(&Value::Null),
                    new.get(key).unwrap_or(&Value::Null),
                    found,
                );
            }
        }
        _ => found.push(Change {
            path: path.to_owned(),
            from: from.clone(),
            to: to.clone(),
            replaces: false,
        }),
    }
}

fn is_leaf(value: &Value) -> bool {
    document::is_secret(value) || document::expression(value).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn names_each_difference_by_its_path() {
        let from = json!({"memory": 128, "environment": {"A": "1", "B": "2"}, "list": [1]});
        let to = json!({"memory": 256, "environment": {"A": "1", "C": "3"}, "list": [1, 2]});
        let paths: Vec<String> =
            changes(&from, &to).into_iter().map(|change| change.path).collect();
        assert_eq!(paths, ["environment.B", "environment.C", "list", "memory"]);
    }

    #[test]
    fn a_secret_changes_as_a_whole() {
        let (from, to) = (json!({"k": {"$sealed": "a"}}), json!({"k": {"$sealed": "b"}}));
        assert_eq!(changes(&from, &to)[0].path, "k");
    }

    fn documents() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![any::<bool>().prop_map(Value::from), any::<u8>().prop_map(Value::from)];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|map| json!(map))
        })
    }

    proptest! {
        #[test]
        fn there_are_changes_exactly_where_documents_differ(a in documents(), b in documents()) {
            prop_assert!(changes(&a, &a).is_empty());
            prop_assert_eq!(changes(&a, &b).is_empty(), a == b);
        }
    }
}
