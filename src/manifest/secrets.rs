//! What a manifest should not hold: defaults of sensitive variables.

use std::collections::BTreeSet;

use super::problem::Problem;
use super::problems::Problems;
use super::span::Span;
use super::value::{Entry, Kind, Table, Value};

/// The defaults of variables that any table calls sensitive: reports each, and gives their places,
/// so that no excerpt shows them.
pub(crate) fn refuse_secrets(written: &Table, problems: &mut Problems) -> Vec<Span> {
    let environments = written.table("environments");
    let overlays = environments.into_iter().flat_map(Table::entries);
    let overlays = overlays.filter_map(|entry| entry.value.table()?.table("variables"));
    let variables: Vec<&Table> = written.table("variables").into_iter().chain(overlays).collect();
    let entries = || variables.iter().flat_map(|table| table.entries());
    let sensitive = entries().filter(|entry| is_sensitive(&entry.value));
    let sensitive: BTreeSet<&str> = sensitive.map(Entry::name).collect();
    let entries = entries().filter(|entry| sensitive.contains(entry.name()));
    let defaults = entries.filter_map(|entry| entry.value.table()?.entry("default"));
    defaults
        .map(|default| {
            let code = "maas::manifest::sensitive_default";
            problems.push(
                Problem::at(default.key.span, code, "A sensitive variable has a default.")
                    .label("a secret does not belong into the manifest")
                    .help("Give the value with `--var NAME=value` or `MAAS_VAR_NAME`."),
            );
            default.value.span
        })
        .collect()
}

/// Whether a variable's table says that it is sensitive; anything but a clear `false` counts.
pub(crate) fn is_sensitive(variable: &Value) -> bool {
    let sensitive = variable.table().and_then(|table| table.get("sensitive"));
    sensitive.is_some_and(|value| !matches!(value.kind, Kind::Boolean(false)))
}
