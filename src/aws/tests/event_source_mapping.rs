//! Event source mappings: their states, and what goes with one that is already there.

use serde_json::{Value, json};

use crate::aws::injected::{Injected, done, held, json, refuse};
use crate::aws::{
    EventSourceMapping, EventSourceMappingInputs as Inputs, EventSourceMappingOutputs as Outputs,
};
use crate::graph::{Arn, FaultKind, Held, Id, Input, Resource};

const STREAM: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026";

fn of_queue() -> Inputs {
    Inputs {
        function: Input::from("f"),
        source: Arn::from("arn:aws:sqs:eu-west-1:123456789012:q").into(),
        ..Inputs::default()
    }
}

fn of_stream() -> Inputs {
    Inputs {
        source: Arn::from(STREAM).into(),
        starting_position: Some("LATEST".to_owned()),
        ..of_queue()
    }
}

fn existing(inputs: Inputs) -> Held<EventSourceMapping> {
    let arn = Arn::from("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:u");
    held("u", inputs, Outputs { id: "u".to_owned(), arn })
}

fn mappings(states: &[&str]) -> Value {
    let mappings: Vec<Value> =
        states.iter().map(|state| json!({"UUID": format!("{state}-1"), "State": state})).collect();
    json!({ "EventSourceMappings": mappings })
}

fn taken() -> crate::aws::injected::Answer {
    refuse(
        "ResourceConflictException",
        "An event source mapping with SQS arn and function already exists. Please update or delete the existing mapping with UUID u",
    )
}

