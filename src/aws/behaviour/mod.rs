//! How AWS answers, as data: which error codes mean what, and what is repeated for how long.
//!
//! Sources: the API references of the services ("Errors" of each operation), the SDK's models, and
//! the retry rules of widely used deployers. A row matches on the service, the operation, the code,
//! and where a code has several meanings on a fragment of AWS's message as well.

mod apigateway;
mod cloudwatch;
mod common;
mod dynamodb;
mod ec2;
mod firehose;
mod iam;
mod lambda;
mod rds;
mod s3;
mod scheduler;
mod sns;
mod sqs;

use std::time::Duration;

/// What an error means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Class {
    /// The thing is not there.
    Absent,
    /// A thing of that name is there already.
    Exists,
    /// Too many requests.
    Throttle,
    /// Something that it needs is not ready yet; try again by this schedule.
    NotReady(Schedule),
    /// The same, with a word on why it takes its time.
    Waits(Schedule, &'static str),
    /// The credentials are missing, wrong or expired.
    Credentials,
    /// It will not pass; this is what to do.
    Terminal(&'static str),
}

/// When to try again, and when to give up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// No further attempt after this time.
    pub deadline: Duration,
    /// No more attempts than this.
    pub attempts: u32,
    /// Whether pauses vary, so that many callers do not come back at once.
    pub jitter: bool,
}

impl Schedule {
    /// For what was just made and is not seen everywhere yet: dense, since it takes seconds.
    pub const PROPAGATION: Self = Self::new(250, 2_000, 120, u32::MAX, false);
    /// For things that have to finish or go before.
    pub const DEPENDENCY: Self = Self::new(1_000, 8_000, 300, u32::MAX, true);
    /// For changes of one thing at once.
    pub const CONFLICT: Self = Self::new(200, 4_000, 120, u32::MAX, true);
    /// For throttling.
    pub const THROTTLE: Self = Self::new(500, 8_000, 180, u32::MAX, true);
    /// For no answer.
    pub const UNANSWERED: Self = Self::new(300, 3_000, 60, 5, true);
    /// For names in quarantine after a deletion.
    pub const QUARANTINE: Self = Self::new(5_000, 5_000, 75, u32::MAX, false);

    const fn new(
        first_ms: u64,
        longest_ms: u64,
        deadline_s: u64,
        attempts: u32,
        jitter: bool,
    ) -> Self {
        Self {
            first: Duration::from_millis(first_ms),
            longest: Duration::from_millis(longest_ms),
            deadline: Duration::from_secs(deadline_s),
            attempts,
            jitter,
        }
    }
}

/// One row: operations by prefix (`lambda:` is all of Lambda's), codes, a fragment of the message
/// (empty: any), and the meaning.
#[derive(Debug)]
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) &'static [&'static str],
    pub(super) &'static str,
    pub(super) Class,
);

/// Any code, and none.
const ANY: &[&str] = &[];

const NEW: Class = Class::NotReady(Schedule::PROPAGATION);
const FRESH: Class =
    Class::NotReady(Schedule { deadline: Duration::from_secs(30), ..Schedule::PROPAGATION });
const MINUTE: Class =
    Class::NotReady(Schedule { deadline: Duration::from_secs(60), ..Schedule::PROPAGATION });
const BUSY: Class = Class::NotReady(Schedule::CONFLICT);
const HELD: Class = Class::NotReady(Schedule::DEPENDENCY);

/// The rows of all services; the first one that fits decides.
const SERVICES: &[&[Row]] = &[
    common::ROWS,
    apigateway::ROWS,
    cloudwatch::ROWS,
    dynamodb::ROWS,
    ec2::ROWS,
    firehose::ROWS,
    iam::ROWS,
    lambda::ROWS,
    rds::ROWS,
    s3::ROWS,
    scheduler::ROWS,
    sns::ROWS,
    sqs::ROWS,
];

/// Calls that make another resource each time they are sent, so that they are sent once and looked
/// for before they are sent again.
const SILENT_DUPLICATES: &[&str] = &[
    "apigateway:CreateApi",
    "apigateway:CreateIntegration",
    "apigateway:CreateAuthorizer",
    "apigateway:CreateDeployment",
    "ec2:AllocateAddress",
    "ec2:CreateInternetGateway",
    "ec2:CreateVpc",
];

/// What that error means; none where no row fits, which is a plain refusal. An error may have no
/// code: an empty one here.
pub fn class(operation: &str, code: &str, message: &str) -> Option<Class> {
    rows().find(|row| row.fits(operation, code, message)).map(|Row(_, _, _, class)| *class)
}

/// All rows, in the order in which they decide.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    SERVICES.iter().copied().flatten()
}

impl Row {
    pub(super) fn fits(&self, operation: &str, code: &str, message: &str) -> bool {
        let Self(prefix, codes, fragment, _) = self;
        operation.starts_with(prefix)
            && (codes.is_empty() || codes.contains(&code))
            && message.contains(fragment)
    }
}

/// Whether that operation may be sent again when nobody knows whether it went through.
pub fn may_repeat(operation: &str) -> bool {
    !SILENT_DUPLICATES.contains(&operation)
}
