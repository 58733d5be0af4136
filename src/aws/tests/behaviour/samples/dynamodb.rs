//! The words of DynamoDB.

use super::{Sample, absent, exists, not_ready, terminal, throttled};

pub(super) const SAMPLES: &[Sample] = &[
    exists("dynamodb:CreateTable", "ResourceInUseException", "Table already exists: orders"),
    absent(
        "dynamodb:DeleteTable",
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being deleted: orders",
    ),
    absent(
        "dynamodb:DescribeTable",
        "ResourceNotFoundException",
        "Requested resource not found: Table: orders not found",
    ),
    not_ready(
        "dynamodb:UpdateTimeToLive",
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being updated: orders",
    ),
    throttled(
        "dynamodb:CreateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously",
    ),
    terminal(
        "dynamodb:CreateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Provisioned throughput decreases are limited; the quota is 2500 tables",
    ),
    terminal(
        "dynamodb:UpdateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Update to PayPerRequest mode are limited to once in 1 day(s).",
    ),
    terminal(
        "dynamodb:UpdateTimeToLive",
        "ValidationException",
        "Time to live has been modified multiple times within a fixed interval",
    ),
    terminal(
        "dynamodb:DeleteTable",
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    ),
];
