//! Schedules: roles too new or of the wrong trust, and groups that take their time to go.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::injected::{Answer, Injected, broken, done, held, json as answer, place, refuse};
use crate::aws::{
    Schedule, ScheduleGroup, ScheduleGroupInputs, ScheduleGroupOutputs, ScheduleInputs,
    ScheduleOutputs, schedule_trust,
};
use crate::graph::{Arn, FaultKind, Held, Place, Resource};

const UNTRUSTED: &str =
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";
const GROUP_ARN: &str = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/g";

fn wanted() -> ScheduleInputs {
    ScheduleInputs {
        name: "s".into(),
        group: "g".into(),
        expression: "rate(5 minutes)".into(),
        target: Arn::from("arn:aws:lambda:eu-west-1:123456789012:function:f").into(),
        role: Arn::from("arn:aws:iam::123456789012:role/r").into(),
        input: Some("{}".into()),
        max_retries: 2,
        max_age: 600,
        ..ScheduleInputs::default()
    }
}

fn group() -> Held<ScheduleGroup> {
    let inputs = ScheduleGroupInputs { name: "g".into(), ..ScheduleGroupInputs::default() };
    held("g", inputs, ScheduleGroupOutputs { name: "g".into(), arn: GROUP_ARN.into() })
}

fn in_state(state: &str) -> Answer {
    answer(json!({"Name": "g", "State": state, "Arn": GROUP_ARN}))
}

fn absent() -> Answer {
    refuse("ResourceNotFoundException", "Schedule group g does not exist.")
}

fn made() -> Answer {
    answer(json!({"ScheduleArn": "arn", "ScheduleGroupArn": GROUP_ARN}))
}

fn tokens(aws: &Injected, operation: &str) -> Vec<Value> {
    aws.sent(operation).iter().map(|sent| sent.json()["ClientToken"].clone()).collect()
}

#[test]
fn the_role_trusts_the_group_in_the_account() {
    let trust = schedule_trust(&place(), Arn::from(GROUP_ARN).0);
    let document: Value = serde_json::from_str(&trust.to_json().unwrap()).unwrap();
    assert_eq!(
        document["Statement"],
        json!([{"Sid": "Trust", "Effect": "Allow", "Action": ["sts:AssumeRole"],
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceArn": GROUP_ARN,
                "aws:SourceAccount": "123456789012"}}}])
    );
    let unknown = Place { account: None, ..place() };
    assert!(schedule_trust(&unknown, Arn::from(GROUP_ARN).0).to_json().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_fresh_role_is_tried_again_and_all_attempts_are_one_request() {
    let fresh = || refuse("ValidationException", UNTRUSTED);
    let aws = Injected::new()
        .answers("scheduler:CreateSchedule", [fresh(), broken(500), fresh(), made()]);
    Schedule::create(&aws.cx(), &wanted()).await.unwrap();
    let first = tokens(&aws, "scheduler:CreateSchedule");
    assert_eq!(first.len(), 4);
    assert!(first.iter().all(|token| token == "injected-1"), "{first:?}");
}

#[tokio::test(start_paused = true)]
async fn a_role_of_the_wrong_trust_is_explained_after_a_minute() {
    let aws = Injected::new()
        .always("scheduler:CreateSchedule", refuse("ValidationException", UNTRUSTED));
    let started = Instant::now();
    let fault = Schedule::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("the schedule's group, not the schedule"));
    let took = started.elapsed().as_secs();
    assert!((60..65).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn another_invalid_value_is_refused_at_once() {
    let aws = Injected::new().answers(
        "scheduler:CreateSchedule",
        [refuse("ValidationException", "Invalid Schedule Expression rate(x).")],
    );
    let fault = Schedule::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!((fault.kind, fault.advice), (FaultKind::Refused, None));
}

#[tokio::test(start_paused = true)]
async fn an_update_names_everything() {
    let aws = Injected::new().answers("scheduler:UpdateSchedule", [made()]);
    let was = ScheduleInputs { enabled: false, ..wanted() };
    let held =
        held::<Schedule>("g/s", was, ScheduleOutputs { name: "s".into(), arn: "arn".into() });
    Schedule::update(&aws.cx(), &held, &wanted()).await.unwrap();
    let mut sent = aws.sent("scheduler:UpdateSchedule")[0].json();
    sent["ClientToken"] = Value::Null;
    assert_eq!(
        sent,
        json!({"GroupName": "g", "ScheduleExpression": "rate(5 minutes)", "ClientToken": null,
            "ScheduleExpressionTimezone": "UTC", "State": "ENABLED",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f", "Input": "{}",
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "RetryPolicy": {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 2}}})
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_is_deleted_when_it_is_gone() {
    let aws = Injected::new().answers("scheduler:DeleteScheduleGroup", [done()]).answers(
        "scheduler:GetScheduleGroup",
        [in_state("DELETING"), in_state("DELETING"), absent()],
    );
    ScheduleGroup::delete(&aws.cx(), &group()).await.unwrap();
    assert_eq!(aws.waits().len(), 2);
    assert_eq!(aws.waits()[0].1, "DELETING");

    let aws = Injected::new().answers("scheduler:DeleteScheduleGroup", [absent()]);
    ScheduleGroup::delete(&aws.cx(), &group()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_namesake_is_still_going_is_made_after_it() {
    let taken = || refuse("ConflictException", "Schedule group g already exists.");
    let aws = Injected::new().answers("scheduler:CreateScheduleGroup", [taken(), made()]).answers(
        "scheduler:GetScheduleGroup",
        [in_state("DELETING"), in_state("DELETING"), absent()],
    );
    let want = ScheduleGroupInputs { name: "g".into(), ..ScheduleGroupInputs::default() };
    ScheduleGroup::create(&aws.cx(), &want).await.unwrap();
    let tokens = tokens(&aws, "scheduler:CreateScheduleGroup");
    assert_eq!(tokens, ["injected-1", "injected-1-again"]);

    let aws = Injected::new()
        .answers("scheduler:CreateScheduleGroup", [taken()])
        .answers("scheduler:GetScheduleGroup", [in_state("ACTIVE")]);
    let fault = ScheduleGroup::create(&aws.cx(), &want).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_going_reads_as_gone() {
    let aws = Injected::new().answers("scheduler:GetScheduleGroup", [in_state("DELETING")]);
    assert!(ScheduleGroup::read(&aws.cx(), &group()).await.unwrap().is_none());
}
