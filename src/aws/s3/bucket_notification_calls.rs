//! The calls that a bucket's notification takes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_s3::types::{
    Event, EventBridgeConfiguration, FilterRule, FilterRuleName, LambdaFunctionConfiguration,
    NotificationConfiguration, NotificationConfigurationFilter, QueueConfiguration, S3KeyFilter,
    TopicConfiguration,
};

use super::bucket_notification::NotificationRule;
use super::bucket_parts::owner;
use super::event_key::{event_key, of_event_key};
use super::on_bucket::on_bucket;
use crate::aws::Cx;
use crate::aws::built::OrDefect;
use crate::graph::{Arn, Fault, OrAbsent};

type Rules = BTreeMap<String, NotificationRule>;

/// The document that is there.
#[derive(Debug, Default)]
pub struct Document {
    /// Its rules.
    pub rules: Rules,
    /// Whether the bucket's events go to EventBridge too, which somebody turned on by hand.
    event_bridge: Option<EventBridgeConfiguration>,
}

/// The document that is there; an empty one where the bucket is gone.
pub async fn get(cx: &Cx, bucket: &str) -> Result<Document, Fault> {
    let answer = on_bucket!(
        cx,
        "s3:GetBucketNotificationConfiguration",
        get_bucket_notification_configuration,
        bucket
    )
    .or_absent()?;
    let Some(answer) = answer else { return Ok(Document::default()) };
    let functions = answer.lambda_function_configurations.into_iter().flatten();
    let queues = answer.queue_configurations.into_iter().flatten();
    let topics = answer.topic_configurations.into_iter().flatten();
    let functions = functions
        .map(|one| (one.id, rule("function", one.lambda_function_arn, one.events, one.filter)));
    let queues = queues.map(|one| (one.id, rule("queue", one.queue_arn, one.events, one.filter)));
    let topics = topics.map(|one| (one.id, rule("topic", one.topic_arn, one.events, one.filter)));
    let all = functions.chain(queues).chain(topics);
    let rules = all.map(|(id, rule)| (id.unwrap_or_default(), rule)).collect();
    Ok(Document { rules, event_bridge: answer.event_bridge_configuration })
}

fn rule(
    kind: &str,
    arn: String,
    events: Vec<Event>,
    filter: Option<NotificationConfigurationFilter>,
) -> NotificationRule {
    let filters = filter.and_then(|filter| filter.key).and_then(|key| key.filter_rules);
    let filters = filters.unwrap_or_default();
    // S3 gives the names back with a capital.
    let value = |name: &str| {
        let named = |rule: &&FilterRule| {
            rule.name().is_some_and(|found| found.as_str().eq_ignore_ascii_case(name))
        };
        of_event_key(filters.iter().find(named).and_then(|rule| rule.value()).unwrap_or_default())
    };
    NotificationRule {
        destination: Arn::from(arn).into(),
        kind: kind.to_owned(),
        events: events.iter().map(|event| event.as_str().to_owned()).collect(),
        prefix: value("prefix"),
        suffix: value("suffix"),
    }
}

fn filter(rule: &NotificationRule) -> Option<NotificationConfigurationFilter> {
    let one = |name: FilterRuleName, value: &String| {
        let value = Some(value).filter(|value| !value.is_empty())?;
        Some(FilterRule::builder().name(name).value(event_key(value)).build())
    };
    let parts = [(FilterRuleName::Prefix, &rule.prefix), (FilterRuleName::Suffix, &rule.suffix)];
    let rules: Vec<FilterRule> =
        parts.into_iter().filter_map(|(name, value)| one(name, value)).collect();
    if rules.is_empty() {
        return None;
    }
    let key = S3KeyFilter::builder().set_filter_rules(Some(rules)).build();
    Some(NotificationConfigurationFilter::builder().key(key).build())
}

fn document(rules: &Rules, old: &Document) -> Result<NotificationConfiguration, Fault> {
    let mut document = NotificationConfiguration::builder();
    document = document.set_event_bridge_configuration(old.event_bridge.clone());
    for (id, rule) in rules {
        let arn = rule.destination.get()?.as_str();
        let events = Some(rule.events.iter().map(|event| Event::from(event.as_str())).collect());
        let filter = filter(rule);
        document = match rule.kind.as_str() {
            "function" => {
                let one = LambdaFunctionConfiguration::builder().id(id).lambda_function_arn(arn);
                let one = one.set_events(events).set_filter(filter).build().or_defect()?;
                document.lambda_function_configurations(one)
            }
            "queue" => {
                let one = QueueConfiguration::builder().id(id).queue_arn(arn);
                let one = one.set_events(events).set_filter(filter).build().or_defect()?;
                document.queue_configurations(one)
            }
            _ => {
                let one = TopicConfiguration::builder().id(id).topic_arn(arn);
                let one = one.set_events(events).set_filter(filter).build().or_defect()?;
                document.topic_configurations(one)
            }
        };
    }
    Ok(document.build())
}

