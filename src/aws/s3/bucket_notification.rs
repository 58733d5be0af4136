//! `aws:s3/bucket-notification`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::types::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bucket;
use super::bucket::lock;
use super::bucket_notification_calls as calls;
use super::event_key::event_key;
use crate::aws::Cx;
use crate::aws::list::is_arn_named;
use crate::graph::{
    Arn, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Objection, Place, Resource,
    Scope, Seen,
};
use crate::outputs;

/// What a bucket tells of its objects, and to whom: the one document that S3 keeps a bucket.
#[derive(Debug)]
pub struct BucketNotification;

/// What a bucket's notification is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketNotificationInputs {
    /// The bucket's name.
    pub bucket: Input<String>,
    /// The rules by their ids, which events carry as `configurationId`; up to 255 characters.
    pub rules: BTreeMap<String, NotificationRule>,
}

/// One rule: which events go where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationRule {
    /// The ARN of the function, queue or topic.
    pub destination: Input<Arn>,
    /// What the destination is: `function`, `queue` or `topic`.
    pub kind: String,
    /// The events, as in `s3:ObjectCreated:*`.
    pub events: BTreeSet<String>,
    /// The start of the keys, as the keys are; empty: any.
    #[serde(default)]
    pub prefix: String,
    /// The end of the keys, as the keys are; empty: any.
    #[serde(default)]
    pub suffix: String,
}

outputs! {
    /// What a bucket's notification gives back.
    BucketNotification => BucketNotificationOutputs {
        /// The bucket's name.
        bucket: String,
    }
}

/// Whether S3 would refuse these two rules together: there is an event and a key that both match.
///
/// *Amazon S3 User Guide*, "Configuring event notifications using object key name filtering".
pub fn overlap(one: &NotificationRule, other: &NotificationRule) -> bool {
    let prefixes = one.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&one.prefix);
    let suffixes = one.suffix.ends_with(&other.suffix) || other.suffix.ends_with(&one.suffix);
    let events = one
        .events
        .iter()
        .any(|event| other.events.iter().any(|other| covers(event, other) || covers(other, event)));
    prefixes && suffixes && events
}

fn covers(pattern: &str, event: &str) -> bool {
    pattern == event || pattern.strip_suffix('*').is_some_and(|start| event.starts_with(start))
}

impl Resource for BucketNotification {
    type Cloud = crate::aws::Aws;
    type Inputs = BucketNotificationInputs;
    type Outputs = BucketNotificationOutputs;

