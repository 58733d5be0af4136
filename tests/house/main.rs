//! The map of the house stays true: which room may use which, and who may know the SDK or print.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms, each with those that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("graph", &[]),
    ("manifest", &[]),
    ("package", &[]),
    ("aws", &["graph"]),
    ("patterns", &["manifest", "graph", "aws", "package"]),
    ("state", &["graph"]),
    ("plan", &["graph", "state"]),
    ("execute", &["graph", "plan", "state"]),
    ("report", &["graph", "plan", "execute", "state", "manifest"]),
    (
        "cli",
        &["graph", "manifest", "package", "aws", "patterns", "state", "plan", "execute", "report"],
    ),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for path in sources(&source) {
        let inside = path.strip_prefix(&source).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        if !room.ends_with(".rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            rooms.entry(room).or_default().push((inside.to_owned(), text));
        }
    }
    rooms
}

/// The production part of a file: all before its tests.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn rooms_use_only_the_rooms_that_they_may() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ROOMS.iter().map(|(room, may)| (*room, may.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for (room, files) in rooms() {
        let may =
            allowed.get(room.as_str()).unwrap_or_else(|| panic!("src/{room} is no known room"));
        for (path, text) in files {
            for used in production(&text).split("crate::").skip(1) {
                let used: String =
                    used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let is_room = allowed.contains_key(used.as_str());
                if is_room && used != room && !may.contains(used.as_str()) {
                    wrong.push(format!("{} uses {used}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_aws_room_knows_the_sdk() {
    let known = |text: &str| {
        ["aws_sdk_", "aws_config", "aws_smithy", "aws_credential", "aws_types"]
            .iter()
            .any(|name| text.contains(name))
    };
    let wrong: Vec<String> = rooms()
        .into_iter()
        .filter(|(room, _)| room != "aws")
        .flat_map(|(_, files)| files)
        .filter(|(_, text)| known(text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
