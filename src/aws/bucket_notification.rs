//! `aws:s3/bucket-notification`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Created, Fault, FaultKind, Foretold, Held, Input, Objection, Place, Resource, Seen,
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
    /// The start of the keys; empty: any.
    #[serde(default)]
    pub prefix: String,
    /// The end of the keys; empty: any.
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
    type Cloud = super::Aws;
    type Inputs = BucketNotificationInputs;
    type Outputs = BucketNotificationOutputs;

    const KIND: &'static str = "aws:s3/bucket-notification";
    const REPLACE_ON: &'static [&'static str] = &["bucket"];
    const ONE_AT_A_TIME: bool = true;

    fn foretell(want: &BucketNotificationInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("bucket", &want.bucket);
        match want.bucket.known() {
            Some(bucket) => foretold.id(bucket.as_str()),
            None => foretold,
        }
    }

    fn check(_want: &BucketNotificationInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &BucketNotificationInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
