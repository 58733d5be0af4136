//! `aws:rds/subnet-group`

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tags;
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Arn, Charset, Created, Fault, Foretold, Held, Id, Input, Listed, Naming, Objection, OrAbsent,
    Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// The subnets that databases may be in: of two zones at least.
#[derive(Debug)]
pub struct DbSubnetGroup;

/// What a subnet group is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbSubnetGroupInputs {
    /// Its name; up to 255 lower-case letters, digits and `-`.
    pub name: Input<String>,
    /// What it is for.
    #[serde(default = "description")]
    pub description: String,
    /// The id of the VPC that its subnets are in. RDS moves no group to another one (*Amazon RDS API
    /// Reference*, "ModifyDBSubnetGroup").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<Input<String>>,
    /// The ids of its subnets, in two zones at least.
    pub subnets: BTreeSet<Input<String>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

fn description() -> String {
    "the subnets of databases".to_owned()
}

impl Default for DbSubnetGroupInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            description: description(),
            vpc: None,
            subnets: BTreeSet::new(),
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a subnet group gives back.
    DbSubnetGroup => DbSubnetGroupOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for DbSubnetGroup {
    type Cloud = crate::aws::Aws;
    type Inputs = DbSubnetGroupInputs;
    type Outputs = DbSubnetGroupOutputs;

    const KIND: &'static str = "aws:rds/subnet-group";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 255, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name", "vpc"];
    const ADDED: &'static [&'static str] = &["vpc"];

    fn foretell(want: &DbSubnetGroupInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("rds", format!("subgrp:{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    fn check(want: &DbSubnetGroupInputs) -> Vec<Objection> {
        let fits = |name: &String| {
            let charset = |byte: u8| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_. ".contains(&byte)
            };
            (1..=255).contains(&name.len()) && name.bytes().all(charset) && name != "default"
        };
        Check::default()
            .that(
                want.name.known().is_none_or(fits),
                "name",
                "a subnet group's name has 1 to 255 lower-case letters, digits, `-`, `_` and `.`",
            )
            .that(
                want.subnets.len() >= 2,
                "subnets",
                "a subnet group has subnets of two zones at least",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &DbSubnetGroupInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let subnets = super::cluster_calls::ids(&want.subnets)?;
        let answer = cx
            .call("rds:CreateDBSubnetGroup", || {
                cx.rds()
                    .create_db_subnet_group()
                    .db_subnet_group_name(name)
                    .db_subnet_group_description(&want.description)
                    .set_subnet_ids(Some(subnets.clone()))
                    .set_tags(Some(tags::of(&want.tags)))
                    .send()
            })
            .await?;
        let group = answer.db_subnet_group();
        let arn = group.and_then(|group| group.db_subnet_group_arn()).unwrap_or_default();
        Ok(Created { id: Id::from(name.as_str()), outputs: outputs_of(name, arn) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let answer = cx
            .call("rds:DescribeDBSubnetGroups", || {
                cx.rds().describe_db_subnet_groups().db_subnet_group_name(name).send()
            })
            .await
            .or_absent()?;
        let Some(group) = answer.and_then(|answer| answer.db_subnet_groups().first().cloned())
        else {
            return Ok(None);
        };
        let arn = group.db_subnet_group_arn().unwrap_or_default();
        let subnets = group.subnets().iter().filter_map(|subnet| subnet.subnet_identifier());
        let inputs = DbSubnetGroupInputs {
            name: Input::from(group.db_subnet_group_name().unwrap_or_default()),
            description: group.db_subnet_group_description().unwrap_or_default().to_owned(),
            vpc: group.vpc_id().map(Input::from).or_else(|| held.inputs.vpc.clone()),
            subnets: subnets.map(Input::from).collect(),
            tags: tags::read(cx, arn).await?,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(name, arn) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &DbSubnetGroupInputs,
    ) -> Result<DbSubnetGroupOutputs, Fault> {
        let name = held.id.as_str();
        if held.differs(want, |inputs| (&inputs.subnets, &inputs.description)) {
            let subnets = super::cluster_calls::ids(&want.subnets)?;
            cx.call("rds:ModifyDBSubnetGroup", || {
                cx.rds()
                    .modify_db_subnet_group()
                    .db_subnet_group_name(name)
                    .db_subnet_group_description(&want.description)
                    .set_subnet_ids(Some(subnets.clone()))
                    .send()
            })
            .await?;
        }
        let arn: Input<Arn> = cx.place().arn("rds", format!("subgrp:{name}"));
        let outputs = outputs_of(name, arn.get()?.as_str());
        let arn = outputs.arn.as_str();
        tags::change(cx, arn, held.finished, &held.inputs.tags, &want.tags).await?;
        Ok(outputs)
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        cx.call("rds:DeleteDBSubnetGroup", || {
            cx.rds().delete_db_subnet_group().db_subnet_group_name(name).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::subnet_groups(cx, scope).await.map(Some)
    }
}

fn outputs_of(name: &str, arn: &str) -> DbSubnetGroupOutputs {
    DbSubnetGroupOutputs { name: name.to_owned(), arn: Arn::from(arn) }
}