#[tokio::test(start_paused = true)]
async fn a_mapping_waits_for_the_rights_of_its_role() {
    let rights =
        "The provided execution role does not have permissions to call ReceiveMessage on SQS";
    let stream =
        "Cannot access stream arn. Please ensure the role can perform the GetRecords action";
    let aws = Injected::new().answers(
        "lambda:CreateEventSourceMapping",
        [
            refuse("InvalidParameterValueException", rights),
            refuse("InvalidParameterValueException", stream),
            refuse("ResourceNotFoundException", "Function not found"),
            json(json!({"UUID": "u", "State": "Creating"})),
        ],
    );
    let created = EventSourceMapping::create(&aws.cx(), &of_queue()).await.unwrap();
    assert_eq!(created.id, Id::from("u"));
    assert_eq!(created.outputs, existing(of_queue()).outputs.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_mapping_that_is_there_is_left_to_be_found() {
    let aws = Injected::new()
        .answers("lambda:CreateEventSourceMapping", [taken()])
        .always("lambda:ListEventSourceMappings", json(mappings(&["Deleting", "Enabled"])));
    let fault = EventSourceMapping::create(&aws.cx(), &of_queue()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
    let found = EventSourceMapping::find(&aws.cx(), &of_queue()).await.unwrap();
    assert_eq!(found, Some(Id::from("Enabled-1")));
    let path = &aws.sent("lambda:ListEventSourceMappings")[0].path;
    assert!(path.contains("FunctionName=f") && path.contains("EventSourceArn=arn"), "{path}");
}

#[tokio::test(start_paused = true)]
async fn a_mapping_that_is_being_deleted_is_waited_for() {
    let aws = Injected::new()
        .answers("lambda:CreateEventSourceMapping", [taken(), taken(), json(json!({"UUID": "u"}))])
        .answers(
            "lambda:ListEventSourceMappings",
            [json(mappings(&["Deleting"])), json(mappings(&[]))],
        );
    EventSourceMapping::create(&aws.cx(), &of_queue()).await.unwrap();
    assert_eq!(aws.waits().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_queue_of_a_slower_function_is_refused_with_what_to_do() {
    let message = "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds";
    let aws = Injected::new().answers(
        "lambda:CreateEventSourceMapping",
        [refuse("InvalidParameterValueException", message)],
    );
    let fault = EventSourceMapping::create(&aws.cx(), &of_queue()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.unwrap().contains("visibility timeout"));
}

#[tokio::test(start_paused = true)]
async fn a_mapping_in_change_is_changed_later() {
    let busy = || refuse("ResourceInUseException", "Cannot update the event source mapping");
    let aws = Injected::new()
        .answers("lambda:UpdateEventSourceMapping", [busy(), busy(), done()])
        .answers("lambda:DeleteEventSourceMapping", [busy(), done()]);
    let want = Inputs { batch_size: 5, ..of_queue() };
    EventSourceMapping::update(&aws.cx(), &existing(of_queue()), &want).await.unwrap();
    let sent = aws.sent("lambda:UpdateEventSourceMapping")[0].json();
    assert_eq!(sent, json!({"BatchSize": 5}));
    EventSourceMapping::delete(&aws.cx(), &existing(of_queue())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_not_wanted_any_more_is_sent_as_the_default() {
    let was = Inputs {
        filters: vec![json!({"kind": ["a"]})],
        report_batch_item_failures: true,
        bisect_on_error: Some(true),
        max_retries: Some(3),
        max_age: Some(60),
        on_failure: Some(Arn::from("arn:aws:sqs:eu-west-1:123456789012:d").into()),
        parallelization: Some(2),
        ..of_stream()
    };
    let aws = Injected::new().answers("lambda:UpdateEventSourceMapping", [done(), done()]);
    EventSourceMapping::update(&aws.cx(), &existing(was), &of_stream()).await.unwrap();
    let sent = aws.sent("lambda:UpdateEventSourceMapping")[0].json();
    let expected = json!({"FilterCriteria": {}, "FunctionResponseTypes": [],
        "BisectBatchOnFunctionError": false, "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": -1, "DestinationConfig": {"OnFailure": {"Destination": ""}},
        "ParallelizationFactor": 1});
    assert_eq!(sent, expected);

    let was = Inputs { max_concurrency: Some(5), ..of_queue() };
    EventSourceMapping::update(&aws.cx(), &existing(was), &of_queue()).await.unwrap();
    let sent = aws.sent("lambda:UpdateEventSourceMapping")[1].json();
    assert_eq!(sent, json!({"ScalingConfig": {}}));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_nobody_knows_about_gets_no_setting_of_a_stream() {
    let aws = Injected::new().answers("lambda:UpdateEventSourceMapping", [done()]);
    let half = Held { outputs: None, finished: false, ..existing(of_queue()) };
    EventSourceMapping::update(&aws.cx(), &half, &of_queue()).await.unwrap();
    let sent = aws.sent("lambda:UpdateEventSourceMapping")[0].json();
    let expected = json!({"FunctionName": "f", "BatchSize": 10, "Enabled": true,
        "MaximumBatchingWindowInSeconds": 0, "FilterCriteria": {}, "FunctionResponseTypes": []});
    assert_eq!(sent, expected);
}

#[tokio::test(start_paused = true)]
async fn states_tell_whether_it_polls() {
    for (state, enabled) in [
        ("Enabled", Some(true)),
        ("Enabling", Some(true)),
        ("Disabled", Some(false)),
        ("Disabling", Some(false)),
        ("Creating", Some(true)),
        ("Updating", Some(true)),
        ("Deleting", None),
    ] {
        let mut aws = Injected::new()
            .answers("lambda:GetEventSourceMapping", [json(json!({"UUID": "u", "State": state}))]);
        if enabled.is_some() {
            aws = aws.answers("lambda:ListTags", [json(json!({"Tags": {}}))]);
        }
        let seen = EventSourceMapping::read(&aws.cx(), &existing(of_queue())).await.unwrap();
        assert_eq!(seen.map(|seen| seen.inputs.enabled), enabled, "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_lambda_fills_in_for_a_stream_is_not_seen() {
    let answer = json!({"UUID": "u", "State": "Enabled", "BatchSize": 10, "EventSourceArn": STREAM,
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "MaximumBatchingWindowInSeconds": 0, "ParallelizationFactor": 1, "StartingPosition": "LATEST",
        "MaximumRecordAgeInSeconds": -1, "BisectBatchOnFunctionError": false,
        "MaximumRetryAttempts": -1, "TumblingWindowInSeconds": 0,
        "DestinationConfig": {"OnFailure": {}}, "FunctionResponseTypes": [],
        "FilterCriteria": {"Filters": [{"Pattern": "{ \"b\": [1], \"a\": [2] }"}, {"Pattern": "{}"}]}});
    let aws = Injected::new()
        .always("lambda:GetEventSourceMapping", json(answer))
        .always("lambda:ListTags", json(json!({"Tags": {}})));
    let given = Inputs { filters: vec![json!({}), json!({"a": [2], "b": [1]})], ..of_stream() };
    let document = |inputs: &Inputs| serde_json::to_value(inputs).unwrap();
    let seen =
        EventSourceMapping::read(&aws.cx(), &existing(given.clone())).await.unwrap().unwrap();
    assert_eq!(document(&seen.inputs), document(&given));

    // What was asked for is seen, though it is the default.
    let asked = Inputs { max_retries: Some(-1), bisect_on_error: Some(false), ..given };
    let seen =
        EventSourceMapping::read(&aws.cx(), &existing(asked.clone())).await.unwrap().unwrap();
    assert_eq!(document(&seen.inputs), document(&asked));
}

#[test]
fn settings_of_the_other_kind_of_source_are_refused() {
    let paths = |inputs: Inputs| -> Vec<String> {
        EventSourceMapping::check(&inputs).into_iter().map(|objection| objection.path).collect()
    };
    assert_eq!(paths(of_queue()), [""; 0]);
    assert_eq!(paths(of_stream()), [""; 0]);
    assert_eq!(paths(Inputs { max_retries: Some(1), ..of_queue() }), ["max_retries"]);
    assert_eq!(paths(Inputs { max_concurrency: Some(2), ..of_stream() }), ["max_concurrency"]);
    assert_eq!(paths(Inputs { max_concurrency: Some(1), ..of_queue() }), ["max_concurrency"]);
    assert_eq!(paths(Inputs { batch_size: 11, ..of_queue() }), ["window"]);
    assert_eq!(paths(Inputs { batch_size: 11, window: 1, ..of_queue() }), [""; 0]);
    assert_eq!(paths(Inputs { batch_size: 100, ..of_stream() }), [""; 0]);
    let fifo = Arn::from("arn:aws:sqs:eu-west-1:123456789012:q.fifo");
    assert_eq!(paths(Inputs { source: fifo.into(), window: 1, ..of_queue() }), ["batch_size"]);
    let somewhere = Some("AT_TIMESTAMP".to_owned());
    assert_eq!(
        paths(Inputs { starting_position: somewhere, max_age: Some(5), ..of_stream() }),
        ["starting_position", "max_age"]
    );
}
