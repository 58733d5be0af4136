//! The words of S3.

use super::{Sample, absent, exists, not_ready, terminal, waits};

pub(super) const SAMPLES: &[Sample] = &[
    exists(
        "s3:CreateBucket",
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
    ),
    terminal(
        "s3:CreateBucket",
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    ),
    waits(
        "s3:CreateBucket",
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    ),
    absent("s3:DeleteBucket", "NoSuchBucket", "The specified bucket does not exist"),
    not_ready("s3:PutBucketPolicy", "NoSuchBucket", "The specified bucket does not exist"),
    absent("s3:GetBucketPolicy", "NoSuchBucket", "What was asked for does not exist"),
    not_ready(
        "s3:PutBucketPolicy",
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    ),
    not_ready("s3:PutBucketPolicy", "MalformedPolicy", "Invalid principal in policy"),
    not_ready(
        "s3:PutBucketNotification",
        "InvalidArgument",
        "Unable to validate the following destination configurations",
    ),
    terminal(
        "s3:PutBucketNotification",
        "InvalidArgument",
        "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
    ),
    terminal(
        "s3:PutBucketNotification",
        "InvalidArgument",
        "The notification destination service region is not valid for the bucket location constraint",
    ),
    terminal(
        "s3:CreateBucket",
        "TooManyBuckets",
        "You have attempted to create more buckets than allowed",
    ),
];
