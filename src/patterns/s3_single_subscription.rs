//! A bucket's events for one subscriber.

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{
    BucketKeys, ConsumerKeys, Event, NewFunction, bucket, check_prefix, consume, notify_function,
    notify_queue, queue, sources,
};
use super::{Cx, Exports, Pattern};
use crate::aws::{Queue, QueueInputs};
use crate::graph::Handle;
use crate::manifest::{
    Duration, Either, FunctionTable, OptionalFunctionTable, Problem, Reference, Span, Spanned, With,
};

/// A bucket's events for one subscriber: a function, or a queue with or without a consumer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Who hears of the events: a function, or `queue`.
    subscriber: Spanned<Subscriber>,
    /// The bucket's own keys, or the bucket of another instance, as `${uploads.bucket}`.
    #[schemars(extend("examples" = ["${uploads.bucket}"]))]
    bucket: Option<Either<Reference, BucketKeys>>,
    /// Which events are told; `created` if nothing is said.
    #[serde(default)]
    events: Vec<Event>,
    /// What the keys of the objects begin with; anything if it is left out.
    #[schemars(length(max = 1024))]
    prefix: Option<Spanned<String>>,
    /// What the keys of the objects end with, such as `.csv`; anything if it is left out.
    #[schemars(length(max = 1024))]
    suffix: Option<Spanned<String>>,
}

type Subscriber = With<OptionalFunctionTable, SubscriberKeys>;

/// A subscriber that is not a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubscriberKeys {
    /// A queue in place of a function: its keys, or the queue of another instance, as
    /// `${jobs.queue}`.
    #[schemars(extend("examples" = ["${jobs.queue}"]))]
    queue: Option<Spanned<Either<Reference, QueueKeys>>>,
    /// The function that consumes the queue. It tells which messages of a batch failed.
    consumer: Option<Spanned<With<FunctionTable, ConsumerKeys>>>,
}

/// How messages are kept.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QueueKeys {
    /// How long a message is kept that nobody takes, 1 minute to 14 days; `4d` if nothing is said.
    #[schemars(extend("x-minimum" = "1m", "x-maximum" = "14d"))]
    retention: Option<Duration>,
    /// How long a received message is hidden from other consumers; `30s` if nothing is said. For a
    /// queue with a consumer, `visibility` of the consumer.
    #[schemars(extend("x-maximum" = "12h"))]
    visibility: Option<Spanned<Duration>>,
}

/// The pattern.
pub struct S3SingleSubscription;

impl Pattern for S3SingleSubscription {
    const NAME: &'static str = "s3-single-subscription";
    const SUMMARY: &'static str =
        "A bucket's events for one subscriber: a function, or a queue with or without a consumer.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("bucket", "the bucket"),
        ("bucket.notification", "what it tells, and to whom; one for all instances that use it"),
        (
            "subscriber.function",
            "the function, with .role, .log-group, .permission and .invoke-config",
        ),
        ("queue", "or the queue"),
        ("dead-letter-queue", "what the function, or the queue's consumer, failed at too often"),
        ("consumer.function", "the queue's consumer, with .role, .log-group and .mapping"),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  bucket[(S3 bucket)] -- its events --> function[Function]
  bucket -. or .-> queue[[SQS queue]]
  queue -.-> consumer[Consumer function]
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let prefix = check_prefix(cx, params.prefix.as_ref(), "");
        let place = params.prefix.as_ref().map(Spanned::span);
        let bucket = bucket(cx, "bucket", params.bucket.as_ref());
        let exports = Exports::default().with("bucket", bucket.name());
        let sources = sources(cx, &bucket, &params.events, prefix, params.suffix.as_ref(), place);
        let subscriber = params.subscriber.get_ref();
        let function = subscriber.function.resolve(cx.defaults());
        match (cx.ok(function).flatten(), &subscriber.keys.queue) {
            (Some(function), None) => {
                if let Some(consumer) = &subscriber.keys.consumer {
                    cx.problem(not_both(consumer.span(), "there is no queue for it to consume"));
                }
                let dead = notify_function(cx, sources, NewFunction::new("subscriber", function));
                exports.with("dead_letter_queue_url", dead.url())
            }
            (None, Some(given)) => {
                let (queue, exports) = queue_of(cx, given, &subscriber.keys, exports);
                notify_queue(cx, sources, &queue);
                exports.with("queue_url", queue.url()).with("queue_arn", queue.arn())
            }
            (Some(_), Some(queue)) => {
                cx.problem(not_both(queue.span(), "there is a function beside it"));
                exports
            }
            (None, None) => {
                cx.problem(not_both(params.subscriber.span(), "there is neither"));
                exports
            }
        }
    }
}

fn queue_of(
    cx: &mut Cx<'_, '_>,
    given: &Spanned<Either<Reference, QueueKeys>>,
    keys: &SubscriberKeys,
    exports: Exports,
) -> (Handle<Queue>, Exports) {
    let seconds = |duration: Duration| u32::try_from(duration.seconds()).unwrap_or(u32::MAX);
    match (given.get_ref(), &keys.consumer) {
        (Either::Short(reference), consumer) => {
            if let Some(consumer) = consumer {
                let label = format!("the queue is `{}`'s", reference.instance);
                let message = "A consumer belongs to the instance that has the queue.";
                let problem = Problem::at(consumer, "maas::patterns::not_own", message);
                cx.problem(problem.label(label).help("Leave the consumer out here."));
            }
            (cx.borrow("queue", reference), exports)
        }
        (Either::Long(own), Some(consumer)) => {
            if let Some(visibility) = &own.visibility {
                let message = "A key is at the wrong place.";
                let problem = Problem::at(visibility, "maas::patterns::visibility", message)
                    .label("a queue with a consumer is hidden by the consumer's measure")
                    .help("Move it to `consumer`.");
                cx.problem(problem);
            }
            let consumed = consume(cx, consumer, own.retention);
            let dead = consumed.dead_letter_queue.url();
            (consumed.queue, exports.with("dead_letter_queue_url", dead))
        }
        (Either::Long(own), None) => {
            let inputs = QueueInputs::default();
            let inputs = QueueInputs {
                retention: own.retention.map_or(inputs.retention, seconds),
                visibility_timeout: own
                    .visibility
                    .as_ref()
                    .map_or(inputs.visibility_timeout, |visibility| seconds(*visibility.get_ref())),
                ..inputs
            };
            (queue(cx, "queue", inputs), exports)
        }
    }
}

fn not_both(place: Span, label: &str) -> Problem {
    Problem::at(place, "maas::patterns::subscriber", "A subscriber is a function or a queue.")
        .label(label)
        .help("Give `code` and `handler` of a function, or `queue = { … }` with or without a `consumer`.")
}
