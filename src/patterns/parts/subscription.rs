//! Subscriptions to a topic, each with a dead-letter queue.

use serde_json::Value;

use super::function::{Failing, NewFunction, allow_invoke};
use super::queue::{Fed, Sender, admit, dead_letter_queue};
use crate::aws::{Queue, Role, Subscription, SubscriptionInputs, Topic};
use crate::graph::{Arn, Handle, Input};
use crate::patterns::Cx;

/// The topic that is subscribed to.
#[derive(Clone, Debug)]
pub struct TopicArn {
    /// Its ARN, once it is there.
    pub arn: Input<Arn>,
    /// Its ARN as it is foretold.
    pub foretold: Input<String>,
}

impl From<&Handle<Topic>> for TopicArn {
    fn from(topic: &Handle<Topic>) -> Self {
        Self { arn: topic.arn().into(), foretold: topic.arn().foretold().into() }
    }
}

impl From<&str> for TopicArn {
    fn from(arn: &str) -> Self {
        Self { arn: Arn::from(arn).into(), foretold: arn.into() }
    }
}

/// How messages are delivered.
#[derive(Debug)]
pub struct Delivery {
    /// `lambda`, `sqs` or `firehose`.
    pub protocol: &'static str,
    /// The ARN of what gets them.
    pub endpoint: Input<String>,
    /// Without SNS's envelope.
    pub raw: bool,
    /// Which messages, by what is in their body; all where there is none.
    pub filter: Option<Value>,
    /// The role for a Firehose stream.
    pub role: Option<Handle<Role>>,
}

fn dead_letters(label: &str) -> String {
    format!("{label}.dead-letter-queue")
}

/// Adds `LABEL.subscription` and the queue `LABEL.dead-letter-queue` for what cannot be delivered.
pub fn subscribe(
    cx: &mut Cx<'_, '_>,
    label: &str,
    topic: &TopicArn,
    delivery: Delivery,
) -> Handle<Subscription> {
    let sender = Sender { service: "sns.amazonaws.com", source: topic.foretold.clone() };
    let part = dead_letters(label);
    let dead = dead_letter_queue(cx, &part, Fed::Service(sender));
    cx.export_part("dead_letter_queues", &part, dead.url());
    cx.add(
        &format!("{label}.subscription"),
        SubscriptionInputs {
            topic: topic.arn.clone(),
            protocol: delivery.protocol.to_owned(),
            endpoint: delivery.endpoint,
            raw: delivery.raw,
            filter_scope: delivery.filter.as_ref().map(|_| "MessageBody".to_owned()),
            filter_policy: delivery.filter,
            dead_letter_queue: Some(dead.arn().into()),
            role: delivery.role.map(|role| role.arn().into()),
        },
    )
}

/// Adds a function and subscribes it, which SNS may invoke. SNS hands a message over to Lambda and
/// is done with it; what the function fails at then goes to the subscription's dead-letter queue too.
pub fn subscribe_function(
    cx: &mut Cx<'_, '_>,
    label: &str,
    topic: &TopicArn,
    function: NewFunction,
    filter: Option<Value>,
) {
    let dead = Handle::at(cx.address(&dead_letters(label)));
    let lambda = function.failing(Failing::into(dead)).add(cx);
    let service = "sns.amazonaws.com";
    let part = lambda.part("permission");
    let permission = allow_invoke(cx, &lambda, &part, service, topic.foretold.clone(), None);
    let endpoint = lambda.function.arn().into();
    let delivery = Delivery { protocol: "lambda", endpoint, raw: false, filter, role: None };
    let subscription = subscribe(cx, label, topic, delivery);
    cx.graph().order(&subscription, &permission);
    if let Some(failing) = &lambda.failing {
        cx.graph().order(&subscription, failing);
    }
}

/// Subscribes a queue, which SNS may send to.
pub fn subscribe_queue(
    cx: &mut Cx<'_, '_>,
    label: &str,
    topic: &TopicArn,
    queue: &Handle<Queue>,
    raw: bool,
    filter: Option<Value>,
) {
    let source = topic.foretold.clone();
    // Ids of statements are letters and digits; names are in lower case.
    let sid = format!("Topic{}X{label}", cx.name()).replace('-', "X");
    admit(cx, queue, &sid, Sender { service: "sns.amazonaws.com", source });
    let endpoint = queue.arn().into();
    subscribe(cx, label, topic, Delivery { protocol: "sqs", endpoint, raw, filter, role: None });
}
