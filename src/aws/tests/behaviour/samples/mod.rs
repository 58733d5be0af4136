//! AWS's words for every row: at which operation, under which code (for a row of several codes, one
//! of them; each is injected), with which message.

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

use super::Sample;

const fn at(operation: &'static str, code: &'static str, message: &'static str) -> Sample {
    Sample { operation, code, message }
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
