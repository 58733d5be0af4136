//! `aws:sns/subscription`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Cx;
use crate::graph::{Arn, Created, Fault, FaultKind, Held, Input, Resource, Seen};
use crate::outputs;

/// A subscription to an SNS topic.
#[derive(Debug)]
pub struct Subscription;

/// What a subscription is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionInputs {
    /// The topic's ARN.
    pub topic: Input<Arn>,
    /// How messages are delivered: `lambda`, `sqs`, `firehose`, `email`, `email-json`, `http`,
    /// `https`, `sms` or `application`.
    pub protocol: String,
    /// Where they are delivered to: an ARN, an address, a URL or a number.
    pub endpoint: Input<String>,
    /// Whether messages come as they were published, without SNS's envelope. For `sqs`, `http`,
    /// `https` and `firehose`.
    #[serde(default)]
    pub raw: bool,
    /// Which messages are delivered, in SNS's filter policy language; none: all.
    #[serde(default)]
    pub filter_policy: Option<Value>,
    /// What the filter policy looks at: `MessageAttributes`, which is the default, or
    /// `MessageBody`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter_scope: Option<String>,
    /// The ARN of the queue for messages that could not be delivered.
    #[serde(default)]
    pub dead_letter_queue: Option<Input<Arn>>,
    /// The role that SNS puts messages into a Firehose stream with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Input<Arn>>,
}

outputs! {
    /// What a subscription gives back.
    Subscription => SubscriptionOutputs {
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for Subscription {
    type Cloud = super::Aws;
    type Inputs = SubscriptionInputs;
    type Outputs = SubscriptionOutputs;

    const KIND: &'static str = "aws:sns/subscription";
    const REPLACE_ON: &'static [&'static str] = &["topic", "protocol", "endpoint"];
    const DIES_WITH: Option<&'static str> = Some("topic");

    async fn create(_cx: &Cx, _want: &SubscriptionInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
