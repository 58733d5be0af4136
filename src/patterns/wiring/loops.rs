//! Buckets that tell of what is written because of what they told: such a loop never ends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::aws::{
    BucketNotification, DeliveryStream, EventSourceMapping, Function, NotificationRule,
    Subscription,
};
use crate::graph::{Address, Document, Expr, Graph, Input, Node, Part, Resource, document};
use crate::manifest::{Problem, Span};
use crate::patterns::expansion::Tie;
use crate::patterns::origins::Origins;

/// What writes into a bucket, below a prefix of keys.
struct Writer<'g> {
    address: &'g Address,
    bucket: Address,
    prefix: String,
    reach: Reach,
}

/// How sure it is where something writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// There, and nowhere else.
    Known,
    /// It may there, and can do so anywhere below.
    Granted,
}

impl Writer<'_> {
    /// Whether what it writes is told by that rule, as far as it can be known.
    ///
    /// A right to keys that are all below the rule's prefix is one to start the loop. A right to more
    /// than those, as every `access = ["…:write"]` is one to the whole bucket, does not tell where the
    /// function writes: it may keep the rest of the keys for that, as `in/` and `out/` are kept apart in
    /// one bucket. So it is held against a function only where the rule is on all that it may write.
    /// What the keys end with no right tells, so a rule with a suffix is on other keys.
    fn is_told(&self, rule: &NotificationRule) -> bool {
        let below = self.prefix.starts_with(&rule.prefix);
        let above = self.reach == Reach::Known && rule.prefix.starts_with(&self.prefix);
        rule.suffix.is_empty() && (below || above)
    }
}

/// The problems of loops: a function or a stream that hears of objects in a bucket, and writes there
/// what it hears of again.
pub(in crate::patterns) fn problems(
    graph: &Graph,
    ties: &[Tie],
    origins: &Origins,
    instance: impl Fn(&str) -> Option<Span>,
) -> Vec<Problem> {
    let heard = hearers(graph);
    let writers: Vec<Writer<'_>> = graph.nodes().values().flat_map(|n| writers(graph, n)).collect();
    let mut problems = Vec::new();
    for node in of(graph, BucketNotification::KIND) {
        let rules = node.wanted.get("rules").cloned().map(serde_json::from_value);
        let rules: BTreeMap<String, NotificationRule> =
            rules.and_then(Result::ok).unwrap_or_default();
        let Some(bucket) = target(&node.wanted["bucket"]) else { continue };
        for rule in rules.values().filter(|rule| rule.events.iter().any(|e| e.contains("Created")))
        {
            let destination = serde_json::to_value(&rule.destination).unwrap_or_default();
            let Some(first) = target(&destination) else { continue };
            let reached = reach(&heard, first);
            let told: BTreeSet<&Address> = writers
                .iter()
                .filter(|writer| writer.bucket == bucket && reached.contains(writer.address))
                .filter(|writer| writer.is_told(rule))
                .map(|writer| writer.address)
                .collect();
            for writer in told {
                let tie = ties.iter().find(|tie| tie.from == *writer && tie.to == bucket);
                let place = tie.map(|tie| tie.place).or_else(|| origins.place(writer, "prefix"));
                let place = place.or_else(|| instance(writer.instance()));
                problems.extend(place.map(|place| endless(place, writer, &bucket)));
            }
        }
    }
    problems
}

fn endless(place: Span, writer: &Address, bucket: &Address) -> Problem {
    let message = "A bucket hears of what it caused itself, without an end.";
    Problem::at(place, "maas::patterns::loop", message)
        .label(format!("`{writer}` hears of new objects in `{bucket}`, and writes such there"))
        .help(
            "Write into another bucket, or give the events a `prefix`, such as `in/`, and write under \
             another one.",
        )
}

/// The first resource that a value refers to.
fn target(value: &Value) -> Option<Address> {
    document::references(value).into_iter().next().map(|(address, _, _)| address)
}

fn of<'g>(graph: &'g Graph, kind: &'static str) -> impl Iterator<Item = &'g Node> {
    graph.nodes().values().filter(move |node| node.traits.kind == kind)
}

/// Of topics and queues, what gets their messages: all of them, since with a filter it may be others
/// than those of what it writes.
fn hearers(graph: &Graph) -> BTreeMap<Address, Vec<Address>> {
    let ways = [
        (Subscription::KIND, "topic", "endpoint", "filter_policy"),
        (EventSourceMapping::KIND, "source", "function", "filters"),
    ];
    let mut heard: BTreeMap<Address, Vec<Address>> = BTreeMap::new();
    for (kind, from, to, filter) in ways {
        for node in of(graph, kind).filter(|node| is_nothing(&node.wanted[filter])) {
            if let (Some(from), Some(to)) = (target(&node.wanted[from]), target(&node.wanted[to])) {
                heard.entry(from).or_default().push(to);
            }
        }
    }
    heard
}

