//! `${…}` in strings: the grammar.

use super::problem::Problem;
use super::problems::Problems;
use super::span::Span;
use super::text::Sensitive;
use super::words::{did_you_mean, quoted};

/// The names that stand for themselves in `${…}`; no instance may have one of them, nor `var`.
pub(crate) const SINGLE: [&str; 4] = ["env", "project", "region", "account"];

/// A string of the manifest: literal text and expressions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    pub parts: Vec<Part>,
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Expression(Expression, Span),
}

/// What stands between `${` and `}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    Environment,
    Project,
    Region,
    Variable(String),
    Account,
    /// `instance.part`, `instance.part.attribute`: at least two names.
    Reference(Vec<String>),
    /// What a sensitive variable becomes when it is put in.
    Secret {
        variable: String,
        value: Sensitive,
    },
    /// Something wrong that has been reported.
    Broken,
}

impl Template {
    /// Plain text, without a look at what it holds.
    pub fn literal(text: impl Into<String>) -> Self {
        let mut template = Self::default();
        template.push_literal(&text.into());
        template
    }

    /// The text, if it holds no expression.
    pub fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether an expression in it is still to be put in (or is broken), so that its text cannot be judged.
    pub fn is_open(&self) -> bool {
        use Expression::{Broken, Environment, Project, Region, Variable};
        self.expressions()
            .any(|(e, _)| matches!(e, Environment | Project | Region | Variable(_) | Broken))
    }

    /// The expressions and their places.
    pub fn expressions(&self) -> impl Iterator<Item = (&Expression, Span)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Expression(expression, span) => Some((expression, *span)),
        })
    }

    pub fn push_literal(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(last)) => last.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }

    /// Reads a decoded string. `place` is the place of the whole string token, with its quotes, in `source`.
    pub fn read(text: &str, place: Span, source: &str, problems: &mut Problems) -> Self {
        let starts = starts_in_source(text, place, source);
        let mut template = Self::default();
        let mut at = 0;
        while let Some(found) = text[at..].find("${").map(|i| i + at) {
            let after = found + 2;
            if found > at && text[..found].ends_with('$') {
                template.push_literal(&text[at..found - 1]);
                template.push_literal("${");
                at = after;
                continue;
            }
            template.push_literal(&text[at..found]);
            let inner = &text[after..];
            let stop = inner.find(['}', '\n', '$', '{']).unwrap_or(inner.len());
            let closed = inner[stop..].starts_with('}');
            let stop = if closed { stop } else { names_end(inner) };
            at = after + stop + usize::from(closed);
            let start = starts.iter().find(|(i, _)| *i == found);
            let span = start.and_then(|(_, s)| same_text(*s, &text[found..at], source));
            let span = span.unwrap_or(place);
            let expression = if closed { expression(&inner[..stop]) } else { Err(Wrong::Unclosed) };
            let expression = expression.unwrap_or_else(|wrong| {
                problems.push(wrong.problem(span, &inner[..stop]));
                Expression::Broken
            });
            template.parts.push(Part::Expression(expression, span));
        }
        template.push_literal(&text[at..]);
        template
    }
}

/// Where each `${` of the decoded text begins in the source. Empty where that cannot be told,
/// which is when a `$` or `{` is written as an escape.
fn starts_in_source(text: &str, place: Span, source: &str) -> Vec<(usize, usize)> {
    let raw = source.get(place.start..place.end).unwrap_or_default();
    let raw: Vec<usize> = raw.match_indices("${").map(|(i, _)| i).collect();
    let decoded: Vec<usize> = text.match_indices("${").map(|(i, _)| i).collect();
    if raw.len() != decoded.len() {
        return Vec::new();
    }
    let raw = raw.into_iter().map(|i| place.start + i);
    decoded.into_iter().zip(raw).collect()
}

fn names_end(text: &str) -> usize {
    text.find(|c| !in_names(c)).unwrap_or(text.len())
}

fn in_names(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn same_text(start: usize, text: &str, source: &str) -> Option<Span> {
    let end = start + text.len();
    (source.get(start..end)? == text).then(|| Span::new(start, end))
}

enum Wrong {
    Unclosed,
    Empty,
    Characters,
    Variable,
    Name,
    NoParts(String),
}

fn expression(inner: &str) -> Result<Expression, Wrong> {
    let names: Vec<&str> = inner.split('.').collect();
    if inner.is_empty() {
        return Err(Wrong::Empty);
    }
    if !inner.chars().all(in_names) || names.iter().any(|name| name.is_empty()) {
        return Err(Wrong::Characters);
    }
    match names.as_slice() {
        ["env"] => Ok(Expression::Environment),
        ["project"] => Ok(Expression::Project),
        ["region"] => Ok(Expression::Region),
        ["account"] => Ok(Expression::Account),
        ["var", name] if is_variable(name) => Ok(Expression::Variable((*name).to_owned())),
        ["var", ..] => Err(Wrong::Variable),
        [_] => Err(Wrong::Name),
        [first, ..] if SINGLE.contains(first) => Err(Wrong::NoParts((*first).to_owned())),
        names => Ok(Expression::Reference(names.iter().map(|name| (*name).to_owned()).collect())),
    }
}

/// Whether this can be the name of a variable: a letter, then letters, digits and `_`.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

const FORMS: &str = "`${env}`, `${project}`, `${region}`, `${account}`, `${var.NAME}` and \
                     `${instance.part.attribute}` are what there is; `$${` is a literal `${`.";

impl Wrong {
    fn problem(self, span: Span, inner: &str) -> Problem {
        let label = match &self {
            Wrong::Unclosed => "this `${` has no `}`".to_owned(),
            Wrong::Empty => "there is no name in it".to_owned(),
            Wrong::Characters if inner.contains(char::is_whitespace) => {
                "names hold no spaces".to_owned()
            }
            Wrong::Characters => "this is no name, nor names joined by `.`".to_owned(),
            Wrong::Variable => {
                "a variable is `var.NAME`, its name a letter, then letters, digits and `_`"
                    .to_owned()
            }
            Wrong::Name => {
                let nearest = did_you_mean(inner, SINGLE);
                format!("{} is not one of the names{nearest}", quoted(inner))
            }
            Wrong::NoParts(name) => format!("`{name}` has no parts"),
        };
        Problem::at(span, "maas::manifest::bad_expression", "An expression is malformed.")
            .label(label)
            .help(FORMS)
    }
}
