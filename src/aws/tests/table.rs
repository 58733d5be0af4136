//! Tables: what waits for the table to be active, and what DynamoDB lets be changed how often.

use serde_json::{Value, json};

use crate::aws::injected::{Answer, Injected, done, held, json, refuse};
use crate::aws::{Key, Table, TableInputs, TableOutputs};
use crate::graph::{Arn, FaultKind, Held, Id, Resource, Tags};

const ARN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/t";

fn inputs() -> TableInputs {
    TableInputs { name: "tab".into(), ..TableInputs::default() }
}

fn existing(inputs: TableInputs) -> Held<Table> {
    let outputs = TableOutputs {
        name: "tab".to_owned(),
        arn: Arn::from(ARN),
        stream_arn: inputs.stream.as_ref().map(|_| "old".to_owned()).unwrap_or_default(),
    };
    held("tab", inputs, outputs)
}

fn description(status: &str) -> Value {
    json!({"TableName": "tab", "TableArn": ARN, "TableStatus": status,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}, "DeletionProtectionEnabled": false})
}

fn made(status: &str) -> Answer {
    json(json!({"TableDescription": description(status)}))
}

fn table(status: &str) -> Answer {
    json(json!({"Table": description(status)}))
}

fn streaming(view: &str, arn: &str) -> Answer {
    let mut table = description("ACTIVE");
    table["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": view});
    table["LatestStreamArn"] = arn.into();
    json(json!({"Table": table}))
}

fn ttl(attribute: Option<&str>) -> Answer {
    let status = if attribute.is_some() { "ENABLED" } else { "DISABLED" };
    let mut ttl = json!({"TimeToLiveStatus": status});
    if let Some(attribute) = attribute {
        ttl["AttributeName"] = attribute.into();
    }
    json(json!({"TimeToLiveDescription": ttl}))
}

fn absent() -> Answer {
    refuse("ResourceNotFoundException", "Requested resource not found: Table: tab not found")
}

#[tokio::test(start_paused = true)]
async fn a_plain_table_takes_one_call_and_no_wait() {
    let aws = Injected::new().answers("dynamodb:CreateTable", [made("CREATING")]);
    let created = Table::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(
        created.outputs,
        TableOutputs { stream_arn: String::new(), ..existing(inputs()).outputs.unwrap() }
    );
    assert_eq!(aws.calls(), ["dynamodb:CreateTable"]);
}

