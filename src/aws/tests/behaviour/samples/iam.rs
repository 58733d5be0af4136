//! The words of IAM.

use super::{Sample, absent, exists, not_ready, terminal};

pub(super) const SAMPLES: &[Sample] = &[
    not_ready("iam:PutRolePolicy", "NoSuchEntity", "The role with name orders cannot be found."),
    not_ready("iam:AttachRolePolicy", "NoSuchEntity", "The role with name orders cannot be found."),
    terminal(
        "iam:AttachRolePolicy",
        "NoSuchEntity",
        "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.",
    ),
    absent("iam:GetRole", "NoSuchEntity", "The role with name orders cannot be found."),
    exists("iam:CreateRole", "EntityAlreadyExists", "Role with name orders already exists."),
    not_ready(
        "iam:UpdateAssumeRolePolicy",
        "MalformedPolicyDocument",
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/orders\"",
    ),
    not_ready(
        "iam:UpdateAssumeRolePolicy",
        "ConcurrentModification",
        "The request was rejected because multiple requests to change this object were submitted simultaneously.",
    ),
    terminal(
        "iam:PutRolePolicy",
        "LimitExceeded",
        "Maximum policy size of 10240 bytes exceeded for role orders",
    ),
    terminal("iam:CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"),
];
