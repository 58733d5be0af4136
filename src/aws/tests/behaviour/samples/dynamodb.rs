//! The words of DynamoDB.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at("dynamodb:CreateTable", "ResourceInUseException", "Table already exists: orders"),
    at(
        "dynamodb:DeleteTable",
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being deleted: orders",
    ),
    at(
        "dynamodb:DescribeTable",
        "ResourceNotFoundException",
        "Requested resource not found: Table: orders not found",
    ),
    at(
        "dynamodb:UpdateTimeToLive",
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being updated: orders",
    ),
    at(
        "dynamodb:CreateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously",
    ),
    at(
        "dynamodb:CreateTable",
        "LimitExceededException",
        "Subscriber limit exceeded: Provisioned throughput decreases are limited; the quota is 2500 tables",
    ),
    at(
        "dynamodb:UpdateTimeToLive",
        "ValidationException",
        "Time to live has been modified multiple times within a fixed interval",
    ),
    at(
        "dynamodb:DeleteTable",
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    ),
];
