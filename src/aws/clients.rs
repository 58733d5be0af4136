//! The SDK's clients, and what all calls share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::ec2::Zones;
use super::pace::Pace;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

const SETTLE_TIME: Duration = Duration::from_secs(10);

/// Whether AWS answers there: its quotas and its lag are AWS's own. Whoever names another endpoint
/// names something else, unless it is one of a VPC's or of FIPS.
fn is_aws(endpoint: Option<&str>) -> bool {
    let Some(endpoint) = endpoint else { return true };
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|end| host.ends_with(end))
}

/// Gives the archive of a function's code by its digest.
pub type Archives = Arc<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>;

/// AWS as the resource types see it.
pub struct Aws {
    config: SdkConfig,
    archives: Archives,
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    pub(super) pace: Pace,
    pub(super) settle_time: Duration,
    zones: Zones,
    apigatewayv2: OnceLock<aws_sdk_apigatewayv2::Client>,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    ec2: OnceLock<aws_sdk_ec2::Client>,
    firehose: OnceLock<aws_sdk_firehose::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    lambda: OnceLock<aws_sdk_lambda::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    rds: OnceLock<aws_sdk_rds::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    scheduler: OnceLock<aws_sdk_scheduler::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").field("region", &self.config.region()).finish_non_exhaustive()
    }
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $sdk:ident,)+) => {
        impl Aws {
            $(
                $(#[$doc])*
                pub(super) fn $name(&self) -> &$sdk::Client {
                    self.$name.get_or_init(|| $sdk::Client::new(&self.config))
                }
            )+
        }
    };
}

clients! {
    /// API Gateway, for HTTP APIs.
    apigatewayv2: aws_sdk_apigatewayv2,
    /// CloudWatch.
    cloudwatch: aws_sdk_cloudwatch,
    /// DynamoDB.
    dynamodb: aws_sdk_dynamodb,
    /// EC2, for networks.
    ec2: aws_sdk_ec2,
    /// Amazon Data Firehose.
    firehose: aws_sdk_firehose,
    /// IAM.
    iam: aws_sdk_iam,
    /// Lambda.
    lambda: aws_sdk_lambda,
    /// CloudWatch Logs.
    logs: aws_sdk_cloudwatchlogs,
    /// RDS, with Aurora.
    rds: aws_sdk_rds,
    /// EventBridge Scheduler.
    scheduler: aws_sdk_scheduler,
    /// SNS.
    sns: aws_sdk_sns,
    /// SQS.
    sqs: aws_sdk_sqs,
    /// STS.
    sts: aws_sdk_sts,
}

impl Aws {
    /// AWS as that configuration reaches it.
    pub fn new(config: SdkConfig, archives: Archives) -> Self {
        let aws = is_aws(config.endpoint_url());
        Self {
            config,
            archives,
            locks: Mutex::default(),
            pace: if aws { Pace::quotas() } else { Pace::unlimited() },
            settle_time: if aws { SETTLE_TIME } else { Duration::ZERO },
            zones: Zones::new(),
            apigatewayv2: OnceLock::new(),
            cloudwatch: OnceLock::new(),
            dynamodb: OnceLock::new(),
            ec2: OnceLock::new(),
            firehose: OnceLock::new(),
            iam: OnceLock::new(),
            lambda: OnceLock::new(),
            logs: OnceLock::new(),
            rds: OnceLock::new(),
            s3: OnceLock::new(),
            scheduler: OnceLock::new(),
            sns: OnceLock::new(),
            sqs: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }

    /// S3. A named endpoint gets the bucket in the path, since it may have no name of its own for
    /// each bucket.
    pub(super) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            let config = aws_sdk_s3::config::Builder::from(&self.config)
                .force_path_style(self.config.endpoint_url().is_some());
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    /// How long a thing that was made may be missing in what AWS lists: EC2 and IAM say so of
    /// themselves (*Amazon EC2 API Reference*, "Eventual consistency"), and API Gateway's lists lag
    /// as well. Nothing elsewhere than on AWS.
    pub fn settle_time(&self) -> Duration {
        self.settle_time
    }

    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The archive of a function's code.
    pub(super) fn archive(&self, digest: &str) -> Result<Vec<u8>, String> {
        (self.archives)(digest)
    }

    /// The zones of the region, which are asked for once.
    pub(super) fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The lock of the thing of that name.
    pub(super) fn lock_of(&self, thing: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(thing.to_owned()).or_default())
    }
}

/// The AWS configuration: environment, profiles, SSO and the rest of the chain, as in the AWS CLI.
///
/// The SDK's own retries are off, since [`Cx::call`](super::Cx::call) repeats what may be repeated.
pub async fn configuration(region: Option<&str>, endpoint: Option<&str>) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(120));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts.build());
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aws_is_paced_like_aws() {
        let vpc = "https://vpce-1-2.ec2.eu-west-1.vpce.amazonaws.com/";
        for aws in [None, Some(vpc), Some("https://sqs-fips.us-east-1.amazonaws.com:443")] {
            assert!(is_aws(aws), "{aws:?}");
        }
        for other in ["http://127.0.0.1:4566", "http://amazonaws.com.invalid/x.amazonaws.com"] {
            assert!(!is_aws(Some(other)), "{other}");
        }
    }
}
