//! Roles, where IAM is slow to see or unwilling to let go.

use std::collections::BTreeSet;

use serde_json::json;

use crate::aws::injected::{Injected, done, held, refuse, xml};
use crate::aws::{
    Policy, Principal, Role, RoleInputs, RoleOutputs, RolePolicy, RolePolicyInputs, Statement,
};
use crate::graph::{Arn, FaultKind, Held, Id, Input, Resource};

fn inputs() -> RoleInputs {
    RoleInputs {
        name: Input::from("r"),
        trust: Policy::trust("lambda.amazonaws.com"),
        policy: Policy::new().with("Send", Statement::allow(["sqs:SendMessage"]).on("q")),
        ..RoleInputs::default()
    }
}

fn existing(inputs: RoleInputs) -> Held<Role> {
    let arn = Arn::from("arn:aws:iam::123456789012:role/r");
    held("r", inputs, RoleOutputs { name: "r".to_owned(), arn })
}

fn role(trust: &str) -> String {
    format!(
        "<Role><Path>/</Path><RoleName>r</RoleName><RoleId>AROA1</RoleId><Arn>arn</Arn>\
        <CreateDate>2026-01-01T00:00:00Z</CreateDate>\
        <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument></Role>",
        urlencoding::encode(trust)
    )
}

