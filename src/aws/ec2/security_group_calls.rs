//! Making a security group's rules what is wanted.

use std::time::Duration;

use aws_sdk_ec2::types::{IpPermission, IpRange, SecurityGroupRule as Found};

use super::labels::{filter, from_aws};
use super::prefix_lists::Lists;
use super::rules::{ALL_PROTOCOLS, EVERYWHERE, services};
use super::{GroupRule, SecurityGroupInputs};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, OrAbsent, Waited};

/// A rule that is there.
pub(super) struct Standing {
    pub id: String,
    pub is_egress: bool,
    pub rule: GroupRule,
}

/// Gives a fresh group its rules, and takes from it the one that lets everything out.
pub(super) async fn furnish(cx: &Cx, id: &str, want: &SecurityGroupInputs) -> Result<(), Fault> {
    let lists = lists(cx, want).await?;
    let keeps_all = want.egress.iter().any(GroupRule::is_everything);
    let egress: Vec<&GroupRule> = want.egress.iter().filter(|it| !it.is_everything()).collect();
    authorize(cx, id, true, &egress, &lists).await?;
    authorize(cx, id, false, &want.ingress.iter().collect::<Vec<_>>(), &lists).await?;
    if keeps_all { Ok(()) } else { close(cx, id).await }
}

/// A group that was just made may not be seen everywhere yet, and has to be closed all the same.
async fn close(cx: &Cx, id: &str) -> Result<(), Fault> {
    let everywhere = IpRange::builder().cidr_ip(EVERYWHERE).build();
    let all = IpPermission::builder().ip_protocol(ALL_PROTOCOLS).ip_ranges(everywhere).build();
    let (pause, deadline) = (Duration::from_secs(2), Duration::from_secs(60));
    cx.wait(format!("security group {id}"), pause, deadline, || async {
        let revoked = cx
            .call("ec2:RevokeSecurityGroupEgress", || {
                let request = cx.ec2().revoke_security_group_egress().group_id(id);
                request.ip_permissions(all.clone()).send()
            })
            .await;
        match revoked {
            Err(fault) if fault.is(&["InvalidPermission.NotFound"]) => Ok(Waited::Ready(())),
            Err(fault) if fault.kind == FaultKind::Absent => {
                Ok(Waited::Still("not seen yet".to_owned()))
            }
            other => other.map(|_| Waited::Ready(())),
        }
    })
    .await
}

async fn lists(cx: &Cx, inputs: &SecurityGroupInputs) -> Result<Lists, Fault> {
    Lists::of(cx, &services(inputs.ingress.iter().chain(&inputs.egress))).await
}

/// The rules that are there and are not resources of their own.
pub(super) async fn rules(
    cx: &Cx,
    id: &str,
    inputs: &SecurityGroupInputs,
) -> Result<Vec<Standing>, Fault> {
    let lists = lists(cx, inputs).await?;
    let answer = cx
        .call("ec2:DescribeSecurityGroupRules", || {
            cx.ec2().describe_security_group_rules().filters(filter("group-id", [id])).send()
        })
        .await?;
    let own = answer
        .security_group_rules()
        .iter()
        .filter(|rule| !from_aws(rule.tags()).contains_key("maas:address"));
    Ok(own.filter_map(|rule| standing(rule, &lists)).collect())
}

fn standing(found: &Found, lists: &Lists) -> Option<Standing> {
    Some(Standing {
        id: found.security_group_rule_id()?.to_owned(),
        is_egress: found.is_egress().unwrap_or_default(),
        rule: GroupRule::from_aws(found, lists)?,
    })
}

/// Makes the rules of a group what is wanted, without a gap for what passes before and after.
pub(super) async fn change(cx: &Cx, id: &str, want: &SecurityGroupInputs) -> Result<(), Fault> {
    let lists = lists(cx, want).await?;
    let now = rules(cx, id, want).await?;
    for (is_egress, wanted) in [(true, &want.egress), (false, &want.ingress)] {
        let now = || now.iter().filter(move |it| it.is_egress == is_egress);
        let gone: Vec<&Standing> = now().filter(|it| !wanted.contains(&it.rule)).collect();
        let missing = wanted.iter().filter(|rule| now().all(|it| it.rule != **rule));
        // A rule that is only described otherwise cannot be there twice.
        let (reworded, new): (Vec<&GroupRule>, Vec<&GroupRule>) =
            missing.partition(|rule| gone.iter().any(|it| it.rule.is_same(rule)));
        authorize(cx, id, is_egress, &new, &lists).await?;
        let ids: Vec<String> = gone.iter().map(|it| it.id.clone()).collect();
        revoke(cx, id, is_egress, &ids).await?;
        authorize(cx, id, is_egress, &reworded, &lists).await?;
    }
    Ok(())
}

async fn authorize(
    cx: &Cx,
    id: &str,
    is_egress: bool,
    rules: &[&GroupRule],
    lists: &Lists,
) -> Result<(), Fault> {
    if rules.is_empty() {
        return Ok(());
    }
    let mut permissions = Vec::new();
    for rule in rules {
        permissions.push(rule.to_aws(lists)?);
    }
    let authorized = if is_egress {
        cx.call("ec2:AuthorizeSecurityGroupEgress", || {
            let request = cx.ec2().authorize_security_group_egress().group_id(id);
            request.set_ip_permissions(Some(permissions.clone())).send()
        })
        .await
        .map(drop)
    } else {
        cx.call("ec2:AuthorizeSecurityGroupIngress", || {
            let request = cx.ec2().authorize_security_group_ingress().group_id(id);
            request.set_ip_permissions(Some(permissions.clone())).send()
        })
        .await
        .map(drop)
    };
    match authorized {
        // Its answer was lost: EC2 takes all rules of a call or none.
        Err(fault) if fault.kind == FaultKind::Exists => Ok(()),
        other => other,
    }
}

/// Takes rules from a group.
pub(super) async fn revoke(
    cx: &Cx,
    id: &str,
    is_egress: bool,
    rules: &[String],
) -> Result<(), Fault> {
    if rules.is_empty() {
        return Ok(());
    }
    if is_egress {
        cx.call("ec2:RevokeSecurityGroupEgress", || {
            let request = cx.ec2().revoke_security_group_egress().group_id(id);
            request.set_security_group_rule_ids(Some(rules.to_vec())).send()
        })
        .await
        .or_absent()?;
    } else {
        cx.call("ec2:RevokeSecurityGroupIngress", || {
            let request = cx.ec2().revoke_security_group_ingress().group_id(id);
            request.set_security_group_rule_ids(Some(rules.to_vec())).send()
        })
        .await
        .or_absent()?;
    }
    Ok(())
}
