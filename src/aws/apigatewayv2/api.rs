//! `aws:apigatewayv2/api`

use aws_sdk_apigatewayv2::types::{self, ProtocolType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cors::Cors;
use super::http_api::{alone, gone, tag};
use crate::aws::check::Check;
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, OrAbsent,
    Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// An HTTP API of API Gateway.
#[derive(Debug)]
pub struct Api;

/// What an API is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiInputs {
    /// Its name; up to 128 characters, and not unique.
    pub name: Input<String>,
    /// What it is for; up to 1,024 characters.
    #[serde(default)]
    pub description: String,
    /// Who may call it from a browser; none: nobody from another origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What an API gives back.
    Api => ApiOutputs {
        /// Its id.
        id: String,
        /// Its endpoint: the URL of its `$default` stage, without a slash at the end.
        url: String,
        /// The ARN that permissions to invoke begin with: `arn:aws:execute-api:REGION:ACCOUNT:ID`.
        execution_arn: Arn,
    }
}

impl Resource for Api {
    type Cloud = crate::aws::Aws;
    type Inputs = ApiInputs;
    type Outputs = ApiOutputs;

    const KIND: &'static str = "aws:apigatewayv2/api";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 128, charset: Charset::Word, global: false });
    const TAGGED: bool = true;

    fn check(want: &ApiInputs) -> Vec<Objection> {
        let check = Check::default().that(
            want.description.chars().count() <= 1_024,
            "description",
            "API Gateway keeps up to 1,024 characters",
        );
        match &want.cors {
            Some(cors) => cors.check(check).done(),
            None => check.done(),
        }
    }

    async fn create(cx: &Cx, want: &ApiInputs) -> Result<Created<Self>, Fault> {
        let request = cx
            .apigatewayv2()
            .create_api()
            .name(want.name.get()?)
            .protocol_type(ProtocolType::Http)
            .set_description(Some(want.description.clone()).filter(|text| !text.is_empty()))
            .set_cors_configuration(want.cors.as_ref().map(Cors::to_aws))
            .set_tags(Some(want.tags.clone().into_iter().collect()));
        let send = || async {
            let api = cx.call("apigateway:CreateApi", || request.clone().send()).await?;
            outputs_of(cx.place(), api.api_id(), api.api_endpoint())
        };
        let look = || async {
            let Some(api) = ours(cx, want).await? else { return Ok(None) };
            outputs_of(cx.place(), api.api_id(), api.api_endpoint()).map(Some)
        };
        let outputs = cx.once(send, look).await?;
        Ok(Created { id: Id::from(outputs.id.as_str()), outputs })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.as_str();
        let api = cx
            .call("apigateway:GetApi", || cx.apigatewayv2().get_api().api_id(id).send())
            .await
            .or_absent()?;
        let Some(api) = api else { return Ok(None) };
        let outputs = outputs_of(cx.place(), Some(id), api.api_endpoint())?;
        let inputs = ApiInputs {
            name: Input::from(api.name.unwrap_or_default()),
            description: api.description.unwrap_or_default(),
            cors: api.cors_configuration.as_ref().map(Cors::from_aws),
            tags: tags::ours(api.tags.unwrap_or_default()),
        };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &ApiInputs) -> Result<ApiOutputs, Fault> {
        let id = held.id.as_str();
        let _alone = alone(cx, id).await;
        // An update can change the CORS configuration and not remove it.
        if want.cors.is_none() && held.differs(want, |inputs| &inputs.cors) {
            cx.call("apigateway:DeleteCorsConfiguration", || {
                cx.apigatewayv2().delete_cors_configuration().api_id(id).send()
            })
            .await
            .or_absent()?;
        }
        if held.differs(want, |inputs| (&inputs.name, &inputs.description))
            || want.cors.is_some() && held.differs(want, |inputs| &inputs.cors)
        {
            let request = cx
                .apigatewayv2()
                .update_api()
                .api_id(id)
                .name(want.name.get()?)
                .description(&want.description)
                .set_cors_configuration(want.cors.as_ref().map(Cors::to_aws));
            cx.call("apigateway:UpdateApi", || request.clone().send()).await?;
        }
        let due = tags::due(held.finished, &held.inputs.tags, &want.tags);
        tag(cx, &format!("/apis/{id}"), due).await?;
        match &held.outputs {
            Some(outputs) => Ok(outputs.clone()),
            None => Ok(Self::read(cx, held).await?.ok_or_else(|| gone(&held.id))?.outputs),
        }
    }

    /// Routes, integrations, authorizers and stages go with it.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        let _alone = alone(cx, id).await;
        cx.call("apigateway:DeleteApi", || cx.apigatewayv2().delete_api().api_id(id).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &ApiInputs) -> Result<Option<Id>, Fault> {
        Ok(ours(cx, want).await?.and_then(|api| api.api_id).map(Id::from))
    }

    async fn list(cx: &Cx, _scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::apis(cx).await.map(Some)
    }
}

/// The API with the tags that say whose it is, beside those that it replaces. Names are not unique; of several, the newest.
async fn ours(cx: &Cx, want: &ApiInputs) -> Result<Option<types::Api>, Fault> {
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let request = cx.apigatewayv2().get_apis().set_next_token(token);
        let page = cx.call("apigateway:GetApis", || request.clone().send()).await?;
        let apis = page.items.unwrap_or_default().into_iter();
        found.extend(apis.filter(|api| {
            let found = tags::ours(api.tags.clone().unwrap_or_default());
            tags::same_owner(&found, &want.tags) && !is_older(cx, api)
        }));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(found.into_iter().max_by_key(|api| api.created_date.map(|date| date.as_nanos())))
}

/// One that is to be replaced has the same tags.
fn is_older(cx: &Cx, api: &types::Api) -> bool {
    api.api_id().is_some_and(|id| cx.hooks().is_older(&Id::from(id)))
}

fn outputs_of(
    place: &Place,
    id: Option<&str>,
    endpoint: Option<&str>,
) -> Result<ApiOutputs, Fault> {
    let (Some(id), Some(url)) = (id, endpoint) else {
        return Err(Fault::new(
            FaultKind::Defect,
            "API Gateway gave an API without id or endpoint",
        ));
    };
    let arn: Input<Arn> = place.arn("execute-api", id);
    Ok(ApiOutputs { id: id.to_owned(), url: url.to_owned(), execution_arn: arn.get()?.clone() })
}
