//! A bucket's events for several subscribers, with a topic between.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::parts::{
    BucketKeys, Delivery, Event, NewFunction, TopicArn, TopicKeys, bucket, check_prefix,
    notify_topic, objects, queue, sources, subscribe, subscribe_function, subscribe_queue, topic,
};
use super::{Cx, Exports, Pattern};
use crate::aws::{
    DeliveryStream, DeliveryStreamInputs, Policy, Principal, Queue, QueueInputs, Role, RoleInputs,
    Statement, Subscription, Topic,
};
use crate::graph::{Handle, Input};
use crate::manifest::{
    Duration, Either, Name, OptionalFunctionTable, Problem, Reference, Size, Spanned, With,
};
use crate::text;

/// A bucket's events for several subscribers, with a topic between: functions, queues and Firehose
/// streams.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Who hears of the events, each a function, a `queue` or a `firehose` stream.
    #[serde(default)]
    subscribers: BTreeMap<Spanned<Name>, With<OptionalFunctionTable, SubscriberKeys>>,
    /// The bucket's own keys, or the bucket of another instance, as `${uploads.bucket}`.
    #[schemars(extend("examples" = ["${uploads.bucket}"]))]
    bucket: Option<Spanned<Either<Reference, BucketKeys>>>,
    /// The topic's own keys, or the topic of another instance, as `${images.topic}`, to add
    /// subscribers to it; `bucket`, `events`, `prefix` and `suffix` are that instance's then.
    #[schemars(extend("examples" = ["${images.topic}"]))]
    topic: Option<Either<Reference, TopicKeys>>,
    /// Which events are told; `created` if nothing is said.
    events: Option<Spanned<Vec<Event>>>,
    /// What the keys of the objects begin with; anything if it is left out.
    #[schemars(length(max = 1024))]
    prefix: Option<Spanned<String>>,
    /// What the keys of the objects end with, such as `.png`; anything if it is left out.
    #[schemars(length(max = 1024))]
    suffix: Option<Spanned<String>>,
}

/// A subscriber beside its function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubscriberKeys {
    /// A queue in place of a function: its keys, or the queue of another instance, as
    /// `${jobs.queue}`.
    #[schemars(extend("examples" = ["${jobs.queue}"]))]
    queue: Option<Spanned<Either<Reference, QueueKeys>>>,
    /// For a queue, also another instance's: whether messages come as S3 sent them, without SNS's envelope;
    /// not if nothing is said.
    raw: Option<Spanned<bool>>,
    /// A Firehose stream in place of a function, to a bucket of its own.
    firehose: Option<Spanned<FirehoseKeys>>,
    /// Which events it hears of, as SNS's filter policy on the message's body, where keys of objects are
    /// URL-encoded; all if it is left out.
    filter: Option<Spanned<Value>>,
}

/// A queue that hears of events.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct QueueKeys {
    /// How long a message is kept that nobody takes, 1 minute to 14 days; `4d` if nothing is said.
    #[schemars(extend("x-minimum" = "1m", "x-maximum" = "14d"))]
    retention: Option<Duration>,
    /// How long a received message is hidden from other consumers; `30s` if nothing is said.
    #[schemars(extend("x-maximum" = "12h"))]
    visibility: Option<Duration>,
    /// Whether messages come as S3 sent them, without SNS's envelope; not if nothing is said.
    raw: bool,
}

/// A Firehose stream that keeps events in a bucket.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct FirehoseKeys {
    /// What the keys of its objects begin with; only the date if nothing is said.
    #[schemars(length(max = 512))]
    prefix: String,
    /// How long it collects, up to 15 minutes; `5m` if nothing is said.
    #[schemars(extend("x-maximum" = "15m"))]
    buffer: Option<Duration>,
    /// After how much it does not collect any longer, 1 MB to 128 MB; `5 MB` if nothing is said.
    #[schemars(extend("x-minimum" = "1 MB", "x-maximum" = "128 MB", "x-multiple" = "1 MB"))]
    buffer_size: Option<Size>,
    /// Whether its objects are compressed with gzip; not if nothing is said.
    gzip: bool,
    /// Whether messages come as S3 sent them, without SNS's envelope; not if nothing is said.
    raw: bool,
    /// Its bucket's own keys, or the bucket of another instance, as `${results.bucket}`.
    #[schemars(extend("examples" = ["${results.bucket}"]))]
    bucket: Option<Either<Reference, BucketKeys>>,
}

