//! Tables.

use serde_json::Value as Json;

use super::string::matches;
use super::{Schema, Walk, about, header_key};
use crate::manifest::function::missing_runtime;
use crate::manifest::problem::Problem;
use crate::manifest::span::Span;
use crate::manifest::value::{Entry, Table};
use crate::manifest::values::Format;
use crate::manifest::words::{did_you_mean, list, quoted};

impl Walk<'_> {
    pub(super) fn table(&mut self, schema: &Schema, table: &Table, place: Span) {
        let known = properties(schema).into_iter().flat_map(|p| p.keys()).cloned().collect();
        self.above.push((self.path.join("."), known));
        for entry in table.entries() {
            self.path.push(header_key(entry.name()));
            self.entry(schema, entry);
            self.path.pop();
        }
        self.above.pop();
        self.count(schema, table, place);
        if !self.mode.partial {
            self.required(schema, table, place);
            self.runtime(schema, table, place);
        }
    }

    fn entry(&mut self, schema: &Schema, entry: &Entry) {
        let name = entry.name();
        let at = entry.key.span;
        if let Some(property) = properties(schema).and_then(|p| p.get(name)) {
            return self.value(property, &entry.value, at);
        }
        let patterns = schema.get("patternProperties").and_then(Json::as_object);
        for (pattern, values) in patterns.into_iter().flatten() {
            if let Some(format) = Format::by_pattern(pattern) {
                if let Err(malformed) = (format.check)(name) {
                    let message = "A key is malformed.";
                    let problem = Problem::at(at, "maas::manifest::malformed_key", message);
                    let problem = problem.label(malformed.label).help(malformed.help);
                    self.problems.push(problem);
                }
                return self.value(values, &entry.value, at);
            }
            if matches(pattern, name) {
                return self.value(values, &entry.value, at);
            }
        }
        match schema.get("additionalProperties") {
            None | Some(Json::Bool(true)) => self.anything(&entry.value),
            Some(Json::Bool(false)) => self.unknown(schema, name, at),
            Some(values) => self.value(values, &entry.value, at),
        }
    }

    fn unknown(&mut self, schema: &Schema, name: &str, at: Span) {
        let known = || properties(schema).into_iter().flat_map(|p| p.keys());
        let nearest = did_you_mean(name, known().map(String::as_str));
        let help = match (self.above_with(name), known().next()) {
            (Some(""), _) => {
                format!(
                    "`{name}` is a key of the top level: write it as `[{name}]`, or above the first `[…]`."
                )
            }
            (Some(header), _) => {
                format!("`{name}` is a key of `[{header}]`: move it there, before the next `[…]`.")
            }
            (_, Some(_)) => format!("Keys here: {}.", list(known().map(String::as_str))),
            _ => "No key is allowed here.".to_owned(),
        };
        let problem = Problem::at(at, "maas::manifest::unknown_key", "A key is not known.")
            .label(format!("there is no key {} here{nearest}", quoted(name)))
            .help(help);
        self.problems.push(problem);
    }

    /// The nearest table around this one that knows the key, as its header says it.
    fn above_with(&self, name: &str) -> Option<&str> {
        let mut above = self.above.iter().rev();
        let table = above.find(|(_, keys)| keys.iter().any(|key| key == name));
        table.map(|(header, _)| header.as_str())
    }

    fn required(&mut self, schema: &Schema, table: &Table, place: Span) {
        let names = |list: Option<&Json>| -> Vec<String> {
            let list = list.and_then(Json::as_array).into_iter().flatten();
            list.filter_map(Json::as_str).map(str::to_owned).collect()
        };
        for name in names(schema.get("required")) {
            if !table.contains(&name) {
                self.missing(schema, &name, place, format!("`{name}` is missing here"));
            }
        }
        let dependent = schema.get("dependentRequired").and_then(Json::as_object);
        for (given, needed) in dependent.into_iter().flatten() {
            let Some(entry) = table.entry(given) else {
                continue;
            };
            for name in names(Some(needed)).into_iter().filter(|n| !table.contains(n)) {
                let label = format!("`{given}` needs `{name}` beside it");
                self.missing(schema, &name, entry.key.span, label);
            }
        }
    }

    fn missing(&mut self, schema: &Schema, name: &str, place: Span, label: String) {
        let property = properties(schema).and_then(|p| p.get(name));
        let property = property.and_then(|property| self.resolve(property));
        let about = property.and_then(|property| about(&property));
        let help = match about {
            Some(about) => format!("`{name}`: {about}"),
            None => format!("Add `{name}`."),
        };
        let message = "A key is missing.";
        let problem = Problem::at(place, "maas::manifest::missing_key", message);
        self.problems.push(problem.label(label).help(help));
    }

    fn count(&mut self, schema: &Schema, table: &Table, place: Span) {
        let bound = |keyword: &str| schema.get(keyword).and_then(Json::as_u64);
        let count = table.len() as u64;
        let label = match (bound("minProperties"), bound("maxProperties")) {
            (Some(least), _) if count < least && !self.mode.partial => {
                format!("{least} or more are needed")
            }
            (_, Some(most)) if count > most => format!("at most {most} are allowed, not {count}"),
            _ => return,
        };
        let message = "A table holds too few or too many.";
        let problem = Problem::at(place, "maas::manifest::count", message).label(label);
        self.problems.push(super::with_about(problem, schema));
    }

    fn runtime(&mut self, schema: &Schema, table: &Table, place: Span) {
        let needed = match schema.get("x-needs-runtime").and_then(Json::as_str) {
            Some("always") => true,
            Some("with-code") => table.contains("code"),
            _ => false,
        };
        if needed && !table.contains("runtime") && !self.mode.runtime_given {
            self.problems.push(missing_runtime(place));
        }
    }
}

fn properties(schema: &Schema) -> Option<&Schema> {
    schema.get("properties")?.as_object()
}
