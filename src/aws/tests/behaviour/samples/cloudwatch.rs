//! The words of CloudWatch and its logs.

use super::{Sample, absent, exists, not_ready, terminal};

pub(super) const SAMPLES: &[Sample] = &[
    absent(
        "logs:PutRetentionPolicy",
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    ),
    exists(
        "logs:CreateLogGroup",
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    ),
    not_ready(
        "logs:PutRetentionPolicy",
        "OperationAbortedException",
        "A conflicting operation is currently in progress against this resource. Please try again.",
    ),
    absent(
        "cloudwatch:ListTagsForResource",
        "ResourceNotFound",
        "Unknown resource arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders",
    ),
    not_ready(
        "cloudwatch:PutMetricAlarm",
        "ConcurrentModificationException",
        "More than one process tried to modify a resource at the same time.",
    ),
    terminal(
        "cloudwatch:PutMetricAlarm",
        "LimitExceeded",
        "The maximum limit of 5000 alarms has been reached",
    ),
];
