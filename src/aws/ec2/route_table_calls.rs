//! The routes of a route table and its subnets.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{RouteOrigin, RouteTable};

use super::RouteTableInputs;
use super::labels::filter;
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, OrAbsent};

/// What a route table holds beside what AWS keeps in it.
#[derive(Debug, Default)]
pub(super) struct Now {
    /// Destinations, each with its target.
    pub routes: BTreeMap<String, String>,
    /// Subnets, each with the id of its association.
    pub subnets: BTreeMap<String, String>,
}

impl Now {
    pub fn of(table: &RouteTable) -> Self {
        let routes = table.routes().iter().filter_map(|route| {
            // The VPC's own addresses come with the table, those of endpoints with the endpoint.
            if route.origin() != Some(&RouteOrigin::CreateRoute) {
                return None;
            }
            let to = route.destination_cidr_block()?;
            let target = route.nat_gateway_id().or(route.gateway_id());
            Some((to.to_owned(), target.unwrap_or("gone").to_owned()))
        });
        let subnets = table.associations().iter().filter_map(|it| {
            Some((it.subnet_id()?.to_owned(), it.route_table_association_id()?.to_owned()))
        });
        Self { routes: routes.collect(), subnets: subnets.collect() }
    }
}

pub(super) async fn describe(cx: &Cx, id: &str) -> Result<Option<RouteTable>, Fault> {
    let answer = cx
        .call("ec2:DescribeRouteTables", || {
            cx.ec2().describe_route_tables().route_table_ids(id).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.route_tables.unwrap_or_default().into_iter().next()))
}

/// Makes routes and subnets what is wanted.
pub(super) async fn change(
    cx: &Cx,
    id: &str,
    now: &Now,
    want: &RouteTableInputs,
) -> Result<(), Fault> {
    for (to, target) in &want.routes {
        let target = target.get()?;
        match now.routes.get(to) {
            Some(current) if current == target => {}
            Some(_) => replace(cx, id, to, target).await?,
            None => create(cx, id, to, target).await?,
        }
    }
    for to in now.routes.keys().filter(|to| !want.routes.contains_key(*to)) {
        cx.call("ec2:DeleteRoute", || {
            cx.ec2().delete_route().route_table_id(id).destination_cidr_block(to).send()
        })
        .await
        .or_absent()?;
    }
    let mut wanted = Vec::new();
    for subnet in &want.subnets {
        wanted.push(subnet.get()?);
    }
    for subnet in wanted.iter().filter(|subnet| !now.subnets.contains_key(**subnet)) {
        associate(cx, id, subnet).await?;
    }
    for (_, association) in now.subnets.iter().filter(|(subnet, _)| !wanted.contains(subnet)) {
        disassociate(cx, association).await?;
    }
    Ok(())
}

fn is_nat(target: &str) -> bool {
    target.starts_with("nat-")
}

async fn create(cx: &Cx, id: &str, to: &str, target: &str) -> Result<(), Fault> {
    let created = cx
        .call("ec2:CreateRoute", || {
            let request = cx.ec2().create_route().route_table_id(id).destination_cidr_block(to);
            if is_nat(target) {
                request.nat_gateway_id(target).send()
            } else {
                request.gateway_id(target).send()
            }
        })
        .await;
    match created {
        Err(fault) if fault.kind == FaultKind::Exists => replace(cx, id, to, target).await,
        other => other.map(drop),
    }
}

async fn replace(cx: &Cx, id: &str, to: &str, target: &str) -> Result<(), Fault> {
    cx.call("ec2:ReplaceRoute", || {
        let request = cx.ec2().replace_route().route_table_id(id).destination_cidr_block(to);
        if is_nat(target) {
            request.nat_gateway_id(target).send()
        } else {
            request.gateway_id(target).send()
        }
    })
    .await?;
    Ok(())
}

/// Lets a subnet go by this table, also one that goes by another now.
async fn associate(cx: &Cx, id: &str, subnet: &str) -> Result<(), Fault> {
    let associated = cx
        .call("ec2:AssociateRouteTable", || {
            cx.ec2().associate_route_table().route_table_id(id).subnet_id(subnet).send()
        })
        .await;
    let fault = match associated {
        Err(fault) if fault.kind == FaultKind::Exists => fault,
        other => return other.map(drop),
    };
    let answer = cx
        .call("ec2:DescribeRouteTables", || {
            let of = filter("association.subnet-id", [subnet]);
            cx.ec2().describe_route_tables().filters(of).send()
        })
        .await?;
    let tables = answer.route_tables();
    let mut found = tables.iter().filter_map(|it| Some((it, Now::of(it).subnets.remove(subnet)?)));
    match found.next() {
        Some((table, _)) if table.route_table_id() == Some(id) => Ok(()),
        Some((_, association)) => {
            cx.call("ec2:ReplaceRouteTableAssociation", || {
                let request = cx.ec2().replace_route_table_association();
                request.association_id(&association).route_table_id(id).send()
            })
            .await?;
            Ok(())
        }
        None => Err(fault),
    }
}

pub(super) async fn disassociate(cx: &Cx, association: &str) -> Result<(), Fault> {
    cx.call("ec2:DisassociateRouteTable", || {
        cx.ec2().disassociate_route_table().association_id(association).send()
    })
    .await
    .or_absent()?;
    Ok(())
}
