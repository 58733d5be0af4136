//! What GuardDuty leaves in a VPC.

use aws_sdk_ec2::types::VpcEndpoint;

use super::Place;
use crate::aws::Cx;
use crate::aws::ec2::labels::filter;
use crate::aws::ec2::vpc_endpoint_calls::{is_going, request_deletion};
use crate::graph::{Fault, FaultKind};

/// Takes GuardDuty's endpoint out of a subnet or a VPC, and its security group out of a VPC.
pub(super) async fn clear(cx: &Cx, place: Place<'_>) -> Result<(), Fault> {
    let (Place::Vpc(vpc) | Place::Subnet { vpc, .. }) = place else { return Ok(()) };
    let answer = cx
        .call("ec2:DescribeVpcEndpoints", || {
            cx.ec2().describe_vpc_endpoints().filters(filter("vpc-id", [vpc])).send()
        })
        .await?;
    let of_guard_duty =
        |it: &&VpcEndpoint| it.service_name().is_some_and(|name| name.contains("guardduty-data"));
    let endpoints: Vec<_> = answer.vpc_endpoints().iter().filter(of_guard_duty).collect();
    for endpoint in endpoints.iter().filter(|endpoint| !is_going(endpoint)) {
        leave(cx, endpoint, place).await?;
    }
    match place {
        Place::Vpc(vpc) if endpoints.is_empty() => group(cx, vpc).await,
        _ => Ok(()),
    }
}

/// An endpoint that is in other subnets as well stays there.
async fn leave(cx: &Cx, endpoint: &VpcEndpoint, place: Place<'_>) -> Result<(), Fault> {
    let Some(id) = endpoint.vpc_endpoint_id() else { return Ok(()) };
    let Place::Subnet { id: subnet, .. } = place else { return request_deletion(cx, id).await };
    let subnets = endpoint.subnet_ids();
    if !subnets.iter().any(|it| it == subnet) {
        return Ok(());
    }
    if let [_] = subnets {
        return request_deletion(cx, id).await;
    }
    cx.call("ec2:ModifyVpcEndpoint", || {
        cx.ec2().modify_vpc_endpoint().vpc_endpoint_id(id).remove_subnet_ids(subnet).send()
    })
    .await?;
    Ok(())
}

async fn group(cx: &Cx, vpc: &str) -> Result<(), Fault> {
    let name = format!("GuardDutyManagedSecurityGroup-{vpc}");
    let answer = cx
        .call("ec2:DescribeSecurityGroups", || {
            cx.ec2()
                .describe_security_groups()
                .filters(filter("vpc-id", [vpc]))
                .filters(filter("group-name", [&name]))
                .send()
        })
        .await?;
    let found = answer.security_groups().iter().find(|it| it.group_name() == Some(&name));
    let Some(id) = found.and_then(|group| group.group_id()) else { return Ok(()) };
    let deleted = cx
        .call("ec2:DeleteSecurityGroup", || cx.ec2().delete_security_group().group_id(id).send())
        .await;
    match deleted {
        Err(fault) if fault.kind == FaultKind::Absent || super::is_held(&fault) => Ok(()),
        other => other.map(drop),
    }
}
