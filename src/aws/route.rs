//! `aws:apigatewayv2/route`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{Created, Fault, FaultKind, Held, Input, Objection, Resource, Seen};
use crate::outputs;

/// A route of an HTTP API.
#[derive(Debug)]
pub struct Route;

/// What a route is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteInputs {
    /// The API's id.
    pub api: Input<String>,
    /// Method and path, as in `GET /users/{id}`, or `$default`.
    pub route_key: String,
    /// The id of the integration that it calls.
    pub integration: Input<String>,
    /// The id of the authorizer that it is behind; none: everybody may call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<Input<String>>,
    /// The operation's name; up to 64 characters, and empty where it has none.
    #[serde(default)]
    pub operation_name: String,
}

outputs! {
    /// What a route gives back.
    Route => RouteOutputs {
        /// Its id within its API.
        id: String,
    }
}

impl Resource for Route {
    type Cloud = super::Aws;
    type Inputs = RouteInputs;
    type Outputs = RouteOutputs;

    const KIND: &'static str = "aws:apigatewayv2/route";
    const REPLACE_ON: &'static [&'static str] = &["api"];
    const DIES_WITH: Option<&'static str> = Some("api");

    fn check(_want: &RouteInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &RouteInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
