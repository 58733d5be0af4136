use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName;

use super::{Inventory, policy, sorted, unordered};

impl Inventory {
    pub(super) async fn queues(&mut self, config: &SdkConfig) {
        let sqs = aws_sdk_sqs::Client::new(config);
        let urls = sqs.list_queues().max_results(1000).send().await.unwrap();
        for url in urls.queue_urls() {
            let asked = sqs.get_queue_attributes().queue_url(url);
            let asked = asked.attribute_names(QueueAttributeName::All).send().await.unwrap();
            let mut attributes = sorted(asked.attributes());
            attributes.retain(|name, _| {
                let name = name.as_str();
                !name.ends_with("Timestamp") && !name.starts_with("Approximate")
            });
            let tags = sqs.list_queue_tags().queue_url(url).send().await.unwrap();
            self.thing("queue", Some(url), &[&attributes, &sorted(tags.tags())]);
        }
    }

    pub(super) async fn topics(&mut self, config: &SdkConfig) {
        let sns = aws_sdk_sns::Client::new(config);
        let topics = sns.list_topics().into_paginator().items().send();
        let topics = topics.collect::<Result<Vec<_>, _>>().await.unwrap();
        for arn in topics.iter().filter_map(|topic| topic.topic_arn()) {
            let asked = sns.get_topic_attributes().topic_arn(arn).send().await.unwrap();
            let mut attributes = sorted(asked.attributes());
            attributes.retain(|name, value| !name.starts_with("Subscriptions") && is_set(value));
            if let Some(text) = attributes.get_mut("Policy") {
                *text = policy(text);
            }
            let tags = sns.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
            let tags = unordered(tags.tags());
            self.thing("topic", Some(arn), &[&attributes, &tags]);
        }
        let all = sns.list_subscriptions().into_paginator().items().send();
        let all = all.collect::<Result<Vec<_>, _>>().await.unwrap();
        for subscription in all {
            let arn = subscription.subscription_arn().unwrap_or_default();
            let mut attributes = BTreeMap::new();
            // One that waits for its confirmation has no ARN yet.
            if arn.starts_with("arn:") {
                let asked = sns.get_subscription_attributes().subscription_arn(arn);
                attributes = sorted(asked.send().await.unwrap().attributes());
                attributes.retain(|_, value| is_set(value));
            }
            let (topic, endpoint) = (subscription.topic_arn(), subscription.endpoint());
            self.thing("subscription", topic, &[&subscription.protocol(), &endpoint, &attributes]);
        }
    }
}

/// Whether an attribute says anything. The emulator keeps what was set to nothing.
fn is_set(value: &str) -> bool {
    !matches!(value, "" | "{}")
}