    const KIND: &'static str = "aws:s3/bucket-notification";
    const REPLACE_ON: &'static [&'static str] = &["bucket"];
    const KNOWN_BY: &'static [&'static str] = &["bucket"];
    const PART_OF: Option<&'static str> = Some(Bucket::KIND);

    fn foretell(want: &BucketNotificationInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("bucket", &want.bucket);
        match want.bucket.known() {
            Some(bucket) => foretold.id(bucket.as_str()),
            None => foretold,
        }
    }

    fn check(want: &BucketNotificationInputs) -> Vec<Objection> {
        let mut objections = Vec::new();
        let mut object =
            |path: String, message: String| objections.push(Objection { path, message });
        if want.rules.is_empty() {
            object("rules".to_owned(), "it has at least one rule".to_owned());
        }
        for (at, (id, rule)) in want.rules.iter().enumerate() {
            if let Some((input, wrong)) = wrong(id, rule) {
                object(format!("rules.{id}{input}"), wrong);
            }
            let others = want.rules.iter().skip(at + 1);
            for (other, _) in others.filter(|(_, other)| overlap(rule, other)) {
                let message = format!(
                    "it overlaps with `{other}`: S3 sends an event of a key to one rule only; make their prefixes or suffixes exclude each other, or let both subscribe to one topic"
                );
                object(format!("rules.{id}"), message);
            }
        }
        objections
    }

    async fn create(cx: &Cx, want: &BucketNotificationInputs) -> Result<Created<Self>, Fault> {
        let bucket = want.bucket.get()?;
        let _alone = cx.exclusive(&lock(bucket)).await;
        // To put a document replaces the one that is there, whoever made it.
        let old = calls::get(cx, bucket).await?;
        if !old.rules.is_empty() {
            let message = format!("the bucket {bucket} has a notification already");
            return Err(Fault::new(FaultKind::Exists, message));
        }
        calls::put(cx, bucket, &want.rules, &old).await?;
        Ok(Created { id: Id::from(bucket.as_str()), outputs: outputs_of(bucket) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let bucket = held.id.as_str();
        let rules = calls::get(cx, bucket).await?.rules;
        let inputs = BucketNotificationInputs { bucket: Input::from(bucket), rules };
        let there = !inputs.rules.is_empty();
        Ok(there.then(|| Seen { inputs, outputs: outputs_of(bucket) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &BucketNotificationInputs,
    ) -> Result<BucketNotificationOutputs, Fault> {
        let bucket = held.id.as_str();
        let _alone = cx.exclusive(&lock(bucket)).await;
        if held.differs(want, |inputs| &inputs.rules) {
            let old = calls::get(cx, bucket).await?;
            calls::put(cx, bucket, &want.rules, &old).await?;
        }
        Ok(outputs_of(bucket))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let bucket = held.id.as_str();
        let _alone = cx.exclusive(&lock(bucket)).await;
        // Tells a bucket that is gone from one that is too new to be seen.
        let old = calls::get(cx, bucket).await?;
        if old.rules.is_empty() {
            return Ok(());
        }
        calls::put(cx, bucket, &BTreeMap::new(), &old).await
    }

    /// To change the document replaces it whole, so it is ours only where all of its rules are.
    fn is_ours(
        scope: &Scope,
        want: &BucketNotificationInputs,
        seen: &BucketNotificationInputs,
    ) -> bool {
        let wanted: BTreeSet<_> =
            want.rules.values().filter_map(|rule| rule.destination.known()).collect();
        seen.rules.values().all(|rule| {
            leads_to_ours(scope, rule)
                || rule.destination.known().is_some_and(|it| wanted.contains(it))
        })
    }

    /// It is one document, so it is the deployment's where all of its rules are.
    async fn parts(cx: &Cx, scope: &Scope, bucket: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let rules = calls::get(cx, bucket.as_str()).await?.rules;
        if rules.is_empty() || !rules.values().all(|rule| leads_to_ours(scope, rule)) {
            return Ok(Vec::new());
        }
        let inputs = BucketNotificationInputs { bucket: bucket.as_str().into(), rules };
        Ok(vec![Listed { id: bucket.clone(), inputs }])
    }
}

fn leads_to_ours(scope: &Scope, rule: &NotificationRule) -> bool {
    rule.destination.known().is_some_and(|arn| is_arn_named(scope, arn.as_str()))
}

fn outputs_of(bucket: &str) -> BucketNotificationOutputs {
    BucketNotificationOutputs { bucket: bucket.to_owned() }
}

const KINDS: [(&str, &str); 3] = [("function", "lambda"), ("queue", "sqs"), ("topic", "sns")];

/// Characters of a filter's value (*Amazon S3 API Reference*, "FilterRule").
const LONGEST_FILTER: usize = 1_024;

/// The first thing that is wrong with a rule: where, and what.
fn wrong(id: &str, rule: &NotificationRule) -> Option<(&'static str, String)> {
    let service = KINDS.iter().find(|(kind, _)| *kind == rule.kind).map(|(_, service)| *service);
    let Some(service) = service else {
        return Some((".kind", "a destination is a `function`, a `queue` or a `topic`".to_owned()));
    };
    if !(1..=255).contains(&id.len()) {
        return Some(("", "a rule's id has 1 to 255 characters".to_owned()));
    }
    if let Some(arn) = rule.destination.known() {
        if arn.as_str().split(':').nth(2) != Some(service) {
            return Some((".destination", format!("{arn} is not the ARN of a {}", rule.kind)));
        }
        if arn.as_str().ends_with(".fifo") {
            let message = "S3 sends to standard queues and topics only, not to FIFO ones";
            return Some((".destination", message.to_owned()));
        }
    }
    if rule.events.is_empty() {
        return Some((".events", "a rule names at least one event".to_owned()));
    }
    if let Some(event) = rule.events.iter().find(|event| !Event::values().contains(&event.as_str()))
    {
        let known = Event::values().join(", ");
        return Some((".events", format!("S3 has no event `{event}`; it has {known}")));
    }
    if rule.prefix.len() + rule.suffix.len() > 1_024 {
        return Some((".prefix", "keys have up to 1,024 bytes, so no key would match".to_owned()));
    }
    for (input, text) in [(".prefix", &rule.prefix), (".suffix", &rule.suffix)] {
        if event_key(text).len() > LONGEST_FILTER {
            let message = "percent-encoded, as S3 compares it, it has more than 1,024 characters";
            return Some((input, message.to_owned()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(prefix: &str, suffix: &str, events: &[&str]) -> NotificationRule {
        NotificationRule {
            destination: Arn::from("arn:aws:sqs:eu-west-1:1:q").into(),
            kind: "queue".to_owned(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
        }
    }

    fn matches(rule: &NotificationRule, event: &str, key: &str) -> bool {
        key.starts_with(&rule.prefix)
            && key.ends_with(&rule.suffix)
            && rule.events.iter().any(|pattern| covers(pattern, event))
    }

    const PUT: &str = "s3:ObjectCreated:Put";
    const CREATED: &str = "s3:ObjectCreated:*";
    const REMOVED: &str = "s3:ObjectRemoved:*";

    fn rules() -> impl Strategy<Value = NotificationRule> {
        let events = prop::sample::subsequence(vec![PUT, CREATED, REMOVED], 1..=3);
        ("[ab]{0,3}", "[ab]{0,3}", events)
            .prop_map(|(prefix, suffix, events)| rule(&prefix, &suffix, &events))
    }

    proptest! {
        #[test]
        fn what_both_match_overlaps(
            one in rules(), other in rules(), key in "[ab]{0,8}",
            event in prop::sample::select(vec![PUT, "s3:ObjectCreated:Copy", "s3:ObjectRemoved:Delete"]),
        ) {
            if matches(&one, event, &key) && matches(&other, event, &key) {
                prop_assert!(overlap(&one, &other) && overlap(&other, &one));
            }
        }

        #[test]
        fn what_overlaps_has_a_key_that_both_match(one in rules(), other in rules()) {
            let longest = |a: &String, b: &String| if a.len() > b.len() { a.clone() } else { b.clone() };
            let key = longest(&one.prefix, &other.prefix) + &longest(&one.suffix, &other.suffix);
            let both = |event: &str| matches(&one, event, &key) && matches(&other, event, &key);
            prop_assert_eq!(overlap(&one, &other), both(PUT) || both("s3:ObjectRemoved:Delete"));
        }
    }

    #[test]
    fn check_names_the_rule_and_the_place() {
        let paths = |rules: &[(&str, NotificationRule)]| {
            let rules = rules.iter().map(|(id, rule)| ((*id).to_owned(), rule.clone())).collect();
            let want = BucketNotificationInputs { bucket: "b".into(), rules };
            let found = BucketNotification::check(&want);
            found.into_iter().map(|objection| objection.path).collect::<Vec<_>>()
        };
        let good = rule("in/", ".csv", &[CREATED]);
        assert_eq!(paths(&[("a", good.clone()), ("b", rule("in/", ".txt", &[CREATED]))]), [""; 0]);
        assert_eq!(paths(&[("a", good.clone()), ("b", rule("in/x", "", &[PUT]))]), ["rules.a"]);
        assert_eq!(paths(&[("a", rule("", "", &["s3:Created"]))]), ["rules.a.events"]);
        let kind = NotificationRule { kind: "topic".to_owned(), ..good.clone() };
        assert_eq!(paths(&[("a", kind)]), ["rules.a.destination"]);
        let long = rule("", &"ä".repeat(200), &[CREATED]);
        assert_eq!(paths(&[("a", long)]), ["rules.a.suffix"]);
        assert_eq!(paths(&[]), ["rules"]);
    }
}
