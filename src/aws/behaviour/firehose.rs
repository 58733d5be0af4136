//! How Firehose answers.

use std::time::Duration;

use super::{Class, HELD, Row, Schedule};

/// Firehose takes a fresh role, or a right that it was just given, only after minutes.
const SLOW: Class =
    Class::NotReady(Schedule { deadline: Duration::from_secs(300), ..Schedule::PROPAGATION });

pub(super) const ROWS: &[Row] = &[
    // A concurrent modification is no matter of trying again: the version has to be read
    // anew.
    Row(
        "firehose:CreateDeliveryStream",
        &["ResourceInUseException"],
        "already exists",
        Class::Exists,
    ),
    Row("firehose:", &["ResourceNotFoundException"], "", Class::Absent),
    Row("firehose:", &["InvalidArgumentException"], "unable to assume role", SLOW),
    Row("firehose:", &["InvalidArgumentException"], "is not authorized to", SLOW),
    Row("firehose:", &["InvalidArgumentException"], "Access was denied", SLOW),
    Row("firehose:", &["InvalidArgumentException"], "Verify that the IAM role has access", SLOW),
    Row(
        "firehose:",
        &["InvalidArgumentException"],
        "role specified in VpcConfiguration has permissions",
        SLOW,
    ),
    Row("firehose:", &["ResourceInUseException"], "", HELD),
    Row(
        "firehose:CreateDeliveryStream",
        &["LimitExceededException"],
        "",
        Class::Terminal(
            "this region has as many Firehose streams as the account may have; delete some or raise the quota under Service Quotas",
        ),
    ),
    Row("firehose:", &["LimitExceededException"], "", Class::Throttle),
];
