//! `aws:ec2/security-group`

use std::collections::BTreeSet;

use aws_sdk_ec2::types::ResourceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, filter, labels};
use super::{GroupRule, leftovers, security_group_calls as calls};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, OrAbsent, Resource,
    Scope, Seen, Tags,
};
use crate::outputs;

/// A security group with its rules. What no rule lets pass is dropped, also on the way out.
#[derive(Debug)]
pub struct SecurityGroup;

/// What a security group is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroupInputs {
    /// Its name, unique in the VPC; up to 255 characters, not beginning with `sg-`.
    pub name: Input<String>,
    /// What it is for; up to 255 characters, which cannot be changed.
    pub description: String,
    /// The VPC's id.
    pub vpc: Input<String>,
    /// What may come in.
    #[serde(default)]
    pub ingress: BTreeSet<GroupRule>,
    /// What may go out.
    #[serde(default)]
    pub egress: BTreeSet<GroupRule>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a security group gives back.
    SecurityGroup => SecurityGroupOutputs {
        /// Its id.
        id: String,
    }
}

/// Rules of one direction that a group takes, unless its quota was raised (*Amazon VPC User Guide*,
/// "Amazon VPC quotas").
const MOST_RULES: usize = 60;

impl Resource for SecurityGroup {
    type Cloud = crate::aws::Aws;
    type Inputs = SecurityGroupInputs;
    type Outputs = SecurityGroupOutputs;

    const KIND: &'static str = "aws:ec2/security-group";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name", "description", "vpc"];

    fn check(want: &SecurityGroupInputs) -> Vec<Objection> {
        let plain = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
        let name = want.name.known();
        let mut check = Check::default()
            .that(
                name.is_none_or(|name| !name.starts_with("sg-") && name.chars().all(plain)),
                "name",
                "a security group's name does not begin with `sg-`",
            )
            .that(
                (1..=255).contains(&want.description.len())
                    && want.description.chars().all(plain),
                "description",
                "a security group is described in 1 to 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`",
            );
        for (path, rules) in [("ingress", &want.ingress), ("egress", &want.egress)] {
            let message = format!("a security group takes {MOST_RULES} rules each way");
            check = check.that(rules.len() <= MOST_RULES, path, message);
            check = rules.iter().fold(check, |check, rule| rule.check(check, path));
        }
        check.done()
    }

    async fn create(cx: &Cx, want: &SecurityGroupInputs) -> Result<Created<Self>, Fault> {
        let request = cx
            .ec2()
            .create_security_group()
            .group_name(want.name.get()?)
            .description(&want.description)
            .vpc_id(want.vpc.get()?)
            .tag_specifications(labels!(want).specification(ResourceType::SecurityGroup)?);
        let answer = cx.call("ec2:CreateSecurityGroup", || request.clone().send()).await?;
        let id = answer.group_id.map(Id::from);
        let id =
            id.ok_or_else(|| Fault::new(FaultKind::Defect, "ec2:CreateSecurityGroup gave no id"))?;
        cx.made(&id).await?;
        calls::furnish(cx, id.as_str(), want).await?;
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.as_str();
        let answer = cx
            .call("ec2:DescribeSecurityGroups", || {
                cx.ec2().describe_security_groups().group_ids(id).send()
            })
            .await
            .or_absent()?;
        let group =
            answer.and_then(|answer| answer.security_groups.unwrap_or_default().into_iter().next());
        let Some(group) = group else { return Ok(None) };
        let name = Input::from(group.group_name().unwrap_or_default());
        let (_, tags) = labels!(&held.inputs).seen(group.tags());
        let rules = calls::rules(cx, id, &held.inputs).await?;
        let (egress, ingress): (Vec<_>, Vec<_>) =
            rules.into_iter().partition(|rule| rule.is_egress);
        let set = |rules: Vec<calls::Standing>| rules.into_iter().map(|it| it.rule).collect();
        let inputs = SecurityGroupInputs {
            name,
            description: group.description.unwrap_or_default(),
            vpc: group.vpc_id.unwrap_or_default().into(),
            ingress: set(ingress),
            egress: set(egress),
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &SecurityGroupInputs,
    ) -> Result<SecurityGroupOutputs, Fault> {
        let id = held.id.as_str();
        if held.differs(want, |inputs| (&inputs.ingress, &inputs.egress)) {
            calls::change(cx, id, want).await?;
        }
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    /// Network interfaces of functions keep it for up to an hour after the functions are gone.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        leftovers::delete(cx, leftovers::Place::Group(id), || async {
            cx.call("ec2:DeleteSecurityGroup", || {
                cx.ec2().delete_security_group().group_id(id).send()
            })
            .await
            .map(drop)
        })
        .await
    }

    async fn find(cx: &Cx, want: &SecurityGroupInputs) -> Result<Option<Id>, Fault> {
        let (name, vpc) = (want.name.get()?, want.vpc.get()?);
        let answer = cx
            .call("ec2:DescribeSecurityGroups", || {
                cx.ec2()
                    .describe_security_groups()
                    .filters(filter("group-name", [name]))
                    .filters(filter("vpc-id", [vpc]))
                    .send()
            })
            .await?;
        let groups = answer.security_groups();
        let found = groups.iter().find(|group| group.group_name() == Some(name));
        Ok(found.and_then(|group| group.group_id()).map(Id::from))
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::security_groups(cx, scope).await.map(Some)
    }
}

fn outputs_of(id: &Id) -> SecurityGroupOutputs {
    SecurityGroupOutputs { id: id.to_string() }
}
