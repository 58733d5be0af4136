//! Rules of other security groups that name one.

use aws_sdk_ec2::types::{IpPermission, SecurityGroup};

use crate::aws::Cx;
use crate::aws::ec2::labels::filter;
use crate::graph::{Fault, OrAbsent};

/// Takes from all other groups the rules that name this one.
pub(super) async fn revoke(cx: &Cx, group: &str) -> Result<(), Fault> {
    for other in naming(cx, "ip-permission.group-id", group).await? {
        let (id, rules) = (other.group_id().unwrap_or_default(), other.ip_permissions());
        let rules = of(rules, group);
        if id != group && !rules.is_empty() {
            cx.call("ec2:RevokeSecurityGroupIngress", || {
                let request = cx.ec2().revoke_security_group_ingress().group_id(id);
                request.set_ip_permissions(Some(rules.clone())).send()
            })
            .await
            .or_absent()?;
        }
    }
    for other in naming(cx, "egress.ip-permission.group-id", group).await? {
        let (id, rules) = (other.group_id().unwrap_or_default(), other.ip_permissions_egress());
        let rules = of(rules, group);
        if id != group && !rules.is_empty() {
            cx.call("ec2:RevokeSecurityGroupEgress", || {
                let request = cx.ec2().revoke_security_group_egress().group_id(id);
                request.set_ip_permissions(Some(rules.clone())).send()
            })
            .await
            .or_absent()?;
        }
    }
    Ok(())
}

async fn naming(cx: &Cx, by: &str, group: &str) -> Result<Vec<SecurityGroup>, Fault> {
    let answer = cx
        .call("ec2:DescribeSecurityGroups", || {
            cx.ec2().describe_security_groups().filters(filter(by, [group])).send()
        })
        .await?;
    Ok(answer.security_groups.unwrap_or_default())
}

/// The part of these rules that names the group.
fn of(rules: &[IpPermission], group: &str) -> Vec<IpPermission> {
    let part = |rule: &IpPermission| {
        let pairs: Vec<_> = rule
            .user_id_group_pairs()
            .iter()
            .filter(|pair| pair.group_id() == Some(group))
            .cloned()
            .collect();
        let part = IpPermission::builder()
            .set_ip_protocol(rule.ip_protocol.clone())
            .set_from_port(rule.from_port)
            .set_to_port(rule.to_port);
        (!pairs.is_empty()).then(|| part.set_user_id_group_pairs(Some(pairs)).build())
    };
    rules.iter().filter_map(part).collect()
}
