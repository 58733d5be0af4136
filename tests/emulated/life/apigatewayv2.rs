use std::collections::{BTreeMap, BTreeSet};

use maas::aws::{
    AccessLog, Api, ApiInputs, Authorizer, AuthorizerInputs, Cors, Integration, IntegrationInputs,
    LogGroup, LogGroupInputs, Route, RouteInputs, Stage, StageInputs, Throttle, authorizer_uri,
};
use maas::graph::{Address, Arn, Handle, Input};

use super::{Life, Step};

fn texts<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.map(str::to_owned).into()
}

fn function(name: &str) -> Option<Input<Arn>> {
    Some(Arn(format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}")).into())
}

async fn given_api(life: &mut Life) -> Handle<Api> {
    life.given::<Api>("api", ApiInputs::default()).await;
    Handle::at(Address::new("it", "api"))
}

async fn given_integration(life: &mut Life, api: &Handle<Api>, part: &str) -> Handle<Integration> {
    let inputs = IntegrationInputs {
        api: api.id().into(),
        address: format!("it/{part}"),
        function: function(part),
        ..IntegrationInputs::default()
    };
    life.given::<Integration>(part, inputs).await;
    Handle::at(Address::new("it", part))
}

crate::life!(api, |life| {
    let cors = Cors {
        origins: texts(["https://Shop.example"]),
        methods: texts(["GET", "post"]),
        headers: texts(["Authorization", "content-type"]),
        expose_headers: texts(["x-request-id"]),
        max_age: Some(600),
        credentials: true,
    };
    let first =
        ApiInputs { description: "orders".into(), cors: Some(cors), ..ApiInputs::default() };
    let everybody = Cors { origins: texts(["*"]), methods: texts(["*"]), ..Cors::default() };
    let second = ApiInputs { cors: Some(everybody), ..ApiInputs::default() };
    life.whole::<Api>("api", first, second).await;
});

crate::life!(api_without_cors, |life| {
    let cors = Cors { origins: texts(["*"]), methods: texts(["GET"]), ..Cors::default() };
    let first = ApiInputs { cors: Some(cors), ..ApiInputs::default() };
    life.loses::<Api>("api", first, ApiInputs::default(), "cors").await;
});

crate::life!(function_integration, |life| {
    let api = given_api(&mut life).await;
    let first = IntegrationInputs {
        api: api.id().into(),
        address: "it/integration".into(),
        function: function("one"),
        timeout_ms: Some(5_000),
        ..IntegrationInputs::default()
    };
    let second = IntegrationInputs {
        function: function("other"),
        timeout_ms: Some(10_000),
        ..first.clone()
    };
    given_integration(&mut life, &api, "neighbour").await;
    life.whole::<Integration>("integration", first, second).await;
    life.end().await;
});

crate::life!(queue_integration, |life| {
    let api = given_api(&mut life).await;
    let parameters = |url: &str| {
        BTreeMap::from([
            ("QueueUrl".to_owned(), Input::from(url)),
            ("MessageBody".to_owned(), Input::from("$request.body")),
        ])
    };
    let first = IntegrationInputs {
        api: api.id().into(),
        address: "it/integration".into(),
        subtype: Some("SQS-SendMessage".into()),
        credentials: Some(Arn::from("arn:aws:iam::123456789012:role/sender").into()),
        request_parameters: parameters("https://sqs.eu-west-1.amazonaws.com/123456789012/one"),
        ..IntegrationInputs::default()
    };
    let mut second = IntegrationInputs {
        credentials: Some(Arn::from("arn:aws:iam::123456789012:role/other").into()),
        request_parameters: parameters("https://sqs.eu-west-1.amazonaws.com/123456789012/other"),
        ..first.clone()
    };
    let group = ("MessageGroupId".to_owned(), Input::from("$request.path.group"));
    let mut first = first;
    first.request_parameters.extend([group]);
    second.request_parameters.remove("MessageGroupId");
    life.whole::<Integration>("integration", first, second).await;
    life.end().await;
});

crate::life!(authorizer, |life| {
    // moto cannot list authorizers, so that it cannot tell whether one exists.
    life.moto_lacks(&[Step::Find]);
    let api = given_api(&mut life).await;
    let function = |name: &str| {
        authorizer_uri(
            &life.cloud.place(),
            format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}"),
        )
    };
    let first = AuthorizerInputs {
        api: api.id().into(),
        function_uri: function("one"),
        identity_sources: vec!["$request.header.Authorization".into()],
        ttl: 300,
        ..AuthorizerInputs::default()
    };
    let second = AuthorizerInputs {
        function_uri: function("other"),
        identity_sources: Vec::new(),
        ttl: 0,
        ..first.clone()
    };
    life.whole::<Authorizer>("authorizer", first, second).await;
    life.end().await;
});

crate::life!(route, |life| {
    let api = given_api(&mut life).await;
    let one = given_integration(&mut life, &api, "integration").await;
    let other = given_integration(&mut life, &api, "other").await;
    let authorizer = AuthorizerInputs {
        api: api.id().into(),
        function_uri: authorizer_uri(
            &life.cloud.place(),
            "arn:aws:lambda:eu-west-1:123456789012:function:a",
        ),
        ..AuthorizerInputs::default()
    };
    life.given::<Authorizer>("authorizer", authorizer).await;
    let authorizer: Handle<Authorizer> = Handle::at(Address::new("it", "authorizer"));
    let first = RouteInputs {
        api: api.id().into(),
        route_key: "GET /users/{id}".into(),
        integration: one.id().into(),
        authorizer: Some(authorizer.id().into()),
        operation_name: "GetUser".into(),
    };
    let second = RouteInputs {
        route_key: "GET /users".into(),
        integration: other.id().into(),
        authorizer: None,
        ..first.clone()
    };
    life.whole::<Route>("route", first, second).await;
    life.end().await;
});

crate::life!(stage, |life| {
    // moto cannot update stages.
    life.moto_lacks(&[Step::Update]);
    let api = given_api(&mut life).await;
    let group = LogGroupInputs {
        name: "/aws/vendedlogs/life/api".into(),
        retention_days: 14,
        ..LogGroupInputs::default()
    };
    life.given::<LogGroup>("log", group).await;
    let group: Handle<LogGroup> = Handle::at(Address::new("it", "log"));
    let first = StageInputs {
        api: api.id().into(),
        access_log: Some(AccessLog {
            log_group_arn: group.arn().into(),
            format: "$context.requestId $context.status".into(),
        }),
        throttle: Some(Throttle { burst: 10, rate: 5.0 }),
        ..StageInputs::default()
    };
    let second = StageInputs {
        access_log: None,
        throttle: Some(Throttle { burst: 20, rate: 12.5 }),
        ..first.clone()
    };
    life.whole::<Stage>("stage", first.clone(), second.clone()).await;
    life.loses::<Stage>("stage", first, second, "access_log").await;
    life.end().await;
});
