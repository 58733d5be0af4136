use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

use maas::aws::{
    EventInvokeConfig, EventInvokeConfigInputs, EventSourceMapping, EventSourceMappingInputs,
    Function, FunctionInputs, FunctionVpc, LogGroup, LogGroupInputs, Permission, PermissionInputs,
    Policy, Queue, QueueInputs, Role, RoleInputs, Statement, Table, TableInputs,
};
use serde_json::json;

use maas::graph::{Address, Handle, Input, Part};

use super::{Life, Step};
use crate::support::{Cloud, Emulator};

/// An archive whose one function returns this text.
fn archive(text: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("index.py", zip::write::SimpleFileOptions::default()).unwrap();
    writeln!(zip, "def handler(event, context):\n    return {text:?}").unwrap();
    zip.finish().unwrap().into_inner()
}

/// A life with the archives `sha256:one` and `sha256:two`, and with what a function needs.
async fn life(emulator: Emulator) -> Life {
    let archives = |digest: &str| match digest {
        "sha256:one" => Ok(archive("one")),
        "sha256:two" => Ok(archive("two")),
        other => Err(format!("no archive {other}")),
    };
    let mut life = Life::of(Cloud::with_archives(emulator, Arc::new(archives)).await);
    let statement = Statement::allow(["sqs:*", "dynamodb:*", "sns:Publish"]).on("*");
    let inputs = RoleInputs {
        trust: Policy::trust("lambda.amazonaws.com"),
        policy: Policy::new().with("All", statement),
        ..RoleInputs::default()
    };
    life.given::<Role>("role", inputs).await;
    for part in ["logs", "other.logs"] {
        let inputs = LogGroupInputs { retention_days: 14, ..LogGroupInputs::default() };
        life.given::<LogGroup>(part, inputs).await;
    }
    life
}

fn at<R>(part: &str) -> Handle<R> {
    Handle::at(Address::new("it", part))
}

/// moto tells Lambda's default log group, which the next generation has another one of.
const OTHER_LOGS: &[Step] = &[Step::Replace];

/// moto forgets a function's log group and tells Lambda's default.
fn log_group(emulator: Emulator, part: &str) -> Input<String> {
    match emulator {
        Emulator::Moto => Input::from("/aws/lambda/life-test-it-function"),
        _ => at::<LogGroup>(part).name().into(),
    }
}

fn inputs(emulator: Emulator) -> FunctionInputs {
    let secret = Part::Secret { secret: "hunter2".to_owned() };
    FunctionInputs {
        role: at::<Role>("role").arn().into(),
        code: "sha256:one".to_owned(),
        log_group: log_group(emulator, "logs"),
        environment: BTreeMap::from([
            ("PLAIN".to_owned(), Input::from("text")),
            ("SECRET".to_owned(), maas::text!(secret)),
        ]),
        ..FunctionInputs::default()
    }
}

macro_rules! lives {
    ($($name:ident: $body:ident,)+) => {
        $(mod $name {
            use super::*;

            #[tokio::test]
            async fn on_ministack() {
                $body(Emulator::MiniStack).await;
            }

            #[tokio::test]
            async fn on_moto() {
                $body(Emulator::Moto).await;
            }
        })+
    };
}

lives! {
    function: function_changes_everything,
    function_code: function_changes_its_code,
    permission_of_a_service: permission_of_a_service,
    permission_of_an_account: permission_of_an_account,
    mapping_of_a_queue: mapping_of_a_queue,
    mapping_of_a_stream: mapping_of_a_stream,
    event_invoke_config: event_invoke_config,
}

async fn function_changes_everything(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.moto_lacks(OTHER_LOGS);
    let first = FunctionInputs { concurrency: Some(1), ..inputs(emulator) };
    let second = FunctionInputs {
        code: "sha256:two".to_owned(),
        handler: "index.other".to_owned(),
        runtime: "python3.13".to_owned(),
        memory: 256,
        timeout: 10,
        environment: BTreeMap::new(),
        log_group: log_group(emulator, "other.logs"),
        description: "What it is for".to_owned(),
        concurrency: None,
        // moto keeps what it was made with.
        tracing: emulator != Emulator::Moto,
        ephemeral_storage: if emulator == Emulator::Moto { 512 } else { 1_024 },
        ..first.clone()
    };
    life.whole::<Function>("function", first, second).await;
    life.end().await;
}

async fn function_changes_its_code(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.moto_lacks(OTHER_LOGS);
    let second = FunctionInputs { code: "sha256:two".to_owned(), ..inputs(emulator) };
    life.whole::<Function>("function", inputs(emulator), second).await;
    life.end().await;
}

