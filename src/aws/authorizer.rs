//! `aws:apigatewayv2/authorizer`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Charset, Created, Fault, FaultKind, Held, Input, IntoParts, Naming, Objection, Place, Resource,
    Seen,
};
use crate::outputs;

/// A Lambda authorizer of an HTTP API: of type `REQUEST`, with payload format 2.0 and simple
/// responses.
#[derive(Debug)]
pub struct Authorizer;

/// What an authorizer is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorizerInputs {
    /// The API's id.
    pub api: Input<String>,
    /// Its name, by which it is told from the API's other authorizers; up to 128 characters.
    pub name: String,
    /// The URI to invoke its function by; see [`authorizer_uri`].
    pub function_uri: Input<String>,
    /// What has to be in a request, as in `$request.header.Authorization`; results are cached by
    /// these.
    #[serde(default)]
    pub identity_sources: Vec<String>,
    /// Seconds that a result is cached; 0 to 3,600, and 0 is not at all.
    pub ttl: i32,
}

outputs! {
    /// What an authorizer gives back.
    Authorizer => AuthorizerOutputs {
        /// Its id within its API.
        id: String,
    }
}

/// The URI by which API Gateway invokes a Lambda function as an authorizer (*API Gateway API
/// reference*, "CreateAuthorizer").
pub fn authorizer_uri(place: &Place, function_arn: impl IntoParts) -> Input<String> {
    let (partition, region) = (place.partition(), &place.region);
    crate::text!(
        format!("arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"),
        function_arn,
        "/invocations"
    )
}

impl Resource for Authorizer {
    type Cloud = super::Aws;
    type Inputs = AuthorizerInputs;
    type Outputs = AuthorizerOutputs;

    const KIND: &'static str = "aws:apigatewayv2/authorizer";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 128, charset: Charset::Word, global: false });
    const REPLACE_ON: &'static [&'static str] = &["api"];
    const DIES_WITH: Option<&'static str> = Some("api");

    fn check(_want: &AuthorizerInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &AuthorizerInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
