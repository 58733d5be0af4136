//! How Lambda answers.

use std::time::Duration;

use super::{BUSY, Class, FRESH, HELD, MINUTE, NEW, Row, Schedule};

/// Lambda asks EC2 in the account's name, whose quota may be used up for minutes.
const BY_EC2: Class = Class::Waits(
    Schedule { deadline: Duration::from_secs(600), ..Schedule::THROTTLE },
    "EC2 throttles what Lambda asks it about the network; make fewer functions in a network at once, with `--parallelism`",
);

pub(super) const ROWS: &[Row] = &[
    Row("lambda:", &["InvalidParameterValueException"], "cannot be assumed", NEW),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "execution role does not have permissions",
        NEW,
    ),
    Row("lambda:", &["InvalidParameterValueException"], "ensure the role can perform", NEW),
    Row("lambda:Put", &["InvalidParameterValueException"], "does not have permissions", NEW),
    Row("lambda:Put", &["InvalidParameterValueException"], "destination ARN", NEW),
    Row("lambda:", &["InvalidParameterValueException"], "Cannot access stream", NEW),
    Row("lambda:", &["InvalidParameterValueException"], "KMS key is invalid for CreateGrant", NEW),
    Row("lambda:", &["InvalidParameterValueException"], "throttled by EC2", BY_EC2),
    // The subnets and the groups of a function were made a moment ago, and EC2 does not tell Lambda of
    // them yet.
    Row("lambda:", &["InvalidParameterValueException"], "Error occurred while Describe", MINUTE),
    // The queue was made a moment ago, and SQS does not tell Lambda of it yet.
    Row(
        "lambda:CreateEventSourceMapping",
        &["InvalidParameterValueException"],
        "NonExistentQueue",
        FRESH,
    ),
    Row("lambda:CreateFunction", &["ResourceConflictException"], "already exist", Class::Exists),
    Row("lambda:AddPermission", &["ResourceConflictException"], "already exists", Class::Exists),
    Row("lambda:CreateEventSourceMapping", &["ResourceConflictException"], "", Class::Exists),
    Row("lambda:", &["ResourceConflictException"], "", BUSY),
    Row("lambda:", &["ResourceInUseException"], "", HELD),
    Row("lambda:AddPermission", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:PutFunctionEventInvokeConfig", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:PutFunctionConcurrency", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:CreateEventSourceMapping", &["ResourceNotFoundException"], "", FRESH),
    Row("lambda:", &["ResourceNotFoundException"], "", Class::Absent),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "UnreservedConcurrentExecution",
        Class::Terminal(
            "the account's concurrency is too small to reserve this; leave `concurrency` out, or raise the quota of concurrent executions",
        ),
    ),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "no longer supported",
        Class::Terminal("Lambda has retired this runtime; choose a newer one"),
    ),
    Row(
        "lambda:",
        &["InvalidParameterValueException"],
        "less than Function timeout",
        Class::Terminal(
            "a queue has to hide messages longer than its function may take; give it a visibility timeout of six times that",
        ),
    ),
    Row(
        "lambda:",
        &["PolicyLengthExceededException"],
        "",
        Class::Terminal(
            "the function's policy is full; let one statement name several sources with `*` in its ARN",
        ),
    ),
    Row(
        "lambda:",
        &["CodeStorageExceededException"],
        "",
        Class::Terminal(
            "Lambda's code storage of this region is full; delete old function versions or raise the quota",
        ),
    ),
];
