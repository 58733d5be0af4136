//! `anyOf` and `oneOf`.

use serde_json::Value as Json;

use super::{Found, Schema, Walk, is_of, type_words, types};
use crate::manifest::problems::Problems;
use crate::manifest::span::Span;
use crate::manifest::value::{Kind, Value};
use crate::manifest::words::join;

impl Walk<'_> {
    /// Checks a value against the option that it was most probably meant for: of those that allow
    /// its type, the one it fits, else the one with the fewest problems.
    pub(super) fn union(&mut self, schema: &Schema, options: &[Json], value: &Value, place: Span) {
        let resolved: Vec<(Schema, &Json)> = options
            .iter()
            .filter_map(|option| Some((self.resolve(option)?.into_owned(), option)))
            .filter(|(option, _)| !is_null(option))
            .collect();
        if resolved.is_empty() {
            return self.anything(value);
        }
        let fitting: Vec<&(Schema, &Json)> =
            resolved.iter().filter(|(option, _)| allows(option, value)).collect();
        if fitting.is_empty() {
            let mut expected: Vec<&str> = resolved.iter().flat_map(|(o, _)| words(o)).collect();
            expected.dedup();
            let expected = expected.into_iter().map(str::to_owned);
            return self.wrong_type(schema, value, &join(expected, "or"));
        }
        if let Kind::String(template) = &value.kind
            && let Some(allowed) = all_names(&fitting)
        {
            if self.is_plain(template)
                && let Some(text) = template.plain()
                && !allowed.contains(&text)
            {
                self.not_allowed(&allowed, text, value.span);
            }
            return;
        }
        let tried = fitting.iter().map(|(_, option)| self.attempt(option, value, place));
        let best = tried.min_by_key(|(problems, _)| problems.len());
        if let Some((problems, found)) = best {
            self.problems.extend(problems);
            self.found.references.extend(found.references);
            self.found.instances.extend(found.instances);
            self.found.code.extend(found.code);
        }
    }

    fn attempt(&self, option: &Json, value: &Value, place: Span) -> (Problems, Found) {
        let mut walk = Walk {
            root: self.root,
            mode: self.mode,
            path: self.path.clone(),
            above: self.above.clone(),
            problems: Problems::new(),
            found: Found::default(),
        };
        walk.value(option, value, place);
        (walk.problems, walk.found)
    }
}

fn is_null(option: &Schema) -> bool {
    option.get("type").is_some_and(|name| name == "null")
}

fn allows(option: &Schema, value: &Value) -> bool {
    let types = types(option);
    match option.get("const") {
        Some(Json::String(_)) if types.is_empty() => is_of(value, "string"),
        _ => types.is_empty() || types.iter().any(|name| is_of(value, name)),
    }
}

fn words(option: &Schema) -> Vec<&'static str> {
    match option.get("const") {
        Some(Json::String(_)) => vec!["a string"],
        _ => types(option).into_iter().filter_map(type_words).collect(),
    }
}

/// The strings that the options list, if they do nothing else.
fn all_names<'s>(options: &[&'s (Schema, &Json)]) -> Option<Vec<&'s str>> {
    let mut names = Vec::new();
    for (option, _) in options {
        match (option.get("const"), option.get("enum")) {
            (Some(Json::String(name)), _) => names.push(name.as_str()),
            (_, Some(Json::Array(list))) => names.extend(list.iter().filter_map(Json::as_str)),
            _ => return None,
        }
    }
    Some(names)
}
