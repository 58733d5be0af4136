//! How all services answer.

use super::{Class, Row};

pub(super) const ROWS: &[Row] = &[
    // Credentials.
    Row(
        "",
        &[
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "AuthFailure",
            "InvalidToken",
        ],
        "",
        Class::Credentials,
    ),
    // Throttling.
    Row(
        "",
        &[
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "Throttled",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "EC2ThrottledException",
            "ProvisionedThroughputExceededException",
            "TransactionInProgressException",
        ],
        "",
        Class::Throttle,
    ),
];
