//! The states of endpoints, and the calls that change them.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_ec2::types::VpcEndpoint;

use super::{VpcEndpointInputs, leftovers};
use crate::aws::{Cx, Policy};
use crate::graph::{Fault, FaultKind, Id, Input, OrAbsent, Place, Waited};

const LONGEST: Duration = Duration::from_secs(3);
const DEADLINE: Duration = Duration::from_secs(900);

/// The name of a service of the region; of none, what all names begin with.
pub(super) fn service_name(place: &Place, service: &str) -> String {
    format!("com.amazonaws.{}.{service}", place.region)
}

/// Ids as a request takes them: none where there are none.
pub(super) fn given(ids: &BTreeSet<Input<String>>) -> Result<Option<Vec<String>>, Fault> {
    let known: Vec<String> =
        ids.iter().map(|id| Ok(id.get()?.clone())).collect::<Result<_, Fault>>()?;
    Ok((!known.is_empty()).then_some(known))
}

pub(super) async fn describe(cx: &Cx, id: &str) -> Result<Option<VpcEndpoint>, Fault> {
    let answer = cx
        .call("ec2:DescribeVpcEndpoints", || {
            cx.ec2().describe_vpc_endpoints().vpc_endpoint_ids(id).send()
        })
        .await
        .or_absent()?;
    let found =
        answer.and_then(|answer| answer.vpc_endpoints.unwrap_or_default().into_iter().next());
    Ok(found.filter(|found| state(found) != "deleted"))
}

/// Its state in lower case: documentation and answers differ.
fn state(endpoint: &VpcEndpoint) -> String {
    endpoint.state().map_or("unknown", |state| state.as_str()).to_lowercase()
}

/// Whether it is being deleted.
pub(super) fn is_going(endpoint: &VpcEndpoint) -> bool {
    ["deleting", "deleted"].contains(&state(endpoint).as_str())
}

/// Waits until it works. A `fresh` one may not be seen everywhere yet.
pub(super) async fn wait_available(cx: &Cx, id: &str, fresh: bool) -> Result<(), Fault> {
    cx.wait(format!("VPC endpoint {id}"), LONGEST, DEADLINE, || async {
        let Some(endpoint) = describe(cx, id).await? else {
            if fresh {
                return Ok(Waited::Still("not seen yet".to_owned()));
            }
            return Err(leftovers::gone(&Id::from(id)));
        };
        let state = state(&endpoint);
        match state.as_str() {
            "available" => Ok(Waited::Ready(())),
            "deleting" => Err(leftovers::gone(&Id::from(id))),
            "failed" | "rejected" | "expired" => Err(failed(&endpoint, &state)),
            _ => Ok(Waited::Still(state)),
        }
    })
    .await
}

fn failed(endpoint: &VpcEndpoint, state: &str) -> Fault {
    let id = endpoint.vpc_endpoint_id().unwrap_or_default();
    let error = endpoint.last_error().and_then(|error| error.message());
    let reason = endpoint.failure_reason().or(error).unwrap_or("EC2 gave no reason");
    let message = format!("VPC endpoint {id} is {state}: {reason}");
    Fault::new(FaultKind::Refused, message)
        .advise("such an endpoint never works; make another one with `--replace` and its address")
}

/// Changes what differs.
pub(super) async fn change(
    cx: &Cx,
    id: &str,
    was: &VpcEndpointInputs,
    want: &VpcEndpointInputs,
) -> Result<(), Fault> {
    let difference = |one: &BTreeSet<Input<String>>, other: &BTreeSet<Input<String>>| {
        given(&one.difference(other).cloned().collect())
    };
    let mut request = cx
        .ec2()
        .modify_vpc_endpoint()
        .vpc_endpoint_id(id)
        .set_add_route_table_ids(difference(&want.route_tables, &was.route_tables)?)
        .set_remove_route_table_ids(difference(&was.route_tables, &want.route_tables)?)
        .set_add_subnet_ids(difference(&want.subnets, &was.subnets)?)
        .set_remove_subnet_ids(difference(&was.subnets, &want.subnets)?)
        .set_add_security_group_ids(difference(&want.security_groups, &was.security_groups)?)
        .set_remove_security_group_ids(difference(&was.security_groups, &want.security_groups)?);
    let moves = was.subnets != want.subnets;
    let mut changed = moves
        || was.route_tables != want.route_tables
        || was.security_groups != want.security_groups;
    if was.private_dns != want.private_dns {
        (request, changed) = (request.private_dns_enabled(want.private_dns), true);
    }
    match &want.policy {
        Some(policy) if was.policy.as_ref() != Some(policy) => {
            (request, changed) = (request.policy_document(Policy::to_json(policy)?), true);
        }
        None if was.policy.is_some() => (request, changed) = (request.reset_policy(true), true),
        _ => {}
    }
    if changed {
        cx.call("ec2:ModifyVpcEndpoint", || request.clone().send()).await?;
    }
    if moves { wait_available(cx, id, false).await } else { Ok(()) }
}

/// Deletes an endpoint and waits until it is gone. The answer of 200 may hold a refusal.
pub(super) async fn delete(cx: &Cx, id: &str) -> Result<(), Fault> {
    request_deletion(cx, id).await?;
    cx.wait(format!("the end of VPC endpoint {id}"), LONGEST, DEADLINE, || async {
        let found = describe(cx, id).await?;
        Ok(found.map_or(Waited::Ready(()), |found| Waited::Still(state(&found))))
    })
    .await
}

/// Asks for the deletion of an endpoint.
pub(super) async fn request_deletion(cx: &Cx, id: &str) -> Result<(), Fault> {
    let answer = cx
        .call("ec2:DeleteVpcEndpoints", || {
            cx.ec2().delete_vpc_endpoints().vpc_endpoint_ids(id).send()
        })
        .await
        .or_absent()?;
    let refused = answer.and_then(|it| it.unsuccessful.unwrap_or_default().into_iter().next());
    let Some(error) = refused.and_then(|item| item.error) else { return Ok(()) };
    let code = error.code().unwrap_or_default();
    if code.ends_with(".NotFound") {
        return Ok(());
    }
    let message = error.message().unwrap_or("EC2 gave no reason");
    let mut fault = Fault::new(FaultKind::Refused, message);
    fault.operation = "ec2:DeleteVpcEndpoints".to_owned();
    fault.code = Some(code.to_owned());
    Err(fault)
}
