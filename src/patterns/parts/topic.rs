//! Topics, open to the one publisher that the pattern names.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::aws::{Policy, Principal, Statement, Topic, TopicInputs};
use crate::graph::{Handle, Input};
use crate::patterns::Cx;

/// A topic of an instance's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TopicKeys {
    /// The KMS key that encrypts its messages: an id, an ARN or an alias. It has to be one of your
    /// own whose policy admits the service that publishes, since the key `alias/aws/sns` admits
    /// none; without a key, messages are not encrypted at rest.
    pub kms_key: Option<String>,
}

/// A topic's policy that lets one service publish on behalf of `source`, and refuses plain HTTP.
pub fn publishers(
    cx: &Cx<'_, '_>,
    topic: &Handle<Topic>,
    service: &str,
    source: impl Into<Input<String>>,
) -> Policy {
    let publish = || Statement::allow(["sns:Publish"]).on(topic.arn().foretold());
    let plain = Statement::deny(["sns:Publish"])
        .on(topic.arn().foretold())
        .by(Principal::everybody())
        .when("Bool", "aws:SecureTransport", "false");
    let publisher = publish()
        .by(Principal::service(service))
        .when("ArnEquals", "aws:SourceArn", source)
        .when("StringEquals", "aws:SourceAccount", cx.account());
    Policy::new().with("Publisher", publisher).with("DenyInsecureTransport", plain)
}

/// Adds a topic that one service may publish to.
pub fn topic(
    cx: &mut Cx<'_, '_>,
    part: &str,
    keys: &TopicKeys,
    service: &str,
    source: impl Into<Input<String>>,
) -> Handle<Topic> {
    let own: Handle<Topic> = Handle::at(cx.address(part));
    let policy = publishers(cx, &own, service, source);
    let kms_key = keys.kms_key.as_deref().map(Input::from);
    cx.add(part, TopicInputs { policy, kms_key, ..TopicInputs::default() })
}
