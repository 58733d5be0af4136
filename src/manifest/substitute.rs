//! Puts environment, project, region and variables into the strings of the tree.

use std::collections::BTreeMap;

use super::load::Context;
use super::problem::Problem;
use super::problems::Problems;
use super::secrets::is_sensitive;
use super::span::Span;
use super::template::{Expression, Part, Template};
use super::text::Sensitive;
use super::value::{Kind, Table, Value};
use super::words::did_you_mean;

/// What expressions stand for.
pub(crate) struct Substitution<'a> {
    context: &'a Context,
    /// Those declared; none until all are read, since defaults cannot build on each other.
    variables: Option<BTreeMap<String, Variable>>,
    project: Known,
    region: Known,
}

/// Tables whose keys are names that the manifest chooses.
const OF_NAMES: [&str; 6] =
    ["environments", "patterns", "recipients", "routes", "subscribers", "variables"];

/// What a variable is that `[variables]` does not declare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undeclared {
    Plain,
    Secret,
}

/// A variable that `[variables]` declares.
struct Variable {
    default: Option<String>,
    sensitive: bool,
}

/// A value that the manifest itself gives, perhaps with expressions.
enum Known {
    Yes(String),
    /// There is none.
    No,
    /// There is one, and something is wrong with it, which is reported elsewhere.
    Wrong,
    /// It is just being found.
    NotYet,
}

impl<'a> Substitution<'a> {
    /// Reads the variables, then the project's region and name out of a merged manifest.
    pub fn new(manifest: &Table, context: &'a Context, problems: &mut Problems) -> Self {
        let mut substitution =
            Self { context, variables: None, project: Known::NotYet, region: Known::NotYet };
        let declared = manifest.table("variables").into_iter().flat_map(Table::entries);
        let declared = declared.map(|entry| {
            let variable = substitution.declared(&entry.value, problems);
            (entry.name().to_owned(), variable)
        });
        substitution.variables = Some(declared.collect());
        let project = manifest.table("project");
        substitution.region = match project.and_then(|p| p.get("region")) {
            Some(value) => substitution.known(&value.kind, problems),
            None => context.region.clone().map_or(Known::No, Known::Yes),
        };
        substitution.project = match project.and_then(|p| p.get("name")) {
            Some(value) => substitution.known(&value.kind, problems),
            None => Known::Wrong,
        };
        substitution
    }

    fn declared(&self, variable: &Value, problems: &mut Problems) -> Variable {
        let default = variable.table().and_then(|table| table.get("default"));
        let default = match default.map(|value| self.known(&value.kind, problems)) {
            Some(Known::Yes(text)) => Some(text),
            _ => None,
        };
        Variable { default, sensitive: is_sensitive(variable) }
    }

    fn known(&self, kind: &Kind, problems: &mut Problems) -> Known {
        let Kind::String(template) = kind else {
            return Known::Wrong;
        };
        let mut template = template.clone();
        self.put_in(&mut template, Undeclared::Plain, problems);
        template.plain().map_or(Known::Wrong, |text| Known::Yes(text.to_owned()))
    }

    /// Puts values into every string of the table.
    pub fn table(&self, table: &mut Table, problems: &mut Problems) {
        self.within(table, "", problems);
    }

    /// The same for the table of that name. What a function's environment is given from outside is a
    /// secret unless it is declared not to be one.
    fn within(&self, table: &mut Table, name: &str, problems: &mut Problems) {
        for entry in table.entries_mut() {
            let own = entry.name().to_owned();
            let undeclared = match own.as_str() {
                "environment" if !OF_NAMES.contains(&name) => Undeclared::Secret,
                _ => Undeclared::Plain,
            };
            match &mut entry.value.kind {
                Kind::Table(inner) if undeclared == Undeclared::Plain => {
                    self.within(inner, &own, problems);
                }
                _ => entry.value.each_string(&mut |template| {
                    self.put_in(template, undeclared, problems);
                }),
            }
        }
    }

    fn put_in(&self, template: &mut Template, undeclared: Undeclared, problems: &mut Problems) {
        if template.plain().is_some() {
            return;
        }
        let mut put = Template::default();
        for part in std::mem::take(&mut template.parts) {
            match part {
                Part::Literal(text) => put.push_literal(&text),
                Part::Expression(expression, span) => {
                    match self.resolve(expression, span, undeclared) {
                        Ok(Part::Literal(text)) => put.push_literal(&text),
                        Ok(part) => put.parts.push(part),
                        Err(problem) => {
                            problems.extend(problem);
                            put.parts.push(Part::Expression(Expression::Broken, span));
                        }
                    }
                }
            }
        }
        *template = put;
    }

    fn resolve(
        &self,
        expression: Expression,
        span: Span,
        undeclared: Undeclared,
    ) -> Result<Part, Option<Problem>> {
        let known = |known: &Known, missing: fn(Span) -> Problem| match known {
            Known::Yes(text) => Ok(Part::Literal(text.clone())),
            Known::No => Err(Some(missing(span))),
            Known::Wrong => Err(None),
            Known::NotYet => Err(Some(too_early(span))),
        };
        match expression {
            Expression::Environment => Ok(Part::Literal(self.context.environment.clone())),
            Expression::Project => known(&self.project, too_early),
            Expression::Region => known(&self.region, no_region),
            Expression::Variable(name) => self.variable(&name, span, undeclared).map_err(Some),
            other => Ok(Part::Expression(other, span)),
        }
    }

    fn variable(&self, name: &str, span: Span, undeclared: Undeclared) -> Result<Part, Problem> {
        let variables = self.variables.as_ref().ok_or_else(|| too_early(span))?;
        let declared = variables.get(name);
        let value = self.context.variables.get(name);
        let is_secret =
            declared.map_or(undeclared == Undeclared::Secret, |variable| variable.sensitive);
        if !is_secret {
            let value = value.or(declared.and_then(|variable| variable.default.as_ref()));
            let text = value.ok_or_else(|| self.no_variable(name, span))?;
            return Ok(Part::Literal(text.clone()));
        }
        let value = value.ok_or_else(|| self.no_variable(name, span))?;
        let secret = Expression::Secret { variable: name.to_owned(), value: Sensitive::new(value) };
        Ok(Part::Expression(secret, span))
    }

    fn no_variable(&self, name: &str, span: Span) -> Problem {
        let declared = self.variables.iter().flatten().map(|(name, _)| name);
        let known = declared.chain(self.context.variables.keys()).map(String::as_str);
        let nearest = did_you_mean(name, known.filter(|known| *known != name));
        Problem::at(span, "maas::manifest::missing_variable", "A variable has no value.")
            .label(format!("no value is given for `{name}`{nearest}"))
            .help(format!(
                "Give one with `--var {name}=value`, with `MAAS_VAR_{name}` in the environment, or \
                 with `default` in `[variables.{name}]`."
            ))
    }
}

fn no_region(span: Span) -> Problem {
    Problem::at(span, "maas::manifest::missing_region", "The region is not known.")
        .label("no region is given")
        .help("Set `region` in `[project]`, `AWS_REGION`, or the region of the AWS profile.")
}

fn too_early(span: Span) -> Problem {
    let message = "An expression cannot be used here.";
    Problem::at(span, "maas::manifest::expression_not_here", message)
        .label("this is not known yet at this place")
        .help("`project.name`, `project.region` and defaults of variables may hold `${env}`; the first two `${var.NAME}` too.")
}
