//! The tree against a JSON Schema: every problem at its place.
//!
//! The keywords are those that schemars writes, with a few of our own beside them: a `format` of
//! [`values`](super::values), `x-minimum`, `x-maximum` and `x-multiple` for quantities,
//! `x-needs-runtime` for functions, `x-partial` for tables that are laid over others, and
//! `x-elsewhere` for tables that another schema checks.

mod number;
mod string;
mod table;
mod union;

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::problem::Problem;
use super::problems::Problems;
use super::span::{Span, Spanned};
use super::tables::TOP_LEVEL;
use super::template::Expression;
use super::text::Reference;
use super::value::{Kind, Value};
use super::words::join;

/// A JSON object of a schema.
type Schema = Map<String, Json>;

/// How to look at the tree.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mode {
    /// The tree is a part of a manifest: keys may be missing, expressions are not put in yet.
    pub partial: bool,
    /// `[functions]` names a runtime.
    pub runtime_given: bool,
}

/// What the check came across.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Parts of other instances, by `${…}` or in a grant.
    pub references: Vec<Reference>,
    /// Names of other instances that stand alone.
    pub instances: Vec<Spanned<String>>,
    /// Paths of code.
    pub code: Vec<Spanned<String>>,
}

/// Checks one value. `path` is what its table's header would say, empty for the whole manifest;
/// `place` is that of its key.
pub(crate) fn check(
    schema: &Json,
    value: &Value,
    path: &[&str],
    place: Span,
    mode: Mode,
    problems: &mut Problems,
) -> Found {
    let mut walk = Walk {
        root: schema,
        mode,
        path: path.iter().copied().map(header_key).collect(),
        above: Vec::new(),
        problems: Problems::new(),
        found: Found::default(),
    };
    if !path.is_empty() {
        walk.above.push((String::new(), TOP_LEVEL.map(str::to_owned).to_vec()));
    }
    walk.value(schema, value, place);
    problems.extend(walk.problems);
    walk.found
}

struct Walk<'a> {
    root: &'a Json,
    mode: Mode,
    /// The keys that lead to the table.
    path: Vec<String>,
    /// The tables around it: what their headers say, and the keys that they know.
    above: Vec<(String, Vec<String>)>,
    problems: Problems,
    found: Found,
}

impl<'a> Walk<'a> {
    /// Checks a value; `place` is that of its key, where it has one.
    fn value(&mut self, schema: &Json, value: &Value, place: Span) {
        let schema = match self.resolve(schema) {
            Some(schema) => schema,
            None => return self.anything(value),
        };
        let before = self.mode;
        self.mode.partial |= schema.get("x-partial").is_some_and(|v| v == &Json::Bool(true));
        if self.has_type(&schema, value) {
            self.typed(&schema, value, place);
        }
        self.mode = before;
    }

    fn typed(&mut self, schema: &Schema, value: &Value, place: Span) {
        if schema.contains_key("x-elsewhere") {
            return;
        }
        if let Some(all) = schema.get("allOf").and_then(Json::as_array) {
            all.iter().for_each(|each| self.value(each, value, place));
        }
        if let Some(options) = schema.get("anyOf").or(schema.get("oneOf")) {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            self.union(schema, options, value, place);
            return;
        }
        match &value.kind {
            _ if is_free(schema) => self.anything(value),
            Kind::String(template) => self.string(schema, template, value.span),
            Kind::Integer(_) | Kind::Float(_) => self.number(schema, value),
            Kind::Array(items) => self.array(schema, items, value.span),
            Kind::Table(table) => self.table(schema, table, place),
            Kind::Boolean(_) | Kind::Datetime(_) => {}
        }
    }

