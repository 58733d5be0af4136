//! Whether a network that somebody else made is fit.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::RouteTable;

use super::NetworkOfOthersInputs;
use super::labels::filter;
use super::rules::EVERYWHERE;
use super::way_to_secrets::way_to_secrets;
use crate::aws::Cx;
use crate::aws::list::pages;
use crate::graph::Fault;

/// What makes the network unfit; nothing where it is fit.
pub(super) async fn problems(cx: &Cx, want: &NetworkOfOthersInputs) -> Result<Vec<String>, Fault> {
    let within = filter("vpc-id", [&want.vpc]);
    let subnets = cx
        .call("ec2:DescribeSubnets", || cx.ec2().describe_subnets().filters(within.clone()).send())
        .await?;
    let zones: BTreeMap<&str, &str> = subnets
        .subnets()
        .iter()
        .filter_map(|it| Some((it.subnet_id()?, it.availability_zone().unwrap_or_default())))
        .collect();
    let blocks: BTreeMap<&str, &str> = subnets
        .subnets()
        .iter()
        .filter_map(|it| Some((it.subnet_id()?, it.cidr_block()?)))
        .collect();
    let mut problems = Vec::new();
    for (tier, ids) in [("application", &want.application_subnets), ("data", &want.data_subnets)] {
        let there: Vec<&str> =
            ids.iter().filter_map(|id| zones.get(id.as_str()).copied()).collect();
        problems.extend(
            ids.iter()
                .filter(|id| !zones.contains_key(id.as_str()))
                .map(|id| format!("{id} is no subnet of {}", want.vpc)),
        );
        let spanned: BTreeSet<&str> = there.iter().copied().collect();
        if !ids.is_empty() && there.len() == ids.len() && spanned.len() < 2 {
            let zone = spanned.into_iter().collect::<String>();
            problems.push(format!("the {tier} tier is in one zone, {zone}, and needs two"));
        }
    }
    let tables = pages(|token| {
        let within = within.clone();
        async move {
            let answer = cx
                .call("ec2:DescribeRouteTables", || {
                    let request = cx.ec2().describe_route_tables();
                    request.filters(within.clone()).set_next_token(token.clone()).send()
                })
                .await?;
            Ok((answer.route_tables.unwrap_or_default(), answer.next_token))
        }
    });
    let tables = tables.await?;
    let way_out = |subnet: &String| way_out(&tables, subnet);
    let is_there = |id: &&String| zones.contains_key(id.as_str());
    for id in want.data_subnets.iter().filter(is_there) {
        if let Some(target) = way_out(id).filter(|target| target.starts_with("igw-")) {
            problems.push(format!(
                "{id} of the data tier is open to the internet by a route to {target}"
            ));
        }
    }
    let blind: Vec<&String> = want
        .application_subnets
        .iter()
        .filter(is_there)
        // A function has no public address, so that an internet gateway is of no use to it.
        .filter(|id| way_out(id).is_none_or(|target| target.starts_with("igw-")))
        .collect();
    if want.secrets && !blind.is_empty() {
        let way = way_to_secrets(cx, &want.vpc).await?;
        let block = |id: &String| blocks.get(id.as_str()).copied().unwrap_or_default();
        let lacking = blind.iter().filter_map(|id| Some((id, way.lacks(block(id))?)));
        problems.extend(
            lacking.map(|(id, lack)| {
                format!("functions in {id} do not reach Secrets Manager: {lack}")
            }),
        );
    }
    Ok(problems)
}

/// Where a subnet's way to all addresses leads.
fn way_out<'t>(tables: &'t [RouteTable], subnet: &str) -> Option<&'t str> {
    let of_subnet =
        |table: &&RouteTable| table.associations().iter().any(|it| it.subnet_id() == Some(subnet));
    let main =
        |table: &&RouteTable| table.associations().iter().any(|it| it.main().unwrap_or_default());
    let table = tables.iter().find(of_subnet).or_else(|| tables.iter().find(main))?;
    let out =
        table.routes().iter().find(|route| route.destination_cidr_block() == Some(EVERYWHERE))?;
    out.nat_gateway_id()
        .or(out.gateway_id())
        .or(out.transit_gateway_id())
        .or(out.network_interface_id())
        .or(Some("another way"))
}
