//! References to parts of instances: whether they are there, and of the right type.

use super::databases::KINDS;
use crate::graph::{Address, Graph, Node};
use crate::manifest::{Manifest, Problem, Reference, Span, did_you_mean, list};
use crate::patterns::expansion::{Expansion, PartUse};

/// A part that was found, and the attribute that is left of the reference.
pub(super) struct Found<'g> {
    pub node: &'g Node,
    pub attribute: Option<String>,
}

/// What stands for a part where no attribute is named.
pub(super) fn main_output(kind: &str) -> Option<&'static str> {
    match kind {
        "aws:s3/bucket"
        | "aws:dynamodb/table"
        | "aws:lambda/function"
        | "aws:firehose/delivery-stream"
        | "aws:logs/log-group"
        | "aws:cloudwatch/alarm" => Some("name"),
        "aws:ec2/network-of-others" => Some("vpc_id"),
        "aws:ec2/vpc"
        | "aws:ec2/subnet"
        | "aws:ec2/security-group"
        | "aws:ec2/route-table"
        | "aws:ec2/internet-gateway"
        | "aws:ec2/nat-gateway"
        | "aws:ec2/elastic-ip"
        | "aws:ec2/vpc-endpoint" => Some("id"),
        "aws:sqs/queue" | "aws:apigatewayv2/api" => Some("url"),
        "aws:sns/topic" | "aws:iam/role" => Some("arn"),
        "aws:rds/cluster" | "aws:rds/instance" => Some("endpoint"),
        _ => None,
    }
}

/// A problem, or none where what led to it was told before.
pub(super) type Refused = Option<Problem>;

/// The part that a reference names.
pub(super) fn find<'g>(
    all: &'g Expansion<'_>,
    reference: &Reference,
) -> Result<Found<'g>, Refused> {
    let graph = &all.graph;
    let at = |part: &str| graph.get(&Address::new(&reference.instance, part));
    if let Some(node) = at(&reference.part) {
        return Ok(Found { node, attribute: reference.attribute.clone() });
    }
    if let Some(attribute) = &reference.attribute
        && let Some(node) = at(&format!("{}.{attribute}", reference.part))
    {
        return Ok(Found { node, attribute: None });
    }
    let is_told = all.lost.contains(&reference.instance);
    Err((!is_told).then(|| missing(graph, all.manifest, reference)))
}

fn missing(graph: &Graph, manifest: &Manifest, reference: &Reference) -> Problem {
    let Reference { instance, part, span, .. } = reference;
    let code = "maas::patterns::unknown_reference";
    if manifest.instance(instance).is_none() {
        let right = || manifest.instances.iter().map(|other| other.name.get_ref().as_str());
        let names = || right().chain(manifest.lost.iter().map(String::as_str));
        return Problem::at(*span, code, "There is no such instance.")
            .label(format!("no instance is called `{instance}`{}", did_you_mean(instance, names())))
            .help(format!("The instances are {}.", list(names())));
    }
    let mut parts: Vec<&str> = graph.parts(instance).map(Address::part).collect();
    parts.sort_unstable();
    Problem::at(*span, code, "The instance has no such part.")
        .label(format!("`{instance}` has no part `{part}`{}", did_you_mean(part, parts.clone())))
        .help(format!("Its parts are {}.", list(parts)))
}

/// The output that a reference means.
pub(super) fn output(
    all: &Expansion<'_>,
    reference: &Reference,
) -> Result<(Address, String), Refused> {
    let Found { node, attribute } = find(all, reference)?;
    let outputs = node.traits.outputs;
    let name = match &attribute {
        Some(name) if outputs.contains(&name.as_str()) => name.clone(),
        None if main_output(node.traits.kind).is_some() => {
            main_output(node.traits.kind).unwrap_or_default().to_owned()
        }
        attribute => return Err(Some(no_attribute(reference, node, attribute.as_deref()))),
    };
    Ok((node.address.clone(), name))
}

fn no_attribute(reference: &Reference, node: &Node, attribute: Option<&str>) -> Problem {
    let outputs = node.traits.outputs.iter().copied();
    let label = match attribute {
        Some(name) => {
            format!(
                "`{}` has no attribute `{name}`{}",
                node.address,
                did_you_mean(name, outputs.clone())
            )
        }
        None => format!("name an attribute of `{}`", node.address),
    };
    let code = "maas::patterns::unknown_attribute";
    Problem::at(reference.span, code, "The part has no such attribute.")
        .label(label)
        .help(format!("Its attributes are {}.", list(outputs)))
}

/// Checks the parts that stand for other instances' own.
pub(in crate::patterns) fn check_uses(all: &mut Expansion<'_>) {
    let Expansion { graph, uses, .. } = &*all;
    let mut problems = Vec::new();
    for part in uses {
        let reference = &part.reference;
        let target = Address::new(&reference.instance, &reference.part);
        match graph.get(&part.own) {
            None if graph.parts(&reference.instance).any(|known| *known == target) => {
                problems.extend(leads_back(uses, &target).then(|| round(reference.span)));
            }
            None => problems.extend(find(all, reference).err().flatten()),
            Some(node) if !part.kinds.contains(&node.traits.kind) => {
                problems.push(wrong_kind(part.kinds[0], reference, node));
            }
            Some(_) => {}
        }
    }
    all.problems.extend(problems);
}

/// Whether what stands for a part leads back to it. Where it leads to what is not there, that is said
/// at the last reference.
fn leads_back(uses: &[PartUse], start: &Address) -> bool {
    let next = |at: &Address| {
        let part = uses.iter().find(|part| part.own == *at)?;
        Some(Address::new(&part.reference.instance, &part.reference.part))
    };
    let mut at = Some(start.clone());
    for _ in uses {
        at = at.as_ref().and_then(next);
    }
    at.is_some_and(|at| next(&at).is_some())
}

fn round(place: Span) -> Problem {
    Problem::at(place, "maas::patterns::cycle", "Parts stand for each other.")
        .label("this leads back to itself")
        .help("One of the instances has to have the part itself: leave the reference out there.")
}

fn wrong_kind(kind: &str, reference: &Reference, node: &Node) -> Problem {
    let plain = |kind: &str| match kind {
        kind if KINDS.contains(&kind) => "database".to_owned(),
        kind => kind.rsplit('/').next().unwrap_or(kind).replace('-', " "),
    };
    Problem::at(reference.span, "maas::patterns::wrong_kind", "A part is of another type.")
        .label(format!(
            "`{}` is a {}, not a {}",
            node.address,
            plain(node.traits.kind),
            plain(kind)
        ))
        .help(format!("This key takes a {} of another instance.", plain(kind)))
}
