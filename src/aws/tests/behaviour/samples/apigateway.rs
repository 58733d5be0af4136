//! The words of API Gateway.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at(
        "apigateway:UpdateApi",
        "ConflictException",
        "Unable to complete operation due to concurrent modification. Please try again later.",
    ),
    at(
        "apigateway:UpdateApi",
        "BadRequestException",
        "Unable to complete operation due to concurrent modification. Please try again later.",
    ),
    at(
        "apigateway:GetApi",
        "NotFoundException",
        "Invalid API identifier specified 123456789012:a1b2c3d4e5",
    ),
    at("apigateway:DeleteApi", "ConflictException", "Another operation on this API is in progress"),
    at(
        "apigateway:CreateRoute",
        "ConflictException",
        "Route with key POST /jobs already exists for this API",
    ),
    at("apigateway:CreateRoute", "LimitExceededException", "Rate exceeded"),
    at(
        "apigateway:CreateStage",
        "BadRequestException",
        "Insufficient permissions to enable logging",
    ),
    at(
        "apigateway:CreateStage",
        "BadRequestException",
        "Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120",
    ),
];
