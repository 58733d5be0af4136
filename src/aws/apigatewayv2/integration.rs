//! `aws:apigatewayv2/integration`

use std::collections::{BTreeMap, HashMap};

use aws_sdk_apigatewayv2::types::IntegrationType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Api;
use super::http_api::{alone, child, given, is_older};
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::aws::list::pages;
use crate::graph::{
    Arn, Created, Fault, Held, Id, Input, Listed, NotYetKnown, Objection, OrAbsent, Resource,
    Scope, Seen,
};
use crate::outputs;

/// What an integration's description begins with; its address follows.
const ADDRESS: &str = "maas:address=";
/// The longest time that API Gateway waits for an integration of an HTTP API (*API Gateway Developer
/// Guide*, "Quotas for configuring and running an HTTP API").
const LONGEST_MS: i32 = 30_000;

/// What a route of an HTTP API calls: a Lambda function, or an AWS service's own operation.
#[derive(Debug)]
pub struct Integration;

/// What an integration is given: either `function`, or `subtype` with `credentials`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationInputs {
    /// The API's id.
    pub api: Input<String>,
    /// The integration's own address, by which it is told from the API's other integrations; kept
    /// in its description.
    pub address: String,
    /// The Lambda function to call, with payload format 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Input<Arn>>,
    /// The service's operation to call, as in `SQS-SendMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// The role with which the service's operation is called; `apigateway.amazonaws.com` has to be
    /// trusted by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Input<Arn>>,
    /// The operation's parameters, as in `QueueUrl` and `MessageBody` = `$request.body`.
    #[serde(default)]
    pub request_parameters: BTreeMap<String, Input<String>>,
    /// Milliseconds that API Gateway waits for an answer; 50 to 30,000, and 30,000 where none is
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<i32>,
}

outputs! {
    /// What an integration gives back.
    Integration => IntegrationOutputs {
        /// Its id within its API.
        id: String,
    }
}

impl Resource for Integration {
    type Cloud = crate::aws::Aws;
    type Inputs = IntegrationInputs;
    type Outputs = IntegrationOutputs;

