//! `aws:sns/subscription`

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Topic;
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::aws::list::{is_arn_named, pages};
use crate::graph::document::is_pending;
use crate::graph::{
    Arn, Created, Fault, FaultKind, Held, Id, Input, Listed, NotYetKnown, Objection, OrAbsent,
    Resource, Scope, Seen,
};
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
    type Cloud = crate::aws::Aws;
    type Inputs = SubscriptionInputs;
    type Outputs = SubscriptionOutputs;

    const KIND: &'static str = "aws:sns/subscription";
    const REPLACE_ON: &'static [&'static str] = &["topic", "protocol", "endpoint"];
    // Subscribe gives back the one that is there (*Amazon SNS API Reference*, "Subscribe").
    const KNOWN_BY: &'static [&'static str] = &["topic", "protocol", "endpoint"];
    const DIES_WITH: Option<&'static str> = Some("topic");
    const PART_OF: Option<&'static str> = Some(Topic::KIND);

    fn check(want: &SubscriptionInputs) -> Vec<Objection> {
        let protocol = want.protocol.as_str();
        let mut check = Check::default()
            .one_of("protocol", protocol, &PROTOCOLS)
            .that(
                !want.raw || RAW.contains(&protocol),
                "raw",
                format!("SNS delivers raw messages to {} only", RAW.join(", ")),
            )
            .that(
                want.role.is_some() == (protocol == "firehose"),
                "role",
                "a role is needed for `firehose`, and for nothing else",
            )
            .that(
                want.filter_scope.is_none() || want.filter_policy.is_some(),
                "filter_scope",
                "it means nothing without a filter_policy",
            );
        if let Some(scope) = &want.filter_scope {
            check = check.one_of("filter_scope", scope, &[ATTRIBUTES, BODY]);
        }
        if let Some(policy) = want.filter_policy.as_ref().filter(|policy| !is_pending(policy)) {
            let wrong = wrong_filter(policy, scope_of(want) == BODY);
            check = check.that(wrong.is_none(), "filter_policy", wrong.unwrap_or_default());
        }
        check.done()
    }

    /// Subscribe answers with the subscription that is there where all of it is the same. What SNS
    /// knows one by, its topic, protocol and endpoint, is all that it is; so nothing is looked for
    /// first.
    async fn create(cx: &Cx, want: &SubscriptionInputs) -> Result<Created<Self>, Fault> {
        let topic = want.topic.get()?;
        let endpoint = want.endpoint.get()?;
        let attributes: HashMap<String, String> = settings(want)?
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .filter(|(_, value)| value != "false" && value != EVERYTHING)
            .collect();
        let answer = cx
            .call("sns:Subscribe", || {
                cx.sns()
                    .subscribe()
                    .topic_arn(topic.as_str())
                    .protocol(&want.protocol)
                    .endpoint(endpoint)
                    .set_attributes(Some(attributes.clone()))
                    // Also for one that its receiver has not confirmed yet.
                    .return_subscription_arn(true)
                    .send()
            })
            .await?;
        let arn = answer
            .subscription_arn
            .ok_or_else(|| Fault::new(FaultKind::Defect, "sns:Subscribe gave no ARN"))?;
        Ok(Created { id: Id::from(arn.as_str()), outputs: outputs_of(&arn) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let arn = held.id.as_str();
        let answer = cx
            .call("sns:GetSubscriptionAttributes", || {
                cx.sns().get_subscription_attributes().subscription_arn(arn).send()
            })
            .await
            .or_absent()?;
        let Some(attributes) = answer.map(|answer| answer.attributes.unwrap_or_default()) else {
            return Ok(None);
        };
        let text = |name: &str| attributes.get(name).filter(|text| !text.is_empty());
        let json = |name: &str| text(name).and_then(|text| serde_json::from_str(text).ok());
        let filter_policy = json("FilterPolicy").filter(|policy: &Value| *policy != json!({}));
        let scope = text("FilterPolicyScope").cloned().unwrap_or_else(|| ATTRIBUTES.to_owned());
        let redrive: Option<Value> = json("RedrivePolicy");
        let dead_letter_queue =
            redrive.and_then(|redrive| Some(Arn::from(redrive["deadLetterTargetArn"].as_str()?)));
        let inputs = SubscriptionInputs {
            topic: Arn::from(text("TopicArn").cloned().unwrap_or_default()).into(),
            protocol: text("Protocol").cloned().unwrap_or_default(),
            endpoint: text("Endpoint").cloned().unwrap_or_default().into(),
            raw: text("RawMessageDelivery").is_some_and(|raw| raw == "true"),
            filter_scope: filter_policy.is_some().then_some(scope),
            filter_policy,
            dead_letter_queue: dead_letter_queue.map(Input::from),
            role: text("SubscriptionRoleArn").cloned().map(|role| Arn::from(role).into()),
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(arn) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &SubscriptionInputs,
    ) -> Result<SubscriptionOutputs, Fault> {
        let arn = held.id.as_str();
        let was = settings(&held.inputs)?;
        // A policy on attributes is no policy on bodies, so the one that is there goes first; the
        // other way round it may stay, and nothing is let through meanwhile.
        let narrows = scope_of(want) == ATTRIBUTES && held.differs(want, scope_of);
        if narrows && held.inputs.filter_policy.is_some() {
            set(cx, arn, "FilterPolicy", Some(EVERYTHING)).await?;
        }
        for (name, value) in settings(want)? {
            let again = narrows && name == "FilterPolicy" && value.as_deref() != Some(EVERYTHING);
            if !held.finished || again || !was.contains(&(name, value.clone())) {
                set(cx, arn, name, value.as_deref()).await?;
            }
        }
        Ok(outputs_of(arn))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let arn = held.id.as_str();
        // One that nobody confirmed cannot be unsubscribed; SNS drops it after two days.
        cx.call("sns:Unsubscribe", || cx.sns().unsubscribe().subscription_arn(arn).send())
            .await
            .or_absent()?;
        Ok(())
    }

    /// One that waits for its confirmation is listed without its ARN, and counts as not found: to
    /// subscribe once more gives its ARN and makes no second one.
    async fn find(cx: &Cx, want: &SubscriptionInputs) -> Result<Option<Id>, Fault> {
        let (topic, endpoint) = (want.topic.get()?, want.endpoint.get()?);
        let mut from: Option<String> = None;
        loop {
            let page = cx
                .call("sns:ListSubscriptionsByTopic", || {
                    cx.sns()
                        .list_subscriptions_by_topic()
                        .topic_arn(topic.as_str())
                        .set_next_token(from.clone())
                        .send()
                })
                .await
                .or_absent()?;
            let Some(page) = page else { return Ok(None) };
            let found = page.subscriptions().iter().find(|one| {
                one.protocol() == Some(&want.protocol) && one.endpoint() == Some(endpoint)
            });
            if let Some(arn) = found.and_then(|found| found.subscription_arn()) {
                return Ok(arn.starts_with("arn:").then(|| Id::from(arn)));
            }
            from = page.next_token;
            if from.is_none() {
                return Ok(None);
            }
        }
    }

    /// Nothing on a subscription says who made it; the deployment's deliver to its own things.
    async fn parts(cx: &Cx, scope: &Scope, topic: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let all = pages(|token| async move {
            let request = cx.sns().list_subscriptions_by_topic().topic_arn(topic.as_str());
            let request = request.set_next_token(token);
            let page = cx.call("sns:ListSubscriptionsByTopic", || request.clone().send()).await?;
            Ok((page.subscriptions.unwrap_or_default(), page.next_token))
        })
        .await?;
        let ours = all.into_iter().filter_map(|one| {
            one.endpoint().filter(|endpoint| is_arn_named(scope, endpoint))?;
            let arn = one.subscription_arn.filter(|arn| arn.starts_with("arn:"))?;
            Some(Listed { id: Id(arn), inputs: SubscriptionInputs::default() })
        });
        Ok(ours.collect())
    }
}

const PROTOCOLS: [&str; 9] =
    ["lambda", "sqs", "firehose", "email", "email-json", "http", "https", "sms", "application"];
const RAW: [&str; 4] = ["sqs", "http", "https", "firehose"];
const ATTRIBUTES: &str = "MessageAttributes";
const BODY: &str = "MessageBody";
/// The filter policy that lets everything through.
const EVERYTHING: &str = "{}";

fn outputs_of(arn: &str) -> SubscriptionOutputs {
    SubscriptionOutputs { arn: Arn::from(arn) }
}

fn scope_of(want: &SubscriptionInputs) -> &str {
    want.filter_scope.as_deref().unwrap_or(ATTRIBUTES)
}

/// What is wrong with a filter policy (*Amazon SNS Developer Guide*, "Filter policy constraints").
fn wrong_filter(policy: &Value, nested: bool) -> Option<&'static str> {
    if combinations(policy, 1) > MOST_COMBINATIONS {
        return Some(
            "SNS takes up to 150 combinations: the numbers of values, each times its depth, multiplied with each other. Filter on fewer values, or in the function",
        );
    }
    let Some(keys) = policy.as_object().filter(|keys| !keys.is_empty()) else {
        return Some(
            "a filter policy is a table of names, each with a list of what is let through",
        );
    };
    if keys.len() > 5 {
        return Some("SNS takes up to five names in a filter policy");
    }
    let fits = |value: &Value| value.is_array() || (nested && value.is_object());
    if keys.values().all(fits) {
        return None;
    }
    Some("each name has a list of what is let through, or a table of names with MessageBody")
}

const MOST_COMBINATIONS: u64 = 150;

/// The product of each name's number of values times its depth.
fn combinations(policy: &Value, depth: u64) -> u64 {
    match policy {
        Value::Array(values) => (values.len() as u64).max(1).saturating_mul(depth),
        Value::Object(names) => names.values().fold(1, |product: u64, below| {
            let depth = depth + u64::from(below.is_object());
            product.saturating_mul(combinations(below, depth))
        }),
        _ => 1,
    }
}

/// The attributes as SNS takes them, in the order in which they may be set: the scope before the
/// policy. None removes one.
fn settings(want: &SubscriptionInputs) -> Result<Vec<(&'static str, Option<String>)>, NotYetKnown> {
    let mut settings = Vec::new();
    if RAW.contains(&want.protocol.as_str()) {
        settings.push(("RawMessageDelivery", Some(want.raw.to_string())));
    }
    let policy = want.filter_policy.as_ref();
    if policy.is_some() {
        settings.push(("FilterPolicyScope", Some(scope_of(want).to_owned())));
    }
    let policy = policy.map_or_else(|| EVERYTHING.to_owned(), Value::to_string);
    settings.push(("FilterPolicy", Some(policy)));
    let queue = want.dead_letter_queue.as_ref().map(Input::get).transpose()?;
    let redrive = queue.map(|queue| json!({"deadLetterTargetArn": queue}).to_string());
    settings.push(("RedrivePolicy", redrive));
    if let Some(role) = &want.role {
        settings.push(("SubscriptionRoleArn", Some(role.get()?.to_string())));
    }
    Ok(settings)
}

async fn set(cx: &Cx, arn: &str, name: &str, value: Option<&str>) -> Result<(), Fault> {
    cx.call("sns:SetSubscriptionAttributes", || {
        cx.sns()
            .set_subscription_attributes()
            .subscription_arn(arn)
            .attribute_name(name)
            .set_attribute_value(value.map(str::to_owned))
            .send()
    })
    .await?;
    Ok(())
}
