//! `aws:apigatewayv2/api`

use std::collections::BTreeSet;

use aws_sdk_apigatewayv2::types::{self, ProtocolType};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::check::Check;
use super::http_api::{alone, gone, tag};
use super::{Cx, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Held, Id, Input, Naming, Objection, OrAbsent, Place,
    Resource, Seen, Tags,
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

    fn check(want: &ApiInputs) -> Vec<Objection> {
        let check = Check::default().that(
            want.description.chars().count() <= 1_024,
            "description",
            "API Gateway keeps up to 1,024 characters",
        );
        let Some(cors) = &want.cors else { return check.done() };
        check
            .that(
                !(cors.credentials && cors.origins.contains("*")),
                "cors.credentials",
                "browsers send credentials only where the origins are named; name them instead of `*`",
            )
            .range("cors.max_age", cors.max_age.unwrap_or_default(), -1..=86_400, "seconds")
            .done()
    }

    async fn create(cx: &Cx, want: &ApiInputs) -> Result<Created<Self>, Fault> {
        let request = cx
            .apigatewayv2()
            .create_api()
            .name(want.name.get()?)
            .protocol_type(ProtocolType::Http)
            .set_description(Some(want.description.clone()).filter(|text| !text.is_empty()))
            .set_cors_configuration(want.cors.as_ref().map(Cors::to_aws))
            .set_tags(Some(want.tags.clone().into_iter().collect()));
        let send = || async {
            let api = cx.call("apigateway:CreateApi", || request.clone().send()).await?;
            outputs_of(cx.place(), api.api_id(), api.api_endpoint())
        };
        let look = || async {
            let Some(api) = ours(cx, want).await? else { return Ok(None) };
            outputs_of(cx.place(), api.api_id(), api.api_endpoint()).map(Some)
        };
        let outputs = cx.once(send, look).await?;
        Ok(Created { id: Id::from(outputs.id.as_str()), outputs })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.as_str();
        let api = cx
            .call("apigateway:GetApi", || cx.apigatewayv2().get_api().api_id(id).send())
            .await
            .or_absent()?;
        let Some(api) = api else { return Ok(None) };
        let outputs = outputs_of(cx.place(), Some(id), api.api_endpoint())?;
        let inputs = ApiInputs {
            name: Input::from(api.name.unwrap_or_default()),
            description: api.description.unwrap_or_default(),
            cors: api.cors_configuration.as_ref().map(Cors::from_aws),
            tags: tags::ours(api.tags.unwrap_or_default()),
        };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &ApiInputs) -> Result<ApiOutputs, Fault> {
        let id = held.id.as_str();
        let _alone = alone(cx, id).await;
        // An update can change the CORS configuration and not remove it.
        if want.cors.is_none() && held.differs(want, |inputs| &inputs.cors) {
            cx.call("apigateway:DeleteCorsConfiguration", || {
                cx.apigatewayv2().delete_cors_configuration().api_id(id).send()
            })
            .await
            .or_absent()?;
        }
        if held.differs(want, |inputs| (&inputs.name, &inputs.description))
            || want.cors.is_some() && held.differs(want, |inputs| &inputs.cors)
        {
            let request = cx
                .apigatewayv2()
                .update_api()
                .api_id(id)
                .name(want.name.get()?)
                .description(&want.description)
                .set_cors_configuration(want.cors.as_ref().map(Cors::to_aws));
            cx.call("apigateway:UpdateApi", || request.clone().send()).await?;
        }
        tag(cx, &format!("/apis/{id}"), &held.inputs.tags, &want.tags).await?;
        match &held.outputs {
            Some(outputs) => Ok(outputs.clone()),
            None => Ok(Self::read(cx, held).await?.ok_or_else(|| gone(&held.id))?.outputs),
        }
    }

    /// Routes, integrations, authorizers and stages go with it.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        let _alone = alone(cx, id).await;
        cx.call("apigateway:DeleteApi", || cx.apigatewayv2().delete_api().api_id(id).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &ApiInputs) -> Result<Option<Id>, Fault> {
        Ok(ours(cx, want).await?.and_then(|api| api.api_id).map(Id::from))
    }
}

/// The API with the tags that say whose it is. Names are not unique; of several, the newest.
async fn ours(cx: &Cx, want: &ApiInputs) -> Result<Option<types::Api>, Fault> {
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let request = cx.apigatewayv2().get_apis().set_next_token(token);
        let page = cx.call("apigateway:GetApis", || request.clone().send()).await?;
        let apis = page.items.unwrap_or_default().into_iter();
        found.extend(apis.filter(|api| {
            let found = tags::ours(api.tags.clone().unwrap_or_default());
            tags::same_owner(&found, &want.tags)
        }));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(found.into_iter().max_by_key(|api| api.created_date.map(|date| date.as_nanos())))
}

fn outputs_of(
    place: &Place,
    id: Option<&str>,
    endpoint: Option<&str>,
) -> Result<ApiOutputs, Fault> {
    let (Some(id), Some(url)) = (id, endpoint) else {
        return Err(Fault::new(
            FaultKind::Defect,
            "API Gateway gave an API without id or endpoint",
        ));
    };
    let arn: Input<Arn> = place.arn("execute-api", id);
    Ok(ApiOutputs { id: id.to_owned(), url: url.to_owned(), execution_arn: arn.get()?.clone() })
}

impl Cors {
    fn to_aws(&self) -> types::Cors {
        let list = |texts: &BTreeSet<String>| Some(texts.iter().cloned().collect());
        types::Cors::builder()
            .set_allow_origins(list(&self.origins))
            .set_allow_methods(list(&self.methods))
            .set_allow_headers(list(&self.headers))
            .set_expose_headers(list(&self.expose_headers))
            .set_max_age(self.max_age)
            .allow_credentials(self.credentials)
            .build()
    }

    fn from_aws(cors: &types::Cors) -> Self {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        Self {
            origins: lower(cors.allow_origins()),
            methods: cors.allow_methods().iter().map(|text| text.to_uppercase()).collect(),
            headers: lower(cors.allow_headers()),
            expose_headers: lower(cors.expose_headers()),
            max_age: cors.max_age,
            credentials: cors.allow_credentials.unwrap_or_default(),
        }
    }
}
