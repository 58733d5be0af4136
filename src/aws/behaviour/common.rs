//! How all services answer.

use super::{Class, Row, Schedule};

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
            "InvalidSignatureException",
            "RequestExpired",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "InvalidAccessKeyId",
            "InvalidToken",
        ],
        "",
        Class::Credentials,
    ),
    // EC2 says the same code where it refuses something else.
    Row("", &["AuthFailure"], "access credentials", Class::Credentials),
    Row(
        "",
        &["RequestTimeTooSkewed"],
        "",
        Class::Terminal("the clock of this machine is wrong by more than 15 minutes; set it"),
    ),
    // It was not read to its end, so nothing was done.
    Row(
        "",
        &["RequestTimeout", "RequestTimeoutException"],
        "",
        Class::NotReady(Schedule::UNANSWERED),
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
