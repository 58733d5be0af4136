use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use maas::aws::{
    Function, FunctionInputs, LogGroup, LogGroupInputs, Policy, Role, RoleInputs, Statement,
};
use maas::graph::{Address, Handle, Input, Part};

use super::Life;
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
}

async fn function_changes_everything(emulator: Emulator) {
    let mut life = life(emulator).await;
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
    let second = FunctionInputs { code: "sha256:two".to_owned(), ..inputs(emulator) };
    life.whole::<Function>("function", inputs(emulator), second).await;
    life.end().await;
}
