//! `aws:ec2/vpc`

use aws_sdk_ec2::types::ResourceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use super::{vpc_calls as calls, zones};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, OrAbsent, Resource,
    Scope, Seen, Tags,
};
use crate::outputs;

/// A virtual private cloud.
#[derive(Debug)]
pub struct Vpc;

/// What a VPC is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// Its IPv4 addresses, as in `10.20.0.0/16`; a block of /16 to /28.
    pub cidr_block: String,
    /// Zones that the region must have for this account, so that a region with fewer is refused
    /// before anything is made.
    #[serde(default)]
    pub zones: u32,
    /// Whether Amazon's DNS server answers in it.
    #[serde(default = "yes")]
    pub dns_support: bool,
    /// Whether what is in it gets DNS names; interface endpoints with private names need both.
    #[serde(default = "yes")]
    pub dns_hostnames: bool,
    /// Whether its default security group lets nothing pass. EC2 makes it open within itself, and
    /// what names no group of its own lands in it.
    #[serde(default = "yes")]
    pub default_group_closed: bool,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

fn yes() -> bool {
    true
}

impl Default for VpcInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            cidr_block: "10.20.0.0/16".to_owned(),
            zones: 0,
            dns_support: true,
            dns_hostnames: true,
            default_group_closed: true,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a VPC gives back.
    Vpc => VpcOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for Vpc {
    type Cloud = crate::aws::Aws;
    type Inputs = VpcInputs;
    type Outputs = VpcOutputs;

    const KIND: &'static str = "aws:ec2/vpc";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["cidr_block"];
    const UNREAD: &'static [&'static str] = &["zones"];
    const SECONDS: u32 = 3;

    fn check(want: &VpcInputs) -> Vec<Objection> {
        let size = want.cidr_block.split_once('/').and_then(|(_, size)| size.parse::<u8>().ok());
        Check::default()
            .that(
                size.is_some_and(|size| (16..=28).contains(&size)),
                "cidr_block",
                "a VPC's addresses are a block of /16 to /28, as in `10.20.0.0/16`",
            )
            .that(
                want.dns_support || !want.dns_hostnames,
                "dns_hostnames",
                "DNS names need `dns_support`",
            )
            .done()
    }

    async fn check_there(cx: &Cx, want: &VpcInputs) -> Result<Vec<Objection>, Fault> {
        let lack = zones::lack(cx, want.zones).await?;
        let objection = |(message, advice)| Objection {
            path: "zones".to_owned(),
            message: format!("{message}; {advice}"),
        };
        Ok(lack.map(objection).into_iter().collect())
    }

    async fn create(cx: &Cx, want: &VpcInputs) -> Result<Created<Self>, Fault> {
        zones::require(cx, want.zones).await?;
        let tags = labels!(want).specification(ResourceType::Vpc)?;
        let request = cx.ec2().create_vpc().cidr_block(&want.cidr_block).tag_specifications(tags);
        let send = || async {
            let answer = cx.call("ec2:CreateVpc", || request.clone().send()).await?;
            let id = answer.vpc.and_then(|vpc| vpc.vpc_id).map(Id::from);
            id.ok_or_else(|| Fault::new(FaultKind::Defect, "ec2:CreateVpc gave no VPC"))
        };
        let id = cx.once(send, || Self::find(cx, want)).await?;
        cx.made(&id).await?;
        calls::configure(cx, id.as_str(), Some(&calls::AS_MADE), want).await?;
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.as_str();
        let answer = cx
            .call("ec2:DescribeVpcs", || cx.ec2().describe_vpcs().vpc_ids(id).send())
            .await
            .or_absent()?;
        let vpc = answer.and_then(|answer| answer.vpcs.unwrap_or_default().into_iter().next());
        let Some(vpc) = vpc else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(vpc.tags());
        let calls::Settings { dns_support, dns_hostnames, default_group_closed } =
            calls::settings(cx, id).await?;
        let inputs = VpcInputs {
            name,
            cidr_block: vpc.cidr_block.unwrap_or_default(),
            zones: held.inputs.zones,
            dns_support,
            dns_hostnames,
            default_group_closed,
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &VpcInputs) -> Result<VpcOutputs, Fault> {
        let id = held.id.as_str();
        zones::require(cx, want.zones).await?;
        let was = calls::Settings::of(&held.inputs);
        calls::configure(cx, id, held.finished.then_some(&was), want).await?;
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    /// Its default security group, network ACL and main route table go with it.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        super::leftovers::delete(cx, super::leftovers::Place::Vpc(id), || async {
            cx.call("ec2:DeleteVpc", || cx.ec2().delete_vpc().vpc_id(id).send()).await.map(drop)
        })
        .await
    }

    async fn find(cx: &Cx, want: &VpcInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeVpcs", || {
                cx.ec2().describe_vpcs().set_filters(Some(filters.clone())).send()
            })
            .await?;
        labels.first(cx, answer.vpcs(), |vpc| vpc.tags(), |vpc| vpc.vpc_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::vpcs(cx, scope).await.map(Some)
    }
}

fn outputs_of(id: &Id) -> VpcOutputs {
    VpcOutputs { id: id.to_string() }
}
