//! Buckets that tell of what is written because of what they told: such a loop never ends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::aws::NotificationRule;
use crate::graph::{Address, Graph, Node, document};
use crate::manifest::{Problem, Span};
use crate::patterns::expansion::Tie;
use crate::patterns::origins::Origins;

/// What writes into a bucket: all keys, or those that begin so.
struct Writer<'g> {
    address: &'g Address,
    bucket: Address,
    prefix: Option<String>,
}

/// The problems of loops: a function that may write anywhere in the bucket whose every new object it
/// hears of, and a stream that writes where it is told of what is written. A function that hears of some
/// keys only may write elsewhere, which its rights do not tell.
pub(in crate::patterns) fn problems(
    graph: &Graph,
    ties: &[Tie],
    origins: &Origins,
    instance: impl Fn(&str) -> Option<Span>,
) -> Vec<Problem> {
    let heard = hearers(graph);
    let writers: Vec<Writer<'_>> = graph.nodes().values().filter_map(writer).collect();
    let granted = grants(graph);
    let mut problems = Vec::new();
    for node in graph.nodes().values() {
        let rules = node.wanted.get("rules").filter(|_| node.traits.kind.ends_with("notification"));
        let rules = rules.and_then(|rules| serde_json::from_value(rules.clone()).ok());
        let rules: BTreeMap<String, NotificationRule> = rules.unwrap_or_default();
        let Some(bucket) = target(&node.wanted["bucket"]) else { continue };
        for rule in rules.values().filter(|rule| rule.events.iter().any(|e| e.contains("Created")))
        {
            let destination = serde_json::to_value(&rule.destination).unwrap_or_default();
            let Some(first) = target(&destination) else { continue };
            let reached = reach(&heard, first);
            let whole = rule.prefix.is_empty() && rule.suffix.is_empty();
            for function in reached
                .iter()
                .filter(|at| whole && granted.contains(&((*at).clone(), bucket.clone())))
            {
                let tie = ties.iter().find(|tie| tie.from == *function && tie.to == bucket);
                let place = tie.map(|tie| tie.place).or_else(|| instance(function.instance()));
                problems.extend(place.map(|place| endless(place, function, &bucket)));
            }
            let told = |writer: &&Writer<'_>| {
                let prefix = writer.prefix.as_deref().unwrap_or_default();
                writer.bucket == bucket
                    && reached.contains(writer.address)
                    && rule.suffix.is_empty()
                    && (prefix.starts_with(&rule.prefix) || rule.prefix.starts_with(prefix))
            };
            for writer in writers.iter().filter(told) {
                let place = origins.place(writer.address, "prefix");
                let place = place.or_else(|| instance(writer.address.instance()));
                problems.extend(place.map(|place| endless(place, writer.address, &bucket)));
            }
        }
    }
    problems
}

fn endless(place: Span, writer: &Address, bucket: &Address) -> Problem {
    let message = "A bucket hears of what it caused itself, without an end.";
    Problem::at(place, "maas::patterns::loop", message)
        .label(format!("`{writer}` hears of each new object in `{bucket}`, and writes there"))
        .help(
            "Write into another bucket, or give the events a `prefix`, such as `in/`, and write under \
             another one.",
        )
}

/// The first resource that a value refers to.
fn target(value: &Value) -> Option<Address> {
    document::references(value).into_iter().next().map(|(address, _, _)| address)
}

/// Of topics and queues, what gets their messages.
fn hearers(graph: &Graph) -> BTreeMap<Address, Vec<Address>> {
    let mut heard: BTreeMap<Address, Vec<Address>> = BTreeMap::new();
    for node in graph.nodes().values() {
        let (from, to) = match node.traits.kind {
            "aws:sns/subscription" => ("topic", "endpoint"),
            "aws:lambda/event-source-mapping" => ("source", "function"),
            _ => continue,
        };
        if let (Some(from), Some(to)) = (target(&node.wanted[from]), target(&node.wanted[to])) {
            heard.entry(from).or_default().push(to);
        }
    }
    heard
}

fn reach(heard: &BTreeMap<Address, Vec<Address>>, first: Address) -> BTreeSet<Address> {
    let mut reached = BTreeSet::new();
    let mut open = vec![first];
    while let Some(at) = open.pop() {
        if reached.insert(at.clone()) {
            open.extend(heard.get(&at).into_iter().flatten().cloned());
        }
    }
    reached
}

fn writer(node: &Node) -> Option<Writer<'_>> {
    if node.traits.kind != "aws:firehose/delivery-stream" {
        return None;
    }
    let prefix = node.wanted["prefix"].as_str().map(str::to_owned);
    Some(Writer { address: &node.address, bucket: target(&node.wanted["bucket"])?, prefix })
}

/// Functions, each with a bucket into all of which its role may write.
fn grants(graph: &Graph) -> BTreeSet<(Address, Address)> {
    let mut granted = BTreeSet::new();
    for node in graph.nodes().values().filter(|node| node.traits.kind == "aws:lambda/function") {
        let role = target(&node.wanted["role"]).and_then(|role| graph.get(&role));
        let policy = role.and_then(|role| role.wanted["policy"].as_object());
        for statement in policy.into_iter().flat_map(|policy| policy.values()) {
            let actions = statement["actions"].as_array().into_iter().flatten();
            let puts = actions.into_iter().any(|action| action == "s3:PutObject");
            let resources = statement["resources"].as_array().into_iter().flatten();
            let whole = resources.filter(|on| puts && on.to_string().contains("\"/*\""));
            granted.extend(whole.filter_map(target).map(|bucket| (node.address.clone(), bucket)));
        }
    }
    granted
}
