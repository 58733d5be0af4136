//! A stage's access log and limits.

use aws_sdk_apigatewayv2::types::{AccessLogSettings, RouteSettings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::{Arn, Input, NotYetKnown};

/// A stage's access log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessLog {
    /// The log group's ARN. Its name should begin with `/aws/vendedlogs/`, since every other group
    /// takes up room in the account's one policy for log deliveries.
    pub log_group_arn: Input<Arn>,
    /// A line's format, with `$context` variables; one line that names `$context.requestId`.
    pub format: String,
}

/// Limits of the requests to each route of a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Requests at once.
    pub burst: i32,
    /// Requests a second.
    pub rate: f64,
}

impl AccessLog {
    /// As API Gateway takes it.
    pub(super) fn to_aws(&self) -> Result<AccessLogSettings, NotYetKnown> {
        Ok(AccessLogSettings::builder()
            .destination_arn(self.log_group_arn.get()?.as_str())
            .format(&self.format)
            .build())
    }

    /// As API Gateway reports it, which may append `:*` to the ARN.
    pub(super) fn from_aws(settings: AccessLogSettings) -> Option<Self> {
        let arn = settings.destination_arn?;
        let arn = Arn::from(arn.strip_suffix(":*").unwrap_or(&arn));
        Some(Self { log_group_arn: arn.into(), format: settings.format.unwrap_or_default() })
    }
}

impl Throttle {
    /// What an account has unless it was raised (*API Gateway Developer Guide*, "Quotas").
    pub(super) const ACCOUNT: Self = Self { burst: 5_000, rate: 10_000.0 };

    /// As API Gateway takes it.
    pub(super) fn to_aws(&self) -> RouteSettings {
        RouteSettings::builder()
            .throttling_burst_limit(self.burst)
            .throttling_rate_limit(self.rate)
            .build()
    }

    /// As API Gateway reports it; none where the account's limits hold.
    pub(super) fn from_aws(settings: &RouteSettings) -> Option<Self> {
        Some(Self {
            burst: settings.throttling_burst_limit?,
            rate: settings.throttling_rate_limit?,
        })
    }
}
