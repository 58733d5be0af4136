//! Log groups: what others do to them at once, and the retentions that exist.

use crate::aws::injected::{Injected, done, held, json, refuse};
use crate::aws::{LogGroup, LogGroupInputs, LogGroupOutputs};
use crate::graph::{Arn, FaultKind, Held, Id, Resource};

const ARN: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f";

fn inputs() -> LogGroupInputs {
    LogGroupInputs { name: "/aws/lambda/f".into(), retention_days: 14, ..LogGroupInputs::default() }
}

fn existing() -> Held<LogGroup> {
    let outputs = LogGroupOutputs { name: "/aws/lambda/f".to_owned(), arn: Arn::from(ARN) };
    held("/aws/lambda/f", inputs(), outputs)
}

#[tokio::test(start_paused = true)]
async fn it_is_recorded_before_its_retention_is_set() {
    let aborted =
        || refuse("OperationAbortedException", "A conflicting operation is currently in progress");
    let aws = Injected::new()
        .answers("logs:CreateLogGroup", [aborted(), done()])
        .always("logs:PutRetentionPolicy", refuse("AccessDeniedException", "no"));
    let fault = LogGroup::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.operation, "logs:PutRetentionPolicy");
    assert_eq!(aws.made(), [Id::from("/aws/lambda/f")]);
}

#[tokio::test(start_paused = true)]
async fn one_that_exists_is_not_taken_over() {
    let exists = refuse("ResourceAlreadyExistsException", "The specified log group already exists");
    let aws = Injected::new().answers("logs:CreateLogGroup", [exists]);
    let fault = LogGroup::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn one_with_a_longer_name_is_another() {
    let other = serde_json::json!({"logGroups": [{"logGroupName": "/aws/lambda/f-2"}]});
    let aws = Injected::new().answers("logs:DescribeLogGroups", [json(other)]);
    assert!(LogGroup::read(&aws.cx(), &existing()).await.unwrap().is_none());
}

#[test]
fn what_cloudwatch_logs_would_refuse_is_told_before() {
    assert_eq!(LogGroup::check(&inputs()), []);
    let want = LogGroupInputs { name: "aws/f".into(), retention_days: 10, ..inputs() };
    let found = LogGroup::check(&want);
    let paths: Vec<&str> = found.iter().map(|objection| objection.path.as_str()).collect();
    assert_eq!(paths, ["name", "retention_days"]);
    assert!(found[1].message.contains("the nearest that it knows is 7"), "{}", found[1].message);
}
