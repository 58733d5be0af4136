//! The tables of the instances against the patterns that they use.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::check::{Found, Mode, check};
use super::instance::Instance;
use super::pattern::PatternSchema;
use super::problem::Problem;
use super::problems::Problems;
use super::span::{Span, Spanned};
use super::value::{Entry, Kind, Table, Value};
use super::words::{did_you_mean, list, quoted};

/// The patterns that there are, ready to check against.
pub(crate) struct Catalogue(Vec<(&'static str, Json)>);

impl Catalogue {
    pub fn new(patterns: &[PatternSchema]) -> Self {
        Self(patterns.iter().map(|p| (p.name, p.with_use())).collect())
    }

    /// Checks the instances as they are written, and what every environment lays over them.
    pub fn check_written(&self, written: &Table, problems: &mut Problems) {
        let mode = Mode { partial: true, ..Mode::default() };
        let instances = written.table("patterns");
        for entry in instances.into_iter().flat_map(Table::entries) {
            self.check(entry, None, &[], mode, problems);
        }
        let environments = written.table("environments");
        for environment in environments.into_iter().flat_map(Table::entries) {
            let overlay = environment.value.table().and_then(|e| e.table("patterns"));
            for entry in overlay.into_iter().flat_map(Table::entries) {
                let below = instances.and_then(|instances| instances.get(entry.name()));
                let adds = entry.value.table().is_some_and(|table| table.contains("use"));
                if below.is_none() && !adds {
                    problems.push(no_such_instance(entry, instances));
                }
                let pattern = below.and_then(Value::table).and_then(|table| table.get("use"));
                self.check(entry, pattern, &["environments", environment.name()], mode, problems);
            }
        }
    }

    /// Checks the instances as they hold, and reads them.
    pub fn read_instances(&self, whole: &Table, mode: Mode, problems: &mut Problems) -> Instances {
        let mut instances = Instances::default();
        for entry in whole.table("patterns").into_iter().flat_map(Table::entries) {
            let before = problems.len();
            let found = self.check(entry, None, &[], mode, problems);
            instances.code.extend(found.iter().flat_map(|found| found.code.iter().cloned()));
            let is_right = problems.len() == before && !entry.value.is_open();
            match found.filter(|_| is_right).and_then(|found| read(entry, found)) {
                Some(instance) => instances.read.push(instance),
                None => drop(instances.lost.insert(entry.name().to_owned())),
            }
        }
        instances
    }

    /// Checks one instance against the pattern that it uses; `None` where that is not known.
    fn check(
        &self,
        entry: &Entry,
        pattern_below: Option<&Value>,
        above: &[&str],
        mode: Mode,
        problems: &mut Problems,
    ) -> Option<Found> {
        let table = entry.value.table()?;
        let place = entry.key.span;
        let Some(pattern) = table.get("use").or(pattern_below) else {
            if !mode.partial {
                problems.push(self.no_pattern(place));
            }
            return None;
        };
        let name = match (&pattern.kind, pattern.plain()) {
            (_, Some(name)) => name,
            (Kind::String(_), None) => return None,
            _ => {
                let message = "A value is of the wrong type.";
                let label = format!("expected a string, found {}", pattern.describe());
                let problem = Problem::at(pattern.span, "maas::manifest::wrong_type", message);
                problems.push(problem.label(label).help(self.listing()));
                return None;
            }
        };
        let Some((_, schema)) = self.0.iter().find(|(known, _)| *known == name) else {
            problems.push(self.unknown(name, pattern.span));
            return None;
        };
        let path = [above, &["patterns", entry.name()]].concat();
        Some(check(schema, &entry.value, &path, place, mode, problems))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    fn listing(&self) -> String {
        format!("The patterns are {}.", list(self.names()))
    }

    fn no_pattern(&self, place: Span) -> Problem {
        Problem::at(place, "maas::manifest::missing_key", "A key is missing.")
            .label("`use` is missing here, the name of a pattern")
            .help(self.listing())
    }

    fn unknown(&self, name: &str, place: Span) -> Problem {
        let nearest = did_you_mean(name, self.names());
        Problem::at(place, "maas::manifest::unknown_pattern", "There is no such pattern.")
            .label(format!("{} is not a pattern{nearest}", quoted(name)))
            .help(self.listing())
    }
}

/// The instances of a manifest.
#[derive(Default)]
pub(crate) struct Instances {
    /// Those that are right.
    pub read: Vec<Instance>,
    /// The names of the others.
    pub lost: BTreeSet<String>,
    /// The paths of code in all of them.
    pub code: Vec<Spanned<String>>,
}

fn read(entry: &Entry, found: Found) -> Option<Instance> {
    let mut table = entry.value.table()?.clone();
    let pattern = table.remove("use")?.value;
    Some(Instance {
        name: Spanned::new(entry.name().to_owned(), entry.key.span),
        pattern: Spanned::new(pattern.plain()?.to_owned(), pattern.span),
        table: Value::new(Kind::Table(table), entry.value.span),
        found,
    })
}

fn no_such_instance(entry: &Entry, instances: Option<&Table>) -> Problem {
    let name = entry.name();
    let names = || instances.into_iter().flat_map(Table::keys);
    let nearest = did_you_mean(name, names());
    let known = match names().next() {
        Some(_) => format!("The instances are {}; ", list(names())),
        None => "The manifest has no instances; ".to_owned(),
    };
    let message = "An environment changes an instance that is not there.";
    Problem::at(entry.key.span, "maas::manifest::no_such_instance", message)
        .label(format!("there is no instance {}{nearest}", quoted(name)))
        .help(format!("{known}with `use` it would be one of this environment alone."))
}
