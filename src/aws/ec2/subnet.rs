//! `aws:ec2/subnet`

use aws_sdk_ec2::types::ResourceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use super::{leftovers, zones};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, OrAbsent, Resource,
    Scope, Seen, Tags,
};
use crate::outputs;

/// A subnet: a part of a VPC in one availability zone.
#[derive(Debug)]
pub struct Subnet;

/// What a subnet is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubnetInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// The VPC's id.
    pub vpc: Input<String>,
    /// Its IPv4 addresses, a block within the VPC's of /16 to /28. AWS keeps five of them.
    pub cidr_block: String,
    /// Which of the account's standard zones in the region, sorted by name, it is in; from 1.
    pub zone: u32,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a subnet gives back.
    Subnet => SubnetOutputs {
        /// Its id.
        id: String,
        /// The name of its zone, as in `eu-west-1a`.
        zone: String,
    }
}

impl Resource for Subnet {
    type Cloud = crate::aws::Aws;
    type Inputs = SubnetInputs;
    type Outputs = SubnetOutputs;

    const KIND: &'static str = "aws:ec2/subnet";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["vpc", "cidr_block", "zone"];
    // Of two with the same addresses AWS refuses the second.
    const KNOWN_BY: &'static [&'static str] = &["vpc", "cidr_block"];
    // The region may get a zone between two others; the subnet stays where it is.
    const UNREAD: &'static [&'static str] = &["zone"];

    fn check(want: &SubnetInputs) -> Vec<Objection> {
        let size = want.cidr_block.split_once('/').and_then(|(_, size)| size.parse::<u8>().ok());
        Check::default()
            .that(
                size.is_some_and(|size| (16..=28).contains(&size)),
                "cidr_block",
                "a subnet's addresses are a block of /16 to /28, as in `10.20.0.0/21`",
            )
            .that(want.zone > 0, "zone", "zones are counted from 1")
            .done()
    }

    async fn create(cx: &Cx, want: &SubnetInputs) -> Result<Created<Self>, Fault> {
        let zone = zones::nth(cx, want.zone).await?;
        let request = cx
            .ec2()
            .create_subnet()
            .vpc_id(want.vpc.get()?)
            .cidr_block(&want.cidr_block)
            .availability_zone(zone)
            .tag_specifications(labels!(want).specification(ResourceType::Subnet)?);
        // Sent again it would be refused for its addresses, so that no second one comes about.
        let answer = cx.call("ec2:CreateSubnet", || request.clone().send()).await?;
        let id = answer.subnet.and_then(|subnet| subnet.subnet_id).map(Id::from);
        let id =
            id.ok_or_else(|| Fault::new(FaultKind::Defect, "ec2:CreateSubnet gave no subnet"))?;
        Ok(Created { outputs: SubnetOutputs { id: id.to_string(), zone: zone.to_owned() }, id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.as_str();
        let answer = cx
            .call("ec2:DescribeSubnets", || cx.ec2().describe_subnets().subnet_ids(id).send())
            .await
            .or_absent()?;
        let subnet =
            answer.and_then(|answer| answer.subnets.unwrap_or_default().into_iter().next());
        let Some(subnet) = subnet else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(subnet.tags());
        let inputs = SubnetInputs {
            name,
            vpc: subnet.vpc_id.unwrap_or_default().into(),
            cidr_block: subnet.cidr_block.unwrap_or_default(),
            zone: held.inputs.zone,
            tags,
        };
        let zone = subnet.availability_zone.unwrap_or_default();
        Ok(Some(Seen { inputs, outputs: SubnetOutputs { id: id.to_owned(), zone } }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &SubnetInputs,
    ) -> Result<SubnetOutputs, Fault> {
        labels!(want).change(cx, held.id.as_str(), held.finished, labels!(&held.inputs)).await?;
        match &held.outputs {
            Some(outputs) => Ok(outputs.clone()),
            None => {
                Ok(Self::read(cx, held).await?.ok_or_else(|| leftovers::gone(&held.id))?.outputs)
            }
        }
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (id, vpc) = (held.id.as_str(), held.inputs.vpc.get()?);
        leftovers::delete(cx, leftovers::Place::Subnet { id, vpc }, || async {
            cx.call("ec2:DeleteSubnet", || cx.ec2().delete_subnet().subnet_id(id).send())
                .await
                .map(drop)
        })
        .await
    }

    async fn find(cx: &Cx, want: &SubnetInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeSubnets", || {
                cx.ec2().describe_subnets().set_filters(Some(filters.clone())).send()
            })
            .await?;
        labels.first(cx, answer.subnets(), |subnet| subnet.tags(), |subnet| subnet.subnet_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::subnets(cx, scope).await.map(Some)
    }
}
