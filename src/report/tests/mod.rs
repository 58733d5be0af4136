//! How plans, problems and events look.

mod events;
mod plans;
mod problems;

use anstream::adapter::strip_str;
use serde_json::{Value, json};

use crate::graph::Id;
use crate::plan::{Change, Half, Operation, Plan, Reason, Step, StepId, Unchanged};
use crate::state::Key;

fn plain(text: &str) -> String {
    strip_str(text).to_string()
}

fn step(key: &str, kind: &str, operation: Operation, reasons: &[Reason]) -> Step {
    Step {
        key: key.parse().unwrap(),
        kind: kind.to_owned(),
        operation,
        half: None,
        after: Default::default(),
        reasons: reasons.to_vec(),
        changes: Vec::new(),
        wanted: None,
        preview: None,
        seen: None,
        generation: 0,
        name_pinned: false,
        needs: Default::default(),
        owner: None,
        id: None,
        name: None,
        seconds: 1,
    }
}

fn change(path: &str, from: Value, to: Value, replaces: bool) -> Change {
    Change { path: path.to_owned(), from, to, replaces }
}

/// A plan with one of everything.
fn plan() -> Plan {
    let paths = |path: &str| vec![path.to_owned()];
    let new = step("jobs/queue", "aws:sqs/queue", Operation::Create, &[]);
    let queue = Step {
        half: Some(Half::New),
        reasons: vec![Reason::Changed(paths("fifo")), Reason::CannotChange(paths("fifo"))],
        changes: vec![change("fifo", json!(false), json!(true), true)],
        ..new
    };
    let old = Step {
        half: Some(Half::Old),
        key: Key { generation: Some(0), ..queue.key.clone() },
        after: [StepId(0), StepId(2)].into(),
        ..step("jobs/queue", "aws:sqs/queue", Operation::Delete, &[Reason::Replaced])
    };
    let queue_url = json!({"$expr": [{"node": "jobs/queue", "output": "url"}]});
    let function = Step {
        reasons: vec![
            Reason::Changed(vec!["environment.KEY".into(), "environment.QUEUE".into()]),
            Reason::Drifted(paths("memory")),
        ],
        changes: vec![
            change("environment.KEY", json!({"$sealed": "a"}), json!({"$sealed": "b"}), false),
            change("environment.QUEUE", json!("https://old"), queue_url, false),
            change("memory", json!(512), json!(256), false),
        ],
        after: [StepId(0)].into(),
        id: Some(Id::from("shop-dev-jobs-consumer")),
        ..step("jobs/consumer.function", "aws:lambda/function", Operation::Update, &[])
    };
    let arn = |name: &str| json!({"$expr": ["arn:aws:sqs:eu-west-1:", {"account": true}, format!(":shop-dev-{name}")]});
    let policy = |names: &[&str]| {
        let resources: Vec<Value> = names.iter().map(|name| arn(name)).collect();
        json!({"actions": ["sqs:SendMessage"], "effect": "Allow", "resources": resources})
    };
    let role = Step {
        reasons: vec![Reason::Changed(paths("policy.Send"))],
        changes: vec![change(
            "policy.Send",
            policy(&["jobs-queue"]),
            policy(&["jobs-queue-2", "hooks-queue"]),
            false,
        )],
        ..step("hooks/sender.role", "aws:iam/role", Operation::Update, &[])
    };
    let table = Step {
        name: Some("shop-dev-hooks-table".into()),
        preview: Some(json!({
            "name": "shop-dev-hooks-table",
            "stream": true,
            "tags": {"maas:project": "shop"},
            "description": "",
        })),
        ..step("hooks/table", "aws:dynamodb/table", Operation::Create, &[Reason::New])
    };
    let gone = step("legacy/topic", "aws:sns/topic", Operation::Delete, &[Reason::NotWanted]);
    Plan {
        project: "shop".into(),
        environment: "dev".into(),
        manifest: "sha256:00".into(),
        state_serial: 7,
        steps: vec![queue, role, function, old, table, gone],
        unchanged: vec![Unchanged {
            address: "jobs/api".parse().unwrap(),
            kind: "aws:apigatewayv2/api".into(),
        }],
        ..Plan::default()
    }
}
