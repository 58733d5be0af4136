//! What a command has to know of a manifest before, or although, it cannot be read as a whole.

use std::path::Path;

use toml::Table;

use crate::manifest::best_match;

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
    /// The `protect` of the entry of `[environments]` that holds.
    pub protect: Protect,
    /// Whether one of these values is an expression, so that only the whole manifest tells it.
    pub has_expressions: bool,
}

/// What a manifest says of `protect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Protect {
    /// Nothing, or that there is none.
    #[default]
    No,
    /// That the environment is protected.
    Yes,
    /// Something that is neither.
    Unclear,
}

impl Sketch {
    /// Reads the file; empty where it is no TOML.
    pub fn read(path: &Path, environment: &str) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.parse().map(|table| Self::of(&table, environment)).unwrap_or_default()
    }

    fn of(manifest: &Table, environment: &str) -> Self {
        let entry = entry(manifest, environment);
        let text = |table: &str, key: &str| {
            let within = |all: &Table| Some(all.get(table)?.get(key)?.as_str()?.to_owned());
            entry.and_then(within).or_else(|| within(manifest))
        };
        let values = [("project", "name"), ("project", "region"), ("state", "path")];
        let has_expressions = values
            .into_iter()
            .chain([("state", "backend")])
            .any(|(table, key)| text(table, key).is_some_and(|text| text.contains("${")));
        let plain = |table, key| text(table, key).filter(|text| !text.contains("${"));
        Self {
            project: plain("project", "name"),
            region: plain("project", "region"),
            state: plain("state", "path"),
            backend: plain("state", "backend"),
            protect: match entry.and_then(|entry| entry.get("protect")) {
                None | Some(toml::Value::Boolean(false)) => Protect::No,
                Some(toml::Value::Boolean(true)) => Protect::Yes,
                Some(_) => Protect::Unclear,
            },
            has_expressions,
        }
    }
}

/// The entry of `[environments]` that holds.
fn entry<'a>(manifest: &'a Table, environment: &str) -> Option<&'a Table> {
    let entries = manifest.get("environments")?.as_table()?;
    let name = best_match(entries.keys().map(String::as_str), environment)?;
    entries.get(name)?.as_table()
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
        assert_eq!(sketch.protect, Protect::Yes);
        assert_eq!(Sketch::of(&text.parse().unwrap(), "dev").protect, Protect::No);
        assert!(sketch.has_expressions);
    }

    #[test]
    fn the_entry_that_matches_best_holds() {
        let text = "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n\
            [environments.\"pr-*\"]\nprotect = true\nproject.region = \"us-east-1\"\n\
            [environments.pr-1.project]\nname = \"other\"\n";
        let of = |environment| Sketch::of(&text.parse().unwrap(), environment);
        let (one, two, dev) = (of("pr-1"), of("pr-2"), of("dev"));
        assert_eq!((one.project.as_deref(), one.protect), (Some("other"), Protect::No));
        assert_eq!((two.region.as_deref(), two.protect), (Some("us-east-1"), Protect::Yes));
        assert_eq!(
            (dev.project.as_deref(), dev.region.as_deref()),
            (Some("shop"), Some("eu-west-1"))
        );
        assert!(!one.has_expressions && dev.protect == Protect::No);
    }

    #[test]
    fn what_is_neither_yes_nor_no_is_unclear() {
        for value in ["\"true\"", "1", "\"${var.PROTECT}\"", "{}"] {
            let text = format!("[environments.prod]\nprotect = {value}\n");
            let sketch = Sketch::of(&text.parse().unwrap(), "prod");
            assert_eq!(sketch.protect, Protect::Unclear, "{value}");
        }
    }
}
