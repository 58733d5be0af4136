//! Functions and what they use of other instances: variables, and rights.

use std::collections::{BTreeMap, BTreeSet};

use super::Outside;
use super::databases::{self, KINDS};
use super::grants::{grants, variable};
use super::references::{Refused, find, output};
use crate::aws::{Function, Role, Statement};
use crate::graph::{Address, Expr, Handle, Input, Part};
use crate::manifest::{
    Access, Problem, Reference, Span, Spanned, Text, TextPart, VariableName, any_of, did_you_mean,
    list,
};
use crate::patterns::expansion::{Expansion, Tie};

/// What a function wants of other instances.
pub(in crate::patterns) struct Wire {
    pub function: Handle<Function>,
    pub role: Handle<Role>,
    /// Variables that its pattern sets.
    pub taken: BTreeSet<String>,
    pub environment: BTreeMap<Spanned<VariableName>, Text>,
    pub access: Vec<Spanned<Access>>,
}

/// What comes of it.
#[derive(Default)]
pub(super) struct Connected {
    environment: BTreeMap<String, Input<String>>,
    /// Rights of its role.
    statements: Statements,
    /// Rights on databases.
    pub databases: Statements,
}

/// Statements by their ids.
#[derive(Default)]
pub(super) struct Statements(BTreeMap<String, Statement>);

impl Statements {
    /// Adds a statement; another one of the same id keeps it, and this one gets another.
    pub fn allow(&mut self, mut sid: String, statement: Statement) {
        while self.0.get(&sid).is_some_and(|known| *known != statement) {
            sid.push('X');
        }
        self.0.insert(sid, statement);
    }
}

/// Gives all functions their variables and their rights.
pub(in crate::patterns) fn connect(all: &mut Expansion<'_>) {
    let wires = std::mem::take(&mut all.wires);
    for wire in &wires {
        wire.access.iter().for_each(|access| databases::join(all, wire, access));
    }
    for wire in wires {
        let mut connected = Connected::default();
        for (name, text) in &wire.environment {
            let value = resolve(all, &wire, text);
            put(all, &wire, &mut connected, name.get_ref().as_ref(), name.span(), value);
        }
        for access in &wire.access {
            grant(all, &wire, access, &mut connected);
        }
        let Connected { environment, statements, databases: on_databases } = connected;
        let on_databases = on_databases.0.into_iter().collect();
        databases::allow(all, &wire.function, &wire.role, on_databases);
        all.graph.amend(&wire.function, |inputs| inputs.environment.extend(environment));
        all.graph.amend(&wire.role, |inputs| {
            statements
                .0
                .into_iter()
                .for_each(|(sid, statement)| inputs.policy.insert(&sid, statement));
        });
    }
}

fn put(
    all: &mut Expansion<'_>,
    wire: &Wire,
    connected: &mut Connected,
    name: &str,
    place: Span,
    value: Result<Input<String>, Refused>,
) {
    let value = match value {
        Ok(value) => value,
        Err(problem) => return all.problems.extend(problem),
    };
    let twice = connected.environment.insert(name.to_owned(), value.clone());
    let twice = twice.is_some_and(|before| before != value);
    if twice || wire.taken.contains(name) {
        let by = if twice { "another key here" } else { "the pattern" };
        let message = "A variable of a function is set twice.";
        let problem = Problem::at(place, "maas::patterns::variable_taken", message)
            .label(format!("`{name}` is set by {by} already"))
            .help("Give it another name; the function finds both.");
        all.problems.push(problem);
    }
}

/// A text with the outputs that it refers to.
fn resolve(all: &mut Expansion<'_>, wire: &Wire, text: &Text) -> Result<Input<String>, Refused> {
    let mut parts = Vec::new();
    for part in &text.parts {
        parts.push(match part {
            TextPart::Literal(text) => Part::Text(text.clone()),
            TextPart::Account => all.place.account_part(),
            TextPart::Secret { value, .. } => Part::Secret { secret: value.reveal().to_owned() },
            TextPart::Reference(reference) => {
                let (node, name) = output(all, reference)?;
                tie(all, wire, node, name, reference.span)
            }
        });
    }
    Ok(Expr::text(parts))
}

