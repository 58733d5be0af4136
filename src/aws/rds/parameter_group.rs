//! `aws:rds/cluster-parameter-group` and `aws:rds/parameter-group`, which differ in their names only.

use std::collections::BTreeMap;

use aws_sdk_rds::types::{ApplyMethod, Parameter};
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

/// Parameters that one call carries (*Amazon RDS API Reference*, "ModifyDBParameterGroup").
const MOST: usize = 20;

macro_rules! parameter_group {
    (
        $(#[$doc:meta])*
        $type:ident, $inputs:ident, $outputs:ident, $kind:literal, $arn:literal,
        create: $create:ident $create_name:literal,
        describe: $describe:ident $describe_name:literal $described:ident,
        parameters: $parameters:ident $parameters_name:literal,
        modify: $modify:ident $modify_name:literal,
        reset: $reset:ident $reset_name:literal,
        delete: $delete:ident $delete_name:literal,
        list: $list:ident, name: $name:ident, arn: $group_arn:ident
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $type;

        /// What a parameter group is given.
        #[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $inputs {
            /// Its name; 1 to 255 lower-case letters, digits and `-`.
            pub name: Input<String>,
            /// The engine and its major version, as in `aurora-postgresql16` or `postgres16`.
            pub family: String,
            /// What it is for.
            #[serde(default)]
            pub description: String,
            /// Its parameters, of those that work without a restart.
            pub parameters: BTreeMap<String, String>,
            /// Its tags.
            #[serde(default)]
            pub tags: Tags,
        }

        outputs! {
            /// What a parameter group gives back.
            $type => $outputs {
                /// Its name.
                name: String,
                /// Its ARN.
                arn: Arn,
            }
        }

        impl Resource for $type {
            type Cloud = crate::aws::Aws;
            type Inputs = $inputs;
            type Outputs = $outputs;

            const KIND: &'static str = $kind;
            const NAME: Option<Naming> =
                Some(Naming { input: "name", longest: 255, charset: Charset::Word, global: false });
            const TAGGED: bool = true;
            const REPLACE_ON: &'static [&'static str] = &["name", "family", "description"];

            fn foretell(want: &$inputs, place: &Place) -> Foretold {
                let Some(name) = want.name.known() else { return Foretold::default() };
                let arn: Input<Arn> = place.arn("rds", format!(concat!($arn, ":{}"), name));
                Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
            }

            fn check(want: &$inputs) -> Vec<Objection> {
                check(want.name.known(), &want.family, &want.parameters)
            }

            async fn create(cx: &Cx, want: &$inputs) -> Result<Created<Self>, Fault> {
                let name = want.name.get()?;
                let description = described(&want.description, &want.family);
                cx.call($create_name, || {
                    cx.rds()
                        .$create()
                        .$name(name)
                        .db_parameter_group_family(&want.family)
                        .description(&description)
                        .set_tags(Some(tags::of(&want.tags)))
                        .send()
                })
                .await?;
                let id = Id::from(name.as_str());
                if !want.parameters.is_empty() {
                    cx.made(&id).await?;
                    Self::put(cx, name, &want.parameters).await?;
                }
                Ok(Created { id, outputs: Self::outputs(cx, name)? })
            }

            async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
                let name = held.id.as_str();
                let answer = cx
                    .call($describe_name, || cx.rds().$describe().$name(name).send())
                    .await
                    .or_absent()?;
                let Some(group) = answer.and_then(|answer| answer.$described().first().cloned())
                else {
                    return Ok(None);
                };
                let arn = group.$group_arn().unwrap_or_default();
                let seen = group.description().unwrap_or_default();
                let family = group.db_parameter_group_family().unwrap_or_default();
                // A description that nobody asked for is the one that was made up.
                let is_own = seen == described(&held.inputs.description, family);
                let description = if is_own { &held.inputs.description } else { seen };
                let inputs = $inputs {
                    name: Input::from(name),
                    family: family.to_owned(),
                    description: description.to_owned(),
                    parameters: Self::parameters(cx, name).await?,
                    tags: tags::read(cx, arn).await?,
                };
                Ok(Some(Seen { inputs, outputs: Self::outputs(cx, name)? }))
            }

            async fn update(
                cx: &Cx,
                held: &Held<Self>,
                want: &$inputs,
            ) -> Result<$outputs, Fault> {
                let name = held.id.as_str();
                let put: BTreeMap<String, String> = want
                    .parameters
                    .iter()
                    .filter(|(key, value)| {
                        !held.finished || held.inputs.parameters.get(*key) != Some(*value)
                    })
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                if !put.is_empty() {
                    Self::put(cx, name, &put).await?;
                }
                let gone: Vec<Parameter> = held
                    .inputs
                    .parameters
                    .keys()
                    .filter(|key| !want.parameters.contains_key(*key))
                    .map(|key| parameter(key, None))
                    .collect();
                if !gone.is_empty() {
                    cx.call($reset_name, || {
                        cx.rds()
                            .$reset()
                            .$name(name)
                            .reset_all_parameters(false)
                            .set_parameters(Some(gone.clone()))
                            .send()
                    })
                    .await?;
                }
                let outputs = Self::outputs(cx, name)?;
                let arn = outputs.arn.as_str();
                tags::change(cx, arn, held.finished, &held.inputs.tags, &want.tags).await?;
                Ok(outputs)
            }

            async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
                let name = held.id.as_str();
                cx.call($delete_name, || cx.rds().$delete().$name(name).send())
                    .await
                    .or_absent()?;
                Ok(())
            }

            async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
                list::$list(cx, scope).await.map(Some)
            }
        }

        impl $type {
            fn outputs(cx: &Cx, name: &str) -> Result<$outputs, Fault> {
                let arn: Input<Arn> = cx.place().arn("rds", format!(concat!($arn, ":{}"), name));
                Ok($outputs { name: name.to_owned(), arn: arn.get()?.clone() })
            }

            async fn put(
                cx: &Cx,
                name: &str,
                parameters: &BTreeMap<String, String>,
            ) -> Result<(), Fault> {
                let put = parameters.iter().map(|(key, value)| parameter(key, Some(value)));
                let put: Vec<Parameter> = put.collect();
                cx.call($modify_name, || {
                    cx.rds().$modify().$name(name).set_parameters(Some(put.clone())).send()
                })
                .await?;
                Ok(())
            }

            /// The parameters that somebody set.
            async fn parameters(cx: &Cx, name: &str) -> Result<BTreeMap<String, String>, Fault> {
                let mut found = BTreeMap::new();
                let mut from: Option<String> = None;
                loop {
                    let answer = cx
                        .call($parameters_name, || {
                            cx.rds()
                                .$parameters()
                                .$name(name)
                                .source("user")
                                .set_marker(from.clone())
                                .send()
                        })
                        .await?;
                    let set = answer.parameters().iter().filter_map(|one| {
                        Some((one.parameter_name()?.to_owned(), one.parameter_value()?.to_owned()))
                    });
                    found.extend(set);
                    from = answer.marker().map(str::to_owned).filter(|marker| !marker.is_empty());
                    if from.is_none() {
                        return Ok(found);
                    }
                }
            }
        }
    };
}

