//! HTTP APIs: lost answers, changes at once, and what an update cannot remove.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::injected::{Answer, Injected, broken, done, held, json as answer, refuse};
use crate::aws::{
    Api, ApiInputs, ApiOutputs, Cors, Integration, IntegrationInputs, IntegrationOutputs, Route,
    RouteInputs,
};
use crate::graph::{Arn, FaultKind, Held, Id, Input, Resource, Tags};

const CONCURRENT: &str =
    "Unable to complete operation due to concurrent modification. Please try again later.";

fn tags(environment: &str) -> Tags {
    let tags = [("project", "shop"), ("environment", environment), ("address", "orders/api")];
    tags.map(|(key, value)| (format!("maas:{key}"), value.to_owned())).into()
}

fn wanted() -> ApiInputs {
    ApiInputs { name: "api".into(), tags: tags("dev"), ..ApiInputs::default() }
}

fn api(id: &str, environment: &str, days_ago: i64) -> Value {
    let created = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days_ago);
    json!({"apiId": id, "apiEndpoint": format!("https://{id}.example"), "name": "api",
        "protocolType": "HTTP", "routeSelectionExpression": "", "createdDate": created.to_string(),
        "tags": tags(environment)})
}

fn existing(inputs: ApiInputs) -> Held<Api> {
    let outputs = ApiOutputs {
        id: "a".to_owned(),
        url: "https://a.example".to_owned(),
        execution_arn: Arn::from("arn:aws:execute-api:eu-west-1:123456789012:a"),
    };
    held("a", inputs, outputs)
}

fn integration() -> IntegrationInputs {
    let function = Arn::from("arn:aws:lambda:eu-west-1:123456789012:function:f");
    IntegrationInputs {
        api: "a".into(),
        address: "orders/echo.integration".into(),
        function: Some(function.into()),
        ..IntegrationInputs::default()
    }
}

