//! The SDK's clients, and what all calls share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use tokio::sync::OwnedMutexGuard;

use super::ec2::Zones;
use super::pace::Pace;
use crate::graph::{Fault, FaultKind};

/// Gives the archive of a function's code by its digest.
pub type Archives = Arc<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>;

/// AWS as the resource types see it.
pub struct Aws {
    config: SdkConfig,
    archives: Archives,
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    pub(super) pace: Pace,
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
}

impl Aws {
    /// AWS as that configuration reaches it.
    pub fn new(config: SdkConfig, archives: Archives) -> Self {
        // AWS's quotas hold for AWS; whoever names an endpoint names something else.
        let pace = if config.endpoint_url().is_some() { Pace::unlimited() } else { Pace::quotas() };
        Self {
            config,
            archives,
            locks: Mutex::default(),
            pace,
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

    /// The archive of a function's code.
    pub(super) fn archive(&self, digest: &str) -> Result<Vec<u8>, String> {
        (self.archives)(digest)
    }

    /// The zones of the region, which are asked for once.
    pub(super) fn zones(&self) -> &Zones {
        &self.zones
    }

    /// Waits until no other step works on the thing of that name, and keeps the others out as long
    /// as the guard lives. For APIs, buckets and functions, where AWS loses or refuses changes that
    /// are made at once.
    pub(super) async fn exclusive(&self, thing: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(thing.to_owned()).or_default())
        };
        lock.lock_owned().await
    }
}

/// The AWS configuration: environment, profiles, SSO and the rest of the chain, as in the AWS CLI.
///
/// The SDK's own retries are off, since [`Cx::call`](super::Cx::call) repeats what may be repeated.
pub async fn configuration(region: Option<&str>, endpoint: Option<&str>) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(std::time::Duration::from_secs(5))
        .operation_attempt_timeout(std::time::Duration::from_secs(120));
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

/// The account that the configuration's credentials belong to.
///
/// # Errors
/// [`FaultKind::Credentials`] where there are none or AWS refuses them, with what to set;
/// [`FaultKind::Unanswered`] where nothing answers.
pub async fn account(config: &SdkConfig) -> Result<String, Fault> {
    const SET: &str =
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run `aws sso login`";
    let provider = config.credentials_provider().ok_or_else(|| {
        Fault::new(FaultKind::Credentials, "there are no AWS credentials").advise(SET)
    })?;
    provider.provide_credentials().await.map_err(|error| {
        let cause = aws_smithy_types::error::display::DisplayErrorContext(&error).to_string();
        tracing::debug!(cause, "no credentials");
        Fault::new(FaultKind::Credentials, "there are no AWS credentials").advise(SET)
    })?;
    let client = aws_sdk_sts::Client::new(config);
    let identity = client.get_caller_identity().send().await.map_err(|error| {
        let mut fault = super::call::to_fault("sts:GetCallerIdentity", &error);
        if fault.kind == FaultKind::Refused {
            fault.kind = FaultKind::Credentials;
        }
        let endpoint = config.endpoint_url().unwrap_or("AWS");
        let advice = match fault.kind {
            FaultKind::Credentials => SET.to_owned(),
            _ => format!("check that {endpoint} can be reached from here"),
        };
        fault.advise(advice)
    })?;
    identity
        .account
        .ok_or_else(|| Fault::new(FaultKind::Defect, "sts:GetCallerIdentity gave no account"))
}
