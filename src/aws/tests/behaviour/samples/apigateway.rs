//! The words of API Gateway.

use super::{Sample, absent, exists, not_ready, terminal, throttled};

pub(super) const SAMPLES: &[Sample] = &[
    not_ready(
        "apigateway:UpdateApi",
        "ConflictException",
        "Unable to complete operation due to concurrent modification. Please try again later.",
    ),
    not_ready(
        "apigateway:UpdateApi",
        "BadRequestException",
        "Unable to complete operation due to concurrent modification. Please try again later.",
    ),
    absent(
        "apigateway:GetApi",
        "NotFoundException",
        "Invalid API identifier specified 123456789012:a1b2c3d4e5",
    ),
    not_ready(
        "apigateway:DeleteApi",
        "ConflictException",
        "Another operation on this API is in progress",
    ),
    exists(
        "apigateway:CreateRoute",
        "ConflictException",
        "Route with key POST /jobs already exists for this API",
    ),
    not_ready(
        "apigateway:CreateIntegration",
        "BadRequestException",
        "Invalid function ARN: arn:aws:lambda:eu-west-1:123456789012:function:orders",
    ),
    throttled("apigateway:CreateRoute", "LimitExceededException", "Rate exceeded"),
    terminal(
        "apigateway:CreateStage",
        "BadRequestException",
        "Insufficient permissions to enable logging",
    ),
    terminal(
        "apigateway:CreateStage",
        "BadRequestException",
        "Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120",
    ),
];
