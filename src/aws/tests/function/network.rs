//! Functions in networks: what takes minutes there, and what fails behind an answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{existing, in_vpc, inputs, told, updating};
use crate::aws::injected::{Answer, Injected, done, json, refuse};
use crate::aws::{Function, FunctionInputs, FunctionVpc};
use crate::graph::{FaultKind, Held, Id, Input, Resource};

fn pending() -> Value {
    json!({"State": "Pending", "StateReasonCode": "Creating"})
}

fn failed(code: &str) -> Value {
    json!({"State": "Failed", "StateReasonCode": code, "StateReason": "Why"})
}

fn update_failed(code: &str) -> Value {
    json!({"State": "Active", "LastUpdateStatus": "Failed", "LastUpdateStatusReasonCode": code,
        "LastUpdateStatusReason": "Why"})
}

fn looks<const N: usize>(seen: [Value; N]) -> [Answer; N] {
    seen.map(|configuration| json(told(configuration)))
}

fn gone() -> Answer {
    refuse("ResourceNotFoundException", "Function not found")
}

fn half_made(inputs: FunctionInputs) -> Held<Function> {
    Held { outputs: None, finished: false, ..existing(inputs) }
}

#[tokio::test(start_paused = true)]
async fn a_function_in_a_network_is_waited_for_and_may_fail_there() {
    let created = || Injected::new().answers("lambda:CreateFunction", [json(pending())]);

    let active = json!({"State": "Active", "LastUpdateStatus": "Successful"});
    let unseen = refuse("ResourceNotFoundException", "Function not found");
    let looks = [unseen, json(told(pending())), json(told(active))];
    let aws = created().answers("lambda:GetFunction", looks);
    Function::create(&aws.cx(), &in_vpc()).await.unwrap();
    assert_eq!(aws.made(), [Id::from("f")]);
    let sent = aws.sent("lambda:CreateFunction")[0].json();
    assert_eq!(sent["VpcConfig"], json!({"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}));

    for code in [
        "EniLimitExceeded",
        "InsufficientRolePermissions",
        "InvalidSubnet",
        "InvalidSecurityGroup",
        "KMSKeyAccessDenied",
        "DisallowedByVpcEncryptionControl",
    ] {
        let failed = json!({"State": "Failed", "StateReasonCode": code, "StateReason": "Why"});
        let aws = created().answers("lambda:GetFunction", [json(told(failed))]);
        let fault = Function::create(&aws.cx(), &in_vpc()).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Refused, Some(code)));
        assert!(fault.advice.is_some(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_lambda_failed_to_make_for_a_reason_that_passes_is_made_again() {
    for code in ["EC2RequestLimitExceeded", "InternalError", "InsufficientCapacity"] {
        let aws = Injected::new()
            .answers("lambda:CreateFunction", [json(pending()), json(pending())])
            .answers("lambda:GetFunction", looks([pending(), failed(code)]))
            .answers("lambda:DeleteFunction", [done()])
            .answers("lambda:GetFunction", looks([json!({"State": "Deleting"})]))
            .answers("lambda:GetFunction", [gone(), json(told(updating("Successful")))]);
        Function::create(&aws.cx(), &in_vpc()).await.unwrap();
        assert_eq!(aws.retries()[0].code, code);
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_lambda_never_makes_is_given_up() {
    let times = 5;
    let looks = [json(told(failed("EC2RequestLimitExceeded"))), gone()];
    let looks = looks.iter().cycle().take(2 * times - 1).cloned();
    let aws = Injected::new()
        .answers("lambda:CreateFunction", vec![json(pending()); times])
        .answers("lambda:DeleteFunction", vec![done(); times - 1])
        .answers("lambda:GetFunction", looks);
    let fault = Function::create(&aws.cx(), &in_vpc()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert!(fault.advice.unwrap().contains("run the same command again"));
}

#[tokio::test(start_paused = true)]
async fn a_function_that_lambda_failed_to_make_is_made_anew_by_the_next_run() {
    let want = FunctionInputs {
        vpc: Some(FunctionVpc {
            subnets: BTreeSet::from([Input::from("subnet-2")]),
            security_groups: BTreeSet::from([Input::from("sg-1")]),
        }),
        ..inputs()
    };
    let aws = Injected::new()
        .answers("lambda:GetFunction", looks([failed("SubnetOutOfIPAddresses")]))
        .answers("lambda:DeleteFunction", [done()])
        .answers("lambda:GetFunction", [gone()])
        .answers("lambda:CreateFunction", [json(pending())])
        .answers("lambda:GetFunction", looks([updating("Successful")]));
    Function::update(&aws.cx(), &half_made(in_vpc()), &want).await.unwrap();
    let sent = aws.sent("lambda:CreateFunction")[0].json();
    assert_eq!(sent["VpcConfig"]["SubnetIds"], json!(["subnet-2"]));
}

#[tokio::test(start_paused = true)]
async fn a_half_made_function_is_changed_when_lambda_has_made_it() {
    let aws = Injected::new()
        .answers("lambda:GetFunction", [gone()])
        .answers("lambda:GetFunction", vec![json(told(pending())); 150])
        .answers("lambda:GetFunction", looks([updating("Successful")]))
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("Successful"))])
        .answers("lambda:UpdateFunctionCode", [json(updating("Successful"))]);
    let started = Instant::now();
    Function::update(&aws.cx(), &half_made(in_vpc()), &in_vpc()).await.unwrap();
    assert!(started.elapsed().as_secs() > 120);
    assert!(aws.retries().is_empty());

    let aws = Injected::new().always("lambda:GetFunction", gone());
    let fault = Function::update(&aws.cx(), &half_made(in_vpc()), &in_vpc()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_network_counts_when_lambda_has_carried_it_out() {
    for code in ["SubnetOutOfIPAddresses", "EniLimitExceeded"] {
        let aws = Injected::new()
            .answers("lambda:UpdateFunctionConfiguration", [json(updating("InProgress"))])
            .answers("lambda:GetFunction", looks([updating("InProgress"), update_failed(code)]));
        let was = existing(inputs());
        let fault = Function::update(&aws.cx(), &was, &in_vpc()).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Refused, Some(code)));
    }
}

#[tokio::test(start_paused = true)]
async fn all_changes_in_a_network_are_waited_for() {
    let aws = Injected::new()
        .answers("lambda:GetFunction", looks([updating("InProgress"), updating("Successful")]))
        .answers("lambda:UpdateFunctionCode", [json(updating("InProgress"))])
        .answers("lambda:GetFunction", looks([updating("InProgress"), updating("Successful")]));
    let want = FunctionInputs { code: "sha256:two".to_owned(), ..in_vpc() };
    Function::update(&aws.cx(), &existing(in_vpc()), &want).await.unwrap();
    assert_eq!(aws.calls()[2], "lambda:UpdateFunctionCode");
    assert_eq!(aws.calls().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_fails_for_a_reason_that_passes_is_sent_again() {
    let throttled = || update_failed("EC2RequestLimitExceeded");
    let aws = Injected::new()
        .answers("lambda:GetFunction", looks([throttled(), throttled(), updating("Successful")]))
        .always("lambda:UpdateFunctionConfiguration", json(updating("InProgress")));
    let want = FunctionInputs { memory: 512, ..in_vpc() };
    Function::update(&aws.cx(), &existing(in_vpc()), &want).await.unwrap();
    assert_eq!(aws.sent("lambda:UpdateFunctionConfiguration").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_leaves_its_network_before_it_is_deleted() {
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("InProgress"))])
        .answers(
            "lambda:GetFunction",
            ["InProgress", "Successful", "InProgress", "Successful"]
                .map(|status| json(told(updating(status)))),
        )
        .answers("lambda:DeleteFunction", [done()]);
    Function::delete(&aws.cx(), &existing(in_vpc())).await.unwrap();
    let sent = aws.sent("lambda:UpdateFunctionConfiguration")[0].json();
    assert_eq!(sent, json!({"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}}));
    assert_eq!(aws.calls().last().unwrap(), "lambda:DeleteFunction");
}

/// What Lambda does not let go, or lets go for nothing, is deleted all the same.
#[tokio::test(start_paused = true)]
async fn a_function_that_cannot_leave_its_network_is_deleted_all_the_same() {
    const LEAVE: &str = "lambda:UpdateFunctionConfiguration";
    let idle = || {
        Injected::new()
            .answers("lambda:GetFunction", [json(told(updating("Successful")))])
            .answers("lambda:DeleteFunction", [done()])
    };
    let refused = refuse("InvalidParameterValueException", "The function has failed");
    let aws = idle().answers(LEAVE, [refused]);
    Function::delete(&aws.cx(), &existing(in_vpc())).await.unwrap();

    let busy = refuse("ResourceConflictException", "The operation cannot be performed");
    let aws = idle().always(LEAVE, busy);
    Function::delete(&aws.cx(), &existing(in_vpc())).await.unwrap();

    let aws = idle()
        .answers(LEAVE, [json(updating("InProgress"))])
        .answers("lambda:GetFunction", [json(told(update_failed("EC2RequestLimitExceeded")))]);
    Function::delete(&aws.cx(), &existing(in_vpc())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_function_that_lambda_failed_to_make_is_deleted_as_it_is() {
    for code in ["EC2RequestLimitExceeded", "InternalError", "SubnetOutOfIPAddresses"] {
        let aws = Injected::new()
            .answers("lambda:GetFunction", looks([pending(), failed(code)]))
            .answers("lambda:DeleteFunction", [done()]);
        Function::delete(&aws.cx(), &half_made(in_vpc())).await.unwrap();
    }
}
