//! `aws:apigatewayv2/stage`

use std::time::Duration;

use aws_sdk_apigatewayv2::operation::get_stage::GetStageOutput;
use aws_sdk_apigatewayv2::types::RouteSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::http_api::{alone, child, tag};
use super::stage_settings::{AccessLog, Throttle};
use crate::aws::check::Check;
use crate::aws::{Cx, tags};
use crate::graph::{
    Created, Fault, FaultKind, Foretold, Held, Id, Input, Objection, OrAbsent, Place, Resource,
    Seen, Tags, Waited,
};
use crate::outputs;

/// A stage of an HTTP API. Made after the API's routes, it needs one deployment instead of one a
/// route.
#[derive(Debug)]
pub struct Stage;

/// What a stage is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageInputs {
    /// The API's id.
    pub api: Input<String>,
    /// Its name; `$default` is served at the API's own URL.
    pub name: String,
    /// Whether each change of the API is deployed to it at once.
    pub auto_deploy: bool,
    /// Whether the last automatic deployment went through; one that failed is tried again.
    pub deployed: bool,
    /// Where it writes a line a request; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log: Option<AccessLog>,
    /// How much each of its routes lets through; none: as much as the account does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

impl Default for StageInputs {
    fn default() -> Self {
        Self {
            api: Input::default(),
            name: "$default".to_owned(),
            auto_deploy: true,
            deployed: true,
            access_log: None,
            throttle: None,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a stage gives back.
    Stage => StageOutputs {
        /// Its name.
        name: String,
    }
}

impl Resource for Stage {
    type Cloud = crate::aws::Aws;
    type Inputs = StageInputs;
    type Outputs = StageOutputs;

    const KIND: &'static str = "aws:apigatewayv2/stage";
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["api", "name"];
    const KNOWN_BY: &'static [&'static str] = &["api", "name"];
    const DIES_WITH: Option<&'static str> = Some("api");

    fn foretell(want: &StageInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("name", &want.name);
        match want.api.known() {
            Some(api) => foretold.id(format!("{api}/{}", want.name)),
            None => foretold,
        }
    }

    fn check(want: &StageInputs) -> Vec<Objection> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let mut check = Check::default().that(
            want.name == "$default" || !want.name.is_empty() && want.name.chars().all(plain),
            "name",
            format!(
                "`{}` is no stage; write `$default`, or letters, digits, `-` and `_`",
                want.name
            ),
        );
        if let Some(log) = &want.access_log {
            check = check.that(
                log.format.contains("$context.requestId"),
                "access_log.format",
                "API Gateway asks for `$context.requestId` in each line",
            );
        }
        if let Some(Throttle { burst, rate }) = want.throttle {
            check = check.that(burst >= 0 && rate >= 0.0, "throttle", "limits are 0 or more");
        }
        check.done()
    }

