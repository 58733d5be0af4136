//! How API Gateway answers.

use super::{ANY, BUSY, Class, FRESH, Row};

const NO_LOG_DELIVERY: Class = Class::Terminal(
    "either these credentials may not deliver logs (logs:CreateLogDelivery, logs:PutResourcePolicy), or the account's CloudWatch Logs resource policies are full: use log groups under /aws/vendedlogs/ or delete old policies",
);

pub(super) const ROWS: &[Row] = &[
    // Concurrent modification comes under several codes, and under none.
    Row("apigateway:", ANY, "concurrent modification", BUSY),
    Row("apigateway:", &["NotFoundException"], "", Class::Absent),
    Row("apigateway:Delete", &["ConflictException"], "", BUSY),
    Row("apigateway:", &["ConflictException"], "", Class::Exists),
    Row("apigateway:", &["LimitExceededException"], "Rate exceeded", Class::Throttle),
    // The function was made a moment ago.
    Row("apigateway:", &["BadRequestException"], "Invalid function ARN", FRESH),
    Row(
        "apigateway:",
        &["BadRequestException"],
        "Insufficient permissions to enable logging",
        NO_LOG_DELIVERY,
    ),
    Row(
        "apigateway:",
        &["BadRequestException"],
        "Policy document length breaking",
        NO_LOG_DELIVERY,
    ),
];
