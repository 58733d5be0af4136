//! What is refused before any call.

use std::collections::BTreeMap;

use crate::aws::{
    AccessLog, Alarm, AlarmInputs, Api, ApiInputs, Authorizer, AuthorizerInputs, Cors,
    DeliveryStream, DeliveryStreamInputs, Integration, IntegrationInputs, Route, RouteInputs,
    Schedule, ScheduleInputs, Stage, StageInputs, Throttle,
};
use crate::graph::{Arn, Input, Resource};

fn objections<R: Resource>(inputs: &R::Inputs) -> Vec<String> {
    R::check(inputs).into_iter().map(|objection| objection.path).collect()
}

fn arn() -> Option<Input<Arn>> {
    Some(Arn::from("arn").into())
}

#[test]
fn routes() {
    let of = |key: &str| {
        objections::<Route>(&RouteInputs { route_key: key.into(), ..RouteInputs::default() })
    };
    for key in ["GET /", "ANY /{proxy+}", "POST /users/{id}", "$default"] {
        assert!(of(key).is_empty(), "{key}");
    }
    for key in ["", "GET", "/users", "get /users", "GET users", "GET /a b", "FETCH /", "$other"] {
        assert_eq!(of(key), ["route_key"], "{key}");
    }
}

#[test]
fn integrations() {
    let function = IntegrationInputs {
        address: "a/b".into(),
        function: arn(),
        ..IntegrationInputs::default()
    };
    assert!(objections::<Integration>(&function).is_empty());
    let late = IntegrationInputs { timeout_ms: Some(30_001), ..function.clone() };
    assert_eq!(objections::<Integration>(&late), ["timeout_ms"]);
    let nothing = IntegrationInputs { function: None, ..function.clone() };
    assert_eq!(objections::<Integration>(&nothing), ["function"]);
    let both = IntegrationInputs {
        subtype: Some("SQS-SendMessage".into()),
        request_parameters: BTreeMap::from([("QueueUrl".to_owned(), "u".into())]),
        ..function
    };
    assert_eq!(objections::<Integration>(&both), ["function", "credentials", "request_parameters"]);
}

#[test]
fn apis_authorizers_and_stages() {
    let cors = Cors {
        origins: ["*".to_owned()].into(),
        credentials: true,
        max_age: Some(86_401),
        ..Cors::default()
    };
    let api = ApiInputs { cors: Some(cors), ..ApiInputs::default() };
    assert_eq!(objections::<Api>(&api), ["cors.credentials", "cors.max_age"]);

    let authorizer = AuthorizerInputs { ttl: 300, ..AuthorizerInputs::default() };
    assert_eq!(objections::<Authorizer>(&authorizer), ["identity_sources"]);
    let source = vec!["$request.header.Authorization".into()];
    let authorizer = AuthorizerInputs { identity_sources: source, ..authorizer };
    assert!(objections::<Authorizer>(&authorizer).is_empty());
    let source = vec!["Authorization".into()];
    let authorizer = AuthorizerInputs { identity_sources: source, ttl: 3_601, ..authorizer };
    assert_eq!(objections::<Authorizer>(&authorizer), ["ttl", "identity_sources"]);

    assert!(objections::<Stage>(&StageInputs::default()).is_empty());
    let stage = StageInputs {
        name: "a b".into(),
        access_log: Some(AccessLog { log_group_arn: Arn::default().into(), format: "x".into() }),
        throttle: Some(Throttle { burst: -1, rate: 1.0 }),
        ..StageInputs::default()
    };
    assert_eq!(objections::<Stage>(&stage), ["name", "access_log.format", "throttle"]);
}

#[test]
fn schedules() {
    let of = |expression: &str| {
        let inputs = ScheduleInputs { expression: expression.into(), ..ScheduleInputs::default() };
        objections::<Schedule>(&inputs)
    };
    for expression in ["rate(5 minutes)", "cron(0 8 * * ? *)", "at(2030-01-01T00:00:00)"] {
        assert!(of(expression).is_empty(), "{expression}");
    }
    for expression in ["", "5 minutes", "rate(5)", "cron(0 8 * * *)", "every(5 minutes)", "rate("] {
        assert_eq!(of(expression), ["expression"], "{expression}");
    }
    let inputs = ScheduleInputs {
        expression: "rate(5 minutes)".into(),
        max_retries: 186,
        max_age: 59,
        flexible_window_minutes: Some(0),
        ..ScheduleInputs::default()
    };
    assert_eq!(
        objections::<Schedule>(&inputs),
        ["max_retries", "max_age", "flexible_window_minutes"]
    );
}

#[test]
fn alarms() {
    assert!(objections::<Alarm>(&AlarmInputs::default()).is_empty());
    let alarm = AlarmInputs {
        statistic: "Mean".into(),
        comparison: "Above".into(),
        treat_missing_data: "nothing".into(),
        period: 45,
        evaluation_periods: 2_000,
        datapoints: 2_001,
        ..AlarmInputs::default()
    };
    assert_eq!(
        objections::<Alarm>(&alarm),
        [
            "statistic",
            "comparison",
            "treat_missing_data",
            "period",
            "evaluation_periods",
            "datapoints"
        ]
    );
    let day = AlarmInputs { period: 3_600, evaluation_periods: 168, ..AlarmInputs::default() };
    assert!(objections::<Alarm>(&day).is_empty());
}

#[test]
fn streams() {
    assert!(objections::<DeliveryStream>(&DeliveryStreamInputs::default()).is_empty());
    let stream = DeliveryStreamInputs {
        buffer_seconds: 901,
        buffer_mb: 0,
        compression: "ZIP".into(),
        log_group: Some("g".into()),
        prefix: "!{timestamp:yyyy}/".into(),
        ..DeliveryStreamInputs::default()
    };
    assert_eq!(
        objections::<DeliveryStream>(&stream),
        ["buffer_seconds", "buffer_mb", "compression", "log_stream", "error_prefix"]
    );
}