    /// Follows references; what stands beside `$ref` is added. `None` where everything is allowed.
    fn resolve<'s>(&self, schema: &'s Json) -> Option<Cow<'s, Schema>>
    where
        'a: 's,
    {
        let schema = schema.as_object()?;
        let Some(target) = schema.get("$ref").and_then(Json::as_str) else {
            return Some(Cow::Borrowed(schema));
        };
        let target = self.root.pointer(target.strip_prefix('#')?)?;
        let mut merged = self.resolve(target)?.into_owned();
        for (keyword, value) in schema.iter().filter(|(keyword, _)| *keyword != "$ref") {
            merged.insert(keyword.clone(), value.clone());
        }
        Some(Cow::Owned(merged))
    }

    fn has_type(&mut self, schema: &Schema, value: &Value) -> bool {
        let types = types(schema);
        if types.is_empty() || types.iter().any(|name| is_of(value, name)) {
            return true;
        }
        let expected = types.iter().filter_map(|name| type_words(name));
        self.wrong_type(schema, value, &join(expected.map(str::to_owned), "or"));
        false
    }

    fn wrong_type(&mut self, schema: &Schema, value: &Value, expected: &str) {
        let message = "A value is of the wrong type.";
        let problem = Problem::at(value.span, "maas::manifest::wrong_type", message)
            .label(format!("expected {expected}, found {}", value.describe()));
        self.problems.push(with_about(problem, schema));
    }

    /// Checks what the schema leaves free: only that its strings are plain.
    fn anything(&mut self, value: &Value) {
        match &value.kind {
            Kind::String(template) => {
                self.is_plain(template);
            }
            Kind::Array(items) => items.iter().for_each(|item| self.anything(item)),
            Kind::Table(table) => table.entries().for_each(|e| self.anything(&e.value)),
            _ => {}
        }
    }

    /// Whether a string can be judged as plain text; reports an expression that can never be.
    fn is_plain(&mut self, template: &super::template::Template) -> bool {
        let mut plain = true;
        for (expression, span) in template.expressions() {
            let label = match expression {
                Expression::Account => "the account is not known before the cloud is asked".into(),
                Expression::Reference(_) => "this is not known before it is made".into(),
                Expression::Secret { variable, .. } => format!("`{variable}` is sensitive"),
                _ => continue,
            };
            plain = false;
            let message = "An expression cannot be used here.";
            self.problems.push(
                Problem::at(span, "maas::manifest::expression_not_here", message)
                    .label(label)
                    .help(
                        "This value has to be known when the manifest is read: `${env}`, `${project}`, \
                         `${region}` and `${var.NAME}` of a variable that is not sensitive can be used.",
                    ),
            );
        }
        plain && !template.is_open()
    }

    fn array(&mut self, schema: &Schema, items: &[Value], span: Span) {
        if let Some(each) = schema.get("items") {
            items.iter().for_each(|item| self.value(each, item, item.span));
        }
        let bound = |keyword: &str| schema.get(keyword).and_then(Json::as_u64);
        let count = items.len() as u64;
        let label = match (bound("minItems"), bound("maxItems")) {
            (Some(least), _) if count < least => format!("{least} or more are needed"),
            (_, Some(most)) if count > most => format!("at most {most} are allowed, not {count}"),
            _ => return,
        };
        let message = "An array holds too few or too many.";
        let problem = Problem::at(span, "maas::manifest::count", message).label(label);
        self.problems.push(with_about(problem, schema));
    }
}

/// A key as a table's header writes it.
fn header_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { format!("{key:?}") }
}

/// The names of the types a schema allows, without `null`, which TOML does not have.
fn types(schema: &Schema) -> Vec<&str> {
    let names = match schema.get("type") {
        Some(Json::String(name)) => vec![name.as_str()],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    names.into_iter().filter(|name| *name != "null").collect()
}

fn is_of(value: &Value, name: &str) -> bool {
    match &value.kind {
        Kind::String(_) => name == "string",
        Kind::Integer(_) => name == "integer" || name == "number",
        Kind::Float(_) => name == "number",
        Kind::Boolean(_) => name == "boolean",
        Kind::Datetime(_) => false,
        Kind::Array(_) => name == "array",
        Kind::Table(_) => name == "object",
    }
}

fn type_words(name: &str) -> Option<&'static str> {
    Some(match name {
        "string" => "a string",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "an array",
        "object" => "a table",
        _ => return None,
    })
}

fn is_free(schema: &Schema) -> bool {
    const SAYING: [&str; 4] = ["type", "enum", "const", "properties"];
    SAYING.iter().all(|keyword| !schema.contains_key(*keyword))
}

/// Adds what the schema says of itself: the description's first paragraph and an example.
fn with_about(problem: Problem, schema: &Schema) -> Problem {
    match about(schema) {
        Some(text) => problem.help(text),
        None => problem,
    }
}

fn about(schema: &Schema) -> Option<String> {
    let description = schema.get("description").and_then(Json::as_str);
    let description = description.and_then(|text| text.split("\n\n").next());
    let description = description.map(|text| text.replace('\n', " "));
    let examples = schema.get("examples").and_then(Json::as_array).into_iter().flatten();
    let examples = examples.filter(|example| string::is_within(schema, example));
    let examples = join(examples.map(|example| format!("`{example}`")), "or");
    let examples = (!examples.is_empty()).then(|| format!("For example {examples}."));
    match (description, examples) {
        (Some(text), Some(examples)) => Some(format!("{text} {examples}")),
        (text, examples) => text.or(examples),
    }
}
