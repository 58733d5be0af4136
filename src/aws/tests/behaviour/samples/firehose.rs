//! The words of Firehose.

use super::{Sample, absent, exists, not_ready, terminal, throttled};

pub(super) const SAMPLES: &[Sample] = &[
    exists(
        "firehose:CreateDeliveryStream",
        "ResourceInUseException",
        "Firehose orders under accountId 123456789012 already exists",
    ),
    absent(
        "firehose:DescribeDeliveryStream",
        "ResourceNotFoundException",
        "Firehose orders under accountId 123456789012 not found.",
    ),
    not_ready(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Firehose is unable to assume role arn:aws:iam::123456789012:role/orders. Please check the role provided.",
    ),
    not_ready(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Role arn:aws:iam::123456789012:role/orders is not authorized to perform: glue:GetTableVersions",
    ),
    not_ready(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Access was denied when calling Kinesis. Please ensure that the role may read the stream.",
    ),
    not_ready(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Verify that the IAM role has access to the Kinesis stream and its shards.",
    ),
    not_ready(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Please ensure that the role specified in VpcConfiguration has permissions to describe the VPC.",
    ),
    not_ready(
        "firehose:DeleteDeliveryStream",
        "ResourceInUseException",
        "Firehose orders is in CREATING state",
    ),
    terminal(
        "firehose:CreateDeliveryStream",
        "LimitExceededException",
        "You have already consumed your firehose quota of 5000 hoses.",
    ),
    throttled(
        "firehose:DeleteDeliveryStream",
        "LimitExceededException",
        "Rate of this call exceeded",
    ),
];
