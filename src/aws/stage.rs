//! `aws:apigatewayv2/stage`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Created, Fault, FaultKind, Foretold, Held, Input, Objection, Place, Resource, Seen, Tags,
};
use crate::outputs;

/// A stage of an HTTP API. Made after the API's routes, it needs one deployment instead of one a
/// route.
#[derive(Debug)]
pub struct Stage;

/// What a stage is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageInputs {
    /// The API's id.
    pub api: Input<String>,
    /// Its name; `$default` is served at the API's own URL.
    pub name: String,
    /// Whether each change of the API is deployed to it at once.
    pub auto_deploy: bool,
    /// Whether the last automatic deployment went through; one that failed is tried again.
    pub deployed: bool,
    /// Where it writes a line a request; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log: Option<AccessLog>,
    /// How much each of its routes lets through; none: as much as the account does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

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

impl Default for StageInputs {
    fn default() -> Self {
        Self {
            api: Input::default(),
            name: "$default".to_owned(),
            auto_deploy: true,
            deployed: true,
            access_log: None,
            throttle: None,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a stage gives back.
    Stage => StageOutputs {
        /// Its name.
        name: String,
    }
}

impl Resource for Stage {
    type Cloud = super::Aws;
    type Inputs = StageInputs;
    type Outputs = StageOutputs;

    const KIND: &'static str = "aws:apigatewayv2/stage";
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["api", "name"];
    const DIES_WITH: Option<&'static str> = Some("api");

    fn foretell(want: &StageInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("name", &want.name);
        match want.api.known() {
            Some(api) => foretold.id(format!("{api}/{}", want.name)),
            None => foretold,
        }
    }

    fn check(_want: &StageInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &StageInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
