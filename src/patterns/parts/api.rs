//! HTTP APIs and their routes.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::function::{Lambda, allow_invoke};
use crate::aws::{
    self, Api, ApiInputs, Integration, IntegrationInputs, RouteInputs, Stage, StageInputs, Throttle,
};
use crate::graph::{Handle, Input};
use crate::manifest::{Duration, Method, Problem, Reference, Route, Span, Spanned};
use crate::patterns::Cx;
use crate::patterns::wiring::{NewRoute, routes};
use crate::text;

/// What API Gateway answers to browsers that ask from another origin.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorsKeys {
    /// The origins that may call, such as `https://shop.example`; `*` is every origin, and `https://*`
    /// every one of that scheme.
    #[schemars(length(min = 1))]
    pub origins: Vec<Spanned<String>>,
    /// The methods that they may use; every one if nothing is said.
    #[serde(default)]
    pub methods: Vec<Spanned<String>>,
    /// The headers that they may send; if nothing is said, `authorization`, `content-type` and those
    /// that the authorizer looks at.
    #[serde(default)]
    pub headers: Vec<Spanned<String>>,
    /// The headers of an answer that they may read.
    #[serde(default)]
    pub expose_headers: Vec<Spanned<String>>,
    /// How long a browser keeps this, up to a day.
    #[schemars(extend("x-maximum" = "1d"))]
    pub max_age: Option<Duration>,
    /// Whether they may send credentials, that is cookies; not with the origin `*`.
    #[serde(default)]
    pub credentials: bool,
}

/// How many requests an API's routes let through.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Throttling {
    /// Requests a second.
    #[schemars(range(min = 0.1))]
    pub rate: f64,
    /// Requests at once.
    #[schemars(range(min = 1, max = 10_000))]
    pub burst: u32,
}

impl CorsKeys {
    /// Every origin, without credentials.
    pub fn everywhere() -> Self {
        Self {
            origins: vec![Spanned::nowhere("*".to_owned())],
            methods: Vec::new(),
            headers: Vec::new(),
            expose_headers: Vec::new(),
            max_age: None,
            credentials: false,
        }
    }

    /// How long a browser keeps it, in seconds.
    pub fn max_age_seconds(&self) -> Option<i32> {
        self.max_age.and_then(|age| i32::try_from(age.seconds()).ok())
    }

    fn to_aws(&self, more_headers: &[String]) -> aws::Cors {
        let or = |given: &[Spanned<String>], default: &[&str]| -> BTreeSet<String> {
            match given {
                [] => default.iter().map(|text| (*text).to_owned()).collect(),
                given => given.iter().map(|text| text.get_ref().clone()).collect(),
            }
        };
        let lower = |texts: BTreeSet<String>| texts.iter().map(|t| t.to_lowercase()).collect();
        let mut headers = or(&self.headers, &["authorization", "content-type"]);
        if self.headers.is_empty() {
            headers.extend(more_headers.iter().cloned());
        }
        // With credentials, browsers take `*` for a method of that name.
        let every: &[&str] = match self.credentials {
            true => &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            false => &["*"],
        };
        aws::Cors {
            origins: lower(or(&self.origins, &[])),
            methods: or(&self.methods, every).iter().map(|text| text.to_uppercase()).collect(),
            headers: lower(headers),
            expose_headers: lower(or(&self.expose_headers, &[])),
            max_age: self.max_age_seconds(),
            credentials: self.credentials,
        }
    }
}

/// Adds `api` with its `$default` stage, or lets another instance's stand for it.
pub fn api(
    cx: &mut Cx<'_, '_>,
    given: Option<&Reference>,
    cors: Option<&Spanned<CorsKeys>>,
    throttle: Option<&Spanned<Throttling>>,
    more_headers: &[String],
) -> Handle<Api> {
    if let Some(reference) = given {
        let places = [cors.map(Spanned::span), throttle.map(Spanned::span)];
        for place in places.into_iter().flatten() {
            let message = "A key belongs to the instance that has the API.";
            let problem = Problem::at(place, "maas::patterns::not_own", message)
                .label(format!("the API is `{}`'s", reference.instance))
                .help(format!("Move it to `[patterns.{}]`.", reference.instance));
            cx.problem(problem);
        }
        return cx.borrow("api", reference);
    }
    if let Some(cors) = cors {
        super::cors::check(cx, cors);
    }
    let (place, limit) = (cors.map_or(Span::NOWHERE, Spanned::span), throttle);
    let cors = cors.map(|cors| cors.to_aws(more_headers));
    let api = cx.add::<Api>("api", ApiInputs { cors, ..ApiInputs::default() });
    let throttle = throttle.map(|limit| Throttle {
        burst: i32::try_from(limit.burst).unwrap_or(i32::MAX),
        rate: limit.rate,
    });
    let limits = limit.map_or(Span::NOWHERE, Spanned::span);
    let stage = StageInputs { api: api.id().into(), throttle, ..StageInputs::default() };
    let stage = cx.add::<Stage>(&routes::stage_of("api"), stage);
    cx.origin(&stage, "throttle", limits);
    cx.origin(&api, "cors", place);
    api
}