parameter_group! {
    /// Parameters of clusters.
    DbClusterParameterGroup, DbClusterParameterGroupInputs, DbClusterParameterGroupOutputs,
    "aws:rds/cluster-parameter-group", "cluster-pg",
    create: create_db_cluster_parameter_group "rds:CreateDBClusterParameterGroup",
    describe: describe_db_cluster_parameter_groups "rds:DescribeDBClusterParameterGroups"
        db_cluster_parameter_groups,
    parameters: describe_db_cluster_parameters "rds:DescribeDBClusterParameters",
    modify: modify_db_cluster_parameter_group "rds:ModifyDBClusterParameterGroup",
    reset: reset_db_cluster_parameter_group "rds:ResetDBClusterParameterGroup",
    delete: delete_db_cluster_parameter_group "rds:DeleteDBClusterParameterGroup",
    list: cluster_parameter_groups, name: db_cluster_parameter_group_name,
    arn: db_cluster_parameter_group_arn
}

parameter_group! {
    /// Parameters of databases.
    DbParameterGroup, DbParameterGroupInputs, DbParameterGroupOutputs,
    "aws:rds/parameter-group", "pg",
    create: create_db_parameter_group "rds:CreateDBParameterGroup",
    describe: describe_db_parameter_groups "rds:DescribeDBParameterGroups" db_parameter_groups,
    parameters: describe_db_parameters "rds:DescribeDBParameters",
    modify: modify_db_parameter_group "rds:ModifyDBParameterGroup",
    reset: reset_db_parameter_group "rds:ResetDBParameterGroup",
    delete: delete_db_parameter_group "rds:DeleteDBParameterGroup",
    list: parameter_groups, name: db_parameter_group_name, arn: db_parameter_group_arn
}

fn parameter(name: &str, value: Option<&String>) -> Parameter {
    Parameter::builder()
        .parameter_name(name)
        .set_parameter_value(value.cloned())
        .apply_method(ApplyMethod::Immediate)
        .build()
}

/// RDS wants a description.
fn described(description: &str, family: &str) -> String {
    if description.is_empty() { format!("parameters for {family}") } else { description.to_owned() }
}

fn check(
    name: Option<&String>,
    family: &str,
    parameters: &BTreeMap<String, String>,
) -> Vec<Objection> {
    let fits = |name: &String| {
        let charset = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=255).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(charset)
            && !name.ends_with('-')
            && !name.contains("--")
    };
    Check::default()
        .that(
            name.is_none_or(fits),
            "name",
            "a parameter group's name has 1 to 255 lower-case letters, digits and single `-`, begins \
             with a letter and does not end with `-`",
        )
        .that(!family.is_empty(), "family", "name a family, as in `aurora-postgresql16`")
        .that(
            parameters.len() <= MOST,
            "parameters",
            format!("a parameter group takes {MOST} parameters here"),
        )
        .done()
}
