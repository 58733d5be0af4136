//! Functions: which calls a change takes, the states between them, and what Lambda makes wait.

mod network;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::aws::injected::{Injected, broken, done, held, json, refuse};
use crate::aws::lambda::function_code::DIRECT;
use crate::aws::{Function, FunctionInputs, FunctionOutputs, FunctionVpc};
use crate::graph::{Arn, Expr, FaultKind, Held, Input, Part, Resource};

/// The SHA-256 of no bytes, in base64.
const NOTHING: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn inputs() -> FunctionInputs {
    FunctionInputs {
        name: Input::from("f"),
        role: Arn::from("arn:aws:iam::123456789012:role/r").into(),
        code: "sha256:one".to_owned(),
        log_group: Input::from("/maas/f"),
        environment: BTreeMap::from([("KEY".to_owned(), Input::Secret("hunter2".to_owned()))]),
        ..FunctionInputs::default()
    }
}

fn in_vpc() -> FunctionInputs {
    let vpc = FunctionVpc {
        subnets: BTreeSet::from([Input::from("subnet-1")]),
        security_groups: BTreeSet::from([Input::from("sg-1")]),
    };
    FunctionInputs { vpc: Some(vpc), ..inputs() }
}

fn existing(inputs: FunctionInputs) -> Held<Function> {
    let outputs = FunctionOutputs {
        name: "f".to_owned(),
        arn: Arn::from("arn:aws:lambda:eu-west-1:123456789012:function:f"),
        code_sha256: NOTHING.to_owned(),
    };
    held("f", inputs, outputs)
}

fn updating(status: &str) -> Value {
    json!({"State": "Active", "LastUpdateStatus": status})
}

fn told(configuration: Value) -> Value {
    json!({"Configuration": configuration})
}