/// The pattern.
pub struct S3MultipleSubscriptions;

impl Pattern for S3MultipleSubscriptions {
    const NAME: &'static str = "s3-multiple-subscriptions";
    const SUMMARY: &'static str = "A bucket's events for several subscribers, with a topic between: functions, queues and Firehose streams.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("bucket", "the bucket"),
        ("bucket.notification", "what it tells, and to whom; one for all instances that use it"),
        ("topic", "the topic, to which only that bucket may publish"),
        ("SUBSCRIBER.subscription", "a subscription"),
        (
            "SUBSCRIBER.dead-letter-queue",
            "what could not be delivered to it, or what its function failed at",
        ),
        (
            "SUBSCRIBER.function",
            "a subscriber's function, with .role, .log-group, .permission and .invoke-config",
        ),
        ("SUBSCRIBER.queue", "or its queue"),
        ("SUBSCRIBER.stream", "or its Firehose stream, with .role, .bucket and .subscription-role"),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  bucket[(S3 bucket)] -- its events --> topic{{SNS topic}}
  topic --> function[Function]
  topic --> queue[[SQS queue]]
  topic --> firehose[Firehose stream]
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let exports = Exports::default();
        let (topic, exports) = match &params.topic {
            Some(Either::Short(reference)) => {
                refuse_sources(cx, &params, reference);
                (cx.borrow::<Topic>("topic", reference), exports)
            }
            own => {
                let keys = match own {
                    Some(Either::Long(keys)) => keys.clone(),
                    _ => TopicKeys::default(),
                };
                let prefix = check_prefix(cx, params.prefix.as_ref(), "");
                let place = params.prefix.as_ref().map(Spanned::span);
                let bucket = bucket(cx, "bucket", params.bucket.as_ref().map(Spanned::get_ref));
                let topic = topic(cx, "topic", &keys, "s3.amazonaws.com", bucket.arn().foretold());
                let events = params.events.as_ref().map_or(&[][..], |events| events.as_slice());
                let sources = sources(cx, &bucket, events, prefix, params.suffix.as_ref(), place);
                notify_topic(cx, sources, &topic);
                (topic, exports.with("bucket", bucket.name()))
            }
        };
        for (name, subscriber) in &params.subscribers {
            add(cx, name, &TopicArn::from(&topic), subscriber);
        }
        exports.with("topic_arn", topic.arn())
    }
}

fn refuse_sources(cx: &mut Cx<'_, '_>, params: &Params, topic: &Reference) {
    let places = [
        params.bucket.as_ref().map(Spanned::span),
        params.events.as_ref().map(Spanned::span),
        params.prefix.as_ref().map(Spanned::span),
        params.suffix.as_ref().map(Spanned::span),
    ];
    for place in places.into_iter().flatten() {
        let message = "A key belongs to the instance that has the topic.";
        let problem = Problem::at(place, "maas::patterns::not_own", message)
            .label(format!("the topic is `{}`'s", topic.instance))
            .help("Leave it out here; a `filter` of a subscriber tells which events it hears of.");
        cx.problem(problem);
    }
}

fn add(
    cx: &mut Cx<'_, '_>,
    name: &Spanned<Name>,
    topic: &TopicArn,
    subscriber: &With<OptionalFunctionTable, SubscriberKeys>,
) {
    let label = name.get_ref().as_ref();
    let keys = &subscriber.keys;
    let filter = keys.filter.as_ref().map(|filter| filter.get_ref().clone());
    let function = subscriber.function.resolve(cx.defaults());
    let Some(function) = cx.ok(function) else { return };
    if let Some(given) = &keys.filter {
        let own: Handle<Subscription> = Handle::at(cx.address(&format!("{label}.subscription")));
        cx.origin(&own, "filter_policy", given);
    }
    match (function, &keys.queue, &keys.firehose) {
        (Some(function), None, None) => {
            subscribe_function(cx, label, topic, NewFunction::new(label, function), filter);
        }
        (None, Some(given), None) => {
            let part = format!("{label}.queue");
            let given = match given.get_ref() {
                Either::Long(keys) => keys,
                Either::Short(reference) => {
                    let queue = cx.borrow::<Queue>(&part, reference);
                    let raw = keys.raw.as_ref().is_some_and(|raw| *raw.get_ref());
                    return subscribe_queue(cx, label, topic, &queue, raw, filter);
                }
            };
            let seconds =
                |duration: Duration| u32::try_from(duration.seconds()).unwrap_or(u32::MAX);
            let default = QueueInputs::default();
            let inputs = QueueInputs {
                retention: given.retention.map_or(default.retention, seconds),
                visibility_timeout: given.visibility.map_or(default.visibility_timeout, seconds),
                ..default
            };
            let queue = queue(cx, &part, inputs);
            cx.export_part("queues", &part, queue.url());
            let raw = keys.raw.as_ref().map_or(given.raw, |raw| *raw.get_ref());
            subscribe_queue(cx, label, topic, &queue, raw, filter);
        }
        (None, None, Some(given)) => firehose(cx, label, topic, given, filter),
        _ => {
            let message = "A subscriber is one of three things.";
            let problem = Problem::at(name, "maas::patterns::subscriber", message)
                .label("this is none, or several of them")
                .help("Give `code` and `handler` of a function, or `queue = { … }`, or `firehose = { … }`.");
            cx.problem(problem);
        }
    }
}