/// Puts the whole document in the place of the old one; S3 asks each destination whether it may send there.
pub async fn put(cx: &Cx, bucket: &str, rules: &Rules, old: &Document) -> Result<(), Fault> {
    let owner = owner(cx);
    let document = document(rules, old)?;
    // S3 says which destination it was and why in parts of its answer that the SDK drops.
    let reasons = Mutex::new(Vec::new());
    let put = cx
        .call("s3:PutBucketNotificationConfiguration", || async {
            let answer = cx
                .s3()
                .put_bucket_notification_configuration()
                .bucket(bucket)
                .notification_configuration(document.clone())
                .set_expected_bucket_owner(owner.clone())
                .send()
                .await;
            let body = answer.as_ref().err().and_then(|error| error.raw_response()?.body().bytes());
            if let Some(body) = body {
                let found = arguments(&String::from_utf8_lossy(body));
                *reasons.lock().unwrap_or_else(PoisonError::into_inner) = found;
            }
            answer
        })
        .await;
    put.map(|_| ()).map_err(|fault| {
        let reasons = reasons.into_inner().unwrap_or_else(PoisonError::into_inner);
        explained(fault, &reasons, bucket, rules)
    })
}

/// The names and values of S3's `Argument` elements, joined.
fn arguments(body: &str) -> Vec<String> {
    let values = |name: &str| -> Vec<String> {
        let starts = body.match_indices(name).filter(|(at, _)| body[..*at].ends_with('<'));
        let text = |(at, _): (usize, &str)| {
            let rest = &body[at..];
            let start = rest.find('>')? + 1;
            Some(rest[start..].split('<').next().unwrap_or_default().to_owned())
        };
        starts.filter_map(text).collect()
    };
    let (names, values) = (values("ArgumentName"), values("ArgumentValue"));
    names.into_iter().zip(values).map(|(name, value)| format!("{name}: {value}")).collect()
}

/// The fault with S3's reasons, and with what a destination of each kind needs.
fn explained(mut fault: Fault, reasons: &[String], bucket: &str, rules: &Rules) -> Fault {
    if !fault.message.contains("Unable to validate the following destination") {
        return fault;
    }
    if !reasons.is_empty() {
        fault.message = format!("{} ({})", fault.message, reasons.join("; "));
    }
    let needs = |kind: &str, need: &str| {
        rules.values().any(|rule| rule.kind == kind).then(|| need.to_owned())
    };
    let conditions = format!(
        "to s3.amazonaws.com, with aws:SourceArn arn:aws:s3:::{bucket} and aws:SourceAccount the bucket's account"
    );
    let advice: Vec<String> = [
        needs("function", "the function needs a permission for lambda:InvokeFunction"),
        needs("queue", "the queue's policy has to allow sqs:SendMessage"),
        needs(
            "topic",
            "the topic's policy has to allow sns:Publish (the one that SNS makes does not)",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    fault.advise(format!(
        "every destination has to exist in the bucket's region and to admit S3: {} {conditions}. One that is encrypted by KMS needs a customer managed key whose policy gives s3.amazonaws.com kms:GenerateDataKey and kms:Decrypt; the keys alias/aws/sns and alias/aws/sqs cannot",
        advice.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_s_reasons_are_found_in_its_answer() {
        let body = "<Error><Code>InvalidArgument</Code><Message>Unable to validate the following destination configurations</Message><ArgumentName1>arn:aws:sqs:eu-west-1:1:q, null</ArgumentName1><ArgumentValue1>Permissions on the destination queue do not allow S3</ArgumentValue1></Error>";
        let expected =
            "arn:aws:sqs:eu-west-1:1:q, null: Permissions on the destination queue do not allow S3";
        assert_eq!(arguments(body), [expected]);
        assert_eq!(arguments("<Error></Error>"), [""; 0]);
    }
}
