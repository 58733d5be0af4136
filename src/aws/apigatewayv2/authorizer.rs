//! `aws:apigatewayv2/authorizer`

use aws_sdk_apigatewayv2::types::{self, AuthorizerType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Api;
use super::http_api::{alone, child, given, is_older};
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::aws::list::{is_named, pages};
use crate::graph::{
    Charset, Created, Fault, Held, Id, Input, IntoParts, Listed, Naming, Objection, OrAbsent,
    Place, Resource, Scope, Seen,
};
use crate::outputs;

/// Seconds that API Gateway caches a result where nothing else is said.
const DEFAULT_TTL: i32 = 300;
/// What identity sources of HTTP APIs begin with (*API Gateway Developer Guide*, "Control access to
/// HTTP APIs with AWS Lambda authorizers").
const SOURCES: [&str; 4] =
    ["$request.header.", "$request.querystring.", "$context.", "$stageVariables."];

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
    type Cloud = crate::aws::Aws;
    type Inputs = AuthorizerInputs;
    type Outputs = AuthorizerOutputs;

    const KIND: &'static str = "aws:apigatewayv2/authorizer";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 128, charset: Charset::Word, global: false });
    const REPLACE_ON: &'static [&'static str] = &["api"];
    const DIES_WITH: Option<&'static str> = Some("api");
    const PART_OF: Option<&'static str> = Some(Api::KIND);

    fn check(want: &AuthorizerInputs) -> Vec<Objection> {
        let mut check = Check::default().range("ttl", want.ttl, 0..=3_600, "seconds").that(
            want.ttl == 0 || !want.identity_sources.is_empty(),
            "identity_sources",
            "results are cached by the identity sources; name at least one, or cache for 0 seconds",
        );
        for source in &want.identity_sources {
            check = check.that(
                SOURCES.iter().any(|start| source.starts_with(start)),
                "identity_sources",
                format!("`{source}` does not begin with {}", SOURCES.join(", ")),
            );
        }
        check.done()
    }

    async fn create(cx: &Cx, want: &AuthorizerInputs) -> Result<Created<Self>, Fault> {
        let api = want.api.get()?;
        let request = cx
            .apigatewayv2()
            .create_authorizer()
            .api_id(api)
            .name(&want.name)
            .authorizer_type(AuthorizerType::Request)
            .authorizer_uri(want.function_uri.get()?)
            .authorizer_payload_format_version("2.0")
            .enable_simple_responses(true)
            .set_identity_source(Some(want.identity_sources.clone()))
            .authorizer_result_ttl_in_seconds(want.ttl);
        let _alone = alone(cx, api).await;
        let send = || async {
            let made = cx.call("apigateway:CreateAuthorizer", || request.clone().send()).await?;
            given(made.authorizer_id)
        };
        let id = cx.once(send, || of_name(cx, api, &want.name)).await?;
        Ok(Created { id: child(api, &id), outputs: AuthorizerOutputs { id } })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (api, id) = held.id.halves()?;
        let found = cx
            .call("apigateway:GetAuthorizer", || {
                cx.apigatewayv2().get_authorizer().api_id(api).authorizer_id(id).send()
            })
            .await
            .or_absent()?;
        let Some(found) = found else { return Ok(None) };
        let inputs = AuthorizerInputs {
            api: Input::from(api),
            name: found.name.unwrap_or_default(),
            function_uri: Input::from(found.authorizer_uri.unwrap_or_default()),
            identity_sources: found.identity_source.unwrap_or_default(),
            ttl: found.authorizer_result_ttl_in_seconds.unwrap_or(DEFAULT_TTL),
        };
        Ok(Some(Seen { inputs, outputs: AuthorizerOutputs { id: id.to_owned() } }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &AuthorizerInputs,
    ) -> Result<AuthorizerOutputs, Fault> {
        let (api, id) = held.id.halves()?;
        let request = cx
            .apigatewayv2()
            .update_authorizer()
            .api_id(api)
            .authorizer_id(id)
            .name(&want.name)
            .authorizer_type(AuthorizerType::Request)
            .authorizer_uri(want.function_uri.get()?)
            .authorizer_payload_format_version("2.0")
            .enable_simple_responses(true)
            .set_identity_source(Some(want.identity_sources.clone()))
            .authorizer_result_ttl_in_seconds(want.ttl);
        let _alone = alone(cx, api).await;
        cx.call("apigateway:UpdateAuthorizer", || request.clone().send()).await?;
        Ok(AuthorizerOutputs { id: id.to_owned() })
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (api, id) = held.id.halves()?;
        let _alone = alone(cx, api).await;
        cx.call("apigateway:DeleteAuthorizer", || {
            cx.apigatewayv2().delete_authorizer().api_id(api).authorizer_id(id).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &AuthorizerInputs) -> Result<Option<Id>, Fault> {
        let api = want.api.get()?;
        Ok(of_name(cx, api, &want.name).await?.map(|id| child(api, &id)))
    }

    async fn parts(cx: &Cx, scope: &Scope, api: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let api = api.as_str();
        let all = pages(|token| async move {
            let request = cx.apigatewayv2().get_authorizers().api_id(api).set_next_token(token);
            let page = cx.call("apigateway:GetAuthorizers", || request.clone().send()).await?;
            Ok((page.items.unwrap_or_default(), page.next_token))
        })
        .await?;
        let ours =
            all.into_iter().filter(|found| is_named(scope, found.name().unwrap_or_default()));
        let listed = ours.filter_map(|found| {
            let id = child(api, &found.authorizer_id?);
            Some(Listed { id, inputs: AuthorizerInputs::default() })
        });
        Ok(listed.collect())
    }
}

async fn of_name(cx: &Cx, api: &str, name: &str) -> Result<Option<String>, Fault> {
    let mut token = None;
    loop {
        let request = cx.apigatewayv2().get_authorizers().api_id(api).set_next_token(token);
        let page =
            cx.call("apigateway:GetAuthorizers", || request.clone().send()).await.or_absent()?;
        let Some(page) = page else { return Ok(None) };
        let mut found = page.items.unwrap_or_default().into_iter();
        let is_new = |found: &types::Authorizer| !is_older(cx, api, found.authorizer_id());
        if let Some(found) = found.find(|found| found.name() == Some(name) && is_new(found)) {
            return given(found.authorizer_id).map(Some);
        }
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(None);
        }
    }
}
