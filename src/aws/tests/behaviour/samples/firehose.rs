//! The words of Firehose.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at(
        "firehose:CreateDeliveryStream",
        "ResourceInUseException",
        "Firehose orders under accountId 123456789012 already exists",
    ),
    at(
        "firehose:DescribeDeliveryStream",
        "ResourceNotFoundException",
        "Firehose orders under accountId 123456789012 not found.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Firehose is unable to assume role arn:aws:iam::123456789012:role/orders. Please check the role provided.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Role arn:aws:iam::123456789012:role/orders is not authorized to perform: glue:GetTableVersions",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Access was denied when calling Kinesis. Please ensure that the role may read the stream.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Verify that the IAM role has access to the Kinesis stream and its shards.",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "InvalidArgumentException",
        "Please ensure that the role specified in VpcConfiguration has permissions to describe the VPC.",
    ),
    at(
        "firehose:DeleteDeliveryStream",
        "ResourceInUseException",
        "Firehose orders is in CREATING state",
    ),
    at(
        "firehose:CreateDeliveryStream",
        "LimitExceededException",
        "You have already consumed your firehose quota of 5000 hoses.",
    ),
    at("firehose:DeleteDeliveryStream", "LimitExceededException", "Rate of this call exceeded"),
];
