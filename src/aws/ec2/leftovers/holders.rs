//! Network interfaces, which hold what they are in.

use std::fmt;

use aws_sdk_ec2::types::{NetworkInterface, NetworkInterfaceStatus};

use super::Place;
use crate::aws::Cx;
use crate::aws::ec2::labels::filter;
use crate::aws::list::pages;
use crate::graph::{Fault, FaultKind};

/// How Lambda describes its network interfaces. Their requester is not always Lambda itself.
const OF_LAMBDA: &str = "AWS Lambda VPC ENI";

/// The network interfaces in a place.
#[derive(Debug)]
pub(super) struct Holders(Vec<NetworkInterface>);

impl Holders {
    pub async fn of(cx: &Cx, place: Place<'_>) -> Result<Self, Fault> {
        let within = match place {
            Place::Vpc(id) => filter("vpc-id", [id]),
            Place::Subnet { id, .. } => filter("subnet-id", [id]),
            Place::Group(id) => filter("group-id", [id]),
        };
        let all = pages(|token| {
            let within = within.clone();
            async move {
                let answer = cx
                    .call("ec2:DescribeNetworkInterfaces", || {
                        let request = cx.ec2().describe_network_interfaces();
                        request.filters(within.clone()).set_next_token(token.clone()).send()
                    })
                    .await?;
                Ok((answer.network_interfaces.unwrap_or_default(), answer.next_token))
            }
        });
        Ok(Self(all.await?))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of them is Lambda's, which goes by itself.
    pub fn of_lambda(&self) -> bool {
        self.0.iter().any(is_of_lambda)
    }

    /// Deletes those of Lambda's that Lambda has let go.
    pub async fn clear(&self, cx: &Cx) -> Result<(), Fault> {
        let free = |it: &&NetworkInterface| {
            is_of_lambda(it) && it.status() == Some(&NetworkInterfaceStatus::Available)
        };
        for id in self.0.iter().filter(free).filter_map(|it| it.network_interface_id()) {
            let deleted = cx
                .call("ec2:DeleteNetworkInterface", || {
                    cx.ec2().delete_network_interface().network_interface_id(id).send()
                })
                .await;
            match deleted {
                Err(fault) if fault.kind == FaultKind::Absent => {}
                // Lambda has taken it again, or is deleting it itself.
                Err(fault) if fault.kind == FaultKind::Refused && is_in_use(&fault) => {}
                other => drop(other?),
            }
        }
        Ok(())
    }
}

fn is_of_lambda(interface: &NetworkInterface) -> bool {
    interface.description().is_some_and(|text| text.starts_with(OF_LAMBDA))
}

fn is_in_use(fault: &Fault) -> bool {
    fault.is(&["InvalidParameterValue", "InvalidNetworkInterface.InUse", "OperationNotPermitted"])
}

impl fmt::Display for Holders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no network interface");
        }
        let told = self.0.iter().map(|it| {
            let id = it.network_interface_id().unwrap_or_default();
            let of = it.description().filter(|text| !text.is_empty());
            let of = of.or(it.requester_id()).unwrap_or("no description");
            let status = it.status().map_or("unknown", |status| status.as_str());
            format!("{id} ({of}; {status})")
        });
        let told: Vec<String> = told.take(5).collect();
        let (count, more) = (self.0.len(), self.0.len() - told.len());
        write!(f, "{count} network interface{}: ", if count == 1 { "" } else { "s" })?;
        f.write_str(&told.join(", "))?;
        if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
    }
}

/// What else is in a VPC, for an error.
pub(super) async fn parts(cx: &Cx, vpc: &str) -> Result<Vec<String>, Fault> {
    let within = || filter("vpc-id", [vpc]);
    let subnets = cx
        .call("ec2:DescribeSubnets", || cx.ec2().describe_subnets().filters(within()).send())
        .await?;
    let groups = cx
        .call("ec2:DescribeSecurityGroups", || {
            cx.ec2().describe_security_groups().filters(within()).send()
        })
        .await?;
    let endpoints = cx
        .call("ec2:DescribeVpcEndpoints", || {
            cx.ec2().describe_vpc_endpoints().filters(within()).send()
        })
        .await?;
    let subnets = subnets.subnets().iter().filter_map(|it| it.subnet_id());
    let mut parts: Vec<String> = subnets.map(|id| format!("subnet {id}")).collect();
    let own = groups.security_groups().iter().filter(|it| it.group_name() != Some("default"));
    parts.extend(own.map(|it| {
        let (id, name) = (it.group_id().unwrap_or_default(), it.group_name().unwrap_or_default());
        format!("security group {id} ({name})")
    }));
    parts.extend(endpoints.vpc_endpoints().iter().map(|it| {
        let service = it.service_name().unwrap_or_default();
        format!("VPC endpoint {} ({service})", it.vpc_endpoint_id().unwrap_or_default())
    }));
    Ok(parts)
}
