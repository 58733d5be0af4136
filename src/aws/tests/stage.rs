//! Stages: deployments that fail in silence, logs that cannot be delivered.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::injected::{Injected, done, held, json as answer, refuse};
use crate::aws::{AccessLog, Stage, StageInputs, StageOutputs, Throttle};
use crate::graph::{Arn, FaultKind, Held, Id, Resource};

const FAILED: &str = "Deployment attempt failed: the integration of route GET / is not valid";
const DEPLOYED: &str = "Successfully deployed stage with deployment ID 'd1'";

fn wanted() -> StageInputs {
    StageInputs { api: "a".into(), ..StageInputs::default() }
}

fn logged() -> StageInputs {
    let group = Arn::from("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/a");
    let format = "$context.requestId".to_owned();
    StageInputs { access_log: Some(AccessLog { log_group_arn: group.into(), format }), ..wanted() }
}

fn existing(inputs: StageInputs) -> Held<Stage> {
    held("a/$default", inputs, StageOutputs { name: "$default".to_owned() })
}

fn stage(message: &str) -> Value {
    json!({"stageName": "$default", "autoDeploy": true, "lastDeploymentStatusMessage": message,
        "defaultRouteSettings": {"detailedMetricsEnabled": false}})
}

/// A stage of which nothing was deployed yet.
fn silent() -> Value {
    json!({"stageName": "$default", "autoDeploy": true})
}

#[tokio::test(start_paused = true)]
async fn a_failed_deployment_fails_the_step_and_leaves_the_stage_recorded() {
    let aws = Injected::new()
        .answers("apigateway:CreateStage", [answer(silent())])
        .answers("apigateway:GetStage", [answer(silent())])
        .always("apigateway:GetStage", answer(stage(FAILED)));
    let fault = Stage::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("the integration of route GET / is not valid"), "{fault}");
    assert_eq!(aws.made(), [Id::from("a/$default")]);
}

#[tokio::test(start_paused = true)]
async fn a_stage_is_made_once_it_is_deployed() {
    let failed = answer(stage(FAILED));
    let aws = Injected::new()
        .answers("apigateway:CreateStage", [answer(silent())])
        .answers("apigateway:GetStage", [answer(silent()), failed, answer(stage(DEPLOYED))]);
    Stage::create(&aws.cx(), &wanted()).await.unwrap();
    assert_eq!(aws.sent("apigateway:GetStage").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_says_nothing_is_waited_for_ten_seconds() {
    let aws = Injected::new()
        .answers("apigateway:CreateStage", [answer(silent())])
        .always("apigateway:GetStage", answer(silent()));
    let started = Instant::now();
    Stage::create(&aws.cx(), &wanted()).await.unwrap();
    assert!((10..13).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_is_never_seen_is_not_there() {
    let gone = refuse("NotFoundException", "Invalid stage identifier specified");
    let aws = Injected::new()
        .answers("apigateway:CreateStage", [answer(silent())])
        .always("apigateway:GetStage", gone);
    let fault = Stage::create(&aws.cx(), &wanted()).await.unwrap_err();
    assert_eq!((fault.kind, aws.made()), (FaultKind::Absent, vec![Id::from("a/$default")]));
}

/// What the stage says may still be of the deployment before.
#[tokio::test(start_paused = true)]
async fn a_stage_that_is_deployed_again_is_done_with_another_deployment() {
    let with = |id: &str| {
        let mut stage = stage(DEPLOYED);
        stage["deploymentId"] = id.into();
        answer(stage)
    };
    let aws = Injected::new()
        .answers("apigateway:DeleteAccessLogSettings", [done()])
        .answers("apigateway:UpdateStage", [with("d1"), with("d1")])
        .answers("apigateway:GetStage", [with("d1"), with("d1"), with("d2")]);
    let half_made = Held { finished: false, outputs: None, ..existing(wanted()) };
    Stage::update(&aws.cx(), &half_made, &wanted()).await.unwrap();
    assert_eq!(aws.sent("apigateway:GetStage").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_stage_without_routes_yet_is_no_failure() {
    for routes in ["no routes", "no valid routes"] {
        let message = &format!(
            "Deployment attempt failed: Unable to deploy API because {routes} exist in this API"
        );
        let aws = Injected::new()
            .answers("apigateway:CreateStage", [answer(silent())])
            .answers("apigateway:GetStage", [answer(stage(message))]);
        Stage::create(&aws.cx(), &wanted()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_failed_later_shows_as_drift_and_is_tried_again() {
    let aws = Injected::new().answers("apigateway:GetStage", [answer(stage(FAILED))]);
    let seen = Stage::read(&aws.cx(), &existing(wanted())).await.unwrap().unwrap();
    assert!(!seen.inputs.deployed);
    assert_eq!(StageInputs { deployed: true, ..seen.inputs.clone() }, wanted());

    let aws = Injected::new()
        .answers("apigateway:UpdateStage", [answer(stage(FAILED)), answer(stage(FAILED))])
        .answers("apigateway:GetStage", [answer(stage(FAILED)), answer(stage(DEPLOYED))]);
    Stage::update(&aws.cx(), &existing(seen.inputs.clone()), &wanted()).await.unwrap();
    let sent = aws.sent("apigateway:UpdateStage");
    let switched: Vec<Value> = sent.iter().map(|sent| sent.json()["autoDeploy"].clone()).collect();
    assert_eq!(switched, [false, true]);

    let aws = Injected::new()
        .answers("apigateway:UpdateStage", [answer(stage(FAILED)), answer(stage(FAILED))])
        .always("apigateway:GetStage", answer(stage(FAILED)));
    let fault = Stage::update(&aws.cx(), &existing(seen.inputs), &wanted()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.message.contains("GET /"), "{fault}");
}

#[tokio::test(start_paused = true)]
async fn logs_that_cannot_be_delivered_are_explained_and_not_tried_again() {
    for message in [
        "Insufficient permissions to enable logging",
        "Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120",
    ] {
        let aws = Injected::new()
            .answers("apigateway:CreateStage", [refuse("BadRequestException", message)]);
        let fault = Stage::create(&aws.cx(), &logged()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        assert!(fault.advice.unwrap().contains("/aws/vendedlogs/"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_access_log_is_removed_by_a_request_of_its_own() {
    let aws = Injected::new().answers("apigateway:DeleteAccessLogSettings", [done()]);
    Stage::update(&aws.cx(), &existing(logged()), &wanted()).await.unwrap();
    let path = &aws.sent("apigateway:DeleteAccessLogSettings")[0].path;
    assert_eq!(path, "/v2/apis/a/stages/%24default/accesslogsettings");
}

#[tokio::test(start_paused = true)]
async fn limits_that_are_taken_away_become_the_accounts() {
    let limited = StageInputs { throttle: Some(Throttle { burst: 5, rate: 1.5 }), ..wanted() };
    let aws = Injected::new().answers("apigateway:UpdateStage", [answer(stage(DEPLOYED))]);
    Stage::update(&aws.cx(), &existing(limited), &wanted()).await.unwrap();
    let sent = aws.sent("apigateway:UpdateStage")[0].json();
    assert_eq!(
        sent["defaultRouteSettings"],
        json!({"throttlingBurstLimit": 5_000, "throttlingRateLimit": 10_000.0})
    );
}
