//! How SQS answers.

use super::{Class, FRESH, NEW, Row, Schedule};

const DELETED_RECENTLY: &[&str] =
    &["AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"];

pub(super) const ROWS: &[Row] = &[
    Row(
        "sqs:",
        &["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"],
        "",
        Class::Absent,
    ),
    Row("sqs:", &["QueueAlreadyExists", "QueueNameExists"], "", Class::Exists),
    Row(
        "sqs:CreateQueue",
        DELETED_RECENTLY,
        "",
        Class::Waits(
            Schedule::QUARANTINE,
            "SQS gives the name of a deleted queue to no other for 60 s; this goes on by itself",
        ),
    ),
    Row("sqs:", DELETED_RECENTLY, "", Class::Absent),
    // The policy names a principal that was just made: SQS says so, or fails without a word.
    Row("sqs:CreateQueue", &["InternalFailure"], "", NEW),
    Row("sqs:SetQueueAttributes", &["InternalFailure"], "", NEW),
    Row(
        "sqs:",
        &["InvalidAttributeValue", "InvalidParameterValue"],
        "Dead letter target does not exist",
        FRESH,
    ),
    Row(
        "sqs:",
        &["InvalidAttributeValue", "InvalidParameterValue"],
        "Invalid value for the parameter Policy",
        NEW,
    ),
];
