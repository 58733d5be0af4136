//! Event invoke configurations: destinations need rights that IAM may not have spread yet.

use serde_json::json;

use crate::aws::injected::{Injected, done, held, json, refuse};
use crate::aws::{EventInvokeConfig, EventInvokeConfigInputs, EventInvokeConfigOutputs};
use crate::graph::{Arn, Held, Id, Input, Resource};

fn inputs() -> EventInvokeConfigInputs {
    EventInvokeConfigInputs {
        function: Input::from("f"),
        on_failure: Some(Arn::from("arn:aws:sqs:eu-west-1:123456789012:d").into()),
        ..EventInvokeConfigInputs::default()
    }
}

fn existing() -> Held<EventInvokeConfig> {
    held("f", inputs(), EventInvokeConfigOutputs { function: "f".to_owned() })
}

#[tokio::test(start_paused = true)]
async fn a_destination_waits_for_the_right_to_send_to_it() {
    let aws = Injected::new().answers(
        "lambda:PutFunctionEventInvokeConfig",
        [
            refuse("InvalidParameterValueException", "The function's execution role does not have permissions to call SendMessage on arn"),
            refuse("InvalidParameterValueException", "The destination ARN arn is invalid."),
            refuse("ResourceNotFoundException", "The function does not exist."),
            done(),
        ],
    );
    let created = EventInvokeConfig::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(created.id, Id::from("f"));
    assert_eq!(aws.retries().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_update_leaves_out_what_is_not_wanted_any_more() {
    let aws = Injected::new().answers("lambda:PutFunctionEventInvokeConfig", [done()]);
    let want = EventInvokeConfigInputs { on_failure: None, max_retries: 1, ..inputs() };
    EventInvokeConfig::update(&aws.cx(), &existing(), &want).await.unwrap();
    let sent = aws.sent("lambda:PutFunctionEventInvokeConfig")[0].json();
    let expected = json!({"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 21_600,
        "DestinationConfig": {}});
    assert_eq!(sent, expected);
}

#[tokio::test(start_paused = true)]
async fn destinations_that_are_empty_are_none() {
    let answer = json!({"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21_600,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {"Destination": null}}});
    let aws = Injected::new().answers("lambda:GetFunctionEventInvokeConfig", [json(answer)]);
    let seen = EventInvokeConfig::read(&aws.cx(), &existing()).await.unwrap().unwrap();
    assert_eq!((seen.inputs.on_failure, seen.inputs.on_success), (None, None));
}

#[test]
fn ranges_are_lambdas() {
    let wrong = EventInvokeConfigInputs { max_retries: 3, max_age: 59, ..inputs() };
    assert_eq!(EventInvokeConfig::check(&wrong).len(), 2);
    assert_eq!(EventInvokeConfig::check(&inputs()), []);
}
