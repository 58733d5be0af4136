//! A VPC's settings, which its creation does not take.

use std::time::Duration;

use aws_sdk_ec2::types::{AttributeBooleanValue, SecurityGroup, VpcAttributeName};
use tokio::time::Instant;

use super::VpcInputs;
use super::labels::filter;
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Waited};

/// What can be changed of a VPC beside its tags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub dns_support: bool,
    pub dns_hostnames: bool,
    pub default_group_closed: bool,
}

/// How EC2 makes a VPC (*Amazon VPC User Guide*, "DNS attributes for your VPC").
pub(super) const AS_MADE: Settings =
    Settings { dns_support: true, dns_hostnames: false, default_group_closed: false };

impl Settings {
    pub fn of(inputs: &VpcInputs) -> Self {
        Self {
            dns_support: inputs.dns_support,
            dns_hostnames: inputs.dns_hostnames,
            default_group_closed: inputs.default_group_closed,
        }
    }
}

/// Makes the settings what is wanted; `was` is none where nobody knows. ModifyVpcAttribute takes one
/// attribute at a time.
pub(super) async fn configure(
    cx: &Cx,
    id: &str,
    was: Option<&Settings>,
    want: &VpcInputs,
) -> Result<(), Fault> {
    let value = |flag| AttributeBooleanValue::builder().value(flag).build();
    let modify = || cx.ec2().modify_vpc_attribute().vpc_id(id);
    // Names need the server: it is turned on before them, and off behind them.
    let mut requests = Vec::new();
    if was.is_none_or(|was| was.dns_hostnames != want.dns_hostnames) {
        requests.push(modify().enable_dns_hostnames(value(want.dns_hostnames)));
    }
    if was.is_none_or(|was| was.dns_support != want.dns_support) {
        let at = if want.dns_support { 0 } else { requests.len() };
        requests.insert(at, modify().enable_dns_support(value(want.dns_support)));
    }
    for request in requests {
        cx.call("ec2:ModifyVpcAttribute", || request.clone().send()).await?;
    }
    let close = want.default_group_closed && was.is_none_or(|was| !was.default_group_closed);
    if close { close_default_group(cx, id, was == Some(&AS_MADE)).await } else { Ok(()) }
}

/// How long a group may be seen without its rules.
const RULES_SEEN: Duration = Duration::from_secs(20);

/// Takes the default group its rules. EC2 may not tell of that of a fresh VPC, or of its rules, at once;
/// it has to be closed all the same.
async fn close_default_group(cx: &Cx, vpc: &str, fresh: bool) -> Result<(), Fault> {
    let since = Instant::now();
    let (pause, deadline) = (Duration::from_secs(2), Duration::from_secs(60));
    let what = format!("the default security group of {vpc}");
    let unseen = || Ok(Waited::Still("not seen yet".to_owned()));
    cx.wait(what, pause, deadline, || async {
        let Some(group) = default_group(cx, vpc).await? else { return unseen() };
        if fresh && is_closed(&group) && since.elapsed() < RULES_SEEN {
            return unseen();
        }
        match empty(cx, &group).await {
            Err(fault) if fault.kind == FaultKind::Absent => unseen(),
            emptied => emptied.map(Waited::Ready),
        }
    })
    .await
}

/// The settings as they are now.
pub(super) async fn settings(cx: &Cx, id: &str) -> Result<Settings, Fault> {
    let attribute = |name: VpcAttributeName| async move {
        cx.call("ec2:DescribeVpcAttribute", || {
            cx.ec2().describe_vpc_attribute().vpc_id(id).attribute(name.clone()).send()
        })
        .await
    };
    let support = attribute(VpcAttributeName::EnableDnsSupport).await?;
    let hostnames = attribute(VpcAttributeName::EnableDnsHostnames).await?;
    let is_on = |value: Option<&AttributeBooleanValue>| value.and_then(|it| it.value());
    let group = default_group(cx, id).await?;
    Ok(Settings {
        dns_support: is_on(support.enable_dns_support()).unwrap_or_default(),
        dns_hostnames: is_on(hostnames.enable_dns_hostnames()).unwrap_or_default(),
        default_group_closed: group.is_none_or(|group| is_closed(&group)),
    })
}

async fn default_group(cx: &Cx, vpc: &str) -> Result<Option<SecurityGroup>, Fault> {
    let answer = cx
        .call("ec2:DescribeSecurityGroups", || {
            cx.ec2()
                .describe_security_groups()
                .filters(filter("vpc-id", [vpc]))
                .filters(filter("group-name", ["default"]))
                .send()
        })
        .await?;
    Ok(answer.security_groups.unwrap_or_default().into_iter().next())
}

fn is_closed(group: &SecurityGroup) -> bool {
    group.ip_permissions().is_empty() && group.ip_permissions_egress().is_empty()
}

async fn empty(cx: &Cx, group: &SecurityGroup) -> Result<(), Fault> {
    let id = group.group_id().unwrap_or_default();
    let (ingress, egress) = (group.ip_permissions(), group.ip_permissions_egress());
    if !ingress.is_empty() {
        cx.call("ec2:RevokeSecurityGroupIngress", || {
            let request = cx.ec2().revoke_security_group_ingress().group_id(id);
            request.set_ip_permissions(Some(ingress.to_vec())).send()
        })
        .await
        .map(drop)
        .or_else(gone_already)?;
    }
    if !egress.is_empty() {
        cx.call("ec2:RevokeSecurityGroupEgress", || {
            let request = cx.ec2().revoke_security_group_egress().group_id(id);
            request.set_ip_permissions(Some(egress.to_vec())).send()
        })
        .await
        .map(drop)
        .or_else(gone_already)?;
    }
    Ok(())
}

/// A call whose answer was lost took the rules away.
fn gone_already(fault: Fault) -> Result<(), Fault> {
    if fault.is(&["InvalidPermission.NotFound"]) { Ok(()) } else { Err(fault) }
}
