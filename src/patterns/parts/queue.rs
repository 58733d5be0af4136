//! Queues: encrypted in transit and at rest, and open to the sender that the pattern names.

use crate::aws::{Policy, Principal, Queue, QueueInputs, Redrive, Statement};
use crate::graph::{Handle, Input};
use crate::patterns::Cx;

/// How long a dead-letter queue keeps what it holds, in seconds: as long as SQS can, 14 days.
pub const LONGEST_RETENTION: u32 = 1_209_600;

/// A service that may send to a queue, on behalf of one thing.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The service, as in `sns.amazonaws.com`.
    pub service: &'static str,
    /// The ARN of the thing, best as it is foretold.
    pub source: Input<String>,
}

impl Sender {
    fn statement(self, queue: &Handle<Queue>, account: Input<String>) -> Statement {
        Statement::allow(["sqs:SendMessage"])
            .by(Principal::service(self.service))
            .on(queue.arn().foretold())
            .when("ArnEquals", "aws:SourceArn", self.source)
            .when("StringEquals", "aws:SourceAccount", account)
    }
}

/// Adds a queue that refuses plain HTTP.
pub fn queue(cx: &mut Cx<'_, '_>, part: &str, inputs: QueueInputs) -> Handle<Queue> {
    let own: Handle<Queue> = Handle::at(cx.address(part));
    let plain = Statement::deny(["sqs:*"])
        .by(Principal::everybody())
        .on(own.arn().foretold())
        .when("Bool", "aws:SecureTransport", "false");
    let policy = Policy::new().with("DenyInsecureTransport", plain);
    cx.add(part, QueueInputs { policy, ..inputs })
}

/// Adds a queue for what failed elsewhere.
pub fn dead_letter_queue(cx: &mut Cx<'_, '_>, part: &str, sender: Option<Sender>) -> Handle<Queue> {
    let inputs = QueueInputs { retention: LONGEST_RETENTION, ..QueueInputs::default() };
    let added = queue(cx, part, inputs);
    if let Some(sender) = sender {
        admit(cx, &added, "Sender", sender);
    }
    added
}

/// Lets a service send to a queue, which may be another instance's.
pub fn admit(cx: &mut Cx<'_, '_>, queue: &Handle<Queue>, sid: &str, sender: Sender) {
    let statement = sender.statement(queue, cx.account());
    let sid = sid.to_owned();
    cx.graph().amend(queue, move |inputs| inputs.policy.insert(&sid, statement));
}

/// The redrive policy to a dead-letter queue.
pub fn redrive(dead_letter_queue: &Handle<Queue>, max_receives: u32) -> Redrive {
    Redrive { dead_letter_queue: dead_letter_queue.arn().into(), max_receives }
}
