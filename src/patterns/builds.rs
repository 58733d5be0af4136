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

/// The manifest's builds, each once, in the order of the manifest.
pub fn builds(manifest: &Manifest) -> Vec<Build> {
    let mut builds: Vec<Build> = Vec::new();
    let mut seen = BTreeSet::new();
    for instance in &manifest.instances {
        let mut tables: Vec<_> = instance.table.table().into_iter().collect();
        while let Some(table) = tables.pop() {
            tables.extend(table.entries().filter_map(|entry| entry.value.table()));
            let (Some(code), Some(build)) = (table.get("code"), table.get("build")) else {
                continue;
            };
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
