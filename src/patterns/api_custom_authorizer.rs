//! An API whose requests a function decides on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{
    CorsKeys, Lambda, NewFunction, Throttling, allow_invoke, api, check_authorizer, label,
    lambda_route,
};
use super::{Cx, Exports, Pattern};
use crate::aws::{Api, Authorizer, AuthorizerInputs, Permission, authorizer_uri};
use crate::graph::{Handle, Input};
use crate::manifest::{Duration, FunctionTable, Problem, Reference, Route, Spanned, With};
use crate::text;

/// An API whose requests a function decides on, by a header such as `Authorization`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The function that decides.
    authorizer: With<FunctionTable, AuthorizerKeys>,
    /// The functions behind the API, by their routes.
    #[serde(default)]
    routes: BTreeMap<Spanned<Route>, With<FunctionTable, RouteKeys>>,
    /// What browsers may do from other origins; nothing if it is left out.
    cors: Option<Spanned<CorsKeys>>,
    /// How many requests each route lets through; as many as the account does if it is left out.
    throttle: Option<Spanned<Throttling>>,
    /// The API of another instance, as `${orders.api}`, in place of one of its own.
    #[schemars(extend("examples" = ["${orders.api}"]))]
    api: Option<Reference>,
}

/// What the authorizer looks at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AuthorizerKeys {
    /// What has to be in a request, else it is answered 401 without a look; the header
    /// `Authorization` if nothing is said.
    identity: Option<Spanned<Vec<Spanned<String>>>>,
    /// How long a decision holds for the same identity, up to an hour; `5m` if nothing is said, and
    /// `0s` is not at all.
    #[schemars(extend("x-maximum" = "1h"))]
    cache: Option<Spanned<Duration>>,
}

/// What a route is beside its function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RouteKeys {
    /// Whether it is not behind the authorizer.
    #[serde(default)]
    public: bool,
}

/// The pattern.
pub struct ApiCustomAuthorizer;

impl Pattern for ApiCustomAuthorizer {
    const NAME: &'static str = "api-custom-authorizer";
    const SUMMARY: &'static str =
        "An API whose requests a function decides on, by a header such as `Authorization`.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("api", "the HTTP API"),
        ("api.stage", "its `$default` stage, deployed by itself"),
        ("authorizer", "the authorizer, with payload 2.0 and simple responses"),
        ("authorizer.function", "its function, with .role, .log-group and .permission"),
        ("ROUTE.function", "a route's function, with .role, .log-group and .permission"),
        ("ROUTE.route", "the route, with its .integration"),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  internet((Internet)) --> api[API Gateway]
  api -. asks .-> authorizer[Authorizer function]
  api --> function[Integration function]
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let identity = identity(cx, &params.authorizer.keys);
        let headers: Vec<String> = identity
            .iter()
            .filter_map(|source| source.strip_prefix(HEADER))
            .map(str::to_owned)
            .collect();
        let api =
            api(cx, params.api.as_ref(), params.cors.as_ref(), params.throttle.as_ref(), &headers);
        let authorizer = authorizer(cx, &api, &params.authorizer, identity);
        for (key, route) in &params.routes {
            let function = route.function.resolve(cx.defaults());
            let Some(function) = cx.ok(function) else { continue };
            let lambda =
                NewFunction::new(&label(key.get_ref(), &["authorizer", "api"]), function).add(cx);
            let guard = authorizer.as_ref().filter(|_| !route.keys.public);
            let id = guard.map(|(authorizer, _)| authorizer.id().into());
            let route = lambda_route(cx, &api, &lambda, key, id);
            if let Some((_, permission)) = guard {
                cx.graph().order(&route, permission);
            }
        }
        Exports::default().with("url", api.url()).with("api_id", api.id())
    }
}

const HEADER: &str = "$request.header.";
const SOURCES: [&str; 4] = [HEADER, "$request.querystring.", "$context.", "$stageVariables."];

fn identity(cx: &mut Cx<'_, '_>, keys: &AuthorizerKeys) -> Vec<String> {
    let Some(given) = &keys.identity else { return vec![format!("{HEADER}Authorization")] };
    for source in given.get_ref() {
        if SOURCES
            .iter()
            .any(|start| source.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
        {
            continue;
        }
        let message = "An identity source is malformed.";
        let problem = Problem::at(source, "maas::patterns::identity", message)
            .label("this does not say where in a request to look")
            .help("Write `$request.header.NAME`, `$request.querystring.NAME`, `$context.NAME` or `$stageVariables.NAME`.");
        cx.problem(problem);
    }
    let is_cached = keys.cache.as_ref().is_none_or(|cache| cache.seconds() > 0);
    if given.is_empty() && is_cached {
        let message = "Decisions cannot be kept without an identity.";
        let problem = Problem::at(given, "maas::patterns::identity", message)
            .label("decisions are kept by the identity, and there is none")
            .help("Name a source, or set `cache = \"0s\"`.");
        cx.problem(problem);
    }
    given.iter().map(|source| source.get_ref().clone()).collect()
}

fn authorizer(
    cx: &mut Cx<'_, '_>,
    api: &Handle<Api>,
    given: &With<FunctionTable, AuthorizerKeys>,
    identity: Vec<String>,
) -> Option<(Handle<Authorizer>, Handle<Permission>)> {
    let function = given.function.resolve(cx.defaults());
    let lambda: Lambda = NewFunction::new("authorizer", cx.ok(function)?).add(cx);
    check_authorizer(cx, &lambda);
    let ttl = given.keys.cache.as_ref().map_or(300, |cache| cache.seconds());
    let uri = authorizer_uri(cx.place(), lambda.function.arn());
    let authorizer = cx.add::<Authorizer>(
        "authorizer",
        AuthorizerInputs {
            api: api.id().into(),
            function_uri: uri,
            identity_sources: identity,
            ttl: i32::try_from(ttl).unwrap_or(i32::MAX),
            ..AuthorizerInputs::default()
        },
    );
    let source: Input<String> = text!(api.execution_arn(), "/authorizers/", authorizer.id());
    let service = "apigateway.amazonaws.com";
    let permission = allow_invoke(cx, &lambda, "authorizer.permission", service, source, None);
    Some((authorizer, permission))
}