/// What the keys of objects begin with that hold what could not be delivered.
const ERRORS: &str = "errors/";

/// The start of a stream's prefix that is in the keys as it is, and stands for itself in a policy: what
/// comes before the first expression (*Amazon Data Firehose Developer Guide*, "Understand custom prefixes
/// for Amazon S3 objects") and the first sign of a policy's own.
fn literal_start(prefix: &str) -> &str {
    let ends = ["!{", "${", "*", "?"].into_iter().filter_map(|sign| prefix.find(sign));
    &prefix[..ends.min().unwrap_or(prefix.len())]
}

fn firehose(
    cx: &mut Cx<'_, '_>,
    label: &str,
    topic: &TopicArn,
    keys: &FirehoseKeys,
    filter: Option<Value>,
) {
    let part = |name: &str| format!("{label}.{name}");
    let bucket = bucket(cx, &part("bucket"), keys.bucket.as_ref());
    cx.export_part("buckets", &part("bucket"), bucket.name());
    let whole = Statement::allow([
        "s3:GetBucketLocation",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
    ]);
    let inside = Statement::allow(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]);
    let inside = match literal_start(&keys.prefix) {
        "" => inside.on(objects(&bucket, "")),
        start => inside.on(objects(&bucket, start)).on(objects(&bucket, ERRORS)),
    };
    let trust = Statement::allow(["sts:AssumeRole"])
        .by(Principal::service("firehose.amazonaws.com"))
        .when("StringEquals", "aws:SourceAccount", cx.account());
    let writer = RoleInputs {
        trust: Policy::new().with("Trust", trust),
        policy: Policy::new()
            .with("Bucket", whole.on(bucket.arn().foretold()))
            .with("Objects", inside),
        ..RoleInputs::default()
    };
    let writer = cx.add::<Role>(&part("role"), writer);
    let megabytes = keys.buffer_size.map_or(5, Size::megabytes);
    let seconds = keys.buffer.map_or(300, Duration::seconds);
    let stream = cx.add::<DeliveryStream>(
        &part("stream"),
        DeliveryStreamInputs {
            role: writer.arn().into(),
            bucket: bucket.arn().into(),
            prefix: keys.prefix.clone(),
            error_prefix: ERRORS.to_owned(),
            buffer_seconds: i32::try_from(seconds).unwrap_or(i32::MAX),
            buffer_mb: i32::try_from(megabytes).unwrap_or(i32::MAX),
            compression: if keys.gzip { "GZIP" } else { "UNCOMPRESSED" }.to_owned(),
            ..DeliveryStreamInputs::default()
        },
    );
    let put = Statement::allow([
        "firehose:DescribeDeliveryStream",
        "firehose:ListDeliveryStreams",
        "firehose:ListTagsForDeliveryStream",
        "firehose:PutRecord",
        "firehose:PutRecordBatch",
    ]);
    let arn: Input<String> = text!(stream.arn().foretold());
    let sender = RoleInputs {
        trust: Policy::trust("sns.amazonaws.com"),
        policy: Policy::new().with("Put", put.on(arn)),
        ..RoleInputs::default()
    };
    let sender = cx.add::<Role>(&part("subscription-role"), sender);
    subscribe(
        cx,
        label,
        topic,
        Delivery {
            protocol: "firehose",
            endpoint: stream.arn().into(),
            raw: keys.raw,
            filter,
            role: Some(sender),
        },
    );
}
