//! A function that consumes a queue.

use schemars::JsonSchema;
use serde::Deserialize;

use super::function::NewFunction;
use super::queue::{Fed, dead_letter_queue, queue, redrive};
use crate::aws::{EventSourceMapping, EventSourceMappingInputs, Queue, QueueInputs, Statement};
use crate::graph::Handle;
use crate::manifest::{Duration, FunctionTable, Problem, Spanned, With};
use crate::patterns::Cx;

/// How a function consumes a queue.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsumerKeys {
    /// Messages that one invocation gets at most, 1 to 10,000; 10 if nothing is said. More than 10
    /// need a `window`.
    #[schemars(range(min = 1, max = 10_000))]
    pub batch: Option<Spanned<u32>>,
    /// How long a batch is gathered, up to 5 minutes; `0s` if nothing is said, or `1s` for batches
    /// of more than 10.
    #[schemars(extend("x-maximum" = "5m"))]
    pub window: Option<Spanned<Duration>>,
    /// How often a message is received before it goes to the dead-letter queue; 3 if nothing is
    /// said.
    #[schemars(range(min = 1, max = 1_000))]
    pub max_receives: Option<u32>,
    /// How long a received message is hidden from other consumers, at least six times the
    /// function's timeout; that and the `window` if nothing is said.
    #[schemars(extend("x-maximum" = "12h"))]
    pub visibility: Option<Spanned<Duration>>,
    /// Invocations that consume the queue at once at most, 2 to 1,000; as many as the account lets
    /// if nothing is said.
    #[schemars(range(min = 2, max = 1_000))]
    pub concurrency_limit: Option<u32>,
}

/// A queue with its dead-letter queue and its consumer.
#[derive(Debug)]
pub struct Consumed {
    /// The queue.
    pub queue: Handle<Queue>,
    /// Where messages go that were received too often.
    pub dead_letter_queue: Handle<Queue>,
}

/// Adds `queue`, `dead-letter-queue` and the function `consumer` with its mapping.
pub fn consume(
    cx: &mut Cx<'_, '_>,
    consumer: &With<FunctionTable, ConsumerKeys>,
    retention: Option<Duration>,
) -> Consumed {
    let function = consumer.function.resolve(cx.defaults());
    let function = cx.ok(function);
    let timeout = function.as_ref().map_or(0, |function| *function.timeout_seconds);
    let (batch, window) =
        check_batch(cx, consumer.keys.batch.as_ref(), consumer.keys.window.as_ref());
    let visibility = visibility(cx, &consumer.keys, timeout, window);
    let dead =
        dead_letter_queue(cx, "dead-letter-queue", Fed::Queue(Handle::at(cx.address("queue"))));
    let inputs = QueueInputs {
        visibility_timeout: visibility,
        redrive: Some(redrive(&dead, consumer.keys.max_receives.unwrap_or(3))),
        retention: retention.map_or(QueueInputs::default().retention, seconds),
        ..QueueInputs::default()
    };
    let queue = queue(cx, "queue", inputs);
    if let Some(function) = function {
        let receive = Statement::allow([
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ]);
        let receive = receive.on(queue.arn().foretold());
        let lambda = NewFunction::new("consumer", function).may("Consume", receive).add(cx);
        let inputs = EventSourceMappingInputs {
            function: lambda.function.name().into(),
            source: queue.arn().into(),
            batch_size: batch,
            window,
            report_batch_item_failures: true,
            max_concurrency: consumer.keys.concurrency_limit.and_then(|n| i32::try_from(n).ok()),
            ..EventSourceMappingInputs::default()
        };
        cx.add::<EventSourceMapping>("consumer.mapping", inputs);
    }
    Consumed { queue, dead_letter_queue: dead }
}

/// The batch size and the window in seconds.
fn check_batch(
    cx: &mut Cx<'_, '_>,
    batch: Option<&Spanned<u32>>,
    window: Option<&Spanned<Duration>>,
) -> (i32, i32) {
    let size = batch.map_or(10, |batch| *batch.get_ref());
    let seconds_given = window.map(|window| seconds(*window.get_ref()));
    if size > 10 && seconds_given == Some(0) {
        let place = batch.map_or(cx.span(), Spanned::span);
        let message = "A batch is too large for its window.";
        let problem = Problem::at(place, "maas::patterns::batch", message)
            .label("more than 10 messages cannot be gathered in no time")
            .help("Give a `window` of `1s` or more, or a `batch` of 10 or fewer.");
        cx.problem(problem);
    }
    let window = seconds_given.unwrap_or(u32::from(size > 10));
    (i32::try_from(size).unwrap_or(i32::MAX), i32::try_from(window).unwrap_or(i32::MAX))
}

/// AWS advises six times the function's timeout, and the batch window ("Using Lambda with Amazon
/// SQS" in the AWS Lambda Developer Guide): a throttled batch is tried again within that time.
fn visibility(cx: &mut Cx<'_, '_>, keys: &ConsumerKeys, timeout: u32, window: i32) -> u32 {
    let least = 6 * timeout;
    let Some(given) = &keys.visibility else {
        return least + u32::try_from(window).unwrap_or_default();
    };
    let visibility = seconds(*given.get_ref());
    if visibility < least {
        let least = Duration::from_seconds(u64::from(least));
        let timeout = Duration::from_seconds(u64::from(timeout));
        let message = "A queue's visibility timeout is too short for its consumer.";
        let problem = Problem::at(given, "maas::patterns::visibility", message)
            .label(format!("this is less than six times the function's timeout of {timeout}"))
            .help(format!(
                "Make it `{least}` or more, or leave it out; else a message comes again while it is worked on."
            ));
        cx.problem(problem);
    }
    visibility
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.seconds()).unwrap_or(u32::MAX)
}
