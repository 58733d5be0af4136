//! `aws:ec2/nat-gateway`

use std::time::Duration;

use aws_sdk_ec2::types::{self, NatGatewayState as State, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, OrAbsent, Resource, Scope, Seen,
    Tags, Waited,
};
use crate::outputs;

/// It takes about two minutes, and the next look is never far off.
const LONGEST: Duration = Duration::from_secs(3);
const DEADLINE: Duration = Duration::from_secs(900);

/// A public NAT gateway.
#[derive(Debug)]
pub struct NatGateway;

/// What a NAT gateway is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NatGatewayInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// The id of the subnet that it is in, one with a route to an internet gateway.
    pub subnet: Input<String>,
    /// The id of the allocation of its Elastic IP address.
    pub allocation: Input<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a NAT gateway gives back.
    NatGateway => NatGatewayOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for NatGateway {
    type Cloud = crate::aws::Aws;
    type Inputs = NatGatewayInputs;
    type Outputs = NatGatewayOutputs;

    const KIND: &'static str = "aws:ec2/nat-gateway";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["subnet", "allocation"];
    // Two cannot have the same address.
    const ONE_AT_A_TIME: bool = true;
    const SECONDS: u32 = 110;

    async fn create(cx: &Cx, want: &NatGatewayInputs) -> Result<Created<Self>, Fault> {
        let request = cx
            .ec2()
            .create_nat_gateway()
            .subnet_id(want.subnet.get()?)
            .allocation_id(want.allocation.get()?)
            .client_token(cx.token())
            .tag_specifications(labels!(want).specification(ResourceType::Natgateway)?);
        let answer = cx.call("ec2:CreateNatGateway", || request.clone().send()).await?;
        let id = answer.nat_gateway.and_then(|nat| nat.nat_gateway_id).map(Id::from);
        let id = id.ok_or_else(|| {
            Fault::new(FaultKind::Defect, "ec2:CreateNatGateway gave no NAT gateway")
        })?;
        cx.made(&id).await?;
        wait_available(cx, id.as_str(), true).await?;
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let nat = describe(cx, held.id.as_str()).await?.filter(is_there);
        let Some(nat) = nat else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(nat.tags());
        let allocation = nat.nat_gateway_addresses().first();
        let allocation = allocation.and_then(|address| address.allocation_id());
        let inputs = NatGatewayInputs {
            name,
            allocation: allocation.unwrap_or_default().into(),
            subnet: nat.subnet_id.unwrap_or_default().into(),
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &NatGatewayInputs,
    ) -> Result<NatGatewayOutputs, Fault> {
        let id = held.id.as_str();
        if !held.finished {
            wait_available(cx, id, false).await?;
        }
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    /// It keeps its address until it is gone.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        let deleted = cx
            .call("ec2:DeleteNatGateway", || {
                cx.ec2().delete_nat_gateway().nat_gateway_id(id).send()
            })
            .await
            .or_absent()?;
        if deleted.is_none() {
            return Ok(());
        }
        cx.wait(format!("the end of NAT gateway {id}"), LONGEST, DEADLINE, || async {
            Ok(match describe(cx, id).await? {
                None => Waited::Ready(()),
                Some(nat) => match nat.state() {
                    // One that failed has given its address back.
                    Some(State::Deleted | State::Failed) => Waited::Ready(()),
                    state => Waited::Still(word(state)),
                },
            })
        })
        .await
    }

    async fn find(cx: &Cx, want: &NatGatewayInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeNatGateways", || {
                cx.ec2().describe_nat_gateways().set_filter(Some(filters.clone())).send()
            })
            .await?;
        let found = answer.nat_gateways.unwrap_or_default();
        let found: Vec<_> = found.into_iter().filter(is_there).collect();
        labels.first(cx, &found, |nat| nat.tags(), |nat| nat.nat_gateway_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::nat_gateways(cx, scope).await.map(Some)
    }
}

/// Whether it is one that works or will.
fn is_there(nat: &types::NatGateway) -> bool {
    !matches!(nat.state(), Some(State::Deleted | State::Deleting | State::Failed))
}

fn word(state: Option<&State>) -> String {
    state.map_or("unknown", State::as_str).to_owned()
}

async fn describe(cx: &Cx, id: &str) -> Result<Option<types::NatGateway>, Fault> {
    let answer = cx
        .call("ec2:DescribeNatGateways", || {
            cx.ec2().describe_nat_gateways().nat_gateway_ids(id).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.nat_gateways.unwrap_or_default().into_iter().next()))
}

/// Waits until it works. A `fresh` one may not be seen everywhere yet.
async fn wait_available(cx: &Cx, id: &str, fresh: bool) -> Result<(), Fault> {
    cx.wait(format!("NAT gateway {id}"), LONGEST, DEADLINE, || async {
        let Some(nat) = describe(cx, id).await? else {
            if fresh {
                return Ok(Waited::Still("not seen yet".to_owned()));
            }
            return Err(super::leftovers::gone(&Id::from(id)));
        };
        match nat.state() {
            Some(State::Available) => Ok(Waited::Ready(())),
            Some(State::Failed) => Err(failed(&nat)),
            Some(State::Deleting | State::Deleted) => Err(super::leftovers::gone(&Id::from(id))),
            state => Ok(Waited::Still(word(state))),
        }
    })
    .await
}

/// *Amazon VPC User Guide*, "NAT gateway creation fails": one that failed goes by itself within an
/// hour and never works.
fn failed(nat: &types::NatGateway) -> Fault {
    let code = nat.failure_code().unwrap_or_default();
    let message = nat.failure_message().unwrap_or("EC2 gave no reason");
    let advice = match code {
        "InsufficientFreeAddressesInSubnet" => "the public subnet has no free address left",
        "Gateway.NotAttached" => "the VPC has no internet gateway; attach one",
        "InvalidAllocationID.NotFound" => "the Elastic IP address is gone; apply with --refresh",
        "Resource.AlreadyAssociated" => "the Elastic IP address is in use elsewhere; free it",
        _ => "this is AWS's own trouble",
    };
    let id = nat.nat_gateway_id().unwrap_or_default();
    let mut fault = Fault::new(FaultKind::Refused, format!("NAT gateway {id} failed: {message}"));
    fault.code = (!code.is_empty()).then(|| code.to_owned());
    fault.advise(format!("{advice}; then run `maas apply --refresh`, which makes another one"))
}

fn outputs_of(id: &Id) -> NatGatewayOutputs {
    NatGatewayOutputs { id: id.to_string() }
}
