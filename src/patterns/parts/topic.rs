//! Topics, open to the one publisher that the pattern names.

use schemars::JsonSchema;
use serde::Deserialize;

use super::queue::Sender;
use crate::aws::{Policy, Principal, Statement, Topic, TopicInputs};
use crate::graph::{Handle, Input};
use crate::patterns::Cx;

/// A topic of an instance's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TopicKeys {
    /// The KMS key that encrypts its messages: an id, an ARN or an alias; without one, messages are
    /// not encrypted at rest by a key of the account.
    ///
    /// It has to be one of your own, which KMS bills by the month: all topics of maas are published
    /// to by a service of AWS, which the policy of `alias/aws/sns` does not admit and which cannot be
    /// changed. The key's policy needs the statement `{"Effect": "Allow", "Principal": {"Service":
    /// SERVICE}, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*"}`, where SERVICE
    /// is `s3.amazonaws.com` for a bucket's events and `cloudwatch.amazonaws.com` for an alarm.
    /// Those who are subscribed need nothing: SNS decrypts for them. A function with `access` to publish
    /// may use the key by its role, where the key's policy leaves that to the account.
    pub kms_key: Option<String>,
}

/// A topic's policy that lets one service publish on behalf of one thing, and refuses plain HTTP.
pub fn publishers(cx: &Cx<'_, '_>, topic: &Handle<Topic>, sender: Sender) -> Policy {
    let publish = Statement::allow(["sns:Publish"]).on(topic.arn().foretold());
    let plain = Statement::deny(["sns:Publish"])
        .on(topic.arn().foretold())
        .by(Principal::everybody())
        .when("Bool", "aws:SecureTransport", "false");
    Policy::new()
        .with("Publisher", sender.may(publish, cx.account()))
        .with("DenyInsecureTransport", plain)
}

/// Adds a topic that one service may publish to.
pub fn topic(
    cx: &mut Cx<'_, '_>,
    part: &str,
    keys: &TopicKeys,
    service: &'static str,
    source: impl Into<Input<String>>,
) -> Handle<Topic> {
    let own: Handle<Topic> = Handle::at(cx.address(part));
    let policy = publishers(cx, &own, Sender { service, source: source.into() });
    let kms_key = keys.kms_key.as_deref().map(Input::from);
    cx.add(part, TopicInputs { policy, kms_key, ..TopicInputs::default() })
}
