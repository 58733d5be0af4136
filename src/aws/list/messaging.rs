//! What passes messages on, and what watches.

use super::super::{
    Alarm, AlarmInputs, Cx, Queue, QueueInputs, ScheduleGroup, ScheduleGroupInputs, Topic,
    TopicInputs, tags,
};
use super::{is_named, known, pages};
use crate::graph::{Fault, Id, Listed, OrAbsent, Scope};

/// The largest page of ListQueues; without a size it gives one page and no token.
const QUEUES: i32 = 1_000;

/// The queues (*Amazon SQS API Reference*, ListQueues).
pub async fn queues(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Queue>>, Fault> {
    let prefix = scope.prefix();
    let prefix = prefix.as_str();
    let all = pages(|token| async move {
        let request = cx.sqs().list_queues().queue_name_prefix(prefix);
        let request = request.max_results(QUEUES).set_next_token(token);
        let page = cx.call("sqs:ListQueues", || request.clone().send()).await?;
        Ok((page.queue_urls.unwrap_or_default(), page.next_token))
    })
    .await?;
    let mut found = Vec::new();
    for url in &all {
        let name = url.rsplit('/').next().unwrap_or_default();
        if !is_named(scope, name) {
            continue;
        }
        // A queue that was just deleted is still listed.
        let request = cx.sqs().list_queue_tags().queue_url(url);
        let answer = cx.call("sqs:ListQueueTags", || request.clone().send()).await.or_absent()?;
        let Some(answer) = answer else { continue };
        let tags = tags::ours(answer.tags.unwrap_or_default());
        let inputs = QueueInputs { name: known(name), tags, ..QueueInputs::default() };
        found.push(Listed { id: Id::from(url.as_str()), inputs });
    }
    Ok(found)
}

/// The topics (*Amazon SNS API Reference*, ListTopics).
pub async fn topics(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Topic>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.sns().list_topics().set_next_token(token);
        let page = cx.call("sns:ListTopics", || request.clone().send()).await?;
        Ok((page.topics.unwrap_or_default(), page.next_token))
    })
    .await?;
    let mut found = Vec::new();
    for arn in all.iter().filter_map(|topic| topic.topic_arn()) {
        let name = arn.rsplit(':').next().unwrap_or_default();
        if !is_named(scope, name) {
            continue;
        }
        let request = cx.sns().list_tags_for_resource().resource_arn(arn);
        let answer =
            cx.call("sns:ListTagsForResource", || request.clone().send()).await.or_absent()?;
        let Some(answer) = answer else { continue };
        let tags = tags::ours(answer.tags().iter().map(|tag| (tag.key(), tag.value())));
        let inputs = TopicInputs { name: known(name), tags, ..TopicInputs::default() };
        found.push(Listed { id: Id::from(arn), inputs });
    }
    Ok(found)
}

/// The alarms (*Amazon CloudWatch API Reference*, DescribeAlarms).
pub async fn alarms(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Alarm>>, Fault> {
    let prefix = scope.prefix();
    let prefix = prefix.as_str();
    let all = pages(|token| async move {
        let request =
            cx.cloudwatch().describe_alarms().alarm_name_prefix(prefix).set_next_token(token);
        let page = cx.call("cloudwatch:DescribeAlarms", || request.clone().send()).await?;
        Ok((page.metric_alarms.unwrap_or_default(), page.next_token))
    })
    .await?;
    let mut found = Vec::new();
    for alarm in &all {
        let (Some(name), Some(arn)) = (alarm.alarm_name(), alarm.alarm_arn()) else { continue };
        if !is_named(scope, name) {
            continue;
        }
        let request = cx.cloudwatch().list_tags_for_resource().resource_arn(arn);
        let answer = cx.call("cloudwatch:ListTagsForResource", || request.clone().send());
        let Some(answer) = answer.await.or_absent()? else { continue };
        let of = answer.tags.unwrap_or_default();
        let of = of.into_iter().filter_map(|tag| Some((tag.key?, tag.value?)));
        let tags = tags::ours(of);
        let inputs = AlarmInputs { name: known(name), tags, ..AlarmInputs::default() };
        found.push(Listed { id: Id::from(name), inputs });
    }
    Ok(found)
}

/// The groups of schedules (*EventBridge Scheduler API Reference*, ListScheduleGroups).
pub async fn schedule_groups(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<ScheduleGroup>>, Fault> {
    let prefix = scope.prefix();
    let prefix = prefix.as_str();
    let all = pages(|token| async move {
        let request =
            cx.scheduler().list_schedule_groups().name_prefix(prefix).set_next_token(token);
        let page = cx.call("scheduler:ListScheduleGroups", || request.clone().send()).await?;
        Ok((page.schedule_groups, page.next_token))
    })
    .await?;
    let mut found = Vec::new();
    for group in &all {
        let (Some(name), Some(arn)) = (group.name(), group.arn()) else { continue };
        if !is_named(scope, name) {
            continue;
        }
        let request = cx.scheduler().list_tags_for_resource().resource_arn(arn);
        let answer = cx.call("scheduler:ListTagsForResource", || request.clone().send());
        let Some(answer) = answer.await.or_absent()? else { continue };
        let of = answer.tags.unwrap_or_default().into_iter();
        let tags = tags::ours(of.map(|tag| (tag.key, tag.value)));
        let inputs = ScheduleGroupInputs { name: known(name), tags };
        found.push(Listed { id: Id::from(name), inputs });
    }
    Ok(found)
}
