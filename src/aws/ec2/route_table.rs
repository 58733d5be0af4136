//! `aws:ec2/route-table`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::ResourceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use super::{leftovers, route_table_calls as calls};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, OrAbsent, Resource,
    Scope, Seen, Tags,
};
use crate::outputs;

/// A route table with its routes and the subnets that go by it.
#[derive(Debug)]
pub struct RouteTable;

/// What a route table is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteTableInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// The VPC's id.
    pub vpc: Input<String>,
    /// Where addresses are reached: blocks such as `0.0.0.0/0`, each with the id of an internet
    /// gateway or a NAT gateway. The VPC's own addresses and those of gateway endpoints need no
    /// mention.
    #[serde(default)]
    pub routes: BTreeMap<String, Input<String>>,
    /// The ids of the subnets that go by it.
    #[serde(default)]
    pub subnets: BTreeSet<Input<String>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a route table gives back.
    RouteTable => RouteTableOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for RouteTable {
    type Cloud = crate::aws::Aws;
    type Inputs = RouteTableInputs;
    type Outputs = RouteTableOutputs;

    const KIND: &'static str = "aws:ec2/route-table";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["vpc"];

    fn check(want: &RouteTableInputs) -> Vec<Objection> {
        let known = |target: &Input<String>| {
            target.known().is_none_or(|id| id.starts_with("igw-") || id.starts_with("nat-"))
        };
        let fit = want.routes.values().all(known);
        let message = "a route leads to an internet gateway (`igw-…`) or a NAT gateway (`nat-…`)";
        Check::default().that(fit, "routes", message).done()
    }

    async fn create(cx: &Cx, want: &RouteTableInputs) -> Result<Created<Self>, Fault> {
        let request = cx
            .ec2()
            .create_route_table()
            .vpc_id(want.vpc.get()?)
            .client_token(cx.token())
            .tag_specifications(labels!(want).specification(ResourceType::RouteTable)?);
        let answer = cx.call("ec2:CreateRouteTable", || request.clone().send()).await?;
        let id = answer.route_table.and_then(|table| table.route_table_id).map(Id::from);
        let id =
            id.ok_or_else(|| Fault::new(FaultKind::Defect, "ec2:CreateRouteTable gave no table"))?;
        cx.made(&id).await?;
        calls::change(cx, id.as_str(), &calls::Now::default(), want).await?;
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let Some(table) = calls::describe(cx, held.id.as_str()).await? else { return Ok(None) };
        let now = calls::Now::of(&table);
        let (name, tags) = labels!(&held.inputs).seen(table.tags());
        let routes = now.routes.into_iter().map(|(to, target)| (to, target.into()));
        let inputs = RouteTableInputs {
            name,
            vpc: table.vpc_id.unwrap_or_default().into(),
            routes: routes.collect(),
            subnets: now.subnets.into_keys().map(Input::from).collect(),
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &RouteTableInputs,
    ) -> Result<RouteTableOutputs, Fault> {
        let id = held.id.as_str();
        if held.differs(want, |inputs| (&inputs.routes, &inputs.subnets)) {
            let table = calls::describe(cx, id).await?;
            let table = table.ok_or_else(|| leftovers::gone(&held.id))?;
            calls::change(cx, id, &calls::Now::of(&table), want).await?;
        }
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        let Some(table) = calls::describe(cx, id).await? else { return Ok(()) };
        for association in calls::Now::of(&table).subnets.values() {
            calls::disassociate(cx, association).await?;
        }
        cx.call("ec2:DeleteRouteTable", || cx.ec2().delete_route_table().route_table_id(id).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &RouteTableInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeRouteTables", || {
                cx.ec2().describe_route_tables().set_filters(Some(filters.clone())).send()
            })
            .await?;
        labels.first(cx, answer.route_tables(), |it| it.tags(), |it| it.route_table_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::route_tables(cx, scope).await.map(Some)
    }
}

fn outputs_of(id: &Id) -> RouteTableOutputs {
    RouteTableOutputs { id: id.to_string() }
}
