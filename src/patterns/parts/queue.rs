//! Queues: encrypted in transit and at rest, and open to the sender that the pattern names.

use std::collections::BTreeSet;

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
    /// Gives a statement to the service, on behalf of its one thing only.
    ///
    /// The ARN of a bucket names no account, so S3's has to be asked for beside it (*Amazon S3 User
    /// Guide*, "Granting permissions to publish event notification messages to a destination"). The
    /// ARNs of others name it. That SNS tells its account when it delivers to SQS is documented
    /// nowhere, so there the account is held against the condition only where it is told.
    pub fn may(self, statement: Statement, account: Input<String>) -> Statement {
        let equals = match self.service {
            "s3.amazonaws.com" => "StringEquals",
            _ => "StringEqualsIfExists",
        };
        statement
            .by(Principal::service(self.service))
            .when("ArnEquals", "aws:SourceArn", self.source)
            .when(equals, "aws:SourceAccount", account)
    }
}

/// Who fills a dead-letter queue.
#[derive(Clone, Debug)]
pub enum Fed {
    /// SQS, from this queue.
    Queue(Handle<Queue>),
    /// A service that the queue's policy admits.
    Service(Sender),
    /// A role that may send to it.
    Role,
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
///
/// Only a queue needs to be among the sources that may name it; services and roles send to it as to
/// any queue (*Amazon SQS API Reference*, "SetQueueAttributes").
pub fn dead_letter_queue(cx: &mut Cx<'_, '_>, part: &str, fed: Fed) -> Handle<Queue> {
    let sources = match &fed {
        Fed::Queue(source) => BTreeSet::from([source.arn().foretold()]),
        Fed::Service(_) | Fed::Role => BTreeSet::new(),
    };
    let inputs = QueueInputs {
        retention: LONGEST_RETENTION,
        redrive_sources: Some(sources),
        ..QueueInputs::default()
    };
    let added = queue(cx, part, inputs);
    if let Fed::Service(sender) = fed {
        admit(cx, &added, "Sender", sender);
    }
    added
}

/// Lets a service send to a queue, which may be another instance's.
pub fn admit(cx: &mut Cx<'_, '_>, queue: &Handle<Queue>, sid: &str, sender: Sender) {
    let send = Statement::allow(["sqs:SendMessage"]).on(queue.arn().foretold());
    let statement = sender.may(send, cx.account());
    let sid = sid.to_owned();
    cx.graph().amend(queue, move |inputs| inputs.policy.insert(&sid, statement));
}

/// The redrive policy to a dead-letter queue.
pub fn redrive(dead_letter_queue: &Handle<Queue>, max_receives: u32) -> Redrive {
    Redrive { dead_letter_queue: dead_letter_queue.arn().into(), max_receives }
}
