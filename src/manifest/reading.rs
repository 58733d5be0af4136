//! From the tree as it is written to the tables as they hold for one environment.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::check::{Mode, check};
use super::de::ValueDeserializer;
use super::environment;
use super::function::FunctionDefaults;
use super::instance::Instance;
use super::instances::Catalogue;
use super::load::Context;
use super::manifest::{Environment, Project};
use super::pattern::{PatternSchema, schema_of};
use super::problem::Problem;
use super::problems::Problems;
use super::span::Span;
use super::substitute::Substitution;
use super::tables::{EnvironmentHead, ManifestTable, StateSettings, check_state};
use super::value::{Entry, Kind, Table, Value};

/// What a manifest comes to.
pub(crate) struct Tables {
    pub project: Project,
    pub state: StateSettings,
    pub tags: BTreeMap<String, String>,
    pub functions: FunctionDefaults,
    pub environment: Environment,
    pub instances: Vec<Instance>,
}

/// Checks the manifest as it is written, each table for itself; then lays the environment's overlay
/// over it, puts values in, checks the whole and reads it. `None` where something is wrong.
pub(crate) fn read_tables(
    written: &Table,
    context: &Context,
    patterns: &[PatternSchema],
    problems: &mut Problems,
) -> Option<Tables> {
    if let Some(problem) = written.table("state").and_then(check_state) {
        problems.extend(Some(problem));
        let mut rest = written.clone();
        rest.remove("state");
        return read_tables(&rest, context, patterns, problems);
    }
    let catalogue = Catalogue::new(patterns);
    problems.extend(environment::check_name(&context.environment));
    let mut mode = Mode { partial: true, ..Mode::default() };
    check_as::<ManifestTable>(written, &[], mode, problems);
    catalogue.check_written(written, problems);

    let environments = written.table("environments");
    let selected = environment::select(environments, &context.environment, problems);
    let (mut whole, mut head) = lay_over(written, selected);
    let substitution = Substitution::new(&whole, context, problems);
    substitution.table(&mut whole, problems);
    substitution.table(&mut head, problems);

    let functions = whole.table("functions");
    mode.partial = false;
    mode.runtime_given = functions.is_some_and(|table| table.contains("runtime"));
    check_as::<ManifestTable>(&whole, &[], mode, problems);
    let name = selected.map(Entry::name).unwrap_or_default();
    check_as::<EnvironmentHead>(&head, &["environments", name], mode, problems);
    let instances = catalogue.read_instances(&whole, mode, problems);
    if !problems.is_empty() {
        return None;
    }

    let table = typed::<ManifestTable>(whole, problems)?;
    let head = typed::<EnvironmentHead>(head, problems)?;
    let region = table.project.region.map(|region| region.to_string());
    let tags = table.tags.iter().map(|(k, v)| (k.to_string(), v.to_string()));
    Some(Tables {
        project: Project {
            name: table.project.name.to_string(),
            region: region.or(context.region.clone()),
        },
        state: table.state,
        tags: tags.collect(),
        functions: table.functions,
        environment: Environment {
            name: context.environment.clone(),
            protect: head.protect,
            ttl: head.ttl,
            matched: selected.map(|entry| entry.name().to_owned()),
        },
        instances,
    })
}

fn root(table: Table) -> Value {
    Value::new(Kind::Table(table), Span::new(0, 0))
}

fn check_as<T: JsonSchema>(table: &Table, path: &[&str], mode: Mode, problems: &mut Problems) {
    let schema = schema_of::<T>().to_value();
    let value = root(table.clone());
    check(&schema, &value, path, value.span, mode, problems);
}

/// The manifest with the environment's overlay over it and `[environments]` left out, and the keys
/// of the environment that are its own.
fn lay_over(written: &Table, selected: Option<&Entry>) -> (Table, Table) {
    let mut whole = written.clone();
    let mut head = Table::default();
    whole.remove("environments");
    let overlay = selected.and_then(|entry| entry.value.table());
    let Some(mut overlay) = overlay.cloned() else {
        return (whole, head);
    };
    for key in ["protect", "ttl"] {
        if let Some(entry) = overlay.remove(key) {
            head.insert(entry.key, entry.value);
        }
    }
    overlay.remove("environments");
    whole.overlay(&overlay);
    (whole, head)
}

fn typed<T: DeserializeOwned>(table: Table, problems: &mut Problems) -> Option<T> {
    let read = T::deserialize(ValueDeserializer::new(&root(table)));
    let refused = |refusal: super::de::Refusal| {
        let place = refusal.span.unwrap_or(Span::NOWHERE);
        Problem::at(place, "maas::manifest::invalid_value", "A value cannot be used.")
            .label(refusal.message)
    };
    read.map_err(|refusal| problems.push(refused(refusal))).ok()
}
