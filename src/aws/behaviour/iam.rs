//! How IAM answers.

use super::{BUSY, Class, FRESH, NEW, Row};

pub(super) const ROWS: &[Row] = &[
    // A role that was just made may not be seen for some seconds. Whether a DeleteConflict
    // passes or something still has to be taken from the role, its type finds out.
    Row("iam:PutRolePolicy", &["NoSuchEntity", "NoSuchEntityException"], "", FRESH),
    Row(
        "iam:AttachRolePolicy",
        &["NoSuchEntity", "NoSuchEntityException"],
        "role with name",
        FRESH,
    ),
    Row(
        "iam:AttachRolePolicy",
        &["NoSuchEntity", "NoSuchEntityException"],
        "",
        Class::Terminal(
            "there is no managed policy of that ARN; look it up with `aws iam list-policies`",
        ),
    ),
    Row("iam:", &["NoSuchEntity", "NoSuchEntityException"], "", Class::Absent),
    Row("iam:", &["EntityAlreadyExists", "EntityAlreadyExistsException"], "", Class::Exists),
    Row("iam:", &["MalformedPolicyDocument"], "Invalid principal in policy", NEW),
    Row("iam:", &["ConcurrentModification", "EntityTemporarilyUnmodifiable"], "", BUSY),
    Row(
        "iam:PutRolePolicy",
        &["LimitExceeded"],
        "Maximum policy size",
        Class::Terminal(
            "a role's inline policies take 10,240 characters together; name resources by prefix, or move statements to a managed policy",
        ),
    ),
    Row(
        "iam:",
        &["LimitExceeded"],
        "",
        Class::Terminal(
            "an IAM quota of this account is used up; raise it under Service Quotas or remove roles that nothing uses",
        ),
    ),
];
