//! An API straight in front of a queue.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{ConsumerKeys, CorsKeys, Throttling, api, consume, route};
use super::{Cx, Exports, Pattern};
use crate::aws::{Api, Integration, IntegrationInputs, Policy, Queue, Role, RoleInputs, Statement};
use crate::graph::{Handle, Input};
use crate::manifest::{Duration, Either, FunctionTable, Problem, Reference, Route, Spanned, With};

/// An API that puts each request straight into a queue and answers at once; a function consumes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The route whose requests' bodies become messages, such as `POST /jobs`.
    route: Spanned<Route>,
    /// The function that consumes the queue. It tells which messages of a batch failed.
    consumer: Option<Spanned<With<FunctionTable, ConsumerKeys>>>,
    /// The queue's own keys, or the queue of another instance, as `${results.queue}`, which then
    /// has its consumer there.
    #[schemars(extend("examples" = ["${results.queue}"]))]
    queue: Option<Spanned<Either<Reference, QueueKeys>>>,
    /// What browsers may do from other origins; nothing if it is left out.
    cors: Option<Spanned<CorsKeys>>,
    /// How many requests the route lets through; as many as the account does if it is left out.
    throttle: Option<Spanned<Throttling>>,
    /// The API of another instance, as `${orders.api}`, in place of one of its own.
    #[schemars(extend("examples" = ["${orders.api}"]))]
    api: Option<Reference>,
    /// Whether the route is not behind that API's authorizer, where it has one.
    #[serde(default)]
    public: bool,
}

/// How messages are kept.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QueueKeys {
    /// How long a message is kept that nobody takes, 1 minute to 14 days; `4d` if nothing is said.
    #[schemars(extend("x-minimum" = "1m", "x-maximum" = "14d"))]
    retention: Option<Duration>,
}

/// The pattern.
pub struct ApiAsync;

impl Pattern for ApiAsync {
    const NAME: &'static str = "api-async";
    const SUMMARY: &'static str = "An API that puts each request straight into a queue and answers at once; a function consumes the queue.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("api", "the HTTP API"),
        ("api.stage", "its `$default` stage, deployed by itself"),
        ("route", "the route"),
        ("integration", "API Gateway's own call of SQS-SendMessage"),
        ("sender.role", "what API Gateway may do: send to the queue, and nothing else"),
        ("queue", "the queue"),
        ("dead-letter-queue", "where messages go that failed too often"),
        ("consumer.function", "the consumer, with .role and .log-group"),
        ("consumer.mapping", "how it gets batches, and tells which messages failed"),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  internet((Internet)) --> api[API Gateway]
  api --> queue[[SQS queue]]
  queue --> consumer[Consumer function]
  queue -. failed too often .-> dead[[Dead-letter queue]]
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let exports = Exports::default();
        let (queue, exports) = match params.queue.as_ref().map(Spanned::get_ref) {
            Some(Either::Short(reference)) => {
                if let Some(consumer) = &params.consumer {
                    cx.problem(two_owners(consumer, reference));
                }
                (cx.borrow::<Queue>("queue", reference), exports)
            }
            keys => {
                let Some(consumer) = &params.consumer else {
                    cx.problem(no_consumer(&params.route));
                    return exports;
                };
                let retention = match keys {
                    Some(Either::Long(keys)) => keys.retention,
                    _ => None,
                };
                let consumed = consume(cx, consumer, retention);
                let dead = consumed.dead_letter_queue.url();
                (consumed.queue, exports.with("dead_letter_queue_url", dead))
            }
        };
        if params.public {
            cx.open_routes();
        }
        let api = api(cx, params.api.as_ref(), params.cors.as_ref(), params.throttle.as_ref(), &[]);
        send(cx, &api, &queue, &params.route);
        exports
            .with("url", api.url())
            .with("api_id", api.id())
            .with("queue_url", queue.url())
            .with("queue_arn", queue.arn())
    }
}

/// Lets API Gateway itself send each request's body to the queue.
fn send(cx: &mut Cx<'_, '_>, api: &Handle<Api>, queue: &Handle<Queue>, key: &Spanned<Route>) {
    let send = Statement::allow(["sqs:SendMessage"]).on(queue.arn().foretold());
    let role = cx.add::<Role>(
        "sender.role",
        RoleInputs {
            trust: Policy::trust("apigateway.amazonaws.com"),
            policy: Policy::new().with("Send", send),
            ..RoleInputs::default()
        },
    );
    let parameters: [(&str, Input<String>); 2] =
        [("QueueUrl", queue.url().into()), ("MessageBody", "$request.body".into())];
    let integration = cx.add::<Integration>(
        "integration",
        IntegrationInputs {
            api: api.id().into(),
            address: cx.address("integration").to_string(),
            subtype: Some("SQS-SendMessage".to_owned()),
            credentials: Some(role.arn().into()),
            request_parameters: BTreeMap::from(
                parameters.map(|(name, value)| (name.to_owned(), value)),
            ),
            ..IntegrationInputs::default()
        },
    );
    route(cx, api, "", key, &integration, None);
}

fn two_owners(consumer: &Spanned<With<FunctionTable, ConsumerKeys>>, queue: &Reference) -> Problem {
    let message = "A consumer belongs to the instance that has the queue.";
    Problem::at(consumer, "maas::patterns::not_own", message)
        .label(format!("the queue is `{}`'s", queue.instance))
        .help("Leave the consumer out here.")
}

fn no_consumer(place: &Spanned<Route>) -> Problem {
    Problem::at(place, "maas::patterns::no_consumer", "A queue has no consumer.")
        .label("nobody takes what this route sends")
        .help("Add `consumer`, a table with `code` and `handler`, or name the queue of another instance with `queue`.")
}
