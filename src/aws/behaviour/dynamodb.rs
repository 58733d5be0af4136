//! How DynamoDB answers.

use super::{Class, HELD, Row};

pub(super) const ROWS: &[Row] = &[
    Row("dynamodb:CreateTable", &["ResourceInUseException"], "already exists", Class::Exists),
    Row("dynamodb:DeleteTable", &["ResourceInUseException"], "being deleted", Class::Absent),
    Row("dynamodb:", &["ResourceNotFoundException", "TableNotFoundException"], "", Class::Absent),
    Row(
        "dynamodb:",
        &["ResourceInUseException", "ContinuousBackupsUnavailableException"],
        "",
        HELD,
    ),
    Row("dynamodb:", &["LimitExceededException"], "simultaneously", Class::Throttle),
    Row(
        "dynamodb:CreateTable",
        &["LimitExceededException"],
        "",
        Class::Terminal(
            "this account's quota of DynamoDB tables in this region is used up; raise it under Service Quotas or delete tables that nothing uses",
        ),
    ),
    Row(
        "dynamodb:UpdateTable",
        &["LimitExceededException"],
        "PayPerRequest",
        Class::Terminal(
            "DynamoDB limits how often a day a table's billing mode changes; run apply again later",
        ),
    ),
    Row(
        "dynamodb:UpdateTimeToLive",
        &["ValidationException"],
        "multiple times within a fixed interval",
        Class::Terminal(
            "DynamoDB changes a table's time to live once an hour; run apply again later",
        ),
    ),
    Row(
        "dynamodb:DeleteTable",
        &["ValidationException"],
        "deletion protection",
        Class::Terminal(
            "the table's deletion protection is on; turn it off in the manifest and run again",
        ),
    ),
];