/// Adds the route `LABEL.route` to the integration. One that has no authorizer, and is added to
/// another instance's API, gets the one of that API, unless this instance is public.
pub fn route(
    cx: &mut Cx<'_, '_>,
    api: &Handle<Api>,
    label: &str,
    key: &Spanned<Route>,
    integration: &Handle<Integration>,
    authorizer: Option<Input<String>>,
) -> Handle<aws::Route> {
    let inputs = RouteInputs {
        api: api.id().into(),
        route_key: key.to_string(),
        integration: integration.id().into(),
        authorizer,
        ..RouteInputs::default()
    };
    let part = if label.is_empty() { "route".to_owned() } else { format!("{label}.route") };
    let route = cx.add::<aws::Route>(&part, inputs);
    let (api, key) = (api.address().clone(), key.clone());
    cx.all.routes.push(NewRoute { api, route: route.clone(), key });
    route
}

/// The requests of a route as the end of an ARN: the method and the path, with `*` for variables
/// (*API Gateway Developer Guide*, "Create AWS Lambda proxy integrations for HTTP APIs").
fn requests(key: &Route) -> String {
    let Route::At { method, path } = key else { return key.to_string() };
    let method = if *method == Method::Any { "*" } else { method.as_str() };
    let part = |part: &str| if part.starts_with('{') { "*".to_owned() } else { part.to_owned() };
    format!("{method}{}", path.split('/').map(part).collect::<Vec<_>>().join("/"))
}

/// How long an HTTP API waits for an answer, in seconds (*API Gateway Developer Guide*, "Quotas for
/// configuring and running an HTTP API").
const LONGEST_ANSWER: u32 = 30;

/// How long an HTTP API waits for an authorizer, in seconds (the same page).
const LONGEST_DECISION: u32 = 10;

/// Refuses an authorizer's function that may take longer than the API waits for it.
pub fn check_authorizer(cx: &mut Cx<'_, '_>, lambda: &Lambda) {
    if *lambda.timeout > LONGEST_DECISION {
        let message = "An authorizer may take longer than the API waits.";
        cx.problem(outlasts(lambda, LONGEST_DECISION, message).help(format!(
            "Give the authorizer `timeout = \"{LONGEST_DECISION}s\"` or less: what it has not decided by then is answered 500."
        )));
    }
}

fn outlasts(lambda: &Lambda, longest: u32, message: &str) -> Problem {
    let taken = *lambda.timeout;
    Problem::at(lambda.timeout.span(), "maas::patterns::api_timeout", message)
        .label(format!("its function may take {taken} s, and the API gives up after {longest} s"))
}

/// Adds a route to a function: `LABEL.integration`, `LABEL.permission` and `LABEL.route`.
pub fn lambda_route(
    cx: &mut Cx<'_, '_>,
    api: &Handle<Api>,
    lambda: &Lambda,
    key: &Spanned<Route>,
    authorizer: Option<Input<String>>,
) -> Handle<aws::Route> {
    if *lambda.timeout > LONGEST_ANSWER {
        let message = "A function behind an API may take longer than the API waits.";
        let problem = outlasts(lambda, LONGEST_ANSWER, message)
            .related(key, "it answers this route")
            .help("Give the function `timeout = \"30s\"` or less; let what takes longer come from a queue, as with `api-async`.");
        cx.problem(problem);
    }
    let source: Input<String> = text!(api.execution_arn(), "/*/", requests(key));
    let service = "apigateway.amazonaws.com";
    let permission = allow_invoke(cx, lambda, &lambda.part("permission"), service, source, None);
    let part = lambda.part("integration");
    let integration = cx.add::<Integration>(
        &part,
        IntegrationInputs {
            api: api.id().into(),
            address: cx.address(&part).to_string(),
            function: Some(lambda.function.arn().into()),
            ..IntegrationInputs::default()
        },
    );
    let route = route(cx, api, &lambda.label, key, &integration, authorizer);
    // A request must not meet a function that may not be invoked yet.
    cx.graph().order(&route, &permission);
    route
}
