//! `aws:apigatewayv2/route`

use aws_sdk_apigatewayv2::types::AuthorizationType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Api;
use super::http_api::{alone, child, given};
use super::integration;
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::aws::list::pages;
use crate::graph::{
    Created, Fault, Held, Id, Input, Listed, NotYetKnown, Objection, OrAbsent, Resource, Scope,
    Seen,
};
use crate::outputs;

/// What a route's target begins with; the integration's id follows.
const TARGET: &str = "integrations/";
const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

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
    type Cloud = crate::aws::Aws;
    type Inputs = RouteInputs;
    type Outputs = RouteOutputs;

    const KIND: &'static str = "aws:apigatewayv2/route";
    const REPLACE_ON: &'static [&'static str] = &["api"];
    const KNOWN_BY: &'static [&'static str] = &["api", "route_key"];
    const DIES_WITH: Option<&'static str> = Some("api");
    const PART_OF: Option<&'static str> = Some(Api::KIND);

    fn check(want: &RouteInputs) -> Vec<Objection> {
        Check::default()
            .that(
                is_route_key(&want.route_key),
                "route_key",
                format!(
                    "`{}` is no route; write a method ({}) and a path, as in `GET /users/{{id}}`, or `$default`",
                    want.route_key,
                    METHODS.join(", ")
                ),
            )
            .that(
                want.operation_name.chars().count() <= 64,
                "operation_name",
                "API Gateway keeps up to 64 characters",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &RouteInputs) -> Result<Created<Self>, Fault> {
        let api = want.api.get()?;
        let request = cx
            .apigatewayv2()
            .create_route()
            .api_id(api)
            .route_key(&want.route_key)
            .target(want.target()?)
            .authorization_type(want.authorization())
            .set_authorizer_id(want.authorizer_id()?)
            .set_operation_name(Some(want.operation_name.clone()).filter(|name| !name.is_empty()));
        let _alone = alone(cx, api).await;
        let made = cx.call("apigateway:CreateRoute", || request.clone().send()).await?;
        let id = given(made.route_id)?;
        Ok(Created { id: child(api, &id), outputs: RouteOutputs { id } })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (api, id) = held.id.halves()?;
        let found = cx
            .call("apigateway:GetRoute", || {
                cx.apigatewayv2().get_route().api_id(api).route_id(id).send()
            })
            .await
            .or_absent()?;
        let Some(found) = found else { return Ok(None) };
        let target = found.target().unwrap_or_default();
        let inputs = RouteInputs {
            api: Input::from(api),
            integration: Input::from(target.strip_prefix(TARGET).unwrap_or(target)),
            authorizer: found
                .authorizer_id
                .filter(|_| found.authorization_type == Some(AuthorizationType::Custom))
                .map(Input::from),
            route_key: found.route_key.unwrap_or_default(),
            operation_name: found.operation_name.unwrap_or_default(),
        };
        Ok(Some(Seen { inputs, outputs: RouteOutputs { id: id.to_owned() } }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &RouteInputs) -> Result<RouteOutputs, Fault> {
        let (api, id) = held.id.halves()?;
        let request = cx
            .apigatewayv2()
            .update_route()
            .api_id(api)
            .route_id(id)
            .route_key(&want.route_key)
            .target(want.target()?)
            .authorization_type(want.authorization())
            .set_authorizer_id(want.authorizer_id()?)
            .operation_name(&want.operation_name);
        let _alone = alone(cx, api).await;
        cx.call("apigateway:UpdateRoute", || request.clone().send()).await?;
        Ok(RouteOutputs { id: id.to_owned() })
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (api, id) = held.id.halves()?;
        let _alone = alone(cx, api).await;
        cx.call("apigateway:DeleteRoute", || {
            cx.apigatewayv2().delete_route().api_id(api).route_id(id).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    /// Route keys are unique within an API.
    async fn find(cx: &Cx, want: &RouteInputs) -> Result<Option<Id>, Fault> {
        let (api, mut token) = (want.api.get()?, None);
        loop {
            let request = cx.apigatewayv2().get_routes().api_id(api).set_next_token(token);
            let page =
                cx.call("apigateway:GetRoutes", || request.clone().send()).await.or_absent()?;
            let Some(page) = page else { return Ok(None) };
            let mut routes = page.items.unwrap_or_default().into_iter();
            if let Some(found) = routes.find(|found| found.route_key() == Some(&want.route_key)) {
                return Ok(Some(child(api, &given(found.route_id)?)));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    /// Nothing on a route says who made it; the deployment's call its integrations.
    async fn parts(cx: &Cx, _scope: &Scope, api: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let api = api.as_str();
        let integrations = integration::ours(cx, api).await?;
        let routes = pages(|token| async move {
            let request = cx.apigatewayv2().get_routes().api_id(api).set_next_token(token);
            let page = cx.call("apigateway:GetRoutes", || request.clone().send()).await?;
            Ok((page.items.unwrap_or_default(), page.next_token))
        })
        .await?;
        let ours = routes.into_iter().filter_map(|route| {
            let target = route.target()?.strip_prefix(TARGET)?;
            integrations.iter().find(|(id, _)| id == target)?;
            Some(Listed { id: child(api, &route.route_id?), inputs: RouteInputs::default() })
        });
        Ok(ours.collect())
    }
}

impl RouteInputs {
    fn target(&self) -> Result<String, NotYetKnown> {
        Ok(format!("{TARGET}{}", self.integration.get()?))
    }

    fn authorizer_id(&self) -> Result<Option<String>, NotYetKnown> {
        self.authorizer.as_ref().map(|id| id.get().cloned()).transpose()
    }

    fn authorization(&self) -> AuthorizationType {
        match self.authorizer {
            Some(_) => AuthorizationType::Custom,
            None => AuthorizationType::None,
        }
    }
}

/// Whether that is a route key of an HTTP API (*API Gateway Developer Guide*, "Create routes for HTTP
/// APIs").
fn is_route_key(key: &str) -> bool {
    let is_path = |path: &str| path.starts_with('/') && !path.contains(char::is_whitespace);
    key == "$default"
        || key
            .split_once(' ')
            .is_some_and(|(method, path)| METHODS.contains(&method) && is_path(path))
}
