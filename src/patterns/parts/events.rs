//! What a bucket tells, and to whom.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::function::{Failing, NewFunction, allow_invoke};
use super::queue::{Fed, Sender, admit, dead_letter_queue};
use crate::aws::{Bucket, NotificationRule, Queue, Topic};
use crate::graph::{Address, Arn, Handle, Input};
use crate::manifest::{Problem, Span, Spanned};
use crate::patterns::Cx;
use crate::patterns::wiring::NewRule;

/// What happens to objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Event {
    /// An object is put, or written over.
    Created,
    /// An object is deleted, or marked as deleted.
    Deleted,
    /// The same in S3's own word.
    Removed,
    /// An object comes back from an archive.
    Restored,
    /// An object's tags change.
    Tagged,
    /// A lifecycle rule deletes an object.
    Expired,
}

impl Event {
    const fn name(self) -> &'static str {
        match self {
            Self::Created => "s3:ObjectCreated:*",
            Self::Deleted | Self::Removed => "s3:ObjectRemoved:*",
            Self::Restored => "s3:ObjectRestore:*",
            Self::Tagged => "s3:ObjectTagging:*",
            Self::Expired => "s3:LifecycleExpiration:*",
        }
    }
}

/// Which events of a bucket are told.
#[derive(Debug)]
pub struct Sources<'b> {
    bucket: &'b Handle<Bucket>,
    events: BTreeSet<String>,
    prefix: String,
    suffix: String,
    place: Span,
}

/// The events of a bucket that an instance asks for: created objects if it names none.
pub fn sources<'b>(
    cx: &mut Cx<'_, '_>,
    bucket: &'b Handle<Bucket>,
    events: &[Event],
    prefix: String,
    suffix: Option<&Spanned<String>>,
    place: Option<Span>,
) -> Sources<'b> {
    if let Some(suffix) = suffix.filter(|suffix| suffix.contains('*')) {
        let right = suffix.rsplit('*').next().unwrap_or_default();
        let problem =
            Problem::at(suffix, "maas::patterns::prefix", "A suffix of keys is no pattern.")
                .label("`*` stands for itself in keys")
                .help(match right {
                    "" => "Leave it out: a suffix is compared letter by letter.".to_owned(),
                    right => {
                        format!("Write `{right}`: what comes before in a key may be anything.")
                    }
                });
        cx.problem(problem);
    }
    let named = if events.is_empty() { &[Event::Created][..] } else { events };
    Sources {
        bucket,
        events: named.iter().map(|event| event.name().to_owned()).collect(),
        prefix,
        suffix: suffix.map(|suffix| suffix.get_ref().clone()).unwrap_or_default(),
        place: place.or(suffix.map(Spanned::span)).unwrap_or(cx.span()),
    }
}

fn tell(
    cx: &mut Cx<'_, '_>,
    sources: Sources<'_>,
    kind: &str,
    destination: Input<Arn>,
    after: Vec<Address>,
) {
    let rule = NotificationRule {
        destination,
        kind: kind.to_owned(),
        events: sources.events,
        prefix: sources.prefix,
        suffix: sources.suffix,
    };
    let (bucket, id) = (sources.bucket.address().clone(), cx.name().to_owned());
    cx.all.rules.push(NewRule { bucket, id, rule, after, place: sources.place });
}

/// Adds a function that the bucket invokes, and the queue `dead-letter-queue` for the events that the
/// function fails at: S3 hands them over to Lambda and is done with them.
pub fn notify_function(
    cx: &mut Cx<'_, '_>,
    sources: Sources<'_>,
    function: NewFunction,
) -> Handle<Queue> {
    let dead = dead_letter_queue(cx, "dead-letter-queue", Fed::Role);
    let lambda = function.failing(Failing::into(dead.clone())).add(cx);
    let account = Some(cx.account());
    let part = lambda.part("permission");
    let bucket = sources.bucket.arn().foretold();
    let permission = allow_invoke(cx, &lambda, &part, "s3.amazonaws.com", bucket, account);
    let mut after = vec![permission.address().clone()];
    after.extend(lambda.failing.iter().map(|failing| failing.address().clone()));
    tell(cx, sources, "function", lambda.function.arn().into(), after);
    dead
}

/// Lets the bucket send to a queue, which may be another instance's.
pub fn notify_queue(cx: &mut Cx<'_, '_>, sources: Sources<'_>, queue: &Handle<Queue>) {
    let source = sources.bucket.arn().foretold().into();
    // Ids of statements are letters and digits; names are in lower case.
    let sid = format!("Bucket{}", cx.name().replace('-', "X"));
    admit(cx, queue, &sid, Sender { service: "s3.amazonaws.com", source });
    tell(cx, sources, "queue", queue.arn().into(), Vec::new());
}

/// Lets the bucket publish to a topic, whose policy admits it already.
pub fn notify_topic(cx: &mut Cx<'_, '_>, sources: Sources<'_>, topic: &Handle<Topic>) {
    tell(cx, sources, "topic", topic.arn().into(), Vec::new());
}
