//! `aws:ec2/elastic-ip`

use aws_sdk_ec2::types::{Address, DomainType, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, OrAbsent, Resource, Scope, Seen,
    Tags,
};
use crate::outputs;

/// An Elastic IP address.
#[derive(Debug)]
pub struct ElasticIp;

/// What an Elastic IP address is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElasticIpInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What an Elastic IP address gives back.
    ElasticIp => ElasticIpOutputs {
        /// The id of its allocation.
        id: String,
        /// The address itself.
        public_ip: String,
    }
}

impl Resource for ElasticIp {
    type Cloud = crate::aws::Aws;
    type Inputs = ElasticIpInputs;
    type Outputs = ElasticIpOutputs;

    const KIND: &'static str = "aws:ec2/elastic-ip";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;

    async fn create(cx: &Cx, want: &ElasticIpInputs) -> Result<Created<Self>, Fault> {
        let tags = labels!(want).specification(ResourceType::ElasticIp)?;
        let request = cx.ec2().allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
        let send = || async {
            let answer = cx.call("ec2:AllocateAddress", || request.clone().send()).await?;
            outputs_of(answer.allocation_id(), answer.public_ip())
        };
        let look = || async {
            let Some(id) = Self::find(cx, want).await? else { return Ok(None) };
            let address = describe(cx, id.as_str()).await?;
            address.map(|it| outputs_of(it.allocation_id(), it.public_ip())).transpose()
        };
        let outputs = cx.once(send, look).await?;
        Ok(Created { id: Id::from(outputs.id.as_str()), outputs })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let Some(address) = describe(cx, held.id.as_str()).await? else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(address.tags());
        let outputs = outputs_of(address.allocation_id(), address.public_ip())?;
        Ok(Some(Seen { inputs: ElasticIpInputs { name, tags }, outputs }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &ElasticIpInputs,
    ) -> Result<ElasticIpOutputs, Fault> {
        let id = held.id.as_str();
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        match &held.outputs {
            Some(outputs) => Ok(outputs.clone()),
            None => {
                let seen = Self::read(cx, held).await?;
                Ok(seen.ok_or_else(|| super::leftovers::gone(&held.id))?.outputs)
            }
        }
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        cx.call("ec2:ReleaseAddress", || cx.ec2().release_address().allocation_id(id).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &ElasticIpInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeAddresses", || {
                cx.ec2().describe_addresses().set_filters(Some(filters.clone())).send()
            })
            .await?;
        labels.first(cx, answer.addresses(), |it| it.tags(), |it| it.allocation_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::addresses(cx, scope).await.map(Some)
    }
}

async fn describe(cx: &Cx, id: &str) -> Result<Option<Address>, Fault> {
    let answer = cx
        .call("ec2:DescribeAddresses", || cx.ec2().describe_addresses().allocation_ids(id).send())
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.addresses.unwrap_or_default().into_iter().next()))
}

fn outputs_of(id: Option<&str>, public_ip: Option<&str>) -> Result<ElasticIpOutputs, Fault> {
    match (id, public_ip) {
        (Some(id), Some(ip)) => {
            Ok(ElasticIpOutputs { id: id.to_owned(), public_ip: ip.to_owned() })
        }
        _ => Err(Fault::new(FaultKind::Defect, "EC2 gave an address without id or address")),
    }
}
