//! The words of CloudWatch and its logs.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at(
        "logs:PutRetentionPolicy",
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    ),
    at(
        "logs:CreateLogGroup",
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    ),
    at(
        "logs:PutRetentionPolicy",
        "OperationAbortedException",
        "A conflicting operation is currently in progress against this resource. Please try again.",
    ),
    at(
        "cloudwatch:ListTagsForResource",
        "ResourceNotFound",
        "Unknown resource arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders",
    ),
    at(
        "cloudwatch:PutMetricAlarm",
        "ConcurrentModificationException",
        "More than one process tried to modify a resource at the same time.",
    ),
    at(
        "cloudwatch:PutMetricAlarm",
        "LimitExceeded",
        "The maximum limit of 5000 alarms has been reached",
    ),
];