#[tokio::test(start_paused = true)]
async fn what_needs_an_active_table_waits_for_it() {
    let unavailable = refuse(
        "ContinuousBackupsUnavailableException",
        "Backups are being enabled for the table: tab. Please retry later",
    );
    let aws = Injected::new()
        .answers("dynamodb:CreateTable", [made("CREATING")])
        .answers(
            "dynamodb:DescribeTable",
            [absent(), table("CREATING"), streaming("NEW_IMAGE", "stream-1")],
        )
        .answers("dynamodb:UpdateTimeToLive", [json(json!({}))])
        .answers("dynamodb:UpdateContinuousBackups", [unavailable, json(json!({}))]);
    let want = TableInputs {
        stream: Some("NEW_IMAGE".to_owned()),
        ttl_attribute: Some("expires".to_owned()),
        point_in_time_recovery: true,
        ..inputs()
    };
    let created = Table::create(&aws.cx(), &want).await.unwrap();
    assert_eq!(created.outputs.stream_arn, "stream-1");
    assert_eq!(aws.made(), [Id::from("tab")]);
    let states: Vec<String> = aws.waits().into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["not seen", "CREATING"]);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_a_table_in_deletion_still_has_is_waited_for() {
    let exists = || refuse("ResourceInUseException", "Table already exists: tab");
    let aws = Injected::new()
        .answers("dynamodb:CreateTable", [exists(), made("CREATING")])
        .answers("dynamodb:DescribeTable", [table("DELETING"), table("DELETING"), absent()]);
    Table::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(aws.waits().len(), 2);

    let aws = Injected::new()
        .answers("dynamodb:CreateTable", [exists()])
        .answers("dynamodb:DescribeTable", [table("ACTIVE")]);
    let fault = Table::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn a_stream_with_another_view_is_another_stream() {
    let aws = Injected::new().answers("dynamodb:UpdateTable", [done(), done()]).answers(
        "dynamodb:DescribeTable",
        [table("UPDATING"), table("ACTIVE"), table("UPDATING"), streaming("OLD_IMAGE", "new")],
    );
    let with = |view: &str| TableInputs { stream: Some(view.to_owned()), ..inputs() };
    let held = existing(with("NEW_IMAGE"));
    let outputs = Table::update(&aws.cx(), &held, &with("OLD_IMAGE")).await.unwrap();
    assert_eq!(outputs.stream_arn, "new");
    let sent: Vec<Value> = aws
        .sent("dynamodb:UpdateTable")
        .iter()
        .map(|sent| sent.json()["StreamSpecification"].clone())
        .collect();
    assert_eq!(
        sent,
        [
            json!({"StreamEnabled": false}),
            json!({"StreamEnabled": true, "StreamViewType": "OLD_IMAGE"})
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_time_to_live_that_was_changed_this_hour_is_told_so() {
    let message = "Time to live has been modified multiple times within a fixed interval";
    let aws = Injected::new()
        .answers("dynamodb:DescribeTimeToLive", [ttl(Some("a"))])
        .answers("dynamodb:UpdateTimeToLive", [done(), refuse("ValidationException", message)]);
    let with = |name: &str| TableInputs { ttl_attribute: Some(name.to_owned()), ..inputs() };
    let fault = Table::update(&aws.cx(), &existing(with("a")), &with("b")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.advice.unwrap().contains("once an hour"));

    // The next run finds it off, though it was recorded as on.
    let aws = Injected::new()
        .answers("dynamodb:DescribeTimeToLive", [ttl(None)])
        .answers("dynamodb:UpdateTimeToLive", [done()]);
    Table::update(&aws.cx(), &existing(with("a")), &with("b")).await.unwrap();
    let sent = aws.sent("dynamodb:UpdateTimeToLive")[0].json();
    assert_eq!(sent["TimeToLiveSpecification"], json!({"AttributeName": "b", "Enabled": true}));
}

#[tokio::test(start_paused = true)]
async fn a_half_made_table_is_looked_at_before_it_is_finished() {
    let aws = Injected::new()
        .answers(
            "dynamodb:DescribeTable",
            [table("CREATING"), streaming("NEW_IMAGE", "s"), streaming("NEW_IMAGE", "s")],
        )
        .answers("dynamodb:DescribeTimeToLive", [ttl(None), ttl(None)])
        .answers("dynamodb:DescribeContinuousBackups", [json(json!({}))])
        .answers("dynamodb:ListTagsOfResource", [json(json!({"Tags": []}))])
        .answers("dynamodb:UpdateTimeToLive", [done()])
        .answers("dynamodb:TagResource", [done()]);
    let want = TableInputs {
        stream: Some("NEW_IMAGE".to_owned()),
        ttl_attribute: Some("expires".to_owned()),
        ..inputs()
    };
    let tags = Tags::from([("maas:address".to_owned(), "hooks/table".to_owned())]);
    let want = TableInputs { tags, ..want };
    let half = Held { outputs: None, finished: false, ..existing(want.clone()) };
    let outputs = Table::update(&aws.cx(), &half, &want).await.unwrap();
    assert_eq!(outputs.stream_arn, "s");
}

#[tokio::test(start_paused = true)]
async fn too_many_tables_at_once_are_throttled_and_too_many_at_all_refused() {
    let at_once = "Up to 500 tables can be created, updated, or deleted simultaneously";
    let aws = Injected::new().answers(
        "dynamodb:CreateTable",
        [refuse("LimitExceededException", at_once), made("CREATING")],
    );
    Table::create(&aws.cx(), &inputs()).await.unwrap();

    let at_all = "Subscriber limit exceeded: there is a limit of 2500 tables per subscriber";
    let aws =
        Injected::new().answers("dynamodb:CreateTable", [refuse("LimitExceededException", at_all)]);
    let fault = Table::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!((fault.kind, fault.advice.is_some()), (FaultKind::Refused, true));
}

#[tokio::test(start_paused = true)]
async fn deletion_waits_for_changes_and_tells_of_the_protection() {
    let busy = refuse(
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being updated: tab",
    );
    let aws = Injected::new().answers("dynamodb:DeleteTable", [busy, made("DELETING")]);
    Table::delete(&aws.cx(), &existing(inputs())).await.unwrap();

    let going = "Attempt to change a resource which is still in use: Table is being deleted: tab";
    let aws =
        Injected::new().answers("dynamodb:DeleteTable", [refuse("ResourceInUseException", going)]);
    Table::delete(&aws.cx(), &existing(inputs())).await.unwrap();

    let protected = "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.";
    let aws =
        Injected::new().answers("dynamodb:DeleteTable", [refuse("ValidationException", protected)]);
    let guarded = TableInputs { deletion_protection: true, ..inputs() };
    let fault = Table::delete(&aws.cx(), &existing(guarded)).await.unwrap_err();
    assert!(fault.advice.unwrap().contains("deletion protection"));
    let aws = Injected::new()
        .answers(
            "dynamodb:DeleteTable",
            [refuse("ValidationException", protected), made("DELETING")],
        )
        .answers("dynamodb:UpdateTable", [done()]);
    Table::delete(&aws.cx(), &existing(inputs())).await.unwrap();
    assert_eq!(aws.sent("dynamodb:UpdateTable")[0].json()["DeletionProtectionEnabled"], false);
}

#[tokio::test(start_paused = true)]
async fn a_table_in_deletion_counts_as_gone() {
    let aws = Injected::new().answers("dynamodb:DescribeTable", [table("DELETING")]);
    assert!(Table::read(&aws.cx(), &existing(inputs())).await.unwrap().is_none());
}

#[test]
fn what_dynamodb_would_refuse_is_told_before() {
    let want = TableInputs {
        name: "t".into(),
        hash_key: Key { name: "id".to_owned(), kind: "string".to_owned() },
        range_key: Some(Key { name: "id".to_owned(), kind: "N".to_owned() }),
        stream: Some("ALL".to_owned()),
        ttl_attribute: Some(String::new()),
        billing_mode: "PROVISIONED".to_owned(),
        ..TableInputs::default()
    };
    let paths: Vec<String> = Table::check(&want).into_iter().map(|found| found.path).collect();
    let expected =
        ["name", "billing_mode", "range_key", "ttl_attribute", "hash_key.kind", "stream"];
    assert_eq!(paths, expected);
    assert_eq!(Table::check(&inputs()), []);
}
