//! `aws:apigatewayv2/integration`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{Arn, Created, Fault, FaultKind, Held, Input, Objection, Resource, Seen};
use crate::outputs;

/// What a route of an HTTP API calls: a Lambda function, or an AWS service's own operation.
#[derive(Debug)]
pub struct Integration;

/// What an integration is given: either `function`, or `subtype` with `credentials`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationInputs {
    /// The API's id.
    pub api: Input<String>,
    /// The integration's own address, by which it is told from the API's other integrations; kept
    /// in its description.
    pub address: String,
    /// The Lambda function to call, with payload format 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Input<Arn>>,
    /// The service's operation to call, as in `SQS-SendMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// The role with which the service's operation is called; `apigateway.amazonaws.com` has to be
    /// trusted by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Input<Arn>>,
    /// The operation's parameters, as in `QueueUrl` and `MessageBody` = `$request.body`.
    #[serde(default)]
    pub request_parameters: BTreeMap<String, Input<String>>,
    /// Milliseconds that API Gateway waits for an answer; 50 to 30,000, and 30,000 where none is
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<i32>,
}

outputs! {
    /// What an integration gives back.
    Integration => IntegrationOutputs {
        /// Its id within its API.
        id: String,
    }
}

impl Resource for Integration {
    type Cloud = super::Aws;
    type Inputs = IntegrationInputs;
    type Outputs = IntegrationOutputs;

    const KIND: &'static str = "aws:apigatewayv2/integration";
    const REPLACE_ON: &'static [&'static str] = &["api", "subtype"];
    const DIES_WITH: Option<&'static str> = Some("api");

    fn check(_want: &IntegrationInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &IntegrationInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
