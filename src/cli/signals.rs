//! Signals: the first asks a run to stop, the second ends the program.

use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use crate::graph::Stop;

/// The wish to stop that the first SIGINT or SIGTERM asks for. The second ends the program at once;
/// what was done by then is recorded or still told by an intent, and the next run settles that with what
/// was under way.
pub(super) fn listen() -> Stop {
    let (sender, stop) = Stop::new();
    let handlers = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    tokio::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = handlers else {
            // Without handlers a signal ends the program, as the system does by itself.
            std::future::pending::<()>().await;
            return;
        };
        for _ in 0..2 {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if sender.is_closed() || sender.send_replace(true) {
                std::process::exit(Exit::Stopped.status().into());
            }
        }
    });
    stop
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;
    use tokio::time::Instant;

    use crate::aws::injected::{Answer, Injected, done, json, place, refuse};
    use crate::aws::{self, LogGroup, LogGroupInputs, Queue, QueueInputs, Table, TableInputs};
    use crate::execute::{self, Bench, Events, Outcome};
    use crate::graph::{Address, Graph, Scope};
    use crate::plan::{Observations, Options, plan};
    use crate::state::{Keeper, MemoryStore, Store};

    const QUEUES: usize = 6;

    /// What asks by a signal kills after 7 s.
    const PATIENCE: Duration = Duration::from_secs(7);

    /// A queue's call hangs, a group's is throttled for ever, a table with a time to live never
    /// becomes active.
    fn stubborn() -> Injected {
        let table = json!({"TableName": "t", "TableArn": "arn", "TableStatus": "CREATING"});
        Injected::new()
            .always("sqs:GetQueueUrl", refuse("QueueDoesNotExist", "no such queue"))
            .always("sqs:CreateQueue", Answer::Slow(Duration::from_secs(3600), Box::new(done())))
            .always("logs:CreateLogGroup", refuse("ThrottlingException", "Rate exceeded"))
            .always("dynamodb:CreateTable", json(json!({"TableDescription": table})))
            .always("dynamodb:DescribeTable", json(json!({"Table": table})))
    }

    fn graph() -> Graph {
        let scope = Scope { project: "p".into(), environment: "e".into(), ..Scope::default() };
        let mut graph = Graph::new(scope);
        let group = LogGroupInputs { retention_days: 14, ..LogGroupInputs::default() };
        graph.add::<LogGroup>(Address::new("a", "group"), group);
        let table = TableInputs { ttl_attribute: Some("expires".into()), ..TableInputs::default() };
        graph.add::<Table>(Address::new("a", "table"), table);
        for n in 0..QUEUES {
            graph.add::<Queue>(Address::new(&format!("q{n}"), "queue"), QueueInputs::default());
        }
        graph.finish().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_ends_soon_after_the_first() {
        let (aws, graph) = (stubborn(), graph());
        let store = Arc::new(MemoryStore::new("p", "e"));
        let bench = Bench {
            catalogue: aws::catalogue(),
            cloud: aws.cloud(),
            place: place(),
            keeper: Keeper::start(store.clone()).unwrap(),
            stop: aws.stop(),
            events: Events::new("run", |_| {}),
            settle_time: Duration::ZERO,
            parallelism: 4,
            adopt: BTreeSet::new(),
            unsettled: Default::default(),
        };
        let (seen, options) = (Observations::new(), Options::default());
        let plan =
            plan(&graph, &store.snapshot(), &seen, &place(), &bench.catalogue, &options).unwrap();
        let hangs = async {
            while aws.sent("sqs:CreateQueue").len() < 2
                || aws.sent("logs:CreateLogGroup").len() < 2
                || aws.sent("dynamodb:DescribeTable").len() < 2
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            aws.ask_to_stop();
            Instant::now()
        };
        let (asked, report) = tokio::join!(hangs, execute::run(&bench, &plan, &graph));
        assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
        let report = report.unwrap();
        assert_eq!(report.outcome, Outcome::Stopped);
        assert_eq!(report.tally.left, QUEUES + 2);
        // What was called may be there; what was only made ready is not.
        let snapshot = store.snapshot();
        let open = snapshot.intents.values().filter(|intent| intent.kind == "aws:sqs/queue");
        assert_eq!(open.count(), aws.sent("sqs:CreateQueue").len());
        assert!(snapshot.record(&Address::new("a", "table")).is_some_and(|it| !it.finished));
    }
}
