//! The words of all services.

use super::{Sample, credentials, not_ready, terminal, throttled};

pub(super) const SAMPLES: &[Sample] = &[
    credentials(
        "logs:CreateLogGroup",
        "ExpiredToken",
        "The security token included in the request is expired",
    ),
    credentials(
        "ec2:CreateVpc",
        "AuthFailure",
        "AWS was not able to validate the provided access credentials",
    ),
    terminal(
        "s3:CreateBucket",
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    not_ready(
        "s3:PutBucketPolicy",
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period.",
    ),
    throttled("lambda:GetFunction", "Throttling", "Rate exceeded"),
];
