//! Strings.

use serde_json::Value as Json;

use super::{Schema, Walk, with_about};
use crate::manifest::problem::Problem;
use crate::manifest::span::{Span, Spanned};
use crate::manifest::template::{Expression, Template};
use crate::manifest::text::{Reference, Text};
use crate::manifest::values::{Access, Format};
use crate::manifest::words::{any_of, did_you_mean, quoted};

const MALFORMED: &str = "A value is malformed.";

impl Walk<'_> {
    pub(super) fn string(&mut self, schema: &Schema, template: &Template, span: Span) {
        match schema.get("format").and_then(Json::as_str) {
            Some("maas-text") => self.text(template, span),
            Some("maas-reference") => self.reference(schema, template, span),
            Some("maas-access") if refers(template) => {
                let problem = Problem::at(span, "maas::manifest::malformed", MALFORMED)
                    .label("a grant is written without `${` and `}`");
                self.problems.push(with_about(problem, schema));
            }
            format => {
                if self.is_plain(template)
                    && let Some(text) = template.plain()
                {
                    let format = format.and_then(Format::by_name);
                    self.plain(schema, format, text, span);
                }
            }
        }
    }

    fn text(&mut self, template: &Template, span: Span) {
        if let Some(text) = Text::of(template, span) {
            self.found.references.extend(text.references().cloned());
        }
    }

    fn reference(&mut self, schema: &Schema, template: &Template, span: Span) {
        let mut expressions = template.expressions();
        match (expressions.next(), template.parts.len()) {
            (Some((Expression::Reference(names), place)), 1) => {
                let reference = Reference::without_attribute(names, place);
                self.found.references.extend(reference);
            }
            _ if template.is_open() => {}
            _ => {
                let problem = Problem::at(span, "maas::manifest::malformed", MALFORMED)
                    .label("expected one `${instance.part}` and nothing else");
                self.problems.push(with_about(problem, schema));
            }
        }
    }

    fn plain(&mut self, schema: &Schema, format: Option<&Format>, text: &str, span: Span) {
        if !self.is_allowed(schema, text, span) {
            return;
        }
        let Some(format) = format else {
            return self.unformatted(schema, text, span);
        };
        if let Err(malformed) = (format.check)(text) {
            let problem = Problem::at(span, "maas::manifest::malformed", MALFORMED);
            let problem = problem.label(malformed.label).help(malformed.help);
            return self.problems.push(problem);
        }
        match format.name {
            "maas-access" => self.found.references.extend(access(text, span)),
            "maas-instance" => self.found.instances.push(Spanned::new(text.to_owned(), span)),
            "maas-path" => self.found.code.push(Spanned::new(text.to_owned(), span)),
            _ => self.quantity(schema, format, text, span),
        }
    }

    /// Whether the text is one of those that `enum` or `const` allow.
    fn is_allowed(&mut self, schema: &Schema, text: &str, span: Span) -> bool {
        let allowed: Vec<&str> = match (schema.get("enum"), schema.get("const")) {
            (Some(Json::Array(values)), _) => values.iter().filter_map(Json::as_str).collect(),
            (_, Some(Json::String(value))) => vec![value],
            _ => return true,
        };
        allowed.contains(&text) || {
            self.not_allowed(&allowed, text, span);
            false
        }
    }

    pub(super) fn not_allowed(&mut self, allowed: &[&str], text: &str, span: Span) {
        let nearest = did_you_mean(text, allowed.iter().copied());
        let message = "A value is not one of those allowed.";
        let problem = Problem::at(span, "maas::manifest::not_allowed", message)
            .label(format!("{} is not allowed{nearest}", quoted(text)))
            .help(format!("Allowed: {}.", any_of(allowed.iter().copied())));
        self.problems.push(problem);
    }

    fn unformatted(&mut self, schema: &Schema, text: &str, span: Span) {
        let bound = |keyword: &str| schema.get(keyword).and_then(Json::as_u64);
        let length = text.chars().count() as u64;
        let pattern = schema.get("pattern").and_then(Json::as_str);
        let label = match (bound("minLength"), bound("maxLength")) {
            (Some(_), _) if length == 0 => "this is empty".to_owned(),
            (Some(least), _) if length < least => format!("it needs {least} characters or more"),
            (_, Some(most)) if length > most => {
                format!("{length} characters are too many, {most} are allowed")
            }
            _ => match pattern {
                Some(pattern) if !matches(pattern, text) => {
                    format!("this does not match the pattern `{pattern}`")
                }
                _ => return,
            },
        };
        let problem = Problem::at(span, "maas::manifest::malformed", MALFORMED).label(label);
        self.problems.push(with_about(problem, schema));
    }

    fn quantity(&mut self, schema: &Schema, format: &Format, text: &str, span: Span) {
        if let Some(label) = out_of_bounds(schema, format, text) {
            let message = "A value is out of its range.";
            let problem = Problem::at(span, "maas::manifest::out_of_range", message).label(label);
            self.problems.push(with_about(problem, schema));
        }
    }
}

/// What is wrong with the size of a quantity.
fn out_of_bounds(schema: &Schema, format: &Format, text: &str) -> Option<String> {
    let given = (format.quantity)(text)?;
    let bound = |keyword: &str| {
        let text = schema.get(keyword)?.as_str()?;
        Some((text, (format.quantity)(text)?))
    };
    let least = bound("x-minimum").filter(|(_, least)| given < *least);
    let most = bound("x-maximum").filter(|(_, most)| given > *most);
    let step = bound("x-multiple").filter(|(_, step)| !given.is_multiple_of(*step));
    match (least, most, step) {
        (Some((least, _)), _, _) => Some(format!("the least is {least}")),
        (_, Some((most, _)), _) => Some(format!("the most is {most}")),
        (_, _, Some((step, _))) => Some(format!("it has to be a multiple of {step}")),
        _ => None,
    }
}

/// Whether an example of the type is within the bounds of the field.
pub(super) fn is_within(schema: &Schema, example: &Json) -> bool {
    let format = schema.get("format").and_then(Json::as_str).and_then(Format::by_name);
    match (format, example.as_str()) {
        (Some(format), Some(text)) => out_of_bounds(schema, format, text).is_none(),
        _ => true,
    }
}

fn refers(template: &Template) -> bool {
    let mut expressions = template.expressions();
    expressions.any(|(expression, _)| matches!(expression, Expression::Reference(_)))
}

fn access(text: &str, span: Span) -> Option<Reference> {
    let access: Access = text.parse().ok()?;
    Some(Reference { instance: access.instance, part: access.part, attribute: None, span })
}

/// Whether the text matches; a pattern that is itself wrong refuses nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).map_or(true, |pattern| pattern.is_match(text))
}
