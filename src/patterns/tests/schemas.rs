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

/// An example of a reference is to a part that the key takes, and the same as in its description.
#[test]
fn examples_of_references_are_their_keys_own() {
    let mut found = 0;
    for description in descriptions() {
        for parameter in &description.parameters {
            let example = parameter.examples.iter().find(|example| example.starts_with("${"));
            let Some(example) = example else { continue };
            let key = parameter.path.rsplit('.').next().unwrap();
            let part = example.trim_end_matches('}').split_once('.').unwrap().1;
            let name = format!("{}: {} = {example}", description.name, parameter.path);
            match key {
                "network" => assert_eq!(part, "vpc", "{name}"),
                _ => assert!(part.ends_with(key), "{name}"),
            }
            let told = &parameter.description;
            assert!(!told.contains("${") || told.contains(example.as_str()), "{name}: {told}");
            found += 1;
        }
    }
    assert!(found >= 20, "{found}");
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
