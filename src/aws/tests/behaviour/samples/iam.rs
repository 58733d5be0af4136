//! The words of IAM.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at("iam:PutRolePolicy", "NoSuchEntity", "The role with name orders cannot be found."),
    at("iam:AttachRolePolicy", "NoSuchEntity", "The role with name orders cannot be found."),
    at(
        "iam:AttachRolePolicy",
        "NoSuchEntity",
        "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.",
    ),
    at("iam:GetRole", "NoSuchEntity", "The role with name orders cannot be found."),
    at("iam:CreateRole", "EntityAlreadyExists", "Role with name orders already exists."),
    at(
        "iam:UpdateAssumeRolePolicy",
        "MalformedPolicyDocument",
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/orders\"",
    ),
    at(
        "iam:UpdateAssumeRolePolicy",
        "ConcurrentModification",
        "The request was rejected because multiple requests to change this object were submitted simultaneously.",
    ),
    at("iam:CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"),
];