    const KIND: &'static str = "aws:apigatewayv2/integration";
    const REPLACE_ON: &'static [&'static str] = &["api", "subtype"];
    const DIES_WITH: Option<&'static str> = Some("api");
    const PART_OF: Option<&'static str> = Some(Api::KIND);

    fn check(want: &IntegrationInputs) -> Vec<Objection> {
        let mut check = Check::default()
            .that(
                want.function.is_some() != want.subtype.is_some(),
                "function",
                "an integration has either a `function` or a `subtype`",
            )
            .that(
                want.subtype.is_none() || want.credentials.is_some(),
                "credentials",
                "a service's operation is called with a role; name it",
            )
            .that(
                !want.address.is_empty(),
                "address",
                "the address tells it from the API's other integrations",
            )
            .range("timeout_ms", want.timeout_ms.unwrap_or(LONGEST_MS), 50..=LONGEST_MS, "ms");
        if want.subtype.as_deref() == Some("SQS-SendMessage") {
            for parameter in ["QueueUrl", "MessageBody"] {
                check = check.that(
                    want.request_parameters.contains_key(parameter),
                    "request_parameters",
                    format!("`SQS-SendMessage` needs the parameter `{parameter}`"),
                );
            }
        }
        check.done()
    }

    /// The API's integrations have no names, and several may call one function; so an integration's
    /// own address is kept in its description. One of another kind at that address is another one.
    async fn find(cx: &Cx, want: &IntegrationInputs) -> Result<Option<Id>, Fault> {
        let api = want.api.get()?;
        Ok(at_address(cx, api, want).await?.map(|id| child(api, &id)))
    }

    async fn create(cx: &Cx, want: &IntegrationInputs) -> Result<Created<Self>, Fault> {
        let api = want.api.get()?;
        let request = cx
            .apigatewayv2()
            .create_integration()
            .api_id(api)
            .integration_type(IntegrationType::AwsProxy)
            .payload_format_version(want.payload_format())
            .description(want.description())
            .set_integration_uri(text(want.function.as_ref())?)
            .set_integration_subtype(want.subtype.clone())
            .set_credentials_arn(text(want.credentials.as_ref())?)
            .set_request_parameters(Some(want.parameters()?).filter(|given| !given.is_empty()))
            .set_timeout_in_millis(want.timeout_ms);
        let _alone = alone(cx, api).await;
        let send = || async {
            let made = cx.call("apigateway:CreateIntegration", || request.clone().send()).await?;
            given(made.integration_id)
        };
        let id = cx.once(send, || at_address(cx, api, want)).await?;
        Ok(Created { id: child(api, &id), outputs: IntegrationOutputs { id } })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (api, id) = held.id.halves()?;
        let found = cx
            .call("apigateway:GetIntegration", || {
                cx.apigatewayv2().get_integration().api_id(api).integration_id(id).send()
            })
            .await
            .or_absent()?;
        let Some(found) = found else { return Ok(None) };
        let address = found.description().and_then(|text| text.strip_prefix(ADDRESS));
        let parameters = found.request_parameters.clone().unwrap_or_default().into_iter();
        let inputs = IntegrationInputs {
            api: Input::from(api),
            address: address.unwrap_or_default().to_owned(),
            function: found.integration_uri.map(|uri| Arn(uri).into()),
            subtype: found.integration_subtype,
            credentials: found.credentials_arn.map(|arn| Arn(arn).into()),
            request_parameters: parameters.map(|(key, value)| (key, value.into())).collect(),
            timeout_ms: found.timeout_in_millis,
        };
        Ok(Some(Seen { inputs, outputs: IntegrationOutputs { id: id.to_owned() } }))
    }

    /// An update merges, so everything is sent: a service's operation asks for all of its parameters
    /// each time, and an empty one removes it.
    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &IntegrationInputs,
    ) -> Result<IntegrationOutputs, Fault> {
        let (api, id) = held.id.halves()?;
        let mut parameters: HashMap<String, String> =
            held.inputs.request_parameters.keys().map(|key| (key.clone(), String::new())).collect();
        parameters.extend(want.parameters()?);
        let request = cx
            .apigatewayv2()
            .update_integration()
            .api_id(api)
            .integration_id(id)
            .integration_type(IntegrationType::AwsProxy)
            .payload_format_version(want.payload_format())
            .description(want.description())
            .set_integration_uri(text(want.function.as_ref())?)
            .set_integration_subtype(want.subtype.clone())
            .set_credentials_arn(text(want.credentials.as_ref())?)
            .set_request_parameters(Some(parameters).filter(|given| !given.is_empty()))
            .timeout_in_millis(want.timeout_ms.unwrap_or(LONGEST_MS));
        let _alone = alone(cx, api).await;
        cx.call("apigateway:UpdateIntegration", || request.clone().send()).await?;
        Ok(IntegrationOutputs { id: id.to_owned() })
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (api, id) = held.id.halves()?;
        let _alone = alone(cx, api).await;
        cx.call("apigateway:DeleteIntegration", || {
            cx.apigatewayv2().delete_integration().api_id(api).integration_id(id).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn parts(cx: &Cx, _scope: &Scope, api: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let api = api.as_str();
        let listed = ours(cx, api).await?.into_iter().map(|(id, address)| Listed {
            id: child(api, &id),
            inputs: IntegrationInputs { address, ..IntegrationInputs::default() },
        });
        Ok(listed.collect())
    }
}

/// The ids of an API's integrations that have an address, with that.
pub(super) async fn ours(cx: &Cx, api: &str) -> Result<Vec<(String, String)>, Fault> {
    let all = pages(|token| async move {
        let request = cx.apigatewayv2().get_integrations().api_id(api).set_next_token(token);
        let page = cx.call("apigateway:GetIntegrations", || request.clone().send()).await?;
        Ok((page.items.unwrap_or_default(), page.next_token))
    })
    .await?;
    let ours = all.into_iter().filter_map(|found| {
        let address = found.description()?.strip_prefix(ADDRESS)?.to_owned();
        Some((found.integration_id?, address))
    });
    Ok(ours.collect())
}

impl IntegrationInputs {
    fn description(&self) -> String {
        format!("{ADDRESS}{}", self.address)
    }

    /// Service operations know no other than 1.0.
    fn payload_format(&self) -> &'static str {
        if self.subtype.is_some() { "1.0" } else { "2.0" }
    }

    fn parameters(&self) -> Result<HashMap<String, String>, NotYetKnown> {
        let known =
            |(key, value): (&String, &Input<String>)| Ok((key.clone(), value.get()?.clone()));
        self.request_parameters.iter().map(known).collect()
    }
}

fn text(arn: Option<&Input<Arn>>) -> Result<Option<String>, NotYetKnown> {
    arn.map(|arn| arn.get().map(|arn| arn.0.clone())).transpose()
}

async fn at_address(cx: &Cx, api: &str, want: &IntegrationInputs) -> Result<Option<String>, Fault> {
    let mut token = None;
    loop {
        let request = cx.apigatewayv2().get_integrations().api_id(api).set_next_token(token);
        let page =
            cx.call("apigateway:GetIntegrations", || request.clone().send()).await.or_absent()?;
        let Some(page) = page else { return Ok(None) };
        let found = page.items.unwrap_or_default().into_iter().find(|found| {
            found.description == Some(want.description())
                && found.integration_subtype == want.subtype
                && !is_older(cx, api, found.integration_id())
        });
        if let Some(found) = found {
            return given(found.integration_id).map(Some);
        }
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(None);
        }
    }
}
