//! The words of all services.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at(
        "logs:CreateLogGroup",
        "ExpiredToken",
        "The security token included in the request is expired",
    ),
    at(
        "s3:CreateBucket",
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    at(
        "s3:PutBucketPolicy",
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period.",
    ),
    at("lambda:GetFunction", "Throttling", "Rate exceeded"),
];
