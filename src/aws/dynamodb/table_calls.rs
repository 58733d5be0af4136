//! The calls that a DynamoDB table takes.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, PointInTimeRecoverySpecification,
    StreamSpecification, TableDescription, TableStatus, Tag, TimeToLiveSpecification,
    TimeToLiveStatus,
};

use super::table::TableInputs;
use crate::aws::{Cx, built::OrDefect, tags};
use crate::graph::{Fault, FaultKind, OrAbsent, Tags, Waited};

const EACH: Duration = Duration::from_secs(1);
const DEADLINE: Duration = Duration::from_secs(600);

fn described(operation: &str, table: Option<TableDescription>) -> Result<TableDescription, Fault> {
    table.ok_or_else(|| Fault::new(FaultKind::Defect, format!("{operation} described no table")))
}

/// Makes the table.
pub async fn create(cx: &Cx, want: &TableInputs) -> Result<TableDescription, Fault> {
    let name = want.name.get()?;
    let mut attributes = Vec::new();
    let mut schema = Vec::new();
    let roles = [(Some(&want.hash_key), KeyType::Hash), (want.range_key.as_ref(), KeyType::Range)];
    for (key, role) in roles {
        let Some(key) = key else { continue };
        let attribute = AttributeDefinition::builder()
            .attribute_name(&key.name)
            .attribute_type(key.kind.as_str().into());
        attributes.push(attribute.build().or_defect()?);
        let element = KeySchemaElement::builder().attribute_name(&key.name).key_type(role);
        schema.push(element.build().or_defect()?);
    }
    let stream = want.stream.as_deref().map(|view| stream(Some(view))).transpose()?;
    let tags = tags_of(&want.tags)?;
    let answer = cx
        .call("dynamodb:CreateTable", || {
            cx.dynamodb()
                .create_table()
                .table_name(name)
                .set_attribute_definitions(Some(attributes.clone()))
                .set_key_schema(Some(schema.clone()))
                .billing_mode(BillingMode::PayPerRequest)
                .set_stream_specification(stream.clone())
                .deletion_protection_enabled(want.deletion_protection)
                .set_tags(Some(tags.clone()))
                .send()
        })
        .await?;
    described("dynamodb:CreateTable", answer.table_description)
}

/// The table as it is; none where it is not there.
pub async fn describe(cx: &Cx, name: &str) -> Result<Option<TableDescription>, Fault> {
    let answer = cx
        .call("dynamodb:DescribeTable", || cx.dynamodb().describe_table().table_name(name).send())
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.table))
}

/// Waits until the table is active. One that was just made may not be seen yet.
pub async fn active(cx: &Cx, name: &str, new: bool) -> Result<TableDescription, Fault> {
    cx.wait(format!("the table {name} to be active"), EACH, DEADLINE, || async {
        let Some(table) = describe(cx, name).await? else {
            let unseen = Waited::Still("not seen".to_owned());
            let gone = Fault::new(FaultKind::Absent, format!("the table {name} is gone"));
            return if new { Ok(unseen) } else { Err(gone) };
        };
        match table.table_status() {
            None | Some(TableStatus::Active) => Ok(Waited::Ready(table)),
            Some(status @ (TableStatus::Creating | TableStatus::Updating)) => {
                Ok(Waited::Still(status.as_str().to_owned()))
            }
            Some(status) => {
                let message =
                    format!("the table {name} is {} and will not be active", status.as_str());
                Err(Fault::new(FaultKind::Refused, message))
            }
        }
    })
    .await
}

/// Waits until a table that is being deleted is gone; one that stays gives `fault`.
pub async fn gone(cx: &Cx, name: &str, fault: Fault) -> Result<(), Fault> {
    let fault = &fault;
    cx.wait(format!("the table {name} to be gone"), EACH, DEADLINE, || async move {
        let Some(table) = describe(cx, name).await? else { return Ok(Waited::Ready(())) };
        match table.table_status() {
            Some(status @ TableStatus::Deleting) => Ok(Waited::Still(status.as_str().to_owned())),
            _ => Err(fault.clone()),
        }
    })
    .await
}

