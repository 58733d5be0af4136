//! The policies of a role: its own inline one, and managed ones that are attached.

use std::collections::BTreeSet;

use crate::aws::{Cx, Policy};
use crate::graph::{Fault, FaultKind, OrAbsent};

/// The name of a role's own inline policy.
pub(super) const OWN: &str = "maas";

/// A policy as IAM gives it: URL-encoded JSON (*IAM API Reference*, "GetRolePolicy").
pub(super) fn decoded(document: Option<&str>) -> Result<Policy, Fault> {
    let Some(document) = document else { return Ok(Policy::new()) };
    let text = urlencoding::decode(document).map_err(|error| {
        Fault::new(FaultKind::Refused, format!("IAM gave a policy that is no text: {error}"))
    })?;
    Policy::from_json(&text)
}

/// What [`fits`] asks for.
pub(super) const TOO_LONG: &str = "IAM takes 10,240 characters; these are more. Name resources by prefix, or move statements to a managed policy";

/// Whether a policy is as short as a role's inline policies have to be together, without white space
/// (*IAM User Guide*, "IAM and AWS STS quotas"). What is not known yet does not count.
pub(super) fn fits(policy: &Policy) -> bool {
    policy.to_json().map_or(0, |text| text.len()) <= 10_240
}

/// An inline policy of the role, as IAM has it; none where there is none of that name.
pub(super) async fn inline(cx: &Cx, role: &str, name: &str) -> Result<Option<Policy>, Fault> {
    let answer = cx
        .call("iam:GetRolePolicy", || {
            cx.iam().get_role_policy().role_name(role).policy_name(name).send()
        })
        .await
        .or_absent()?;
    answer.map(|answer| decoded(Some(answer.policy_document()))).transpose()
}

/// The names of the role's inline policies; none where there is no such role.
pub(super) async fn names(cx: &Cx, role: &str) -> Result<Vec<String>, Fault> {
    let answer = cx
        .call("iam:ListRolePolicies", || cx.iam().list_role_policies().role_name(role).send())
        .await
        .or_absent()?;
    Ok(answer.map(|answer| answer.policy_names).unwrap_or_default())
}

/// Gives the role an inline policy, unless that has no statements.
pub(super) async fn put(cx: &Cx, role: &str, name: &str, policy: &Policy) -> Result<(), Fault> {
    if policy.is_empty() {
        return Ok(());
    }
    let document = policy.to_json()?;
    cx.call("iam:PutRolePolicy", || {
        cx.iam()
            .put_role_policy()
            .role_name(role)
            .policy_name(name)
            .policy_document(&document)
            .send()
    })
    .await?;
    Ok(())
}

/// Takes an inline policy from the role.
pub(super) async fn remove(cx: &Cx, role: &str, name: &str) -> Result<(), Fault> {
    cx.call("iam:DeleteRolePolicy", || {
        cx.iam().delete_role_policy().role_name(role).policy_name(name).send()
    })
    .await
    .or_absent()?;
    Ok(())
}

/// The ARNs of the managed policies that are attached to the role.
pub(super) async fn attached(cx: &Cx, role: &str) -> Result<BTreeSet<String>, Fault> {
    // A role can have 25 at most, and a page holds 100.
    let answer = cx
        .call("iam:ListAttachedRolePolicies", || {
            cx.iam().list_attached_role_policies().role_name(role).send()
        })
        .await
        .or_absent()?;
    let policies = answer.iter().flat_map(|answer| answer.attached_policies());
    Ok(policies.filter_map(|policy| policy.policy_arn().map(str::to_owned)).collect())
}

/// Attaches managed policies to the role.
pub(super) async fn attach(cx: &Cx, role: &str, arns: &BTreeSet<String>) -> Result<(), Fault> {
    for arn in arns {
        cx.call("iam:AttachRolePolicy", || {
            cx.iam().attach_role_policy().role_name(role).policy_arn(arn).send()
        })
        .await?;
    }
    Ok(())
}

/// Detaches managed policies from the role.
pub(super) async fn detach(cx: &Cx, role: &str, arns: &BTreeSet<String>) -> Result<(), Fault> {
    for arn in arns {
        cx.call("iam:DetachRolePolicy", || {
            cx.iam().detach_role_policy().role_name(role).policy_arn(arn).send()
        })
        .await
        .or_absent()?;
    }
    Ok(())
}

/// Takes everything from the role that keeps IAM from deleting it, whoever gave it (*IAM User
/// Guide*, "Delete roles or instance profiles").
pub(super) async fn strip(cx: &Cx, role: &str) -> Result<(), Fault> {
    detach(cx, role, &attached(cx, role).await?).await?;
    for name in names(cx, role).await? {
        remove(cx, role, &name).await?;
    }
    let profiles = cx
        .call("iam:ListInstanceProfilesForRole", || {
            cx.iam().list_instance_profiles_for_role().role_name(role).send()
        })
        .await
        .or_absent()?;
    for profile in profiles.iter().flat_map(|answer| answer.instance_profiles()) {
        let name = profile.instance_profile_name();
        cx.call("iam:RemoveRoleFromInstanceProfile", || {
            let request = cx.iam().remove_role_from_instance_profile();
            request.role_name(role).instance_profile_name(name).send()
        })
        .await
        .or_absent()?;
    }
    Ok(())
}