fn is_nothing(document: &Document) -> bool {
    document.is_null() || document.as_array().is_some_and(Vec::is_empty)
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

fn writers<'g>(graph: &'g Graph, node: &'g Node) -> Vec<Writer<'g>> {
    let address = &node.address;
    match node.traits.kind {
        DeliveryStream::KIND => {
            let prefix = node.wanted["prefix"].as_str().unwrap_or_default().to_owned();
            let bucket = target(&node.wanted["bucket"]);
            let writer = |bucket| Writer { address, bucket, prefix, reach: Reach::Known };
            bucket.map(writer).into_iter().collect()
        }
        Function::KIND => {
            let role = target(&node.wanted["role"]).and_then(|role| graph.get(&role));
            let granted = role.map(|role| grants(&role.wanted["policy"])).unwrap_or_default();
            let writer =
                |(bucket, prefix)| Writer { address, bucket, prefix, reach: Reach::Granted };
            granted.into_iter().map(writer).collect()
        }
        _ => Vec::new(),
    }
}

/// Buckets into which a policy lets write, each with the prefix of keys.
fn grants(policy: &Document) -> Vec<(Address, String)> {
    let mut granted = Vec::new();
    for statement in policy.as_object().into_iter().flat_map(|policy| policy.values()) {
        let actions = statement["actions"].as_array().into_iter().flatten();
        if actions.into_iter().any(|action| action == "s3:PutObject") {
            let resources = statement["resources"].as_array().into_iter().flatten();
            granted.extend(resources.filter_map(objects));
        }
    }
    granted
}

/// The bucket and the prefix of keys of an ARN of objects, as `ARN/in/*`.
fn objects(resource: &Value) -> Option<(Address, String)> {
    let Input::<String>::Pending(Expr { parts }) = serde_json::from_value(resource.clone()).ok()?
    else {
        return None;
    };
    let (Part::Output { node, .. } | Part::Foretold { node, .. }) = parts.first()? else {
        return None;
    };
    let text = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        // What is not known yet may be anything.
        _ => "*".to_owned(),
    };
    let rest: String = parts.iter().skip(1).map(text).collect();
    let keys = rest.strip_prefix('/')?;
    Some((node.clone(), keys.split(['*', '?']).next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::aws::{
        Bucket, BucketInputs, BucketNotificationInputs, FunctionInputs, Policy, Role, RoleInputs,
        Statement,
    };
    use crate::graph::{Handle, Scope};
    use crate::text;

    fn at(text: &str) -> Address {
        text.parse().unwrap()
    }

    /// How often a function is told of that hears of keys that begin with `heard`, and may write those
    /// that are `written`.
    fn loops(heard: &str, suffix: &str, written: &str) -> usize {
        let mut graph = Graph::new(Scope::default());
        let bucket = graph.add::<Bucket>(at("a/bucket"), BucketInputs::default());
        let objects: Input<String> = text!(bucket.arn().foretold(), "/", written);
        let put = Statement::allow(["s3:PutObject"]).on(objects);
        let policy = Policy::new().with("Put", put);
        let role = graph.add::<Role>(at("a/role"), RoleInputs { policy, ..RoleInputs::default() });
        let function = FunctionInputs { role: role.arn().into(), ..FunctionInputs::default() };
        let function: Handle<Function> = graph.add(at("a/function"), function);
        let rule = NotificationRule {
            destination: function.arn().into(),
            kind: "function".to_owned(),
            events: ["s3:ObjectCreated:*".to_owned()].into(),
            prefix: heard.to_owned(),
            suffix: suffix.to_owned(),
        };
        let rules = [("rule".to_owned(), rule)].into();
        graph.add::<BucketNotification>(
            at("a/bucket.notification"),
            BucketNotificationInputs { bucket: bucket.name().into(), rules },
        );
        let (graph, defects) = graph.settle();
        assert_eq!(defects, Vec::<String>::new());
        problems(&graph, &[], &Origins::default(), |_| Some(Span::new(0, 1))).len()
    }

    #[test]
    fn a_function_that_writes_what_it_hears_of_is_a_loop() {
        for (heard, written) in
            [("", "*"), ("", "in/*"), ("in/", "in/*"), ("in/", "in/new/*"), ("in/", "in/one.txt")]
        {
            assert_eq!(loops(heard, "", written), 1, "{heard} {written}");
        }
    }

    #[test]
    fn a_function_that_writes_elsewhere_or_may_do_so_is_none() {
        for (heard, written) in [("in/", "out/*"), ("in/", "*"), ("in/new/", "in/*")] {
            assert_eq!(loops(heard, "", written), 0, "{heard} {written}");
        }
        assert_eq!(loops("", ".png", "*"), 0);
    }
}