// MiniStack alone: it takes any subnet, and no network has to be made.
#[tokio::test]
async fn function_in_a_network() {
    let emulator = Emulator::MiniStack;
    let mut life = life(emulator).await;
    let vpc = FunctionVpc {
        subnets: BTreeSet::from([Input::from("subnet-1"), Input::from("subnet-2")]),
        security_groups: BTreeSet::from([Input::from("sg-1")]),
    };
    let first = FunctionInputs { vpc: Some(vpc.clone()), ..inputs(emulator) };
    let other = FunctionVpc { subnets: BTreeSet::from([Input::from("subnet-2")]), ..vpc };
    let second = FunctionInputs { vpc: Some(other), ..first.clone() };
    life.whole::<Function>("function", first.clone(), second).await;
    let outside = FunctionInputs { vpc: None, ..first.clone() };
    life.whole::<Function>("function", first, outside).await;
    life.end().await;
}

async fn permission_of_a_service(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.given::<Function>("function", inputs(emulator)).await;
    let inputs = PermissionInputs {
        function: at::<Function>("function").name().into(),
        statement_id: "bucket".to_owned(),
        principal: "s3.amazonaws.com".to_owned(),
        source_arn: Some(Input::from("arn:aws:s3:::bucket")),
        source_account: Some(Input::from("123456789012")),
    };
    life.whole::<Permission>("permission", inputs.clone(), inputs).await;
    life.end().await;
}

async fn permission_of_an_account(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.given::<Function>("function", inputs(emulator)).await;
    let inputs = PermissionInputs {
        function: at::<Function>("function").name().into(),
        statement_id: "account".to_owned(),
        principal: "123456789012".to_owned(),
        ..PermissionInputs::default()
    };
    life.whole::<Permission>("permission", inputs.clone(), inputs).await;
    life.end().await;
}

async fn mapping_of_a_queue(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.given::<Function>("function", inputs(emulator)).await;
    life.given::<Function>("other", inputs(emulator)).await;
    life.given::<Queue>("queue", QueueInputs::default()).await;
    let first = EventSourceMappingInputs {
        function: at::<Function>("function").name().into(),
        source: at::<Queue>("queue").arn().into(),
        report_batch_item_failures: true,
        filters: vec![json!({"body": {"kind": ["a", "b"]}})],
        max_concurrency: Some(5),
        ..EventSourceMappingInputs::default()
    };
    let second = EventSourceMappingInputs {
        function: at::<Function>("other").name().into(),
        batch_size: 20,
        window: 1,
        enabled: false,
        filters: Vec::new(),
        report_batch_item_failures: false,
        max_concurrency: None,
        ..first.clone()
    };
    life.whole::<EventSourceMapping>("mapping", first, second).await;
    life.end().await;
}

async fn event_invoke_config(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.given::<Function>("function", inputs(emulator)).await;
    life.given::<Queue>("queue", QueueInputs::default()).await;
    let first = EventInvokeConfigInputs {
        function: at::<Function>("function").name().into(),
        max_retries: 0,
        max_age: 60,
        on_failure: Some(at::<Queue>("queue").arn().into()),
        ..EventInvokeConfigInputs::default()
    };
    let second = EventInvokeConfigInputs {
        max_retries: 2,
        max_age: 21_600,
        on_failure: None,
        on_success: Some(at::<Queue>("queue").arn().into()),
        ..first.clone()
    };
    // moto keeps every configuration of a function and tells the first.
    let second = if emulator == Emulator::Moto { first.clone() } else { second };
    life.whole::<EventInvokeConfig>("config", first, second).await;
    life.end().await;
}

async fn mapping_of_a_stream(emulator: Emulator) {
    let mut life = life(emulator).await;
    life.given::<Function>("function", inputs(emulator)).await;
    life.given::<Queue>("queue", QueueInputs::default()).await;
    let table = TableInputs { stream: Some("NEW_IMAGE".to_owned()), ..TableInputs::default() };
    life.given::<Table>("table", table).await;
    let first = EventSourceMappingInputs {
        function: at::<Function>("function").name().into(),
        source: maas::text!(at::<Table>("table").stream_arn()),
        starting_position: Some("TRIM_HORIZON".to_owned()),
        filters: vec![json!({"eventName": ["INSERT"]})],
        bisect_on_error: Some(true),
        max_retries: Some(3),
        max_age: Some(3_600),
        on_failure: Some(at::<Queue>("queue").arn().into()),
        parallelization: Some(2),
        ..EventSourceMappingInputs::default()
    };
    let second = EventSourceMappingInputs {
        batch_size: 100,
        filters: vec![json!({"eventName": ["INSERT", "MODIFY"]}), json!({"eventName": ["REMOVE"]})],
        bisect_on_error: Some(false),
        max_retries: Some(1),
        ..first.clone()
    };
    life.whole::<EventSourceMapping>("mapping", first, second).await;
    life.end().await;
}
