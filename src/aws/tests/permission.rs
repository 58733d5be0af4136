//! Permissions: one by one, and taken over where the statement is there already.

use serde_json::{Value, json};

use crate::aws::injected::{Answer, Injected, done, held, json, refuse};
use crate::aws::{Permission, PermissionInputs, PermissionOutputs};
use crate::graph::{FaultKind, Held, Id, Input, Resource};
use std::time::Duration;

fn inputs() -> PermissionInputs {
    PermissionInputs {
        function: Input::from("f"),
        statement_id: "api".to_owned(),
        principal: "apigateway.amazonaws.com".to_owned(),
        source_arn: Some(Input::from("arn:aws:execute-api:eu-west-1:123456789012:a/*")),
        source_account: None,
    }
}

fn existing(inputs: PermissionInputs) -> Held<Permission> {
    held("f/api", inputs, PermissionOutputs { statement_id: "api".to_owned() })
}

fn policy(principal: Value, source: &str) -> Answer {
    let statement = json!({"Sid": "api", "Effect": "Allow", "Principal": principal,
        "Action": "lambda:InvokeFunction", "Resource": "arn",
        "Condition": {"ArnLike": {"AWS:SourceArn": source}}});
    let other = json!({"Sid": "other", "Effect": "Allow", "Principal": "*"});
    json(
        json!({"Policy": json!({"Version": "2012-10-17", "Statement": [other, statement]}).to_string()}),
    )
}

/// A policy with statements of these ids.
fn has(ids: &[&str]) -> Answer {
    let statements: Vec<Value> = ids.iter().map(|id| json!({"Sid": id})).collect();
    json(json!({"Policy": json!({"Statement": statements}).to_string()}))
}

fn taken() -> Answer {
    refuse("ResourceConflictException", "The statement id (api) provided already exists.")
}

const SOURCE: &str = "arn:aws:execute-api:eu-west-1:123456789012:a/*";

#[tokio::test(start_paused = true)]
async fn a_function_that_is_not_seen_yet_is_tried_again() {
    let unseen = refuse("ResourceNotFoundException", "Function not found");
    let busy = refuse(
        "ResourceConflictException",
        "The function could not be updated due to a concurrent update operation.",
    );
    let aws = Injected::new()
        .answers("lambda:AddPermission", [unseen, busy, done()])
        .answers("lambda:GetPolicy", [has(&["api"])]);
    let created = Permission::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(created.id, Id::from("f/api"));
    assert_eq!(aws.retries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_never_comes_is_given_up() {
    let unseen = refuse("ResourceNotFoundException", "Function not found");
    let aws = Injected::new().always("lambda:AddPermission", unseen);
    let fault = Permission::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
}

#[tokio::test(start_paused = true)]
async fn a_function_gets_its_permissions_one_by_one() {
    let slow = || Answer::Slow(Duration::from_secs(1), Box::new(done()));
    let aws = Injected::new()
        .answers("lambda:AddPermission", [slow(), slow(), slow()])
        .always("lambda:GetPolicy", has(&["one", "two", "three"]));
    let cx = aws.cx();
    let want = |id: &str| PermissionInputs { statement_id: id.to_owned(), ..inputs() };
    let (one, two, three) = (want("one"), want("two"), want("three"));
    let all = futures::try_join!(
        Permission::create(&cx, &one),
        Permission::create(&cx, &two),
        Permission::create(&cx, &three),
    );
    all.unwrap();
    assert_eq!(aws.most_at_once(), 1);
}

#[tokio::test(start_paused = true)]
async fn functions_do_not_wait_for_each_other() {
    let slow = || Answer::Slow(Duration::from_secs(1), Box::new(done()));
    let aws = Injected::new()
        .answers("lambda:AddPermission", [slow(), slow()])
        .always("lambda:GetPolicy", has(&["api"]));
    let cx = aws.cx();
    let other = PermissionInputs { function: Input::from("g"), ..inputs() };
    let wanted = inputs();
    futures::try_join!(Permission::create(&cx, &wanted), Permission::create(&cx, &other)).unwrap();
    assert_eq!(aws.most_at_once(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_got_lost_is_added_again() {
    let aws = Injected::new()
        .answers("lambda:AddPermission", [done(), done()])
        .answers("lambda:GetPolicy", [has(&["other"]), has(&["other", "api"])]);
    Permission::create(&aws.cx(), &inputs()).await.unwrap();
    let none =
        refuse("ResourceNotFoundException", "No policy is associated with the given resource.");
    let unseen = Injected::new()
        .answers("lambda:AddPermission", [done(), taken()])
        .answers("lambda:GetPolicy", [none]);
    Permission::create(&unseen.cx(), &inputs()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_same_statement_is_left_as_it_is() {
    let aws = Injected::new().answers("lambda:AddPermission", [taken()]).answers(
        "lambda:GetPolicy",
        [policy(json!({"Service": "apigateway.amazonaws.com"}), SOURCE)],
    );
    Permission::create(&aws.cx(), &inputs()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_statement_of_that_id_is_replaced_once_it_is_gone() {
    for other in [
        policy(json!({"Service": "s3.amazonaws.com"}), SOURCE),
        policy(json!({"Service": "apigateway.amazonaws.com"}), "arn:other"),
        json(json!({})),
    ] {
        let aws = Injected::new()
            .answers("lambda:AddPermission", [taken(), taken(), done()])
            .answers("lambda:GetPolicy", [other, has(&["api"])])
            .answers("lambda:RemovePermission", [done()]);
        Permission::create(&aws.cx(), &inputs()).await.unwrap();
        assert_eq!(aws.waits().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_read_as_it_was_given() {
    let account = json!({"AWS": "arn:aws:iam::123456789012:root"});
    let aws = Injected::new().answers("lambda:GetPolicy", [policy(account, SOURCE)]);
    let given = PermissionInputs { principal: "123456789012".to_owned(), ..inputs() };
    let seen = Permission::read(&aws.cx(), &existing(given)).await.unwrap().unwrap();
    assert_eq!(seen.inputs.principal, "123456789012");
    assert_eq!(seen.inputs.source_arn, Some(Input::from(SOURCE)));
    assert_eq!(seen.inputs.source_account, None);
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_gone_without_it_and_without_a_policy() {
    let empty = json(json!({"Policy": json!({"Statement": []}).to_string()}));
    let none =
        refuse("ResourceNotFoundException", "No policy is associated with the given resource.");
    let aws = Injected::new().answers("lambda:GetPolicy", [empty, none]);
    for _ in 0..2 {
        assert!(Permission::read(&aws.cx(), &existing(inputs())).await.unwrap().is_none());
    }
}

#[test]
fn a_statement_id_of_other_characters_is_refused() {
    let want = PermissionInputs { statement_id: "a b".to_owned(), ..inputs() };
    assert_eq!(Permission::check(&want).len(), 1);
    assert_eq!(Permission::check(&inputs()), []);
}
