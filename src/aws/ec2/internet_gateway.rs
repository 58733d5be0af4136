//! `aws:ec2/internet-gateway`

use aws_sdk_ec2::types::{self, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, OrAbsent, Resource, Scope, Seen,
    Tags,
};
use crate::outputs;

/// An internet gateway and its attachment to a VPC.
#[derive(Debug)]
pub struct InternetGateway;

/// What an internet gateway is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InternetGatewayInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// The id of the VPC that it is attached to; a VPC takes one.
    pub vpc: Input<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What an internet gateway gives back.
    InternetGateway => InternetGatewayOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for InternetGateway {
    type Cloud = crate::aws::Aws;
    type Inputs = InternetGatewayInputs;
    type Outputs = InternetGatewayOutputs;

    const KIND: &'static str = "aws:ec2/internet-gateway";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["vpc"];
    // A VPC takes one (*Amazon VPC User Guide*, "Internet gateways").
    const KNOWN_BY: &'static [&'static str] = &["vpc"];

    async fn create(cx: &Cx, want: &InternetGatewayInputs) -> Result<Created<Self>, Fault> {
        let tags = labels!(want).specification(ResourceType::InternetGateway)?;
        let request = cx.ec2().create_internet_gateway().tag_specifications(tags);
        let send = || async {
            let answer = cx.call("ec2:CreateInternetGateway", || request.clone().send()).await?;
            let id = answer.internet_gateway.and_then(|gateway| gateway.internet_gateway_id);
            id.map(Id::from).ok_or_else(|| {
                Fault::new(FaultKind::Defect, "ec2:CreateInternetGateway gave no gateway")
            })
        };
        let id = cx.once(send, || Self::find(cx, want)).await?;
        cx.made(&id).await?;
        attach(cx, id.as_str(), want).await?;
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let Some(gateway) = describe(cx, held.id.as_str()).await? else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(gateway.tags());
        let vpc = attached_to(&gateway).unwrap_or_default().into();
        let inputs = InternetGatewayInputs { name, vpc, tags };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &InternetGatewayInputs,
    ) -> Result<InternetGatewayOutputs, Fault> {
        let id = held.id.as_str();
        if !held.finished {
            let gateway = describe(cx, id).await?;
            let gateway = gateway.ok_or_else(|| super::leftovers::gone(&held.id))?;
            if attached_to(&gateway) != Some(want.vpc.get()?.as_str()) {
                attach(cx, id, want).await?;
            }
        }
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    /// It stays attached while anything in the VPC has a public address.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (id, vpc) = (held.id.as_str(), held.inputs.vpc.get()?);
        cx.call("ec2:DetachInternetGateway", || {
            cx.ec2().detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send()
        })
        .await
        .or_absent()?;
        cx.call("ec2:DeleteInternetGateway", || {
            cx.ec2().delete_internet_gateway().internet_gateway_id(id).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &InternetGatewayInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeInternetGateways", || {
                cx.ec2().describe_internet_gateways().set_filters(Some(filters.clone())).send()
            })
            .await?;
        let gateways = answer.internet_gateways();
        labels.first(
            cx,
            gateways,
            |gateway| gateway.tags(),
            |gateway| gateway.internet_gateway_id(),
        )
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::internet_gateways(cx, scope).await.map(Some)
    }
}

async fn attach(cx: &Cx, id: &str, want: &InternetGatewayInputs) -> Result<(), Fault> {
    let vpc = want.vpc.get()?;
    let attached = cx
        .call("ec2:AttachInternetGateway", || {
            cx.ec2().attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send()
        })
        .await;
    match attached {
        // The first answer may have been lost.
        Err(fault) if fault.kind == FaultKind::Exists => {
            let now = describe(cx, id).await?;
            let ours = now.as_ref().and_then(attached_to) == Some(vpc.as_str());
            if ours { Ok(()) } else { Err(Fault { kind: FaultKind::Refused, ..fault }) }
        }
        other => other.map(drop),
    }
}

fn attached_to(gateway: &types::InternetGateway) -> Option<&str> {
    gateway.attachments().first().and_then(|attachment| attachment.vpc_id())
}

async fn describe(cx: &Cx, id: &str) -> Result<Option<types::InternetGateway>, Fault> {
    let answer = cx
        .call("ec2:DescribeInternetGateways", || {
            cx.ec2().describe_internet_gateways().internet_gateway_ids(id).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.internet_gateways.unwrap_or_default().into_iter().next()))
}

fn outputs_of(id: &Id) -> InternetGatewayOutputs {
    InternetGatewayOutputs { id: id.to_string() }
}
