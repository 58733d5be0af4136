//! `aws:ec2/vpc-endpoint`

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, VpcEndpointType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use super::{leftovers, vpc_endpoint_calls as calls};
use crate::aws::check::Check;
use crate::aws::{Cx, Policy, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, Resource, Scope, Seen,
    Tags,
};
use crate::outputs;

/// An endpoint in a VPC for an AWS service, so that it is reached without the internet.
#[derive(Debug)]
pub struct VpcEndpoint;

/// How an endpoint is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointType {
    /// By routes; for S3 and DynamoDB, and free.
    #[default]
    Gateway,
    /// By network interfaces in subnets, which are paid for by the hour.
    Interface,
}

/// What an endpoint is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcEndpointInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// The VPC's id.
    pub vpc: Input<String>,
    /// The service of the region, as in `s3` or `secretsmanager`.
    pub service: String,
    /// How it is reached.
    pub endpoint_type: EndpointType,
    /// The ids of the route tables that get its route, of a gateway endpoint.
    #[serde(default)]
    pub route_tables: BTreeSet<Input<String>>,
    /// The ids of the subnets that its network interfaces are in, of an interface endpoint.
    #[serde(default)]
    pub subnets: BTreeSet<Input<String>>,
    /// The ids of the security groups of its network interfaces.
    #[serde(default)]
    pub security_groups: BTreeSet<Input<String>>,
    /// Whether the service's own name leads to it within the VPC, of an interface endpoint.
    #[serde(default)]
    pub private_dns: bool,
    /// Who may do what through it; everybody everything, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What an endpoint gives back.
    VpcEndpoint => VpcEndpointOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for VpcEndpoint {
    type Cloud = crate::aws::Aws;
    type Inputs = VpcEndpointInputs;
    type Outputs = VpcEndpointOutputs;

    const KIND: &'static str = "aws:ec2/vpc-endpoint";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["vpc", "service", "endpoint_type"];
    // Two would share private names or routes, which EC2 refuses (*AWS PrivateLink Guide*).
    const KNOWN_BY: &'static [&'static str] = &["vpc", "service"];
    const SECONDS: u32 = 60;

    fn check(want: &VpcEndpointInputs) -> Vec<Objection> {
        let interface = want.endpoint_type == EndpointType::Interface;
        let message = "a gateway endpoint has route tables, an interface endpoint subnets and security groups";
        Check::default()
            .that(!interface || want.route_tables.is_empty(), "route_tables", message)
            .that(interface != want.subnets.is_empty(), "subnets", message)
            .that(interface != want.security_groups.is_empty(), "security_groups", message)
            .that(
                interface || !want.private_dns,
                "private_dns",
                "only an interface endpoint has private names",
            )
            .that(
                interface || ["s3", "dynamodb"].contains(&want.service.as_str()),
                "service",
                "there are gateway endpoints for `s3` and `dynamodb`",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &VpcEndpointInputs) -> Result<Created<Self>, Fault> {
        let interface = want.endpoint_type == EndpointType::Interface;
        let policy = want.policy.as_ref().map(Policy::to_json).transpose()?;
        let request = cx
            .ec2()
            .create_vpc_endpoint()
            .vpc_id(want.vpc.get()?)
            .service_name(calls::service_name(cx.place(), &want.service))
            .vpc_endpoint_type(if interface {
                VpcEndpointType::Interface
            } else {
                VpcEndpointType::Gateway
            })
            .set_route_table_ids(calls::given(&want.route_tables)?)
            .set_subnet_ids(calls::given(&want.subnets)?)
            .set_security_group_ids(calls::given(&want.security_groups)?)
            .set_private_dns_enabled(interface.then_some(want.private_dns))
            .set_policy_document(policy)
            .client_token(cx.token())
            .tag_specifications(labels!(want).specification(ResourceType::VpcEndpoint)?);
        let answer = cx.call("ec2:CreateVpcEndpoint", || request.clone().send()).await?;
        let endpoint = answer.vpc_endpoint.as_ref();
        let id = endpoint.and_then(|it| it.vpc_endpoint_id()).map(Id::from);
        let id = id.ok_or_else(|| {
            Fault::new(FaultKind::Defect, "ec2:CreateVpcEndpoint gave no endpoint")
        })?;
        if interface {
            cx.made(&id).await?;
            calls::wait_available(cx, id.as_str(), true).await?;
        }
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let found = calls::describe(cx, held.id.as_str()).await?;
        let Some(found) = found.filter(|found| !calls::is_going(found)) else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(found.tags());
        let set = |ids: &[String]| ids.iter().cloned().map(Input::from).collect();
        let interface = found.vpc_endpoint_type() == Some(&VpcEndpointType::Interface);
        let groups = found.groups().iter().filter_map(|group| group.group_id());
        let policy = match (&held.inputs.policy, found.policy_document()) {
            (Some(_), Some(text)) => Some(Policy::from_json(text)?),
            _ => None,
        };
        let service = found.service_name().unwrap_or_default();
        let head = calls::service_name(cx.place(), "");
        let inputs = VpcEndpointInputs {
            name,
            vpc: found.vpc_id().unwrap_or_default().into(),
            service: service.strip_prefix(&head).unwrap_or(service).to_owned(),
            endpoint_type: if interface { EndpointType::Interface } else { EndpointType::Gateway },
            route_tables: set(found.route_table_ids()),
            subnets: set(found.subnet_ids()),
            security_groups: groups.map(Input::from).collect(),
            private_dns: interface && found.private_dns_enabled().unwrap_or_default(),
            policy,
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &VpcEndpointInputs,
    ) -> Result<VpcEndpointOutputs, Fault> {
        let id = held.id.as_str();
        if !held.finished {
            calls::wait_available(cx, id, false).await?;
        }
        let seen = Self::read(cx, held).await?.ok_or_else(|| leftovers::gone(&held.id))?;
        calls::change(cx, id, &seen.inputs, want).await?;
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    /// Its network interfaces hold security groups and subnets until it is gone.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        calls::delete(cx, held.id.as_str()).await
    }

    async fn find(cx: &Cx, want: &VpcEndpointInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeVpcEndpoints", || {
                cx.ec2().describe_vpc_endpoints().set_filters(Some(filters.clone())).send()
            })
            .await?;
        let found = answer.vpc_endpoints.unwrap_or_default();
        let found: Vec<_> = found.into_iter().filter(|found| !calls::is_going(found)).collect();
        labels.first(cx, &found, |it| it.tags(), |it| it.vpc_endpoint_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::vpc_endpoints(cx, scope).await.map(Some)
    }
}

fn outputs_of(id: &Id) -> VpcEndpointOutputs {
    VpcEndpointOutputs { id: id.to_string() }
}
