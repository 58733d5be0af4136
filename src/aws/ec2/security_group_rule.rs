//! `aws:ec2/security-group-rule`

use aws_sdk_ec2::types::{ResourceType, SecurityGroupRule as Found};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{NAMING, labels};
use super::prefix_lists::Lists;
use super::rules::services;
use super::security_group_calls::revoke;
use super::{GroupRule, leftovers};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Created, Fault, FaultKind, Held, Id, Input, Listed, Naming, Objection, OrAbsent, Resource,
    Scope, Seen, Tags,
};
use crate::outputs;

/// A rule of a security group that is a resource of its own: of another instance's group, or
/// between two groups that name each other.
#[derive(Debug)]
pub struct SecurityGroupRule;

/// What such a rule is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroupRuleInputs {
    /// Its name, a tag.
    pub name: Input<String>,
    /// The id of the group that it belongs to.
    pub group: Input<String>,
    /// Whether it lets out; else it lets in.
    pub egress: bool,
    /// What it lets pass.
    pub rule: GroupRule,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What such a rule gives back.
    SecurityGroupRule => SecurityGroupRuleOutputs {
        /// Its id.
        id: String,
    }
}

impl Resource for SecurityGroupRule {
    type Cloud = crate::aws::Aws;
    type Inputs = SecurityGroupRuleInputs;
    type Outputs = SecurityGroupRuleOutputs;

    const KIND: &'static str = "aws:ec2/security-group-rule";
    const NAME: Option<Naming> = Some(NAMING);
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["group", "egress", "rule"];
    // Of two rules that differ in their descriptions EC2 refuses one.
    const ONE_AT_A_TIME: bool = true;

    fn check(want: &SecurityGroupRuleInputs) -> Vec<Objection> {
        want.rule.check(Check::default(), "rule").done()
    }

    async fn create(cx: &Cx, want: &SecurityGroupRuleInputs) -> Result<Created<Self>, Fault> {
        let lists = Lists::of(cx, &services([&want.rule])).await?;
        let (group, permission) = (want.group.get()?, want.rule.to_aws(&lists)?);
        let tags = labels!(want).specification(ResourceType::SecurityGroupRule)?;
        let made = if want.egress {
            let request = cx.ec2().authorize_security_group_egress().group_id(group);
            let request = request.ip_permissions(permission).tag_specifications(tags);
            let answer =
                cx.call("ec2:AuthorizeSecurityGroupEgress", || request.clone().send()).await?;
            answer.security_group_rules
        } else {
            let request = cx.ec2().authorize_security_group_ingress().group_id(group);
            let request = request.ip_permissions(permission).tag_specifications(tags);
            let answer =
                cx.call("ec2:AuthorizeSecurityGroupIngress", || request.clone().send()).await?;
            answer.security_group_rules
        };
        let rule = made.unwrap_or_default().into_iter().next();
        let id = rule.and_then(|rule| rule.security_group_rule_id).map(Id::from);
        let id = id.ok_or_else(|| Fault::new(FaultKind::Defect, "EC2 gave no id of a rule"))?;
        Ok(Created { outputs: outputs_of(&id), id })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let Some(found) = describe(cx, held.id.as_str()).await? else { return Ok(None) };
        let lists = Lists::of(cx, &services([&held.inputs.rule])).await?;
        let Some(rule) = GroupRule::from_aws(&found, &lists) else { return Ok(None) };
        let (name, tags) = labels!(&held.inputs).seen(found.tags());
        let inputs = SecurityGroupRuleInputs {
            name,
            group: found.group_id().unwrap_or_default().into(),
            egress: found.is_egress().unwrap_or_default(),
            rule,
            tags,
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(&held.id) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &SecurityGroupRuleInputs,
    ) -> Result<SecurityGroupRuleOutputs, Fault> {
        let id = held.id.as_str();
        if !held.finished && describe(cx, id).await?.is_none() {
            return Err(leftovers::gone(&held.id));
        }
        labels!(want).change(cx, id, held.finished, labels!(&held.inputs)).await?;
        Ok(outputs_of(&held.id))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let group = held.inputs.group.get()?;
        revoke(cx, group, held.inputs.egress, &[held.id.to_string()]).await
    }

    async fn find(cx: &Cx, want: &SecurityGroupRuleInputs) -> Result<Option<Id>, Fault> {
        let labels = labels!(want);
        let filters = labels.filters()?;
        let answer = cx
            .call("ec2:DescribeSecurityGroupRules", || {
                cx.ec2().describe_security_group_rules().set_filters(Some(filters.clone())).send()
            })
            .await?;
        let rules = answer.security_group_rules();
        labels.first(cx, rules, |rule| rule.tags(), |rule| rule.security_group_rule_id())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::rules(cx, scope).await.map(Some)
    }
}

async fn describe(cx: &Cx, id: &str) -> Result<Option<Found>, Fault> {
    let answer = cx
        .call("ec2:DescribeSecurityGroupRules", || {
            cx.ec2().describe_security_group_rules().security_group_rule_ids(id).send()
        })
        .await
        .or_absent()?;
    Ok(answer.and_then(|answer| answer.security_group_rules.unwrap_or_default().into_iter().next()))
}

fn outputs_of(id: &Id) -> SecurityGroupRuleOutputs {
    SecurityGroupRuleOutputs { id: id.to_string() }
}
