//! `aws:apigatewayv2/api`

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Held, Input, Naming, Objection, Resource, Seen, Tags,
};
use crate::outputs;

/// An HTTP API of API Gateway.
#[derive(Debug)]
pub struct Api;

/// What an API is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiInputs {
    /// Its name; up to 128 characters, and not unique.
    pub name: Input<String>,
    /// What it is for; up to 1,024 characters.
    #[serde(default)]
    pub description: String,
    /// Who may call it from a browser; none: nobody from another origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// What API Gateway answers to a browser's cross-origin requests.
///
/// API Gateway does not keep the case of these (header names and origins have none), so headers
/// and origins are kept in lower case and methods in upper case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// The origins that may call it, as in `https://shop.example`; `*` is every origin.
    #[serde(deserialize_with = "lower_case")]
    pub origins: BTreeSet<String>,
    /// The methods that they may use, as in `GET`; `*` is every method.
    #[serde(deserialize_with = "upper_case")]
    pub methods: BTreeSet<String>,
    /// The headers that they may send; `*` is every header.
    #[serde(default, deserialize_with = "lower_case")]
    pub headers: BTreeSet<String>,
    /// The headers of an answer that they may read.
    #[serde(default, deserialize_with = "lower_case")]
    pub expose_headers: BTreeSet<String>,
    /// Seconds that a browser keeps the answer to a preflight request; -1 to 86,400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i32>,
    /// Whether they may send credentials.
    #[serde(default)]
    pub credentials: bool,
}

fn lower_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let texts = BTreeSet::<String>::deserialize(deserializer)?;
    Ok(texts.iter().map(|text| text.to_lowercase()).collect())
}

fn upper_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let texts = BTreeSet::<String>::deserialize(deserializer)?;
    Ok(texts.iter().map(|text| text.to_uppercase()).collect())
}

outputs! {
    /// What an API gives back.
    Api => ApiOutputs {
        /// Its id.
        id: String,
        /// Its endpoint: the URL of its `$default` stage, without a slash at the end.
        url: String,
        /// The ARN that permissions to invoke begin with: `arn:aws:execute-api:REGION:ACCOUNT:ID`.
        execution_arn: Arn,
    }
}

impl Resource for Api {
    type Cloud = super::Aws;
    type Inputs = ApiInputs;
    type Outputs = ApiOutputs;

    const KIND: &'static str = "aws:apigatewayv2/api";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 128, charset: Charset::Word, global: false });
    const TAGGED: bool = true;

    fn check(_want: &ApiInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &ApiInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
