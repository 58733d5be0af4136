//! How CloudWatch and CloudWatch Logs answer.

use super::{BUSY, Class, Row};

pub(super) const ROWS: &[Row] = &[
    Row("logs:", &["ResourceNotFoundException"], "", Class::Absent),
    Row("logs:", &["ResourceAlreadyExistsException"], "", Class::Exists),
    Row("logs:", &["OperationAbortedException"], "", BUSY),
    Row("cloudwatch:", &["ResourceNotFound", "ResourceNotFoundException"], "", Class::Absent),
    Row("cloudwatch:", &["ConcurrentModificationException"], "", BUSY),
    Row(
        "cloudwatch:",
        &["LimitExceeded", "LimitExceededFault", "LimitExceededException"],
        "",
        Class::Terminal(
            "this region has as many alarms as the account may have; delete some or raise the quota under Service Quotas",
        ),
    ),
];
