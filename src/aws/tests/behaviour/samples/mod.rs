//! AWS's words for every row: at which operation, under which code (for a row of several codes, one
//! of them; each is injected), with which message, and what that means.

mod apigateway;
mod cloudwatch;
mod common;
mod dynamodb;
mod ec2;
mod firehose;
mod iam;
mod lambda;
mod rds;
mod s3;
mod scheduler;
mod sns;
mod sqs;

use super::{Meaning, Sample};

const fn absent(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::Absent }
}

const fn exists(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::Exists }
}

const fn throttled(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::Throttled }
}

const fn not_ready(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::NotReady }
}

const fn waits(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::Waits }
}

const fn credentials(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::Credentials }
}

const fn terminal(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message, meaning: Meaning::Terminal }
}

/// Every sample.
pub(super) fn all() -> impl Iterator<Item = &'static Sample> {
    [
        common::SAMPLES,
        apigateway::SAMPLES,
        cloudwatch::SAMPLES,
        dynamodb::SAMPLES,
        firehose::SAMPLES,
        iam::SAMPLES,
        lambda::SAMPLES,
        s3::SAMPLES,
        scheduler::SAMPLES,
        sns::SAMPLES,
        sqs::SAMPLES,
        rds::SAMPLES,
        ec2::SAMPLES,
    ]
    .into_iter()
    .flatten()
}
