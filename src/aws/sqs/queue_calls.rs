//! The calls that a queue takes.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use serde_json::json;

use super::queue::{Queue, QueueInputs, Redrive};
use crate::aws::{Cx, tags};
use crate::graph::{Arn, Fault, FaultKind, Held, Input, NotYetKnown, OrAbsent, Tags};

/// How long a queue cannot be used that was just made (*Amazon SQS API Reference*, "CreateQueue").
const USABLE: Duration = Duration::from_secs(1);

/// The URL of the queue of that name, where there is one.
///
/// # Errors
/// SQS's refusals.
pub(super) async fn url(cx: &Cx, name: &str) -> Result<Option<String>, Fault> {
    let answer = cx
        .call("sqs:GetQueueUrl", || cx.sqs().get_queue_url().queue_name(name).send())
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.queue_url))
}

/// The tags of the queue of that URL; none where it is gone.
///
/// # Errors
/// SQS's refusals.
pub(super) async fn tags_of(cx: &Cx, url: &str) -> Result<Option<Tags>, Fault> {
    let answer = cx
        .call("sqs:ListQueueTags", || cx.sqs().list_queue_tags().queue_url(url).send())
        .await
        .or_absent()?;
    Ok(answer.map(|answer| tags::ours(answer.tags.unwrap_or_default())))
}

/// The URL and the tags of the queue of that name, where there is one.
///
/// # Errors
/// SQS's refusals.
pub(super) async fn standing(cx: &Cx, name: &str) -> Result<Option<(String, Tags)>, Fault> {
    let Some(url) = url(cx, name).await? else { return Ok(None) };
    Ok(tags_of(cx, &url).await?.map(|tags| (url, tags)))
}

async fn change_tags(
    cx: &Cx,
    url: &str,
    finished: bool,
    was: &Tags,
    want: &Tags,
) -> Result<(), Fault> {
    let (gone, put) = tags::due(finished, was, want);
    if !put.is_empty() {
        cx.call("sqs:TagQueue", || {
            let tags = put.clone().into_iter().collect();
            cx.sqs().tag_queue().queue_url(url).set_tags(Some(tags)).send()
        })
        .await?;
    }
    if !gone.is_empty() {
        cx.call("sqs:UntagQueue", || {
            cx.sqs().untag_queue().queue_url(url).set_tag_keys(Some(gone.clone())).send()
        })
        .await?;
    }
    Ok(())
}

/// Asks SQS for the queue; tells its URL. One that stands is given as it is where it does not differ in
/// what is asked for, and one that is going is waited for and made anew, under the same URL: requests
/// to it may succeed for a minute, and only CreateQueue tells (*Amazon SQS API Reference*,
/// "DeleteQueue").
///
/// # Errors
/// [`FaultKind::Exists`] where one stands that differs; SQS's other refusals.
pub(super) async fn make(cx: &Cx, want: &QueueInputs) -> Result<String, Fault> {
    let name = want.name.get()?;
    let mut attributes = attributes(want)?;
    attributes.retain(|_, value| !value.is_empty());
    let queue = cx
        .call("sqs:CreateQueue", || {
            cx.sqs()
                .create_queue()
                .queue_name(name)
                .set_attributes(Some(attributes.clone()))
                .set_tags(Some(want.tags.clone().into_iter().collect()))
                .send()
        })
        .await?;
    queue.queue_url.ok_or_else(|| Fault::new(FaultKind::Defect, "sqs:CreateQueue gave no URL"))
}

/// Makes a queue that is half made, or going, what is wanted. SQS gives a queue that stands without a
/// word on what it has besides, so that all of it is sent.
///
/// # Errors
/// SQS's refusals.
pub(super) async fn finish(cx: &Cx, held: &Held<Queue>, want: &QueueInputs) -> Result<(), Fault> {
    match make(cx, want).await {
        Err(fault) if fault.kind == FaultKind::Exists => {}
        made => {
            made?;
            cx.stop().sleep(USABLE).await?;
        }
    }
    change(cx, held, want).await
}

/// Sends what differs.
///
/// # Errors
/// SQS's refusals.
pub(super) async fn change(cx: &Cx, held: &Held<Queue>, want: &QueueInputs) -> Result<(), Fault> {
    let url = held.id.as_str();
    let (was, attributes) = (attributes(&held.inputs)?, attributes(want)?);
    let mut changed: HashMap<Attribute, String> = attributes
        .into_iter()
        .filter(|(name, value)| !held.finished || was.get(name) != Some(value))
        .collect();
    if !held.inputs.managed_encryption {
        // Somebody gave it a KMS key, beside which SQS's own keys cannot be turned on.
        changed.insert(Attribute::KmsMasterKeyId, String::new());
    }
    if !changed.is_empty() {
        cx.call("sqs:SetQueueAttributes", || {
            cx.sqs()
                .set_queue_attributes()
                .queue_url(url)
                .set_attributes(Some(changed.clone()))
                .send()
        })
        .await?;
    }
    change_tags(cx, url, held.finished, &held.inputs.tags, &want.tags).await?;
    Ok(())
}

/// The attributes as SQS takes them; an empty text removes one.
fn attributes(want: &QueueInputs) -> Result<HashMap<Attribute, String>, Fault> {
    let redrive = match &want.redrive {
        Some(Redrive { dead_letter_queue, max_receives }) => {
            json!({"deadLetterTargetArn": dead_letter_queue.get()?, "maxReceiveCount": max_receives}).to_string()
        }
        None => String::new(),
    };
    let allowed = match &want.redrive_sources {
        None => String::new(),
        Some(sources) if sources.is_empty() => json!({"redrivePermission": "denyAll"}).to_string(),
        Some(sources) => {
            let arns: Result<Vec<&Arn>, NotYetKnown> = sources.iter().map(Input::get).collect();
            json!({"redrivePermission": "byQueue", "sourceQueueArns": arns?}).to_string()
        }
    };
    let policy = if want.policy.is_empty() { String::new() } else { want.policy.to_json()? };
    Ok(HashMap::from([
        (Attribute::VisibilityTimeout, want.visibility_timeout.to_string()),
        (Attribute::MessageRetentionPeriod, want.retention.to_string()),
        (Attribute::SqsManagedSseEnabled, want.managed_encryption.to_string()),
        (Attribute::RedrivePolicy, redrive),
        (Attribute::RedriveAllowPolicy, allowed),
        (Attribute::Policy, policy),
    ]))
}
