//! The webhook proxy with a bucket and a topic.

use super::filter;
use super::{Params, Recipient, Store, filter_of, no_route, receive};
use crate::aws::{Bucket, LifecycleRule, Statement, Topic};
use crate::graph::{Handle, Input};
use crate::manifest::{Either, Name, Problem, Spanned};
use crate::patterns::parts::{
    NewFunction, TopicArn, TopicKeys, bucket, check_prefix, notify_topic, objects, sources,
    subscribe_function, topic,
};
use crate::patterns::{Cx, Exports};

pub(super) fn expand(cx: &mut Cx<'_, '_>, params: &Params) -> Exports {
    debug_assert_eq!(params.store, Store::S3);
    let prefix = check_prefix(cx, params.prefix.as_ref(), "hooks/");
    let field = field(cx, params);
    let given = params.topic.as_ref().map(Spanned::get_ref);
    let exports = Exports::default();
    if let (Some(arn), None) = (&params.bucket_arn, &params.topic_arn) {
        let message = "A bucket's ARN goes with a topic's.";
        let problem = Problem::at(arn, "maas::patterns::not_own", message)
            .label("there is no `topic_arn` beside it")
            .help("Name the topic of the other project too, or leave this out.");
        cx.problem(problem);
    }
    let (topic, bucket, exports) = match (given, &params.topic_arn) {
        (Some(Either::Short(reference)), _) => {
            let topic = cx.borrow::<Topic>("topic", reference);
            let exports = exports.with("topic_arn", topic.arn());
            (TopicArn::from(&topic), given_bucket(cx, params), exports)
        }
        (_, Some(arn)) => (TopicArn::from(arn.as_str()), given_bucket(cx, params), exports),
        (own, None) => {
            if params.route.is_none() {
                no_route(cx, "`topic = \"${inbox.topic}\"` or `topic_arn`");
            }
            let keys = match own {
                Some(Either::Long(keys)) => keys.clone(),
                _ => TopicKeys::default(),
            };
            let bucket = bucket(cx, "bucket", params.bucket.as_ref().map(Spanned::get_ref));
            expire(cx, params, &bucket, &prefix);
            let topic = topic(cx, "topic", &keys, "s3.amazonaws.com", bucket.arn().foretold());
            let place = params.prefix.as_ref().map(Spanned::span);
            let sources = sources(cx, &bucket, &[], prefix.clone(), None, place);
            notify_topic(cx, sources, &topic);
            let exports = exports.with("bucket", bucket.name()).with("topic_arn", topic.arn());
            (TopicArn::from(&topic), Some(bucket), exports)
        }
    };
    let exports = match &bucket {
        Some(bucket) => {
            let put = Statement::allow(["s3:PutObject"]).on(objects(bucket, &prefix));
            let give = |receiver: NewFunction| {
                receiver
                    .variable("BUCKET", bucket.name())
                    .variable("PREFIX", prefix.as_str())
                    .maybe("FILTER_FIELD", field.as_deref())
                    .may("Store", put)
            };
            receive(cx, params, give, exports)
        }
        None => exports,
    };
    let read = match (&bucket, &params.bucket_arn) {
        (Some(bucket), _) => Some(objects(bucket, &prefix)),
        (None, Some(arn)) => Some(format!("{}/{prefix}*", arn.get_ref()).into()),
        (None, None) => None,
    };
    for (name, recipient) in &params.recipients {
        let field = field.as_deref().unwrap_or_default();
        add(cx, name, recipient, &topic, read.clone(), &prefix, field);
    }
    exports
}

/// The bucket of an instance that only adds recipients; they may read it where it is named.
fn given_bucket(cx: &mut Cx<'_, '_>, params: &Params) -> Option<Handle<Bucket>> {
    if let Some(route) = &params.route {
        let message = "A webhook proxy with a route has its own topic.";
        let problem = Problem::at(route, "maas::patterns::not_own", message)
            .label("what is posted here would reach nobody")
            .help("Leave the route out, to add recipients to the other topic; or leave the topic out.");
        cx.problem(problem);
    }
    match params.bucket.as_ref()?.get_ref() {
        Either::Short(reference) => Some(cx.borrow("bucket", reference)),
        Either::Long(_) => None,
    }
}

/// The one field that all filters are on.
fn field(cx: &mut Cx<'_, '_>, params: &Params) -> Option<String> {
    let mut field: Option<Spanned<String>> = params.filter_field.clone();
    for filter in params.recipients.values().filter_map(filter_of) {
        let own = match filter::field_of_bucket(filter) {
            Ok(own) => own.to_owned(),
            Err(problem) => {
                cx.problem(problem);
                continue;
            }
        };
        match &field {
            Some(known) if *known.get_ref() != own => {
                let message = "Filters of one instance are on several fields.";
                let problem = Problem::at(filter, "maas::patterns::filter", message)
                    .label(format!("this is on `{own}`"))
                    .related(known, format!("this is on `{}`", known.get_ref()))
                    .help(
                        "With the store `s3`, the one field that recipients filter on is written into \
                         the keys of deliveries. Filter on the same field, or use the store `dynamodb`.",
                    );
                cx.problem(problem);
            }
            Some(_) => {}
            None => field = Some(Spanned::new(own, filter)),
        }
    }
    field.map(Spanned::into_inner)
}

fn expire(cx: &mut Cx<'_, '_>, params: &Params, bucket: &Handle<Bucket>, prefix: &str) {
    let Some(ttl) = &params.ttl else { return };
    if ttl.seconds() % 86_400 != 0 {
        let message = "A bucket keeps objects for whole days.";
        let problem = Problem::at(ttl, "maas::patterns::ttl", message)
            .label("this is not a number of days")
            .help(format!("Write `{}d`, or use the store `dynamodb`.", ttl.days() + 1));
        return cx.problem(problem);
    }
    let rule = LifecycleRule {
        prefix: prefix.to_owned(),
        expire_days: i32::try_from(ttl.days()).ok(),
        noncurrent_days: Some(1),
        ..LifecycleRule::default()
    };
    let id = format!("{}-deliveries", cx.name());
    cx.graph().amend(bucket, move |inputs| drop(inputs.lifecycle.insert(id, rule)));
}

fn add(
    cx: &mut Cx<'_, '_>,
    name: &Spanned<Name>,
    recipient: &Recipient,
    topic: &TopicArn,
    read: Option<Input<String>>,
    prefix: &str,
    field: &str,
) {
    let label = name.get_ref().as_ref();
    let usable = filter_of(recipient).filter(|filter| filter.contains_key(field));
    let policy = usable.map(|filter| filter::of_keys(filter, field, prefix)).transpose();
    let function = recipient.function.resolve(cx.defaults());
    let (Some(policy), Some(function)) = (cx.ok(policy), cx.ok(function)) else { return };
    let mut new = NewFunction::new(label, function);
    if let Some(objects) = read {
        new = new.may("Read", Statement::allow(["s3:GetObject"]).on(objects));
    }
    subscribe_function(cx, label, topic, new, policy);
}
