//! What patterns tell of themselves.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_key_is_described_and_no_table_takes_unknown_ones() {
    for schema in schemas() {
        assert_eq!(schema.gaps(), Vec::<String>::new());
    }
}

#[test]
fn names_are_unique_and_descriptions_whole() {
    let names: BTreeSet<&str> = descriptions().iter().map(|found| found.name).collect();
    assert_eq!(names.len(), PATTERNS.len());
    for found in descriptions() {
        assert!(
            found.summary.ends_with('.') && found.diagram.starts_with("flowchart"),
            "{}",
            found.name
        );
        for parameter in &found.parameters {
            assert!(!parameter.description.is_empty(), "{}: {}", found.name, parameter.path);
        }
    }
}

#[test]
fn a_description_has_the_keys_of_tables_within() {
    let found = describe("api-async").unwrap();
    let paths: Vec<&str> = found.parameters.iter().map(|p| p.path.as_str()).collect();
    for path in ["route", "consumer", "consumer.batch", "consumer.code", "queue.retention"] {
        assert!(paths.contains(&path), "{path}: {paths:?}");
    }
    let found = describe("api-custom-authorizer").unwrap();
    assert!(found.parameters.iter().any(|p| p.path == "routes.*.public"));
    assert!(describe("nothing").is_none());
}