/// The piece that stands for an output; a function's own are foretold, since it cannot wait for
/// itself.
fn tie(all: &mut Expansion<'_>, wire: &Wire, node: Address, output: String, place: Span) -> Part {
    if node == *wire.function.address() {
        return Part::Foretold { node, foretold: output };
    }
    all.ties.push(Tie { from: wire.function.address().clone(), to: node.clone(), place });
    Part::Output { node, output }
}

fn grant(
    all: &mut Expansion<'_>,
    wire: &Wire,
    access: &Spanned<Access>,
    connected: &mut Connected,
) {
    let Access { instance, part, verb } = access.get_ref().clone();
    let reference = Reference { instance, part, attribute: None, span: access.span() };
    let found = match find(all, &reference) {
        Ok(found) => found,
        Err(problem) => return all.problems.extend(problem),
    };
    let (address, kind) = (found.node.address.clone(), found.node.traits.kind);
    let key = found.node.wanted.get("kms_key").and_then(|key| key.as_str()).map(str::to_owned);
    let code = "maas::patterns::access";
    if KINDS.contains(&kind) && verb == "connect" {
        match databases::grant(all, wire, access, connected) {
            Ok(variables) => {
                for (name, value) in variables {
                    put(all, wire, connected, &name, access.span(), Ok(value));
                }
                all.ties.push(Tie {
                    from: wire.function.address().clone(),
                    to: address,
                    place: access.span(),
                });
            }
            Err(problem) => all.problems.extend(problem),
        }
        return;
    }
    let Some(grants) = grants(kind) else {
        let problem = Problem::at(access, code, "Nothing can be granted on a part.")
            .label(format!("`{address}` is of the type `{kind}`"))
            .help("Buckets, queues, topics, tables, databases, functions, Firehose streams and APIs can be granted.");
        return all.problems.push(problem);
    };
    let Some(verb) = grants.verbs.iter().find(|known| known.name == verb) else {
        let names = || grants.verbs.iter().map(|known| known.name);
        let problem = Problem::at(access, code, "There is no such grant.")
            .label(format!("`{verb}` cannot be granted on it{}", did_you_mean(&verb, names())))
            .help(format!("On `{address}` one can grant {}.", any_of(names())));
        return all.problems.push(problem);
    };
    for (sid, statement) in verb.statements(&address, key.as_deref(), all.place) {
        connected.statements.allow(sid, statement);
    }
    if let Some(service) = grants.outside {
        let (function, place) = (wire.function.address().clone(), access.span());
        all.outside.push(Outside { function, service, place });
    }
    for attribute in grants.attributes {
        let name = variable(&reference.instance, &reference.part, attribute);
        let part = tie(all, wire, address.clone(), (*attribute).to_owned(), access.span());
        let value = Ok(Expr::text(vec![part]));
        put(all, wire, connected, &name, access.span(), value);
    }
}

/// The ARN of each layer, which has to be known when the graph is made.
pub(in crate::patterns) fn layers(all: &mut Expansion<'_>, layers: &[Text]) -> Vec<String> {
    let mut known = Vec::new();
    for layer in layers {
        let parts = layer.parts.iter().map(|part| match part {
            TextPart::Literal(text) => Some(text.clone()),
            TextPart::Account => all.place.account.clone(),
            TextPart::Reference(_) | TextPart::Secret { .. } => None,
        });
        match parts.collect::<Option<String>>() {
            Some(text) => known.push(text),
            None => {
                let message = "A layer is not known.";
                let forms = list(["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"]);
                all.problems.push(
                    Problem::at(layer.span, "maas::patterns::layer", message)
                        .label("this is known only after other things were made")
                        .help(format!(
                            "A layer is named by the ARN of one of its versions: {forms}."
                        )),
                );
            }
        }
    }
    known
}
