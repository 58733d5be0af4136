//! Each bucket's one notification, merged from the rules of all instances.

use std::collections::BTreeMap;

use crate::aws::{Bucket, BucketNotification, BucketNotificationInputs, NotificationRule, overlap};
use crate::graph::{Address, Handle};
use crate::manifest::{Problem, Span};
use crate::patterns::expansion::Expansion;

/// A rule that an instance adds to a bucket's notification.
pub(in crate::patterns) struct NewRule {
    pub bucket: Address,
    /// The rule's id, which events carry.
    pub id: String,
    pub rule: NotificationRule,
    /// What has to be there before, such as the function's permission.
    pub after: Vec<Address>,
    /// The place that asks for it.
    pub place: Span,
}

/// Merges the rules of each bucket; refuses those that overlap.
pub(in crate::patterns) fn merge(all: &mut Expansion<'_>) {
    let mut buckets: BTreeMap<Address, Vec<NewRule>> = BTreeMap::new();
    for rule in std::mem::take(&mut all.rules) {
        buckets.entry(all.graph.real(&rule.bucket)).or_default().push(rule);
    }
    for (address, rules) in buckets {
        for (at, one) in rules.iter().enumerate() {
            let other = rules[..at].iter().find(|other| overlap(&one.rule, &other.rule));
            all.problems.extend(other.map(|other| overlapping(&address, one, other)));
        }
        let bucket: Handle<Bucket> = Handle::at(address.clone());
        let part = format!("{}.notification", address.part());
        let inputs = BucketNotificationInputs {
            bucket: bucket.name().into(),
            rules: rules.iter().map(|new| (new.id.clone(), new.rule.clone())).collect(),
        };
        let at = Address::new(address.instance(), &part);
        let notification = all.graph.add::<BucketNotification>(at, inputs);
        for earlier in rules.iter().flat_map(|new| &new.after) {
            all.graph.order(&notification, &Handle::<Bucket>::at(earlier.clone()));
        }
    }
}

fn overlapping(bucket: &Address, one: &NewRule, other: &NewRule) -> Problem {
    let message = "Two rules of a bucket's notification overlap.";
    Problem::at(one.place, "maas::patterns::overlap", message)
        .label(format!("{} of `{bucket}`", words(&one.rule)))
        .related(other.place, words(&other.rule))
        .help(
            "S3 tells each event to one rule only. Keep their `prefix`, `suffix` or `events` apart, \
             or let both hear of a topic: `s3-multiple-subscriptions`.",
        )
}

fn words(rule: &NotificationRule) -> String {
    let events: Vec<&str> = rule.events.iter().map(String::as_str).collect();
    format!("{} on `{}…{}`", events.join(", "), rule.prefix, rule.suffix)
}