    async fn create(cx: &Cx, want: &StageInputs) -> Result<Created<Self>, Fault> {
        let api = want.api.get()?;
        let request = cx
            .apigatewayv2()
            .create_stage()
            .api_id(api)
            .stage_name(&want.name)
            .auto_deploy(want.auto_deploy)
            .set_access_log_settings(want.access_log.as_ref().map(AccessLog::to_aws).transpose()?)
            .set_default_route_settings(want.throttle.as_ref().map(Throttle::to_aws))
            .set_tags(Some(want.tags.clone().into_iter().collect()));
        let _alone = alone(cx, api).await;
        cx.call("apigateway:CreateStage", || request.clone().send()).await?;
        let id = child(api, &want.name);
        if want.auto_deploy {
            cx.made(&id).await?;
            deployed(cx, api, &want.name, None).await?;
        }
        Ok(Created { id, outputs: StageOutputs { name: want.name.clone() } })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (api, name) = held.id.halves()?;
        let Some(found) = get(cx, api, name).await? else { return Ok(None) };
        let inputs = StageInputs {
            api: Input::from(api),
            name: name.to_owned(),
            auto_deploy: found.auto_deploy.unwrap_or_default(),
            deployed: !matches!(
                Deployment::of(found.last_deployment_status_message()),
                Deployment::Failed(_)
            ),
            access_log: found.access_log_settings.and_then(AccessLog::from_aws),
            throttle: found
                .default_route_settings
                .and_then(|settings| Throttle::from_aws(&settings)),
            tags: tags::ours(found.tags.unwrap_or_default()),
        };
        Ok(Some(Seen { inputs, outputs: StageOutputs { name: name.to_owned() } }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &StageInputs) -> Result<StageOutputs, Fault> {
        let (api, name) = held.id.halves()?;
        let _alone = alone(cx, api).await;
        // An update can change the access log and not remove it.
        if want.access_log.is_none() && held.differs(want, |inputs| &inputs.access_log) {
            cx.call("apigateway:DeleteAccessLogSettings", || {
                cx.apigatewayv2().delete_access_log_settings().api_id(api).stage_name(name).send()
            })
            .await
            .or_absent()?;
        }
        if held.differs(want, |inputs| (inputs.auto_deploy, inputs.deployed, &inputs.throttle))
            || want.access_log.is_some() && held.differs(want, |inputs| &inputs.access_log)
        {
            let redeploy = want.auto_deploy && !(held.finished && held.inputs.deployed);
            let mut older = None;
            if redeploy {
                // Turning it on again is what makes API Gateway deploy without another change.
                let off = cx.apigatewayv2().update_stage().api_id(api).stage_name(name);
                let off = off.auto_deploy(false);
                let off = cx.call("apigateway:UpdateStage", || off.clone().send()).await?;
                older = off.deployment_id;
            }
            let request = cx
                .apigatewayv2()
                .update_stage()
                .api_id(api)
                .stage_name(name)
                .auto_deploy(want.auto_deploy)
                .set_access_log_settings(
                    want.access_log.as_ref().map(AccessLog::to_aws).transpose()?,
                )
                .set_default_route_settings(throttle(&held.inputs, want));
            cx.call("apigateway:UpdateStage", || request.clone().send()).await?;
            if redeploy {
                deployed(cx, api, name, older.as_deref()).await?;
            }
        }
        let due = tags::due(held.finished, &held.inputs.tags, &want.tags);
        tag(cx, &format!("/apis/{api}/stages/{name}"), due).await?;
        Ok(StageOutputs { name: name.to_owned() })
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (api, name) = held.id.halves()?;
        let _alone = alone(cx, api).await;
        cx.call("apigateway:DeleteStage", || {
            cx.apigatewayv2().delete_stage().api_id(api).stage_name(name).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    /// Stage names are unique within an API.
    async fn find(cx: &Cx, want: &StageInputs) -> Result<Option<Id>, Fault> {
        let api = want.api.get()?;
        Ok(get(cx, api, &want.name).await?.map(|_| child(api, &want.name)))
    }
}

async fn get(cx: &Cx, api: &str, name: &str) -> Result<Option<GetStageOutput>, Fault> {
    cx.call("apigateway:GetStage", || {
        cx.apigatewayv2().get_stage().api_id(api).stage_name(name).send()
    })
    .await
    .or_absent()
}

/// What a stage says of its last automatic deployment.
enum Deployment<'a> {
    /// It went through; or there are no routes to deploy yet, which is no failure.
    Done,
    Failed(&'a str),
    /// Nothing yet.
    Untold,
}

impl<'a> Deployment<'a> {
    fn of(message: Option<&'a str>) -> Self {
        match message {
            Some(text) if text.starts_with("Success") => Self::Done,
            Some(text) if NO_ROUTES.iter().any(|words| text.contains(words)) => Self::Done,
            Some(text) if text.to_lowercase().contains("fail") => Self::Failed(text),
            _ => Self::Untold,
        }
    }
}

const NO_ROUTES: [&str; 2] = ["no routes exist", "no valid routes exist"];

fn not_deployed(message: &str) -> Fault {
    Fault::new(FaultKind::Refused, format!("API Gateway could not deploy the stage: {message}"))
        .advise("correct what it names and run apply again; until then the API answers as before")
}

/// How long a stage may say nothing of a deployment.
const SILENCE: Duration = Duration::from_secs(10);

/// Waits until the stage says that it was deployed, by another deployment than the `older` one. API Gateway
/// deploys by itself behind a change, and tells it nowhere else.
async fn deployed(cx: &Cx, api: &str, name: &str, older: Option<&str>) -> Result<(), Fault> {
    let (since, silence) = (Instant::now(), SILENCE.min(cx.settle_time()));
    let probe = || async {
        let Some(stage) = get(cx, api, name).await? else {
            return match since.elapsed() < SILENCE {
                true => Ok(Waited::Still("not seen yet".to_owned())),
                false => Err(Fault::new(FaultKind::Absent, format!("stage {name} is not there"))),
            };
        };
        let is_older = older.is_some() && stage.deployment_id() == older;
        Ok(match Deployment::of(stage.last_deployment_status_message()) {
            Deployment::Failed(message) => Waited::Still(message.to_owned()),
            Deployment::Done if !is_older => Waited::Ready(()),
            _ if since.elapsed() < silence => Waited::Still("not deployed yet".to_owned()),
            _ => Waited::Ready(()),
        })
    };
    let what = format!("the deployment of stage {name}");
    cx.wait(what, Duration::from_secs(2), Duration::from_secs(20), probe).await.map_err(|fault| {
        if fault.kind == FaultKind::NotReady { not_deployed(&fault.message) } else { fault }
    })
}

/// An update cannot remove the limits, so they become the account's own.
fn throttle(was: &StageInputs, want: &StageInputs) -> Option<RouteSettings> {
    let removed = was.throttle.as_ref().map(|_| Throttle::ACCOUNT);
    want.throttle.clone().or(removed).as_ref().map(Throttle::to_aws)
}
