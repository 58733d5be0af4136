//! `aws:sqs/queue`

use std::collections::BTreeSet;

use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::queue_calls as calls;
use crate::aws::check::Check;
use crate::aws::{Cx, Policy, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming, Objection,
    OrAbsent, Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// An SQS queue, encrypted with SQS's own keys.
#[derive(Debug)]
pub struct Queue;

/// What a queue is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueInputs {
    /// Its name; up to 80 letters, digits, `-` and `_`.
    pub name: Input<String>,
    /// Seconds that a received message stays hidden; 0 to 43,200.
    pub visibility_timeout: u32,
    /// Seconds that a message is kept; 60 to 1,209,600.
    pub retention: u32,
    /// Where messages go that were received too often.
    #[serde(default)]
    pub redrive: Option<Redrive>,
    /// The queues that may name it as their dead-letter queue, up to 10: none where this is empty,
    /// every one of the account where it is not given (*Amazon SQS API Reference*,
    /// "SetQueueAttributes", `RedriveAllowPolicy`).
    #[serde(default)]
    pub redrive_sources: Option<BTreeSet<Input<Arn>>>,
    /// Whether SQS encrypts messages with keys of its own; always true.
    #[serde(default = "managed_encryption")]
    pub managed_encryption: bool,
    /// Who may send to it; its own account's identities need no mention.
    #[serde(default)]
    pub policy: Policy,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// The redrive policy of a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redrive {
    /// The dead-letter queue's ARN.
    pub dead_letter_queue: Input<Arn>,
    /// How often a message is received before it goes there; 1 to 1,000.
    pub max_receives: u32,
}

impl Default for QueueInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            visibility_timeout: 30,
            retention: 345_600,
            redrive: None,
            redrive_sources: None,
            managed_encryption: managed_encryption(),
            policy: Policy::new(),
            tags: Tags::new(),
        }
    }
}

fn managed_encryption() -> bool {
    true
}

outputs! {
    /// What a queue gives back.
    Queue => QueueOutputs {
        /// Its name.
        name: String,
        /// Its URL.
        url: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for Queue {
    type Cloud = crate::aws::Aws;
    type Inputs = QueueInputs;
    type Outputs = QueueOutputs;

    const KIND: &'static str = "aws:sqs/queue";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 80, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    // *Amazon SQS API Reference*, "DeleteQueue": for up to 60 seconds.

    fn foretell(want: &QueueInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("sqs", name);
        Foretold::default().output("name", name).output("arn", arn)
    }

    fn check(want: &QueueInputs) -> Vec<Objection> {
        let fits = |name: &String| {
            let charset = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            (1..=80).contains(&name.len()) && name.bytes().all(charset)
        };
        let mut check = Check::default()
            .that(
                want.name.known().is_none_or(fits),
                "name",
                "a queue's name has 1 to 80 letters, digits, `-` and `_`",
            )
            .range("visibility_timeout", want.visibility_timeout, 0..=43_200, "seconds")
            .range("retention", want.retention, 60..=1_209_600, "seconds")
            .that(want.managed_encryption, "managed_encryption", "every queue is encrypted");
        if let Some(redrive) = &want.redrive {
            let times = redrive.max_receives;
            check = check.range("redrive.max_receives", times, 1..=1_000, "times");
        }
        let sources = want.redrive_sources.as_ref().map_or(0, BTreeSet::len);
        check.that(sources <= 10, "redrive_sources", "SQS takes up to 10 queues").done()
    }

    async fn create(cx: &Cx, want: &QueueInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let id = match calls::standing(cx, name).await? {
            None => Id::from(calls::make(cx, want).await?),
            // CreateQueue would give it, where its attributes happen to be the same.
            Some((_, found)) if !tags::same_owner(&found, &want.tags) => {
                let message = format!("a queue named {name} exists already");
                return Err(Fault::new(FaultKind::Exists, message));
            }
            Some((url, _)) => {
                let (id, inputs) = (Id::from(url), want.clone());
                cx.made(&id).await?;
                let half = Held { id: id.clone(), inputs, outputs: None, finished: false };
                calls::finish(cx, &half, want).await?;
                id
            }
        };
        Ok(Created { outputs: outputs_of(name, id.to_string(), cx.place())?, id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let url = held.id.as_str();
        let answer = cx
            .call("sqs:GetQueueAttributes", || {
                cx.sqs()
                    .get_queue_attributes()
                    .queue_url(url)
                    .attribute_names(Attribute::All)
                    .send()
            })
            .await
            .or_absent()?;
        let Some(attributes) = answer.map(|answer| answer.attributes.unwrap_or_default()) else {
            return Ok(None);
        };
        let Some(tags) = calls::tags_of(cx, url).await? else { return Ok(None) };
        let name = url.rsplit('/').next().unwrap_or_default();
        let text =
            |attribute: Attribute| attributes.get(&attribute).filter(|text| !text.is_empty());
        let number =
            |attribute| text(attribute).and_then(|text| text.parse().ok()).unwrap_or_default();
        let inputs = QueueInputs {
            name: Input::from(name),
            visibility_timeout: number(Attribute::VisibilityTimeout),
            retention: number(Attribute::MessageRetentionPeriod),
            managed_encryption: text(Attribute::SqsManagedSseEnabled)
                .is_some_and(|text| text == "true"),
            redrive: text(Attribute::RedrivePolicy).and_then(|text| redrive(text)),
            redrive_sources: text(Attribute::RedriveAllowPolicy)
                .and_then(|text| redrive_sources(text)),
            policy: text(Attribute::Policy)
                .map(|text| Policy::from_json(text))
                .transpose()?
                .unwrap_or_default(),
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(name, url.to_owned(), cx.place())? }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &QueueInputs) -> Result<QueueOutputs, Fault> {
        if held.finished {
            calls::change(cx, held, want).await?;
        } else {
            calls::finish(cx, held, want).await?;
        }
        outputs_of(want.name.get()?, held.id.to_string(), cx.place())
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let url = held.id.as_str();
        cx.call("sqs:DeleteQueue", || cx.sqs().delete_queue().queue_url(url).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &QueueInputs) -> Result<Option<Id>, Fault> {
        Ok(calls::url(cx, want.name.get()?).await?.map(Id::from))
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::queues(cx, scope).await.map(Some)
    }
}

fn outputs_of(name: &str, url: String, place: &Place) -> Result<QueueOutputs, Fault> {
    let arn: Input<Arn> = place.arn("sqs", name);
    Ok(QueueOutputs { name: name.to_owned(), url, arn: arn.get()?.clone() })
}

fn redrive_sources(text: &str) -> Option<BTreeSet<Input<Arn>>> {
    let policy: Value = serde_json::from_str(text).ok()?;
    let arns = policy["sourceQueueArns"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let arns = arns.map(|arn| Arn::from(arn).into()).collect();
    (policy["redrivePermission"] != "allowAll").then_some(arns)
}

fn redrive(text: &str) -> Option<Redrive> {
    let policy: Value = serde_json::from_str(text).ok()?;
    let max = &policy["maxReceiveCount"];
    Some(Redrive {
        dead_letter_queue: Arn::from(policy["deadLetterTargetArn"].as_str()?).into(),
        max_receives: max.as_u64().or_else(|| max.as_str()?.parse().ok())?.try_into().ok()?,
    })
}
