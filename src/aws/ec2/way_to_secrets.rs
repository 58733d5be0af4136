//! Whether functions reach Secrets Manager by an endpoint that somebody else made.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use aws_sdk_ec2::types::{IpPermission, SecurityGroup, VpcEndpoint};

use super::labels::filter;
use super::vpc_endpoint_calls::{is_going, service_name};
use crate::aws::Cx;
use crate::graph::Fault;

const HTTPS: i32 = 443;

/// The endpoint of Secrets Manager in a VPC.
pub(super) enum Way {
    /// There is none with private names.
    Missing,
    /// These groups let through to it; none where nobody tells them.
    Groups(Vec<SecurityGroup>),
}

/// The way from a VPC to Secrets Manager.
pub(super) async fn way_to_secrets(cx: &Cx, vpc: &str) -> Result<Way, Fault> {
    let name = service_name(cx.place(), "secretsmanager");
    let answer = cx
        .call("ec2:DescribeVpcEndpoints", || {
            cx.ec2()
                .describe_vpc_endpoints()
                .filters(filter("vpc-id", [vpc]))
                .filters(filter("service-name", [&name]))
                .send()
        })
        .await?;
    let fits = |it: &&VpcEndpoint| {
        it.service_name() == Some(&name)
            && it.vpc_id() == Some(vpc)
            && it.private_dns_enabled().unwrap_or_default()
            && !is_going(it)
    };
    let Some(endpoint) = answer.vpc_endpoints().iter().find(fits) else { return Ok(Way::Missing) };
    let ids: BTreeSet<&str> = endpoint.groups().iter().filter_map(|it| it.group_id()).collect();
    if ids.is_empty() {
        return Ok(Way::Groups(Vec::new()));
    }
    let answer = cx
        .call("ec2:DescribeSecurityGroups", || {
            cx.ec2()
                .describe_security_groups()
                .filters(filter("group-id", ids.iter().copied()))
                .send()
        })
        .await?;
    Ok(Way::Groups(answer.security_groups.unwrap_or_default()))
}

impl Way {
    /// What is lacking for functions in a subnet with that block of addresses; none where nothing is.
    pub fn lacks(&self, block: &str) -> Option<String> {
        let groups = match self {
            Self::Missing => {
                return Some(
                    "it needs a route to a NAT gateway, or the VPC an interface endpoint for it with private names"
                        .to_owned(),
                );
            }
            Self::Groups(groups) => groups,
        };
        if groups.is_empty() || groups.iter().any(|group| admits(group, block)) {
            return None;
        }
        let ids: Vec<&str> = groups.iter().filter_map(|group| group.group_id()).collect();
        let ids = ids.join(", ");
        Some(format!("the security group of its endpoint ({ids}) admits no HTTPS from {block}"))
    }
}

/// Whether a group may admit HTTPS from a block of addresses. Of a rule for another group nobody knows
/// who will be in it; but in the group itself there are no functions of ours.
fn admits(group: &SecurityGroup, block: &str) -> bool {
    let is_https = |rule: &&IpPermission| {
        let ports = rule.from_port().unwrap_or(0)..=rule.to_port().unwrap_or(65_535);
        match rule.ip_protocol() {
            Some("-1") => true,
            protocol => protocol == Some("tcp") && ports.contains(&HTTPS),
        }
    };
    group.ip_permissions().iter().filter(is_https).any(|rule| {
        let covered = |range: &str| contains(range, block).unwrap_or(true);
        rule.ip_ranges().iter().filter_map(|it| it.cidr_ip()).any(covered)
            || rule.user_id_group_pairs().iter().any(|it| it.group_id() != group.group_id())
            || !rule.prefix_list_ids().is_empty()
    })
}

/// Whether a block of addresses holds another one; none where one of them is no block.
fn contains(outer: &str, inner: &str) -> Option<bool> {
    let parsed = |block: &str| -> Option<(u32, u32)> {
        let (address, size) = block.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        Some((address.into(), size.parse().ok().filter(|size| *size <= 32)?))
    };
    let ((outer, size), (inner, smaller)) = (parsed(outer)?, parsed(inner)?);
    let differing = (outer ^ inner).checked_shr(32 - size).unwrap_or(0);
    Some(smaller >= size && differing == 0)
}