/// The attribute of the table's time to live, where that is on.
pub async fn ttl(cx: &Cx, name: &str) -> Result<Option<String>, Fault> {
    let answer = cx
        .call("dynamodb:DescribeTimeToLive", || {
            cx.dynamodb().describe_time_to_live().table_name(name).send()
        })
        .await
        .or_absent()?;
    let ttl = answer.and_then(|answer| answer.time_to_live_description);
    let on = |status: &TimeToLiveStatus| {
        matches!(status, TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    };
    let ttl = ttl.filter(|ttl| ttl.time_to_live_status().is_some_and(on));
    Ok(ttl.and_then(|ttl| ttl.attribute_name))
}

/// Turns the table's time to live on or off.
pub async fn put_ttl(cx: &Cx, name: &str, attribute: &str, on: bool) -> Result<(), Fault> {
    let ttl = TimeToLiveSpecification::builder().enabled(on).attribute_name(attribute);
    let ttl = ttl.build().or_defect()?;
    cx.call("dynamodb:UpdateTimeToLive", || {
        cx.dynamodb()
            .update_time_to_live()
            .table_name(name)
            .time_to_live_specification(ttl.clone())
            .send()
    })
    .await?;
    Ok(())
}

/// Whether the table can be restored to a point in time.
pub async fn recovery(cx: &Cx, name: &str) -> Result<bool, Fault> {
    let answer = cx
        .call("dynamodb:DescribeContinuousBackups", || {
            cx.dynamodb().describe_continuous_backups().table_name(name).send()
        })
        .await
        .or_absent()?;
    let recovery = answer
        .and_then(|answer| answer.continuous_backups_description)
        .and_then(|backups| backups.point_in_time_recovery_description)
        .and_then(|recovery| recovery.point_in_time_recovery_status);
    Ok(recovery.is_some_and(|status| status.as_str() == "ENABLED"))
}

/// Turns the recovery to a point in time on or off.
pub async fn put_recovery(cx: &Cx, name: &str, on: bool) -> Result<(), Fault> {
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(on);
    let recovery = recovery.build().or_defect()?;
    cx.call("dynamodb:UpdateContinuousBackups", || {
        cx.dynamodb()
            .update_continuous_backups()
            .table_name(name)
            .point_in_time_recovery_specification(recovery.clone())
            .send()
    })
    .await?;
    Ok(())
}

/// Turns the stream on with that view, or off.
pub async fn put_stream(cx: &Cx, name: &str, view: Option<&str>) -> Result<(), Fault> {
    let stream = stream(view)?;
    cx.call("dynamodb:UpdateTable", || {
        cx.dynamodb().update_table().table_name(name).stream_specification(stream.clone()).send()
    })
    .await?;
    Ok(())
}

/// Turns the deletion protection on or off.
pub async fn put_protection(cx: &Cx, name: &str, on: bool) -> Result<(), Fault> {
    cx.call("dynamodb:UpdateTable", || {
        cx.dynamodb().update_table().table_name(name).deletion_protection_enabled(on).send()
    })
    .await?;
    Ok(())
}

/// Begins to delete the table. One that is gone is a success.
pub async fn delete(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.call("dynamodb:DeleteTable", || cx.dynamodb().delete_table().table_name(name).send())
        .await
        .or_absent()?;
    Ok(())
}

/// Whether a table was not deleted because of its deletion protection.
pub fn is_protected(fault: &Fault) -> bool {
    fault.is(&["ValidationException"]) && fault.message.contains("deletion")
}

/// Makes it a table that is paid by request.
pub async fn put_on_demand(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.call("dynamodb:UpdateTable", || {
        cx.dynamodb()
            .update_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .send()
    })
    .await?;
    Ok(())
}

/// The table's tags.
pub async fn tags(cx: &Cx, arn: &str) -> Result<Tags, Fault> {
    let mut found = Tags::new();
    let mut from: Option<String> = None;
    loop {
        let page = cx
            .call("dynamodb:ListTagsOfResource", || {
                cx.dynamodb()
                    .list_tags_of_resource()
                    .resource_arn(arn)
                    .set_next_token(from.clone())
                    .send()
            })
            .await?;
        found.extend(tags::ours(page.tags().iter().map(|tag| (tag.key(), tag.value()))));
        from = page.next_token;
        if from.is_none() {
            return Ok(found);
        }
    }
}

/// Removes and puts tags.
pub async fn put_tags(cx: &Cx, arn: &str, gone: Vec<String>, put: Tags) -> Result<(), Fault> {
    if !put.is_empty() {
        let put = tags_of(&put)?;
        cx.call("dynamodb:TagResource", || {
            cx.dynamodb().tag_resource().resource_arn(arn).set_tags(Some(put.clone())).send()
        })
        .await?;
    }
    if !gone.is_empty() {
        cx.call("dynamodb:UntagResource", || {
            cx.dynamodb().untag_resource().resource_arn(arn).set_tag_keys(Some(gone.clone())).send()
        })
        .await?;
    }
    Ok(())
}

fn stream(view: Option<&str>) -> Result<StreamSpecification, Fault> {
    StreamSpecification::builder()
        .stream_enabled(view.is_some())
        .set_stream_view_type(view.map(Into::into))
        .build()
        .or_defect()
}

fn tags_of(tags: &Tags) -> Result<Vec<Tag>, Fault> {
    let tag = |(key, value)| Tag::builder().key(key).value(value).build().or_defect();
    tags.iter().map(tag).collect()
}
