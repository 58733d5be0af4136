//! The commands that make code ready.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::manifest::{Manifest, Span};

/// A command of the manifest's own that makes a function's code ready.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Build {
    /// The code, from the manifest's folder.
    pub code: PathBuf,
    /// The command.
    pub command: String,
    /// The place of the code's path in the manifest.
    pub place: Span,
}

/// Tables that hold functions by names of the user's own.
const FUNCTIONS_BY_NAME: [&str; 3] = ["recipients", "routes", "subscribers"];

/// Whether a table of that name holds data, in which anything may stand.
fn is_data(name: &str) -> bool {
    ["environment", "filter"].contains(&name)
}

/// The manifest's builds, each once, in the order of the manifest.
pub fn builds(manifest: &Manifest) -> Vec<Build> {
    let mut builds: Vec<Build> = Vec::new();
    let mut seen = BTreeSet::new();
    for instance in &manifest.instances {
        let mut tables: Vec<_> = instance.table.table().into_iter().map(|it| (it, false)).collect();
        while let Some((table, by_name)) = tables.pop() {
            let Some(code) = table.get("code") else {
                let inner = table.entries().filter(|entry| by_name || !is_data(entry.name()));
                tables.extend(inner.filter_map(|entry| {
                    Some((entry.value.table()?, FUNCTIONS_BY_NAME.contains(&entry.name())))
                }));
                continue;
            };
            // What is inside a function's table is its settings.
            let Some(build) = table.get("build") else { continue };
            let (Some(path), Some(command)) = (code.plain(), build.plain()) else { continue };
            let code_path = manifest.folder.join(path);
            if seen.insert((code_path.clone(), command.to_owned())) {
                let command = command.to_owned();
                builds.push(Build { code: code_path, command, place: code.span });
            }
        }
    }
    builds.sort_by_key(|build| build.place);
    builds
}
