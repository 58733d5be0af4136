//! What making, changing and deleting a Firehose stream takes.

use std::time::Duration;

use aws_sdk_firehose::types::{
    BufferingHints, CloudWatchLoggingOptions, DeliveryStreamDescription as Description,
    DeliveryStreamEncryptionConfigurationInput, DeliveryStreamStatus as Status, DeliveryStreamType,
    ExtendedS3DestinationConfiguration, ExtendedS3DestinationUpdate, KeyType, Tag,
};

use super::DeliveryStreamInputs;

use crate::aws::{Cx, tags};
use crate::graph::{Arn, Fault, FaultKind, Input, OrAbsent, Tags, Waited};

const LONGEST_PAUSE: Duration = Duration::from_secs(3);
const DEADLINE: Duration = Duration::from_secs(600);

/// Asks for the stream; it takes up to a minute until it is active.
pub(super) async fn make(cx: &Cx, want: &DeliveryStreamInputs) -> Result<(), Fault> {
    let optional = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let destination = ExtendedS3DestinationConfiguration::builder()
        .role_arn(want.role.get()?.as_str())
        .bucket_arn(want.bucket.get()?.as_str())
        .set_prefix(optional(&want.prefix))
        .set_error_output_prefix(optional(&want.error_prefix))
        .buffering_hints(buffering(want))
        .compression_format(want.compression.as_str().into())
        .cloud_watch_logging_options(logging(want)?)
        .build()
        .map_err(incomplete)?;
    let encryption = DeliveryStreamEncryptionConfigurationInput::builder()
        .key_type(KeyType::AwsOwnedCmk)
        .build()
        .map_err(incomplete)?;
    let request = cx
        .firehose()
        .create_delivery_stream()
        .delivery_stream_name(want.name.get()?)
        .delivery_stream_type(DeliveryStreamType::DirectPut)
        .extended_s3_destination_configuration(destination)
        .delivery_stream_encryption_configuration_input(encryption)
        .set_tags(Some(to_aws(&want.tags)?).filter(|tags| !tags.is_empty()));
    cx.call("firehose:CreateDeliveryStream", || request.clone().send()).await?;
    Ok(())
}

/// Changes where and how it delivers. That takes the version it is changed from, which another
/// change may have taken in between.
pub(super) async fn change(cx: &Cx, name: &str, want: &DeliveryStreamInputs) -> Result<(), Fault> {
    let update = ExtendedS3DestinationUpdate::builder()
        .role_arn(want.role.get()?.as_str())
        .bucket_arn(want.bucket.get()?.as_str())
        .prefix(&want.prefix)
        .error_output_prefix(&want.error_prefix)
        .buffering_hints(buffering(want))
        .compression_format(want.compression.as_str().into())
        .cloud_watch_logging_options(logging(want)?)
        .build();
    let update = &update;
    let probe = || async move {
        let stream = describe(cx, name).await?.ok_or_else(|| gone(name))?;
        let destination = stream.destinations().first().map(|found| found.destination_id());
        let request = cx
            .firehose()
            .update_destination()
            .delivery_stream_name(name)
            .current_delivery_stream_version_id(stream.version_id())
            .destination_id(destination.unwrap_or_default())
            .extended_s3_destination_update(update.clone());
        match cx.call("firehose:UpdateDestination", || request.clone().send()).await {
            Ok(_) => Ok(Waited::Ready(())),
            Err(fault) if fault.is(&["ConcurrentModificationException"]) => {
                Ok(Waited::Still("being changed by another request".to_owned()))
            }
            Err(fault) => Err(fault),
        }
    };
    cx.wait(format!("stream {name}"), LONGEST_PAUSE, Duration::from_secs(120), probe).await
}

/// Deletes it and waits until it is gone.
pub(super) async fn remove(cx: &Cx, name: &str) -> Result<(), Fault> {
    // Forced: otherwise a key's grant that cannot be given back keeps the stream.
    let request =
        cx.firehose().delete_delivery_stream().delivery_stream_name(name).allow_force_delete(true);
    let deleted =
        cx.call("firehose:DeleteDeliveryStream", || request.clone().send()).await.or_absent()?;
    if deleted.is_none() {
        return Ok(());
    }
    match settled(cx, name).await? {
        None => Ok(()),
        Some(stream) => Err(failure("delete", &stream)),
    }
}

/// The stream as soon as it is neither being made nor being deleted; none where it is gone.
pub(super) async fn settled(cx: &Cx, name: &str) -> Result<Option<Description>, Fault> {
    let probe = || async {
        let stream = describe(cx, name).await?;
        Ok(match stream.as_ref().map(|stream| &stream.delivery_stream_status) {
            Some(status @ (Status::Creating | Status::Deleting)) => {
                Waited::Still(status.as_str().to_owned())
            }
            _ => Waited::Ready(stream),
        })
    };
    cx.wait(format!("stream {name}"), LONGEST_PAUSE, DEADLINE, probe).await
}

