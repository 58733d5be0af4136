//! How EventBridge Scheduler answers.

use std::time::Duration;

use super::{BUSY, Class, Row, Schedule};

pub(super) const ROWS: &[Row] = &[
    Row("scheduler:", &["ResourceNotFoundException"], "", Class::Absent),
    Row("scheduler:Create", &["ConflictException"], "", Class::Exists),
    Row("scheduler:", &["ConflictException"], "", BUSY),
    Row(
        "scheduler:",
        &["ValidationException"],
        "to assume the role",
        Class::NotReady(Schedule { deadline: Duration::from_secs(60), ..Schedule::PROPAGATION }),
    ),
    Row(
        "scheduler:",
        &["ServiceQuotaExceededException"],
        "",
        Class::Terminal(
            "this region has as many schedules or schedule groups as the account may have; delete some or raise the quota under Service Quotas",
        ),
    ),
];
