//! What is there of a deployment, by the tags that it carries.
//!
//! EC2 lists by tags, and databases and APIs are listed with theirs. Of all other services things are
//! picked by the beginning of their names, which is the same for all that were named by the program,
//! and then asked for their tags. What has no tags is listed under what it is part of, by the type
//! itself.

mod computing;
mod databases;
mod keeping;
mod messaging;
mod networks;

use std::future::Future;

pub use computing::{apis, functions, mappings, roles};
pub use databases::{
    cluster_instances, cluster_parameter_groups, clusters, instances, parameter_groups,
    subnet_groups,
};
pub use keeping::{buckets, log_groups, streams, tables};
pub use messaging::{alarms, queues, schedule_groups, topics};
pub use networks::{
    addresses, internet_gateways, nat_gateways, route_tables, rules, security_groups, subnets,
    vpc_endpoints, vpcs,
};

use crate::graph::{Fault, Input, Scope};

/// All that a list has, page by page; `page` asks for the one behind a token.
pub(in crate::aws) async fn pages<T, F>(
    mut page: impl FnMut(Option<String>) -> F,
) -> Result<Vec<T>, Fault>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Fault>>,
{
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let (items, next) = page(token).await?;
        all.extend(items);
        token = next.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// Whether something of that name may be the deployment's.
pub(in crate::aws) fn is_named(scope: &Scope, name: &str) -> bool {
    name.starts_with(&scope.prefix())
}

/// Whether what has that ARN may be the deployment's, by the name that the ARN ends in.
pub(in crate::aws) fn is_arn_named(scope: &Scope, arn: &str) -> bool {
    arn.rsplit([':', '/']).next().is_some_and(|name| is_named(scope, name))
}

fn known(name: &str) -> Input<String> {
    Input::from(name)
}
