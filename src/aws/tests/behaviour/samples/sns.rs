//! The words of SNS.

use super::{Sample, absent, exists, not_ready, terminal};

pub(super) const SAMPLES: &[Sample] = &[
    absent("sns:GetTopicAttributes", "NotFound", "Topic does not exist"),
    exists(
        "sns:CreateTopic",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    ),
    exists(
        "sns:Subscribe",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
    ),
    absent(
        "sns:Unsubscribe",
        "InvalidParameter",
        "Invalid parameter: This subscription is pending confirmation",
    ),
    not_ready(
        "sns:SetTopicAttributes",
        "InvalidParameter",
        "Invalid parameter: Policy Error: PrincipalNotFound",
    ),
    not_ready(
        "sns:SetTopicAttributes",
        "InvalidParameter",
        "Invalid parameter: arn:aws:iam::123456789012:role/orders is not a valid role to allow SNS to write to Cloudwatch Logs",
    ),
    not_ready(
        "sns:TagResource",
        "ConcurrentAccess",
        "Can't perform multiple operations on a tag simultaneously. Perform the operations sequentially.",
    ),
    terminal(
        "sns:CreateTopic",
        "TopicLimitExceeded",
        "You have reached the maximum number of topics for this account",
    ),
];
