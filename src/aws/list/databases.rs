//! Databases and what they stand on (*Amazon RDS API Reference*, the Describe calls).

use aws_sdk_rds::types::{DbInstance as Found, Tag};

use super::{is_named, known, pages};
use crate::aws::rds::tags;
use crate::aws::{
    Cx, DbCluster, DbClusterInputs, DbClusterInstance, DbClusterInstanceInputs,
    DbClusterParameterGroup, DbClusterParameterGroupInputs, DbInstance, DbInstanceInputs,
    DbParameterGroup, DbParameterGroupInputs, DbSubnetGroup, DbSubnetGroupInputs,
};
use crate::graph::{Fault, Id, Listed, OrAbsent, Scope, Tags};

/// The clusters of Aurora. Whether a last snapshot was wanted of one is told nowhere, so one is kept.
pub async fn clusters(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<DbCluster>>, Fault> {
    let all = pages(|token| async move {
        let request = cx.rds().describe_db_clusters().set_marker(token);
        let page = cx.call("rds:DescribeDBClusters", || request.clone().send()).await?;
        Ok((page.db_clusters.unwrap_or_default(), page.marker))
    })
    .await?;
    let listed = all.into_iter().filter_map(|cluster| {
        let name = cluster.db_cluster_identifier()?;
        let tags = of(scope, cluster.tag_list())?;
        let inputs = DbClusterInputs {
            name: known(name),
            final_snapshot: true,
            tags,
            ..DbClusterInputs::default()
        };
        Some(Listed { id: Id::from(name), inputs })
    });
    Ok(listed.collect())
}

/// The instances of clusters.
pub async fn cluster_instances(
    cx: &Cx,
    scope: &Scope,
) -> Result<Vec<Listed<DbClusterInstance>>, Fault> {
    let listed = all_instances(cx).await?.into_iter().filter_map(|instance| {
        let cluster = known(instance.db_cluster_identifier()?);
        let name = instance.db_instance_identifier()?;
        let tags = of(scope, instance.tag_list())?;
        let inputs =
            DbClusterInstanceInputs { name: known(name), cluster, tags, ..Default::default() };
        Some(Listed { id: Id::from(name), inputs })
    });
    Ok(listed.collect())
}

/// The instances that are in no cluster. Of them too a last snapshot is kept.
pub async fn instances(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<DbInstance>>, Fault> {
    let all = all_instances(cx).await?.into_iter();
    let alone = all.filter(|instance| instance.db_cluster_identifier().is_none());
    let listed = alone.filter_map(|instance| {
        let name = instance.db_instance_identifier()?;
        let tags = of(scope, instance.tag_list())?;
        let inputs = DbInstanceInputs {
            name: known(name),
            final_snapshot: true,
            tags,
            ..DbInstanceInputs::default()
        };
        Some(Listed { id: Id::from(name), inputs })
    });
    Ok(listed.collect())
}

/// The tags, where they are the deployment's: what a list tells needs no look at the name.
fn of(scope: &Scope, tags: &[Tag]) -> Option<Tags> {
    Some(tags::ours(tags)).filter(|tags| scope.owns(tags))
}

async fn all_instances(cx: &Cx) -> Result<Vec<Found>, Fault> {
    pages(|token| async move {
        let request = cx.rds().describe_db_instances().set_marker(token);
        let page = cx.call("rds:DescribeDBInstances", || request.clone().send()).await?;
        Ok((page.db_instances.unwrap_or_default(), page.marker))
    })
    .await
}

/// The list of groups whose descriptions tell no tags.
macro_rules! groups {
    ($(#[$doc:meta])* $function:ident: $type:ident, $inputs:ident,
     $call:literal $describe:ident, $groups:ident.$name:ident.$arn:ident) => {
        $(#[$doc])*
        pub async fn $function(cx: &Cx, scope: &Scope) -> Result<Vec<Listed<$type>>, Fault> {
            let all = pages(|token| async move {
                let request = cx.rds().$describe().set_marker(token);
                let page = cx.call($call, || request.clone().send()).await?;
                Ok((page.$groups.unwrap_or_default(), page.marker))
            })
            .await?;
            let mut found = Vec::new();
            for group in all {
                let (Some(name), Some(arn)) = (group.$name(), group.$arn()) else { continue };
                if !is_named(scope, name) {
                    continue;
                }
                let Some(tags) = tags::read(cx, arn).await.or_absent()? else { continue };
                let inputs = $inputs { name: known(name), tags, ..$inputs::default() };
                found.push(Listed { id: Id::from(name), inputs });
            }
            Ok(found)
        }
    };
}

groups! {
    /// The subnet groups.
    subnet_groups: DbSubnetGroup, DbSubnetGroupInputs,
    "rds:DescribeDBSubnetGroups" describe_db_subnet_groups,
    db_subnet_groups.db_subnet_group_name.db_subnet_group_arn
}
groups! {
    /// The parameter groups of clusters.
    cluster_parameter_groups: DbClusterParameterGroup, DbClusterParameterGroupInputs,
    "rds:DescribeDBClusterParameterGroups" describe_db_cluster_parameter_groups,
    db_cluster_parameter_groups.db_cluster_parameter_group_name.db_cluster_parameter_group_arn
}
groups! {
    /// The parameter groups of instances.
    parameter_groups: DbParameterGroup, DbParameterGroupInputs,
    "rds:DescribeDBParameterGroups" describe_db_parameter_groups,
    db_parameter_groups.db_parameter_group_name.db_parameter_group_arn
}