/// Waits until it takes records.
pub(super) async fn until_active(cx: &Cx, name: &str) -> Result<(), Fault> {
    match settled(cx, name).await? {
        Some(stream) if has_failed(&stream) => Err(failure("create", &stream)
            .advise("correct the cause and run apply again, which deletes it and makes it anew")),
        Some(_) => Ok(()),
        None => Err(gone(name)),
    }
}

/// Whether its making failed. It stays so and can only be deleted (*Amazon Data Firehose API
/// Reference*, "CreateDeliveryStream").
pub(super) fn has_failed(stream: &Description) -> bool {
    stream.delivery_stream_status == Status::CreatingFailed
}

fn failure(what: &str, stream: &Description) -> Fault {
    let reason = stream.failure_description().map_or_else(
        || "it gives no reason".to_owned(),
        |failure| format!("{}: {}", failure.r#type().as_str(), failure.details()),
    );
    let name = stream.delivery_stream_name();
    Fault::new(FaultKind::Refused, format!("Firehose could not {what} stream {name}: {reason}"))
}

fn gone(name: &str) -> Fault {
    Fault::new(FaultKind::Absent, format!("stream {name} is gone"))
}

/// The stream, if there is one.
pub(super) async fn describe(cx: &Cx, name: &str) -> Result<Option<Description>, Fault> {
    let answer = cx
        .call("firehose:DescribeDeliveryStream", || {
            cx.firehose().describe_delivery_stream().delivery_stream_name(name).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.delivery_stream_description))
}

/// Its tags.
pub(in crate::aws) async fn tags_of(cx: &Cx, name: &str) -> Result<Tags, Fault> {
    let answer = cx
        .call("firehose:ListTagsForDeliveryStream", || {
            cx.firehose()
                .list_tags_for_delivery_stream()
                .delivery_stream_name(name)
                .limit(50)
                .send()
        })
        .await?;
    let found = answer.tags.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default()));
    Ok(tags::ours(found))
}

/// Whether the stream of that name carries the tags of the one that is wanted.
pub(super) async fn is_ours(cx: &Cx, want: &DeliveryStreamInputs) -> Result<bool, Fault> {
    Ok(tags::same_owner(&tags_of(cx, want.name.get()?).await?, &want.tags))
}

/// The inputs that would make it what it is.
pub(super) fn seen(name: &str, stream: &Description, tags: Tags) -> DeliveryStreamInputs {
    let found = stream.destinations().first();
    let Some(found) = found.and_then(|found| found.extended_s3_destination_description()) else {
        return DeliveryStreamInputs { name: name.into(), tags, ..DeliveryStreamInputs::default() };
    };
    let hints = found.buffering_hints();
    let log = found.cloud_watch_logging_options().filter(|log| log.enabled == Some(true));
    let log_name = |name: Option<&str>| name.map(Input::from);
    DeliveryStreamInputs {
        name: name.into(),
        role: Arn::from(found.role_arn()).into(),
        bucket: Arn::from(found.bucket_arn()).into(),
        prefix: found.prefix.clone().unwrap_or_default(),
        error_prefix: found.error_output_prefix.clone().unwrap_or_default(),
        buffer_seconds: hints.and_then(|hints| hints.interval_in_seconds).unwrap_or(300),
        buffer_mb: hints.and_then(|hints| hints.size_in_mbs).unwrap_or(5),
        compression: found.compression_format().as_str().to_owned(),
        log_group: log_name(log.and_then(|log| log.log_group_name())),
        log_stream: log_name(log.and_then(|log| log.log_stream_name())),
        tags,
    }
}

fn buffering(want: &DeliveryStreamInputs) -> BufferingHints {
    BufferingHints::builder()
        .interval_in_seconds(want.buffer_seconds)
        .size_in_mbs(want.buffer_mb)
        .build()
}

fn logging(want: &DeliveryStreamInputs) -> Result<CloudWatchLoggingOptions, Fault> {
    let options = CloudWatchLoggingOptions::builder().enabled(want.log_group.is_some());
    Ok(match (&want.log_group, &want.log_stream) {
        (Some(group), Some(stream)) => {
            options.log_group_name(group.get()?).log_stream_name(stream.get()?).build()
        }
        _ => options.build(),
    })
}

/// Tags as Firehose takes them.
pub(super) fn to_aws(tags: &Tags) -> Result<Vec<Tag>, Fault> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    tags.iter().map(tag).collect::<Result<_, _>>().map_err(incomplete)
}

fn incomplete(error: impl std::error::Error) -> Fault {
    Fault::new(FaultKind::Defect, error.to_string())
}
