//! What is part of something, and can only be the deployment's.

use serde_json::{Value, json};

use crate::aws::injected::{Injected, json as answer, xml};
use crate::aws::{
    Authorizer, BucketNotification, EventInvokeConfig, Integration, RolePolicy, Route, Schedule,
    Subscription,
};
use crate::graph::{Id, Listed, Resource, Scope};

fn scope() -> Scope {
    Scope { project: "shop".into(), environment: "dev".into(), ..Scope::default() }
}

fn ids<R: Resource>(listed: &[Listed<R>]) -> Vec<&str> {
    listed.iter().map(|one| one.id.as_str()).collect()
}

fn integrations() -> Value {
    json!({"items": [
        {"integrationId": "i1", "description": "maas:address=orders/echo.integration"},
        {"integrationId": "i2", "description": "by hand"},
        {"integrationId": "i3"},
    ]})
}

#[tokio::test]
async fn integrations_have_addresses_and_routes_call_those() {
    let route = |id: &str, target| json!({"routeId": id, "routeKey": "GET /", "target": target});
    let aws = Injected::new()
        .answers("apigateway:GetIntegrations", [answer(integrations()), answer(integrations())])
        .answers(
            "apigateway:GetRoutes",
            [
                answer(json!({"items": [route("r1", "integrations/i2")], "nextToken": "more"})),
                answer(json!({"items": [route("r2", "integrations/i1"), {"routeId": "r3"}]})),
            ],
        );
    let api = Id::from("a1");
    let found = Integration::parts(&aws.cx(), &scope(), &api).await.unwrap();
    assert_eq!(ids(&found), ["a1/i1"]);
    assert_eq!(found[0].inputs.address, "orders/echo.integration");
    let found = Route::parts(&aws.cx(), &scope(), &api).await.unwrap();
    assert_eq!(ids(&found), ["a1/r2"]);
}

#[tokio::test]
async fn authorizers_and_schedules_are_told_by_their_names() {
    let named = json!({"items": [{"authorizerId": "z1", "name": "shop-dev-orders-authorizer"},
        {"authorizerId": "z2", "name": "by-hand"}]});
    let schedules = json!({"Schedules": [{"Name": "shop-dev-mailer-redrive"}, {"Name": "other"}]});
    let aws = Injected::new()
        .answers("apigateway:GetAuthorizers", [answer(named)])
        .answers("scheduler:ListSchedules", [answer(schedules)]);
    let found = Authorizer::parts(&aws.cx(), &scope(), &Id::from("a1")).await.unwrap();
    assert_eq!(ids(&found), ["a1/z1"]);
    let found = Schedule::parts(&aws.cx(), &scope(), &Id::from("g")).await.unwrap();
    assert_eq!(ids(&found), ["g/shop-dev-mailer-redrive"]);
}

#[tokio::test]
async fn what_is_told_of_is_the_deployments() {
    let subscription = |arn: &str, endpoint: &str| {
        format!(
            "<member><SubscriptionArn>{arn}</SubscriptionArn><Endpoint>{endpoint}</Endpoint></member>"
        )
    };
    let all = [
        subscription("arn:1", "arn:aws:sqs:eu-west-1:1:shop-dev-images-audit"),
        subscription("arn:2", "arn:aws:lambda:eu-west-1:1:function:others"),
        subscription("PendingConfirmation", "arn:aws:sqs:eu-west-1:1:shop-dev-x"),
        subscription("arn:3", "ops@shop.example"),
    ];
    let config = |to: &str| {
        answer(json!({"MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure":
            {"Destination": format!("arn:aws:sqs:eu-west-1:1:{to}")}}}))
    };
    let rules = |queues: &[&str]| {
        let rule = |name: &&str| {
            format!(
                "<QueueConfiguration><Id>{name}</Id><Queue>arn:aws:sqs:eu-west-1:1:{name}</Queue>\
                 <Event>s3:ObjectCreated:*</Event></QueueConfiguration>"
            )
        };
        let rules: String = queues.iter().map(rule).collect();
        xml(&format!("<NotificationConfiguration>{rules}</NotificationConfiguration>"))
    };
    let aws = Injected::new()
        .answers(
            "sns:ListSubscriptionsByTopic",
            [xml(&format!("<Subscriptions>{}</Subscriptions>", all.concat()))],
        )
        .answers(
            "lambda:GetFunctionEventInvokeConfig",
            [config("shop-dev-mailer-queue"), config("others")],
        )
        .answers(
            "s3:GetBucketNotificationConfiguration",
            [rules(&["shop-dev-a"]), rules(&["shop-dev-a", "others"]), rules(&[])],
        );
    let found = Subscription::parts(&aws.cx(), &scope(), &Id::from("arn:t")).await.unwrap();
    assert_eq!(ids(&found), ["arn:1"]);
    for number in [1, 0] {
        let found = EventInvokeConfig::parts(&aws.cx(), &scope(), &Id::from("f")).await.unwrap();
        assert_eq!(found.len(), number);
    }
    for number in [1, 0, 0] {
        let found = BucketNotification::parts(&aws.cx(), &scope(), &Id::from("b")).await.unwrap();
        assert_eq!(found.len(), number);
    }
}

#[tokio::test]
async fn a_roles_policies_are_those_that_patterns_give_it() {
    let names = ["maas", "databases", "by-hand"].map(|name| format!("<member>{name}</member>"));
    let names = format!("<PolicyNames>{}</PolicyNames>", names.concat());
    let aws = Injected::new().answers("iam:ListRolePolicies", [xml(&names)]);
    let found = RolePolicy::parts(&aws.cx(), &scope(), &Id::from("shop-dev-users")).await.unwrap();
    assert_eq!(ids(&found), ["shop-dev-users/databases"]);
}
