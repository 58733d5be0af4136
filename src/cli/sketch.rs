//! What a command has to know of a manifest before, or although, it cannot be read as a whole.

use std::path::Path;

use toml::{Table, Value};

/// The few plain values of a manifest that say where its deployment is. What is missing, or made of
/// expressions, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sketch {
    /// `[project] name`.
    pub project: Option<String>,
    /// `[project] region`.
    pub region: Option<String>,
    /// `[state] path`.
    pub state: Option<String>,
    /// `[state] backend`.
    pub backend: Option<String>,
    /// Whether an entry of `[environments]` that matches the environment has `protect = true`.
    pub protect: bool,
}

impl Sketch {
    /// Reads the file; empty where it is no TOML.
    pub fn read(path: &Path, environment: &str) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.parse().map(|table| Self::of(&table, environment)).unwrap_or_default()
    }

    fn of(manifest: &Table, environment: &str) -> Self {
        let plain = |table: &str, key: &str| {
            let value = manifest.get(table)?.get(key)?.as_str()?;
            (!value.contains("${")).then(|| value.to_owned())
        };
        Self {
            project: plain("project", "name"),
            region: overlaid(manifest, environment).or_else(|| plain("project", "region")),
            state: plain("state", "path"),
            backend: plain("state", "backend"),
            protect: matching(manifest, environment)
                .any(|entry| entry.get("protect").and_then(Value::as_bool) == Some(true)),
        }
    }
}

/// The region that the environment's own entry names.
fn overlaid(manifest: &Table, environment: &str) -> Option<String> {
    let entry = manifest.get("environments")?.get(environment)?;
    let region = entry.get("project")?.get("region")?.as_str()?;
    (!region.contains("${")).then(|| region.to_owned())
}

fn matching<'a>(manifest: &'a Table, environment: &'a str) -> impl Iterator<Item = &'a Value> {
    let entries = manifest.get("environments").and_then(Value::as_table).into_iter().flatten();
    let fits = move |glob: &str| {
        let glob = globset::Glob::new(glob);
        glob.is_ok_and(|glob| glob.compile_matcher().is_match(environment))
    };
    entries.filter(move |(name, _)| *name == environment || fits(name)).map(|(_, entry)| entry)
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_needs_from_a_manifest_that_is_wrong() {
        let text = "nonsense = 1\n[project]\nname = \"shop\"\nregion = \"${var.R}\"\n[state]\npath = \"../s\"\n\
            [environments.\"pr-*\"]\nprotect = true\n";
        let sketch = Sketch::of(&text.parse().unwrap(), "pr-1");
        assert_eq!(sketch.project.as_deref(), Some("shop"));
        assert_eq!((sketch.region, sketch.state.as_deref()), (None, Some("../s")));
        assert!(sketch.protect);
        assert!(!Sketch::of(&text.parse().unwrap(), "dev").protect);
    }
}