fn route() -> RouteInputs {
    RouteInputs {
        api: "a".into(),
        route_key: "GET /".into(),
        integration: "i".into(),
        ..RouteInputs::default()
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_whose_answer_was_lost_is_found_by_its_tags_and_not_made_again() {
    for lost in [Answer::Lost, broken(500)] {
        let aws = Injected::new().answers("apigateway:CreateApi", [lost]).answers(
            "apigateway:GetApis",
            [
                answer(json!({"items": [api("other", "prod", 0),
                    api("old", "dev", 1)], "nextToken": "2"})),
                answer(json!({"items": [api("made", "dev", 0),
                    {"apiId": "untagged", "protocolType": "HTTP"}]})),
            ],
        );
        let created = Api::create(&aws.cx(), &wanted()).await.unwrap();
        assert_eq!(created.id, Id::from("made"));
        assert_eq!(created.outputs.url, "https://made.example");
        let arn = "arn:aws:execute-api:eu-west-1:123456789012:made";
        assert_eq!(created.outputs.execution_arn.as_str(), arn);
        assert!(aws.sent("apigateway:GetApis")[1].path.contains("nextToken=2"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_that_was_not_made_is_made_by_a_second_request() {
    let aws = Injected::new()
        .answers("apigateway:CreateApi", [Answer::Lost, answer(api("made", "dev", 0))])
        .answers(
            "apigateway:GetApis",
            [answer(json!({"items": [api("other", "prod", 0), api("replaced", "dev", 0)]}))],
        )
        .replaces("replaced");
    let created = Api::create(&aws.cx(), &wanted()).await.unwrap();
    assert_eq!(created.id, Id::from("made"));
    assert_eq!(aws.calls(), ["apigateway:CreateApi", "apigateway:GetApis", "apigateway:CreateApi"]);
}

#[tokio::test(start_paused = true)]
async fn an_api_that_never_answers_is_given_up() {
    let aws = Injected::new()
        .always("apigateway:CreateApi", broken(503))
        .always("apigateway:GetApis", answer(json!({"items": []})));
    let fault = Api::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unanswered);
    assert_eq!(aws.sent("apigateway:CreateApi").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_create_is_found_and_anothers_api_is_not() {
    let aws = Injected::new()
        .answers("apigateway:GetApis", [answer(json!({"items": [api("other", "prod", 0)]}))]);
    assert_eq!(Api::find(&aws.cx(), &wanted()).await.unwrap(), None);
    let aws = Injected::new()
        .answers("apigateway:GetApis", [answer(json!({"items": [api("untagged", "dev", 0)]}))]);
    let untagged = ApiInputs { tags: Tags::new(), ..wanted() };
    assert_eq!(Api::find(&aws.cx(), &untagged).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn the_part_that_is_replaced_is_not_taken_for_the_new_one() {
    let own = "maas:address=orders/echo.integration";
    let items = json!({"items": [{"integrationId": "old", "description": own},
        {"integrationId": "new", "description": own}]});
    let aws =
        Injected::new().answers("apigateway:GetIntegrations", [answer(items)]).replaces("a/old");
    let found = Integration::find(&aws.cx(), &integration()).await.unwrap();
    assert_eq!(found, Some(Id::from("a/new")));
}

#[tokio::test(start_paused = true)]
async fn an_integration_whose_answer_was_lost_is_found_by_its_address() {
    let described = |id: &str, description: &str, subtype: Option<&str>| {
        json!({"integrationId": id, "description": description, "integrationSubtype": subtype,
            "integrationUri": "arn:aws:lambda:eu-west-1:123456789012:function:f"})
    };
    let own = "maas:address=orders/echo.integration";
    let aws = Injected::new().answers("apigateway:CreateIntegration", [Answer::Lost]).answers(
        "apigateway:GetIntegrations",
        [
            answer(
                json!({"items": [described("1", "maas:address=orders/other.integration", None)],
                    "nextToken": "2"}),
            ),
            answer(json!({"items": [described("2", own, Some("SQS-SendMessage")),
                    described("3", own, None)]})),
        ],
    );
    let created = Integration::create(&aws.cx(), &integration()).await.unwrap();
    assert_eq!((created.id, created.outputs.id.as_str()), (Id::from("a/3"), "3"));
    assert_eq!(aws.sent("apigateway:CreateIntegration")[0].json()["description"], own);
}

#[tokio::test(start_paused = true)]
async fn concurrent_modification_is_tried_again_whatever_its_code() {
    let aws = Injected::new().answers(
        "apigateway:CreateRoute",
        [
            refuse("ConflictException", CONCURRENT),
            refuse("BadRequestException", CONCURRENT),
            Answer::Refusal(409, String::new(), CONCURRENT.to_owned()),
            answer(json!({"routeId": "r"})),
        ],
    );
    let created = Route::create(&aws.cx(), &route()).await.unwrap();
    assert_eq!(created.id, Id::from("a/r"));
    assert_eq!(aws.retries().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_route_that_is_taken_is_refused_at_once() {
    let message = "Route with key GET / already exists for this API";
    let aws =
        Injected::new().answers("apigateway:CreateRoute", [refuse("ConflictException", message)]);
    let fault = Route::create(&aws.cx(), &route()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exists);
}

#[tokio::test(start_paused = true)]
async fn an_api_is_deleted_although_it_is_being_changed() {
    let aws = Injected::new().answers(
        "apigateway:DeleteApi",
        [refuse("ConflictException", CONCURRENT), refuse("ConflictException", ""), done()],
    );
    Api::delete(&aws.cx(), &existing(wanted())).await.unwrap();
    let aws = Injected::new().answers(
        "apigateway:DeleteApi",
        [refuse("NotFoundException", "Invalid API identifier specified")],
    );
    Api::delete(&aws.cx(), &existing(wanted())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn changes_of_one_api_follow_each_other_and_those_of_two_do_not() {
    let slow = |body: Value| Answer::Slow(Duration::from_secs(1), Box::new(answer(body)));
    let aws = Injected::new()
        .always("apigateway:CreateRoute", slow(json!({"routeId": "r"})))
        .always("apigateway:CreateIntegration", slow(json!({"integrationId": "i"})))
        .always("apigateway:DeleteApi", slow(Value::Null));
    let cx = aws.cx();
    let (route, integration, api) = (route(), integration(), existing(wanted()));
    let (made, added, deleted) = tokio::join!(
        Route::create(&cx, &route),
        Integration::create(&cx, &integration),
        Api::delete(&cx, &api)
    );
    made.unwrap();
    added.unwrap();
    deleted.unwrap();
    assert_eq!(aws.most_at_once(), 1);

    let other = RouteInputs { api: "b".into(), ..route.clone() };
    let (one, two) = tokio::join!(Route::create(&cx, &route), Route::create(&cx, &other));
    one.unwrap();
    two.unwrap();
    assert_eq!(aws.most_at_once(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_what_differs_is_sent() {
    let aws = Injected::new();
    Api::update(&aws.cx(), &existing(wanted()), &wanted()).await.unwrap();
    assert!(aws.calls().is_empty());

    let mut tagged = wanted();
    tagged.tags.insert("team".into(), "payments".into());
    let aws = Injected::new()
        .answers("apigateway:TagResource", [done()])
        .answers("apigateway:UntagResource", [done()]);
    Api::update(&aws.cx(), &existing(wanted()), &tagged).await.unwrap();
    assert_eq!(aws.sent("apigateway:TagResource")[0].json(), json!({"tags": {"team": "payments"}}));
    let arn = "/v2/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2Fa";
    assert_eq!(aws.sent("apigateway:TagResource")[0].path, arn);
    Api::update(&aws.cx(), &existing(tagged), &wanted()).await.unwrap();
    assert_eq!(aws.calls(), ["apigateway:TagResource", "apigateway:UntagResource"]);
}

#[tokio::test(start_paused = true)]
async fn an_api_that_was_found_half_made_gets_everything() {
    let aws = Injected::new()
        .answers("apigateway:DeleteCorsConfiguration", [refuse("NotFoundException", "no")])
        .answers("apigateway:UpdateApi", [done()])
        .answers("apigateway:TagResource", [done()])
        .answers("apigateway:GetApi", [answer(api("a", "dev", 0))]);
    let half = Held { finished: false, outputs: None, ..existing(wanted()) };
    let outputs = Api::update(&aws.cx(), &half, &wanted()).await.unwrap();
    assert_eq!(outputs.url, "https://a.example");
    assert_eq!(aws.sent("apigateway:TagResource")[0].json(), json!({"tags": tags("dev")}));
}

#[tokio::test(start_paused = true)]
async fn cors_is_removed_by_a_request_of_its_own() {
    let with = ApiInputs { cors: Some(Cors::default()), ..wanted() };
    let aws = Injected::new().answers("apigateway:DeleteCorsConfiguration", [done()]);
    Api::update(&aws.cx(), &existing(with), &wanted()).await.unwrap();
    assert_eq!(aws.calls(), ["apigateway:DeleteCorsConfiguration"]);
}

#[tokio::test(start_paused = true)]
async fn an_update_of_an_operation_sends_all_its_parameters_and_empties_those_removed() {
    let parameters = |pairs: &[(&str, &str)]| {
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), Input::from(*value));
        pairs.iter().map(pair).collect::<BTreeMap<_, _>>()
    };
    let was = IntegrationInputs {
        function: None,
        subtype: Some("SQS-SendMessage".into()),
        credentials: Some(Arn::from("arn:aws:iam::123456789012:role/r").into()),
        request_parameters: parameters(&[("QueueUrl", "u"), ("MessageBody", "b"), ("Delay", "1")]),
        ..integration()
    };
    let want = IntegrationInputs {
        request_parameters: parameters(&[("QueueUrl", "u"), ("MessageBody", "c")]),
        ..was.clone()
    };
    let aws = Injected::new().answers("apigateway:UpdateIntegration", [done()]);
    let held = held::<Integration>("a/i", was, IntegrationOutputs { id: "i".to_owned() });
    Integration::update(&aws.cx(), &held, &want).await.unwrap();
    let sent = aws.sent("apigateway:UpdateIntegration")[0].json();
    let expected = json!({"QueueUrl": "u", "MessageBody": "c", "Delay": ""});
    assert_eq!(sent["requestParameters"], expected);
    assert_eq!(sent["integrationSubtype"], "SQS-SendMessage");
    assert_eq!(sent["integrationType"], "AWS_PROXY");
    assert_eq!(sent["payloadFormatVersion"], "1.0");
}
