//! The words of SNS.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at("sns:GetTopicAttributes", "NotFound", "Topic does not exist"),
    at(
        "sns:CreateTopic",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    ),
    at(
        "sns:Subscribe",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
    ),
    at(
        "sns:Unsubscribe",
        "InvalidParameter",
        "Invalid parameter: This subscription is pending confirmation",
    ),
    at(
        "sns:SetTopicAttributes",
        "InvalidParameter",
        "Invalid parameter: Policy Error: PrincipalNotFound",
    ),
    at(
        "sns:SetTopicAttributes",
        "InvalidParameter",
        "Invalid parameter: arn:aws:iam::123456789012:role/orders is not a valid role to allow SNS to write to Cloudwatch Logs",
    ),
    at(
        "sns:TagResource",
        "ConcurrentAccess",
        "Can't perform multiple operations on a tag simultaneously. Perform the operations sequentially.",
    ),
    at(
        "sns:CreateTopic",
        "TopicLimitExceeded",
        "You have reached the maximum number of topics for this account",
    ),
];
