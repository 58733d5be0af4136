//! How S3 answers.

use super::{BUSY, Class, MINUTE, NEW, Row, Schedule};

pub(super) const ROWS: &[Row] = &[
    Row("s3:CreateBucket", &["BucketAlreadyOwnedByYou"], "", Class::Exists),
    Row(
        "s3:CreateBucket",
        &["BucketAlreadyExists"],
        "",
        Class::Terminal(
            "bucket names are shared by all of AWS and another account has this one; give the bucket a `name` of its own in the manifest",
        ),
    ),
    Row(
        "s3:CreateBucket",
        &["OperationAborted"],
        "",
        Class::Waits(
            Schedule::DEPENDENCY,
            "S3 is not done with a bucket of this name that was deleted, which may take an hour; to go on at once, give the bucket another `name` in the manifest",
        ),
    ),
    Row("s3:DeleteBucket", &["NoSuchBucket"], "", Class::Absent),
    Row("s3:Put", &["NoSuchBucket"], "", MINUTE),
    Row(
        "s3:",
        &[
            "NoSuchBucket",
            "NotFound",
            "NoSuchUpload",
            "NoSuchTagSet",
            "NoSuchCORSConfiguration",
            "NoSuchLifecycleConfiguration",
            "NoSuchBucketPolicy",
            "NoSuchPublicAccessBlockConfiguration",
            "ServerSideEncryptionConfigurationNotFoundError",
            "OwnershipControlsNotFoundError",
        ],
        "",
        Class::Absent,
    ),
    Row("s3:", &["OperationAborted"], "", BUSY),
    Row("s3:", &["MalformedPolicy"], "nvalid principal in policy", NEW),
    Row(
        "s3:PutBucketNotification",
        &["InvalidArgument"],
        "Unable to validate the following destination configurations",
        MINUTE,
    ),
    Row(
        "s3:PutBucketNotification",
        &["InvalidArgument"],
        "overlap",
        Class::Terminal(
            "two rules of the bucket match the same event of the same key; make their prefixes or suffixes exclude each other",
        ),
    ),
    Row(
        "s3:PutBucketNotification",
        &["InvalidArgument"],
        "region is not valid",
        Class::Terminal("a destination has to be in the bucket's region"),
    ),
    Row(
        "s3:CreateBucket",
        &["TooManyBuckets"],
        "",
        Class::Terminal(
            "this account's quota of buckets is used up; raise it under Service Quotas or delete buckets that nothing uses",
        ),
    ),
];
