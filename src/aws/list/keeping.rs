//! What keeps data.

use super::{is_named, known, pages};
use crate::aws::dynamodb::table_calls;
use crate::aws::firehose::delivery_stream_calls;
use crate::aws::s3::bucket_parts;
use crate::aws::{
    Bucket, BucketInputs, Cx, DeliveryStream, DeliveryStreamInputs, LogGroup, LogGroupInputs,
    Table, TableInputs, tags,
};
use crate::graph::{Arn, Fault, Id, Listed, OrAbsent, Scope};

/// The buckets of the region (*Amazon S3 API Reference*, ListBuckets).
pub async fn buckets(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Bucket>>, Fault> {
    let prefix = scope.prefix();
    let prefix = prefix.as_str();
    let all = pages(|token| async move {
        let request = cx
            .s3()
            .list_buckets()
            .prefix(prefix)
            .bucket_region(&cx.place().region)
            .set_continuation_token(token);
        let page = cx.call("s3:ListBuckets", || request.clone().send()).await?;
        Ok((page.buckets.unwrap_or_default(), page.continuation_token))
    })
    .await?;
    let mut found = Vec::new();
    for bucket in all {
        let Some(name) = bucket.name().filter(|name| is_named(scope, name)) else { continue };
        let tags = tags::ours(bucket_parts::tags(cx, name).await?);
        let inputs = BucketInputs { name: known(name), tags, ..BucketInputs::default() };
        found.push(Listed { id: Id::from(name), inputs });
    }
    Ok(found)
}

/// The tables (*Amazon DynamoDB API Reference*, ListTables).
pub async fn tables(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<Table>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.dynamodb().list_tables().set_exclusive_start_table_name(token);
        let page = cx.call("dynamodb:ListTables", || request.clone().send()).await?;
        Ok((page.table_names.unwrap_or_default(), page.last_evaluated_table_name))
    })
    .await?;
    let mut found = Vec::new();
    for name in all.iter().filter(|name| is_named(scope, name)) {
        let arn = cx.place().arn::<Arn>("dynamodb", format!("table/{name}"));
        let tags = table_calls::tags(cx, arn.get()?.as_str()).await.or_absent()?;
        let Some(tags) = tags else { continue };
        let inputs = TableInputs { name: known(name), tags, ..TableInputs::default() };
        found.push(Listed { id: Id::from(name.as_str()), inputs });
    }
    Ok(found)
}

/// The Firehose streams (*Amazon Data Firehose API Reference*, ListDeliveryStreams).
pub async fn streams(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<DeliveryStream>>, Fault> {
    let all = pages(|token| async move {
        let request =
            cx.firehose().list_delivery_streams().set_exclusive_start_delivery_stream_name(token);
        let page = cx.call("firehose:ListDeliveryStreams", || request.clone().send()).await?;
        let last = page.delivery_stream_names.last().cloned();
        Ok((page.delivery_stream_names, last.filter(|_| page.has_more_delivery_streams)))
    })
    .await?;
    let mut found = Vec::new();
    for name in all.iter().filter(|name| is_named(scope, name)) {
        let tags = delivery_stream_calls::tags_of(cx, name).await.or_absent()?;
        let Some(tags) = tags else { continue };
        let inputs =
            DeliveryStreamInputs { name: known(name), tags, ..DeliveryStreamInputs::default() };
        found.push(Listed { id: Id::from(name.as_str()), inputs });
    }
    Ok(found)
}

/// The log groups, whose names are paths that end in the names of what writes to them (*Amazon
/// CloudWatch Logs API Reference*, DescribeLogGroups).
pub async fn log_groups(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<LogGroup>>, Fault> {
    let prefix = scope.prefix();
    let prefix = prefix.as_str();
    let all = pages(|token| async move {
        let request =
            cx.logs().describe_log_groups().log_group_name_pattern(prefix).set_next_token(token);
        let page = cx.call("logs:DescribeLogGroups", || request.clone().send()).await?;
        Ok((page.log_groups.unwrap_or_default(), page.next_token))
    })
    .await?;
    let mut found = Vec::new();
    for group in all {
        let Some(name) = group.log_group_name().filter(|name| name.contains(prefix)) else {
            continue;
        };
        let arn = cx.place().arn::<Arn>("logs", format!("log-group:{name}"));
        let request = cx.logs().list_tags_for_resource().resource_arn(arn.get()?.as_str());
        let answer =
            cx.call("logs:ListTagsForResource", || request.clone().send()).await.or_absent()?;
        let Some(answer) = answer else { continue };
        let tags = tags::ours(answer.tags.unwrap_or_default());
        let inputs = LogGroupInputs { name: known(name), tags, ..LogGroupInputs::default() };
        found.push(Listed { id: Id::from(name), inputs });
    }
    Ok(found)
}
