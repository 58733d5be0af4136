//! Networks: what carries the deployment's tags (*Amazon EC2 API Reference*, the filter `tag:KEY` of
//! each Describe call). Routes and associations are their table's, rules without tags their group's,
//! and an attachment is its gateway's.

use aws_sdk_ec2::types::{Filter, Tag};

use super::pages;
use crate::aws::ec2::{Lists, filter, from_aws};
use crate::aws::{
    Cx, ElasticIp, ElasticIpInputs, GroupRule, InternetGateway, InternetGatewayInputs, NatGateway,
    NatGatewayInputs, RouteTable, RouteTableInputs, SecurityGroup, SecurityGroupInputs,
    SecurityGroupRule, SecurityGroupRuleInputs, Subnet, SubnetInputs, Vpc, VpcEndpoint,
    VpcEndpointInputs, VpcInputs,
};
use crate::graph::{Fault, Id, Input, Listed, Scope, Tags};

/// What has the tags of a deployment.
fn of(scope: &Scope) -> Vec<Filter> {
    let tags = [("project", &scope.project), ("environment", &scope.environment)];
    tags.map(|(key, value)| filter(&format!("tag:maas:{key}"), [value])).into()
}

/// The name, which is a tag, and the other tags.
fn labels(found: &[Tag]) -> (Input<String>, Tags) {
    let mut tags = from_aws(found);
    let name = tags.remove("Name").unwrap_or_default();
    (name.into(), tags)
}

/// The list of one type, whose other inputs nobody asks for.
macro_rules! list {
    ($(#[$doc:meta])* $function:ident: $type:ident, $inputs:ident,
     $call:literal $describe:ident.$filters:ident, $things:ident.$id:ident) => {
        $(#[$doc])*
        pub async fn $function(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<$type>>, Fault> {
            let filters = &of(scope);
            let all = pages(|token| async move {
                let request = cx.ec2().$describe().$filters(Some(filters.clone()));
                let request = request.set_next_token(token);
                let page = cx.call($call, || request.clone().send()).await?;
                Ok((page.$things.unwrap_or_default(), page.next_token))
            })
            .await?;
            let listed = all.into_iter().filter_map(|thing| {
                let (name, tags) = labels(thing.tags());
                let inputs = $inputs { name, tags, ..$inputs::default() };
                Some(Listed { id: Id(thing.$id?), inputs })
            });
            Ok(listed.collect())
        }
    };
}

list! {
    /// The VPCs.
    vpcs: Vpc, VpcInputs, "ec2:DescribeVpcs" describe_vpcs.set_filters, vpcs.vpc_id
}
list! {
    /// The subnets.
    subnets: Subnet, SubnetInputs,
    "ec2:DescribeSubnets" describe_subnets.set_filters, subnets.subnet_id
}
list! {
    /// The route tables.
    route_tables: RouteTable, RouteTableInputs,
    "ec2:DescribeRouteTables" describe_route_tables.set_filters, route_tables.route_table_id
}
list! {
    /// The internet gateways.
    internet_gateways: InternetGateway, InternetGatewayInputs,
    "ec2:DescribeInternetGateways" describe_internet_gateways.set_filters,
    internet_gateways.internet_gateway_id
}
list! {
    /// The NAT gateways; for an hour also those that are gone.
    nat_gateways: NatGateway, NatGatewayInputs,
    "ec2:DescribeNatGateways" describe_nat_gateways.set_filter, nat_gateways.nat_gateway_id
}
list! {
    /// The security groups.
    security_groups: SecurityGroup, SecurityGroupInputs,
    "ec2:DescribeSecurityGroups" describe_security_groups.set_filters, security_groups.group_id
}
list! {
    /// The endpoints of VPCs.
    vpc_endpoints: VpcEndpoint, VpcEndpointInputs,
    "ec2:DescribeVpcEndpoints" describe_vpc_endpoints.set_filters, vpc_endpoints.vpc_endpoint_id
}

/// The Elastic IP addresses, which come in one page.
pub async fn addresses(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<ElasticIp>>, Fault> {
    let request = cx.ec2().describe_addresses().set_filters(Some(of(scope)));
    let answer = cx.call("ec2:DescribeAddresses", || request.clone().send()).await?;
    let all = answer.addresses.unwrap_or_default();
    let listed = all.into_iter().filter_map(|address| {
        let (name, tags) = labels(address.tags());
        Some(Listed { id: Id(address.allocation_id?), inputs: ElasticIpInputs { name, tags } })
    });
    Ok(listed.collect())
}

/// The rules of security groups that are resources of their own: only those have tags.
pub async fn rules(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<SecurityGroupRule>>, Fault> {
    let filters = &of(scope);
    let all = pages(|token| async move {
        let request = cx.ec2().describe_security_group_rules().set_filters(Some(filters.clone()));
        let request = request.set_next_token(token);
        let page = cx.call("ec2:DescribeSecurityGroupRules", || request.clone().send()).await?;
        Ok((page.security_group_rules.unwrap_or_default(), page.next_token))
    })
    .await?;
    let listed = all.into_iter().filter_map(|found| {
        let (name, tags) = labels(found.tags());
        let inputs = SecurityGroupRuleInputs {
            name,
            group: found.group_id()?.into(),
            egress: found.is_egress().unwrap_or_default(),
            rule: GroupRule::from_aws(&found, &Lists::default())?,
            tags,
        };
        Some(Listed { id: Id(found.security_group_rule_id?), inputs })
    });
    Ok(listed.collect())
}
