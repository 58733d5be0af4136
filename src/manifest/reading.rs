//! From the tree as it is written to the tables as they hold for one environment.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::check::{Mode, check};
use super::de::ValueDeserializer;
use super::environment;
use super::function::{FunctionDefaults, Runtime};
use super::instance::Instance;
use super::instances::{Catalogue, Instances};
use super::load::Context;
use super::manifest::{Environment, Project};
use super::pattern::{PatternSchema, schema_of};
use super::problem::Problem;
use super::problems::Problems;
use super::span::{Span, Spanned};
use super::substitute::Substitution;
use super::tables::{EnvironmentHead, ManifestTable, ProjectTable, StateSettings, check_state};
use super::template::Expression;
use super::value::{Entry, Kind, Table, Value};
use super::values::{Duration, TagKey, TagValue};
use super::words::{did_you_mean, list};

/// What a manifest comes to.
pub(crate) struct Tables {
    pub project: Project,
    pub state: StateSettings,
    pub tags: BTreeMap<String, String>,
    pub functions: FunctionDefaults,
    pub environment: Environment,
    pub instances: Vec<Instance>,
    /// The paths of all code, also of instances that are wrong.
    pub code: Vec<Spanned<String>>,
    /// The names of the instances that are wrong.
    pub lost: BTreeSet<String>,
}

/// Checks the manifest as it is written, each table for itself; then lays the environment's overlay
/// over it, puts values in, checks the whole and reads what is right of it.
pub(crate) fn read_tables(
    written: &Table,
    context: &Context,
    patterns: &[PatternSchema],
    problems: &mut Problems,
) -> Tables {
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
    let Instances { read: instances, lost, code } =
        catalogue.read_instances(&whole, mode, problems);

    problems.extend(unused_variables(written, context));

    let project: Option<ProjectTable> = part(&whole, "project", problems);
    let (name, region) = match project {
        Some(project) => (project.name.to_string(), project.region),
        None => (NAMELESS.to_owned(), None),
    };
    let tags: BTreeMap<TagKey, TagValue> = part(&whole, "tags", problems).unwrap_or_default();
    let tags = tags.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let functions = defaults(&whole, mode, problems);
    let head: EnvironmentHead = typed(root(head), problems).unwrap_or_default();
    Tables {
        project: Project {
            name,
            region: region.map(|region| region.to_string()).or(context.region.clone()),
        },
        state: part(&whole, "state", problems).unwrap_or_default(),
        tags,
        functions,
        environment: Environment {
            name: context.environment.clone(),
            protect: head.protect,
            ttl: head.ttl,
            matched: selected.map(|entry| entry.name().to_owned()),
        },
        instances,
        code,
        lost,
    }
}

/// `[functions]`. In the place of a value that is wrong, which has been told, stands one that refuses
/// least, so that of each function that is told, and all of that, which is wrong by itself.
fn defaults(whole: &Table, mode: Mode, problems: &mut Problems) -> FunctionDefaults {
    let Some(table) = whole.table("functions") else { return FunctionDefaults::default() };
    let mut right = Table::default();
    for entry in table.entries().filter(|entry| !entry.value.is_open()) {
        let (mut alone, mut wrong) = (Table::default(), Problems::new());
        alone.insert(entry.key.clone(), entry.value.clone());
        check_as::<FunctionDefaults>(&alone, &["functions"], mode, &mut wrong);
        if wrong.is_empty() {
            right.insert(entry.key.clone(), entry.value.clone());
        }
    }
    let mut functions: FunctionDefaults = typed(root(right), problems).unwrap_or_default();
    if let (Some(wrong), None) = (table.get("runtime"), functions.runtime) {
        functions.runtime = Some(Runtime::in_place_of(wrong.plain().unwrap_or_default()));
    }
    if table.contains("timeout") && functions.timeout.is_none() {
        functions.timeout = Some(Spanned::nowhere(Duration::from_seconds(1)));
    }
    functions
}

/// The name of a project that has none, where that has been told.
const NAMELESS: &str = "project";

/// Variables given by `--var` that the manifest neither declares nor uses.
fn unused_variables(written: &Table, context: &Context) -> Vec<Problem> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut tree = written.clone();
    tree.each_string(&mut |template| {
        known.extend(template.expressions().filter_map(|(expression, _)| match expression {
            Expression::Variable(name) => Some(name.clone()),
            _ => None,
        }));
    });
    let environments = written.table("environments").into_iter().flat_map(Table::entries);
    let overlays = environments.filter_map(|entry| entry.value.table());
    for table in overlays.chain([written]).filter_map(|table| table.table("variables")) {
        known.extend(table.keys().map(str::to_owned));
    }
    let unused = context.named.iter().filter(|name| !known.contains(*name));
    let problem = |name: &String| {
        let names = || known.iter().map(String::as_str);
        let help = match names().next() {
            Some(_) => format!("Its variables are {}.", list(names())),
            None => format!("It has none; `${{var.{name}}}` in a string would be one."),
        };
        let nearest = did_you_mean(name, names());
        let end = if nearest.is_empty() { "." } else { nearest.as_str() };
        let message = format!("The manifest has no variable `{name}`, which `--var` gives{end}");
        Problem::new("maas::command_line::variable", message).help(help)
    };
    unused.map(problem).collect()
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

/// A table of the top level; of one that is wrong the keys that are right, as far as they go alone.
/// None where there is none.
fn part<T: DeserializeOwned>(whole: &Table, key: &str, problems: &mut Problems) -> Option<T> {
    let table = whole.table(key)?;
    if problems.is_empty() {
        return typed(root(table.clone()), problems);
    }
    let mut quiet = Problems::new();
    let mut right = Table::default();
    for entry in table.entries() {
        let mut alone = right.clone();
        alone.insert(entry.key.clone(), entry.value.clone());
        if let Some(read) = typed::<T>(root(alone.clone()), &mut quiet) {
            drop(read);
            right = alone;
        }
    }
    typed(root(right), &mut quiet)
}

/// Reports what no schema says, unless something has been told before.
fn typed<T: DeserializeOwned>(table: Value, problems: &mut Problems) -> Option<T> {
    let refused = |refusal: super::de::Refusal| {
        let place = refusal.span.unwrap_or(Span::NOWHERE);
        Problem::at(place, "maas::manifest::invalid_value", "A value cannot be used.")
            .label(refusal.message)
    };
    match T::deserialize(ValueDeserializer::new(&table)) {
        Ok(read) => Some(read),
        Err(refusal) => {
            if problems.is_empty() {
                problems.push(refused(refusal));
            }
            None
        }
    }
}
