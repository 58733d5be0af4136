//! Alarms, which a second create would overwrite.

use serde_json::{Value, json};

use crate::aws::injected::{Injected, done, held, json as answer, refuse};
use crate::aws::{Alarm, AlarmInputs, AlarmOutputs};
use crate::graph::{FaultKind, Held, Resource};

const ARN: &str = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a";

fn wanted() -> AlarmInputs {
    AlarmInputs {
        name: "a".into(),
        namespace: "AWS/SQS".into(),
        metric: "Depth".into(),
        tags: [("team".to_owned(), "payments".to_owned())].into(),
        ..AlarmInputs::default()
    }
}

fn existing(inputs: AlarmInputs) -> Held<Alarm> {
    held("a", inputs, AlarmOutputs { name: "a".into(), arn: ARN.into() })
}

fn alarms(alarms: Value) -> crate::aws::injected::Answer {
    answer(json!({ "MetricAlarms": alarms }))
}

#[tokio::test(start_paused = true)]
async fn anothers_alarm_is_not_overwritten() {
    let aws =
        Injected::new().answers("cloudwatch:DescribeAlarms", [alarms(json!([{"AlarmName": "a"}]))]);
    let fault = Alarm::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn tags_are_put_by_the_create_and_changed_by_requests_of_their_own() {
    let aws = Injected::new()
        .answers("cloudwatch:DescribeAlarms", [alarms(json!([]))])
        .answers("cloudwatch:PutMetricAlarm", [done()]);
    Alarm::create(&aws.cx(), &wanted()).await.unwrap();
    assert!(aws.sent("cloudwatch:PutMetricAlarm")[0].body.contains("payments"));

    let mut want = AlarmInputs { threshold: 2.0, ..wanted() };
    want.tags = [("stage".to_owned(), "test".to_owned())].into();
    let aws = Injected::new()
        .answers("cloudwatch:PutMetricAlarm", [done()])
        .answers("cloudwatch:TagResource", [done()])
        .answers("cloudwatch:UntagResource", [done()]);
    Alarm::update(&aws.cx(), &existing(wanted()), &want).await.unwrap();
    assert!(!aws.sent("cloudwatch:PutMetricAlarm")[0].body.contains("stage"));

    let retagged = AlarmInputs { threshold: 2.0, ..wanted() };
    let aws = Injected::new()
        .answers("cloudwatch:TagResource", [done()])
        .answers("cloudwatch:UntagResource", [done()]);
    Alarm::update(&aws.cx(), &existing(want), &retagged).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_alarm_reads_as_what_was_asked_for() {
    let found = json!({"AlarmName": "a", "Namespace": "AWS/SQS", "MetricName": "Depth",
        "Statistic": "Maximum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold"});
    let tags =
        json!({"Tags": [{"Key": "team", "Value": "payments"}, {"Key": "aws:x", "Value": "y"}]});
    let aws = Injected::new()
        .answers("cloudwatch:DescribeAlarms", [alarms(json!([found]))])
        .answers("cloudwatch:ListTagsForResource", [answer(tags)]);
    let seen = Alarm::read(&aws.cx(), &existing(wanted())).await.unwrap().unwrap();
    assert_eq!(seen.inputs, wanted());
}

#[tokio::test(start_paused = true)]
async fn too_many_alarms_are_explained_and_not_tried_again() {
    let aws = Injected::new()
        .answers("cloudwatch:DescribeAlarms", [alarms(json!([]))])
        .answers("cloudwatch:PutMetricAlarm", [refuse("LimitExceededFault", "quota")]);
    let fault = Alarm::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("quota"));
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_is_gone_counts_as_deleted() {
    let aws =
        Injected::new().answers("cloudwatch:DeleteAlarms", [refuse("ResourceNotFound", "no")]);
    Alarm::delete(&aws.cx(), &existing(wanted())).await.unwrap();
}