#[tokio::test(start_paused = true)]
async fn a_role_that_iam_does_not_see_yet_gets_its_policy_later() {
    let absent = || refuse("NoSuchEntity", "The role with name r cannot be found.");
    let aws = Injected::new()
        .answers("iam:CreateRole", [xml(&role("{}"))])
        .answers("iam:PutRolePolicy", [absent(), absent(), done()]);
    let created = Role::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(created.outputs.arn.as_str(), "arn:aws:iam::123456789012:role/r");
    assert_eq!(aws.made(), [Id::from("r")]);
    assert_eq!(aws.retries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_half_made_role_is_finished_once_iam_sees_it() {
    let absent = || refuse("NoSuchEntity", "The role with name r cannot be found.");
    let half_made = || Held { finished: false, outputs: None, ..existing(inputs()) };
    let aws = Injected::new()
        .answers("iam:UpdateAssumeRolePolicy", [absent(), absent(), done(), done()])
        .answers("iam:UpdateRole", [absent(), done()])
        .answers("iam:PutRolePolicy", [done()]);
    Role::update(&aws.cx(), &half_made(), &inputs()).await.unwrap();

    let aws = Injected::new().always("iam:UpdateAssumeRolePolicy", absent());
    let fault = Role::update(&aws.cx(), &half_made(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent);
}

#[tokio::test(start_paused = true)]
async fn a_managed_policy_that_does_not_exist_is_refused_at_once() {
    let message = "Policy arn:aws:iam::aws:policy/Typo does not exist or is not attachable.";
    let aws = Injected::new()
        .answers("iam:CreateRole", [xml(&role("{}"))])
        .answers("iam:AttachRolePolicy", [refuse("NoSuchEntity", message)]);
    let managed_policies = BTreeSet::from(["arn:aws:iam::aws:policy/Typo".to_owned()]);
    let want = RoleInputs { policy: Policy::new(), managed_policies, ..inputs() };
    let fault = Role::create(&aws.cx(), &want).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_trust_in_a_role_that_was_made_anew_is_retried_until_it_is_known() {
    let unknown = refuse("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"r2\"");
    let aws = Injected::new().answers("iam:UpdateAssumeRolePolicy", [unknown, done()]);
    let trusted = Statement::allow(["sts:AssumeRole"]).by(Principal::aws("arn:aws:iam::1:role/r2"));
    let want = RoleInputs { trust: Policy::new().with("Trust", trusted), ..inputs() };
    Role::update(&aws.cx(), &existing(inputs()), &want).await.unwrap();
    assert_eq!(aws.calls(), ["iam:UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy"]);
}

/// IAM shows a principal that was deleted by its unique id; naming it again is a new principal.
#[tokio::test(start_paused = true)]
async fn a_principal_that_was_deleted_is_seen_as_a_difference() {
    let arn = "arn:aws:iam::123456789012:role/other";
    let trusted = Statement::allow(["sts:AssumeRole"]).by(Principal::aws(arn));
    let want = RoleInputs {
        trust: Policy::new().with("Trust", trusted),
        policy: Policy::new(),
        ..inputs()
    };
    let rewritten = json!({"Version": "2012-10-17", "Statement": {"Sid": "Trust", "Effect": "Allow",
        "Action": "sts:AssumeRole", "Principal": {"AWS": "AROAEXAMPLEID"}}});
    let aws = Injected::new()
        .answers("iam:GetRole", [xml(&role(&rewritten.to_string()))])
        .answers("iam:GetRolePolicy", [refuse("NoSuchEntity", "")])
        .answers("iam:ListAttachedRolePolicies", [xml("<IsTruncated>false</IsTruncated>")])
        .answers("iam:UpdateAssumeRolePolicy", [done()]);
    let seen = Role::read(&aws.cx(), &existing(want.clone())).await.unwrap().unwrap();
    assert_ne!(seen.inputs.trust, want.trust);
    Role::update(&aws.cx(), &existing(seen.inputs), &want).await.unwrap();
    let sent = &aws.sent("iam:UpdateAssumeRolePolicy")[0].body;
    assert!(sent.contains(&*urlencoding::encode(arn)), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn a_role_is_deleted_in_two_calls() {
    let aws = Injected::new()
        .answers("iam:DeleteRolePolicy", [done()])
        .answers("iam:DeleteRole", [done()]);
    Role::delete(&aws.cx(), &existing(inputs())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_others_gave_a_role_is_taken_from_it_before_it_is_deleted() {
    let conflict =
        refuse("DeleteConflict", "Cannot delete entity, must detach all policies first.");
    let attached = "<AttachedPolicies><member><PolicyName>p</PolicyName>\
        <PolicyArn>arn:aws:iam::aws:policy/p</PolicyArn></member></AttachedPolicies>";
    let profiles = "<InstanceProfiles><member><Path>/</Path><InstanceProfileName>i</InstanceProfileName>\
        <InstanceProfileId>AIPA1</InstanceProfileId><Arn>arn</Arn>\
        <CreateDate>2026-01-01T00:00:00Z</CreateDate><Roles/></member></InstanceProfiles>";
    let aws = Injected::new()
        .answers("iam:DeleteRolePolicy", [refuse("NoSuchEntity", ""), done()])
        .answers("iam:DeleteRole", [conflict.clone(), conflict, done()])
        .answers("iam:ListAttachedRolePolicies", [xml(attached), xml("")])
        .answers("iam:DetachRolePolicy", [done()])
        .answers(
            "iam:ListRolePolicies",
            [xml("<PolicyNames><member>o</member></PolicyNames>"), xml("<PolicyNames/>")],
        )
        .answers("iam:ListInstanceProfilesForRole", [xml(profiles), xml("<InstanceProfiles/>")])
        .answers("iam:RemoveRoleFromInstanceProfile", [done()]);
    Role::delete(&aws.cx(), &existing(inputs())).await.unwrap();
    assert_eq!(aws.calls().last().map(String::as_str), Some("iam:DeleteRole"));
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_gone_is_deleted() {
    let absent = || refuse("NoSuchEntity", "The role with name r cannot be found.");
    let aws = Injected::new()
        .answers("iam:DeleteRolePolicy", [absent()])
        .answers("iam:DeleteRole", [absent()]);
    Role::delete(&aws.cx(), &existing(inputs())).await.unwrap();
}

#[test]
fn a_role_that_nobody_could_assume_is_refused() {
    let objections = Role::check(&RoleInputs::default());
    assert_eq!(objections[0].path, "trust");
}

#[tokio::test(start_paused = true)]
async fn a_further_policy_comes_to_a_role_that_iam_does_not_see_yet() {
    let absent = || refuse("NoSuchEntity", "The role with name r cannot be found.");
    let aws = Injected::new()
        .answers("iam:PutRolePolicy", [absent(), done()])
        .answers("iam:GetRolePolicy", [absent()])
        .answers("iam:DeleteRolePolicy", [absent()]);
    let want = RolePolicyInputs {
        role: Input::from("r"),
        policy_name: "databases".to_owned(),
        policy: inputs().policy,
    };
    let created = RolePolicy::create(&aws.cx(), &want).await.unwrap();
    assert_eq!(created.id, Id::from("r/databases"));
    let held: Held<RolePolicy> = held("r/databases", want.clone(), created.outputs);
    assert!(RolePolicy::read(&aws.cx(), &held).await.unwrap().is_none());
    RolePolicy::delete(&aws.cx(), &held).await.unwrap();
    let own = RolePolicyInputs { policy_name: "maas".to_owned(), ..want };
    assert_eq!(RolePolicy::check(&own)[0].path, "policy_name");
}

#[test]
fn a_policy_that_is_too_long_is_refused() {
    let mut policy = Policy::new();
    for number in 0..200 {
        let queue = format!("arn:aws:sqs:eu-west-1:123456789012:queue-{number}");
        policy.insert(&format!("S{number}"), Statement::allow(["sqs:SendMessage"]).on(queue));
    }
    let objections = Role::check(&RoleInputs { policy, ..inputs() });
    assert_eq!(objections[0].path, "policy");
    assert_eq!(Role::check(&inputs()), []);
}