#[tokio::test(start_paused = true)]
async fn a_function_is_made_in_one_call_that_waits_for_its_role() {
    let fresh = refuse(
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    );
    let pending = json(json!({"State": "Pending", "LastUpdateStatus": "InProgress"}));
    let aws = Injected::new().answers("lambda:CreateFunction", [fresh, pending]);
    let created = Function::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(created.outputs, existing(inputs()).outputs.unwrap());
    assert_eq!(aws.calls().len(), 2);
    let sent = aws.sent("lambda:CreateFunction")[1].json();
    assert_eq!(sent["LoggingConfig"]["LogGroup"], "/maas/f");
    assert_eq!(sent["Environment"]["Variables"]["KEY"], "hunter2");
    assert_eq!(sent.get("VpcConfig"), None);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_is_told_apart_from_an_operation_in_progress() {
    let busy =
        refuse("ResourceConflictException", "The operation cannot be performed at this time.");
    let taken = refuse("ResourceConflictException", "Function already exist: f");
    let aws = Injected::new()
        .answers("lambda:CreateFunction", [busy, taken])
        .answers("lambda:GetFunction", [json(told(updating("Successful")))]);
    let fault = Function::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
    assert_eq!(aws.sent("lambda:CreateFunction").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_is_being_deleted_is_not_there_and_makes_its_name_wait() {
    let going = || json(told(json!({"State": "Deleting"})));
    let aws = Injected::new().answers("lambda:GetFunction", [going()]);
    assert!(Function::read(&aws.cx(), &existing(inputs())).await.unwrap().is_none());

    let taken = refuse("ResourceConflictException", "Function already exist: f");
    let gone = refuse("ResourceNotFoundException", "Function not found");
    let made = json(json!({"State": "Pending", "LastUpdateStatus": "InProgress"}));
    let aws = Injected::new()
        .answers("lambda:CreateFunction", [taken, made])
        .answers("lambda:GetFunction", [going(), going(), gone]);
    Function::create(&aws.cx(), &inputs()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_code_is_one_call_and_counts_when_lambda_has_carried_it_out() {
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionCode", [json(updating("InProgress"))])
        .answers("lambda:GetFunction", [json(told(updating("Successful")))]);
    let want = FunctionInputs { code: "sha256:two".to_owned(), ..inputs() };
    Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap();
    assert_eq!(aws.calls(), ["lambda:UpdateFunctionCode", "lambda:GetFunction"]);
}

#[tokio::test(start_paused = true)]
async fn another_configuration_is_one_call_with_only_what_differs() {
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("InProgress"))])
        .answers("lambda:GetFunction", [json(told(updating("Successful")))]);
    let want = FunctionInputs { memory: 512, environment: BTreeMap::new(), ..inputs() };
    Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap();
    let sent = aws.sent("lambda:UpdateFunctionConfiguration")[0].json();
    assert_eq!(sent, json!({"MemorySize": 512, "Environment": {"Variables": {}}}));
    assert_eq!(aws.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_code_follows_the_configuration_once_that_is_through() {
    // The second look tells no status, which is an update in progress.
    let unknown = json(told(json!({"State": "Active"})));
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("InProgress"))])
        .answers(
            "lambda:GetFunction",
            [json(told(updating("InProgress"))), unknown, json(told(updating("Successful")))],
        )
        .answers("lambda:UpdateFunctionCode", [json(updating("Successful"))]);
    let want = FunctionInputs {
        code: "sha256:two".to_owned(),
        handler: "main.handler".to_owned(),
        runtime: "nodejs22.x".to_owned(),
        ..inputs()
    };
    Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap();
    assert_eq!(aws.calls().first().unwrap(), "lambda:UpdateFunctionConfiguration");
    assert_eq!(aws.calls().last().unwrap(), "lambda:UpdateFunctionCode");
    assert_eq!(aws.waits().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_look_is_taken_where_the_answer_says_that_it_is_through() {
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("Successful"))])
        .answers("lambda:UpdateFunctionCode", [json(updating("Successful"))]);
    let want = FunctionInputs { code: "sha256:two".to_owned(), timeout: 9, ..inputs() };
    Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_update_waits_for_another_one_that_is_in_progress() {
    let busy = || refuse("ResourceConflictException", "An update is in progress for resource");
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionCode", [busy(), busy(), json(updating("Successful"))]);
    let want = FunctionInputs { code: "sha256:two".to_owned(), ..inputs() };
    Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap();
    assert_eq!(aws.retries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn code_that_lambda_cannot_use_is_told() {
    let broken = json!({"State": "Active", "LastUpdateStatus": "Failed",
        "LastUpdateStatusReasonCode": "InvalidZipFileException", "LastUpdateStatusReason": "Broken"});
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionCode", [json(updating("InProgress"))])
        .answers("lambda:GetFunction", [json(told(broken))]);
    let want = FunctionInputs { code: "sha256:two".to_owned(), ..inputs() };
    let fault = Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("build it anew"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_update_says_what_to_do() {
    let failed = json!({"State": "Active", "LastUpdateStatus": "Failed",
        "LastUpdateStatusReasonCode": "SubnetOutOfIPAddresses", "LastUpdateStatusReason": "No address"});
    let aws = Injected::new()
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("InProgress"))])
        .answers("lambda:GetFunction", [json(told(failed))]);
    let want = FunctionInputs { code: "sha256:two".to_owned(), timeout: 9, ..inputs() };
    let fault = Function::update(&aws.cx(), &existing(inputs()), &want).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert_eq!(fault.code.as_deref(), Some("SubnetOutOfIPAddresses"));
    assert!(fault.advice.unwrap().contains("subnets"));
}

#[tokio::test(start_paused = true)]
async fn a_function_that_is_gone_is_deleted() {
    let gone = || refuse("ResourceNotFoundException", "Function not found");
    let aws = Injected::new().answers("lambda:GetFunction", [gone()]);
    Function::delete(&aws.cx(), &existing(in_vpc())).await.unwrap();
    let aws = Injected::new().answers("lambda:DeleteFunction", [gone()]);
    Function::delete(&aws.cx(), &existing(inputs())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_function_that_was_left_half_made_is_sent_whole() {
    let aws = Injected::new()
        .answers("lambda:GetFunction", [json(told(updating("Successful")))])
        .answers("lambda:UpdateFunctionConfiguration", [json(updating("Successful"))])
        .answers("lambda:UpdateFunctionCode", [json(updating("Successful"))])
        .answers("lambda:PutFunctionConcurrency", [json(json!({}))]);
    let want = FunctionInputs { concurrency: Some(5), ..inputs() };
    let half = Held { outputs: None, finished: false, ..existing(want.clone()) };
    Function::update(&aws.cx(), &half, &want).await.unwrap();
    let sent = aws.sent("lambda:UpdateFunctionConfiguration")[0].json();
    for part in ["Role", "Handler", "Runtime", "MemorySize", "Timeout", "Environment", "Layers"] {
        assert!(sent.get(part).is_some(), "{part} is missing");
    }
}

#[tokio::test(start_paused = true)]
async fn another_archive_than_the_one_that_was_sent_is_seen() {
    let told = |sha256: &str| json(told(json!({"CodeSha256": sha256, "Runtime": "python3.12"})));
    let aws = Injected::new().answers("lambda:GetFunction", [told(NOTHING), told("other")]);
    let cx = aws.cx();
    let same = Function::read(&cx, &existing(inputs())).await.unwrap().unwrap();
    assert_eq!(same.inputs.code, "sha256:one");
    let other = Function::read(&cx, &existing(inputs())).await.unwrap().unwrap();
    assert_ne!(other.inputs.code, "sha256:one");
}

#[tokio::test(start_paused = true)]
async fn what_lambda_fills_in_shows_as_the_defaults() {
    let seen = json!({"CodeSha256": NOTHING, "Role": "arn:aws:iam::123456789012:role/r",
        "Handler": "index.handler", "Runtime": "python3.12", "MemorySize": 128, "Timeout": 3,
        "Architectures": ["arm64"], "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512}, "SnapStart": {"ApplyOn": "None"}, "PackageType": "Zip",
        "Environment": {"Variables": {"KEY": "hunter2"}}, "VpcConfig": {"SubnetIds": [],
        "SecurityGroupIds": [], "VpcId": ""},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/maas/f"}});
    let answer = json!({"Configuration": seen, "Tags": {"aws:cloudformation:x": "y"}});
    let aws = Injected::new().answers("lambda:GetFunction", [json(answer)]);
    let seen = Function::read(&aws.cx(), &existing(inputs())).await.unwrap().unwrap();
    let document = |inputs: &FunctionInputs| serde_json::to_value(inputs).unwrap();
    assert_eq!(document(&seen.inputs), document(&inputs()));
    assert!(!format!("{seen:?}").contains("hunter2"), "a secret shows");
    assert!(!format!("{:?}", inputs()).contains("hunter2"), "a secret shows");
}

#[tokio::test(start_paused = true)]
async fn a_large_archive_goes_through_the_bucket_and_leaves_it() {
    let archive = vec![0; DIRECT + 1];
    let staged = FunctionInputs { staging_bucket: Some(Input::from("b")), ..inputs() };
    for created in [json(json!({})), refuse("InvalidParameterValueException", "Too large")] {
        let aws = Injected::with_archive(archive.clone())
            .answers("s3:PutObject", [broken(503), done()])
            .answers("lambda:CreateFunction", [created])
            .answers("s3:DeleteObject", [done()]);
        let _ = Function::create(&aws.cx(), &staged).await;
        let code = aws.sent("lambda:CreateFunction")[0].json()["Code"].clone();
        assert_eq!(code, json!({"S3Bucket": "b", "S3Key": "code/one.zip"}));
        let deleted = &aws.sent("s3:DeleteObject")[0];
        assert_eq!(deleted.method, "DELETE");
        assert!(deleted.path.starts_with("/b/code/one.zip"), "{}", deleted.path);
    }
    let aws = Injected::with_archive(archive);
    let fault = Function::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert_eq!(aws.calls().len(), 0);
}

#[test]
fn what_lambda_would_refuse_is_told_with_its_place() {
    let environment = BTreeMap::from([
        ("AWS_REGION".to_owned(), Input::from("x")),
        ("1ST".to_owned(), Input::from("x")),
        ("LARGE".to_owned(), Input::from("x".repeat(5_000).as_str())),
    ]);
    let wrong = FunctionInputs {
        name: Input::from("n".repeat(65).as_str()),
        architecture: "arm".to_owned(),
        memory: 64,
        timeout: 901,
        handler: String::new(),
        ephemeral_storage: 100,
        vpc: Some(FunctionVpc::default()),
        environment,
        ..inputs()
    };
    let paths: Vec<String> =
        Function::check(&wrong).into_iter().map(|objection| objection.path).collect();
    assert_eq!(
        paths,
        [
            "name",
            "memory",
            "timeout",
            "ephemeral_storage",
            "architecture",
            "handler",
            "vpc",
            "environment.1ST",
            "environment.AWS_REGION",
            "environment",
        ]
    );
    assert_eq!(Function::check(&in_vpc()), []);
}

#[test]
fn the_environment_counts_as_far_as_it_is_known() {
    let sized = |value: Input<String>| {
        let environment = BTreeMap::from([("KEY".to_owned(), value)]);
        Function::check(&FunctionInputs { environment, ..inputs() }).len()
    };
    // Lambda counts `{"KEY":"…"}`, ten bytes around the value.
    assert_eq!(sized(Input::Secret("x".repeat(4_086))), 0);
    assert_eq!(sized(Input::Secret("x".repeat(4_087))), 1);
    let parts = vec![Part::Text("x".repeat(4_087)), Part::ACCOUNT];
    assert_eq!(sized(Input::Pending(Expr { parts })), 1);
}
