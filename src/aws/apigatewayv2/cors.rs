//! Cross-origin requests to an HTTP API.

use std::collections::BTreeSet;

use aws_sdk_apigatewayv2::types;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::aws::check::Check;

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
    /// Seconds that a browser keeps the answer to a preflight request; -1 to 86,400, and 0 where none
    /// is given.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "nonzero")]
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

fn nonzero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    Ok(Option::deserialize(deserializer)?.filter(|seconds| *seconds != 0))
}

impl Cors {
    /// As API Gateway takes it.
    pub(super) fn to_aws(&self) -> types::Cors {
        let list = |texts: &BTreeSet<String>| Some(texts.iter().cloned().collect());
        types::Cors::builder()
            .set_allow_origins(list(&self.origins))
            .set_allow_methods(list(&self.methods))
            .set_allow_headers(list(&self.headers))
            .set_expose_headers(list(&self.expose_headers))
            .max_age(self.max_age.unwrap_or_default())
            .allow_credentials(self.credentials)
            .build()
    }

    /// As API Gateway reports it.
    pub(super) fn from_aws(cors: &types::Cors) -> Self {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        Self {
            origins: lower(cors.allow_origins()),
            methods: cors.allow_methods().iter().map(|text| text.to_uppercase()).collect(),
            headers: lower(cors.allow_headers()),
            expose_headers: lower(cors.expose_headers()),
            max_age: cors.max_age.filter(|seconds| *seconds != 0),
            credentials: cors.allow_credentials.unwrap_or_default(),
        }
    }

    /// Objects to what API Gateway or browsers refuse.
    pub(super) fn check(&self, check: Check) -> Check {
        check
            .that(
                !(self.credentials && self.origins.contains("*")),
                "cors.credentials",
                "browsers send credentials only where the origins are named; name them instead of `*`",
            )
            .range("cors.max_age", self.max_age.unwrap_or_default(), -1..=86_400, "seconds")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn case_makes_no_difference() {
        let written = json!({"origins": ["https://Shop.example"], "methods": ["get", "POST"],
            "headers": ["Authorization", "X-Trace"], "max_age": 0});
        let cors: Cors = serde_json::from_value(written).unwrap();
        assert_eq!(
            serde_json::to_value(&cors).unwrap(),
            json!({"origins": ["https://shop.example"], "methods": ["GET", "POST"],
                "headers": ["authorization", "x-trace"], "expose_headers": [], "credentials": false})
        );
        let reported = types::Cors::builder()
            .allow_origins("https://SHOP.example")
            .set_allow_methods(Some(vec!["POST".into(), "Get".into()]))
            .set_allow_headers(Some(vec!["x-trace".into(), "AUTHORIZATION".into()]))
            .max_age(0);
        assert_eq!(Cors::from_aws(&reported.build()), cors);
    }
}
