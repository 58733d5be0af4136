//! The calls that a cluster takes.

use aws_sdk_rds::types::{DbCluster as Found, ServerlessV2ScalingConfiguration};

use super::cluster::{self, Capacity, DbClusterInputs, DbClusterOutputs};
use super::describe::{self, Change, Described};
use super::state::{DEADLINE, LONGEST};
use super::{DbCluster, IAM, PASSWORD, state, tags, teardown, version};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Held, Input, NotYetKnown, Waited};

fn scaling(capacity: Capacity) -> ServerlessV2ScalingConfiguration {
    ServerlessV2ScalingConfiguration::builder()
        .min_capacity(capacity.min)
        .max_capacity(capacity.max)
        .set_seconds_until_auto_pause(capacity.pause_after)
        .build()
}

/// The ids of security groups as RDS takes them.
pub(super) fn ids<'a>(
    groups: impl IntoIterator<Item = &'a Input<String>>,
) -> Result<Vec<String>, NotYetKnown> {
    groups.into_iter().map(|group| group.get().cloned()).collect()
}

/// Makes the cluster.
pub async fn create(cx: &Cx, want: &DbClusterInputs) -> Result<Found, Fault> {
    let name = want.name.get()?;
    let (subnet_group, parameter_group) = (want.subnet_group.get()?, want.parameter_group.get()?);
    let groups = ids(&want.security_groups)?;
    let version = version::resolve(cx, &want.engine, &want.engine_version).await?;
    let (password, iam) = authentication(&want.master_user_authentication);
    let answer = cx
        .call("rds:CreateDBCluster", || {
            cx.rds()
                .create_db_cluster()
                .db_cluster_identifier(name)
                .engine(&want.engine)
                .engine_version(&version)
                .database_name(&want.database_name)
                .master_username(&want.master_username)
                .set_manage_master_user_password(password)
                .set_master_user_authentication_type(iam.clone())
                .db_subnet_group_name(subnet_group)
                .set_vpc_security_group_ids(Some(groups.clone()))
                .db_cluster_parameter_group_name(parameter_group)
                .serverless_v2_scaling_configuration(scaling(want.capacity))
                .backup_retention_period(want.backup_retention)
                .storage_encrypted(want.storage_encrypted)
                .enable_iam_database_authentication(want.iam_authentication)
                .enable_http_endpoint(want.http_endpoint)
                .copy_tags_to_snapshot(want.copy_tags_to_snapshot)
                .deletion_protection(want.deletion_protection)
                .set_tags(Some(tags::of(&want.tags)))
                .send()
        })
        .await?;
    answer
        .db_cluster
        .ok_or_else(|| Fault::new(FaultKind::Defect, "rds:CreateDBCluster described no cluster"))
}

type Authentication = aws_sdk_rds::types::MasterUserAuthenticationType;

/// `ManageMasterUserPassword` and `MasterUserAuthenticationType`. The latter's default is left out.
pub(super) fn authentication(way: &str) -> (Option<bool>, Option<Authentication>) {
    ((way == PASSWORD).then_some(true), (way == IAM).then(|| Authentication::from(IAM)))
}

/// The same for a change to that way, if it changes. What is left out stays as it is, so that the way
/// back from IAM is told (*Amazon RDS API Reference*, "ModifyDBInstance").
pub(super) fn changed_authentication(way: Option<&str>) -> (Option<bool>, Option<Authentication>) {
    let (password, _) = authentication(way.unwrap_or_default());
    (password, way.map(Authentication::from))
}

/// Waits until the description of a cluster that was just made is complete.
pub async fn wait_outputs(
    cx: &Cx,
    name: &str,
    complete: impl Fn(&Found) -> bool,
) -> Result<Found, Fault> {
    let what = format!("the cluster {name}");
    cx.wait(&what, LONGEST, DEADLINE, || async {
        let Some(found) = Found::describe(cx, name).await? else {
            return Ok(Waited::Still("not seen yet".to_owned()));
        };
        if complete(&found) {
            return Ok(Waited::Ready(found));
        }
        match state::settled(&what, found.state())? {
            Waited::Still(status) => Ok(Waited::Still(status)),
            Waited::Ready(()) => Ok(Waited::Still("without an endpoint".to_owned())),
        }
    })
    .await
}

/// Changes the cluster from what it is held to be to `want`, and waits until that is carried out.
pub async fn update(
    cx: &Cx,
    held: &Held<DbCluster>,
    want: &DbClusterInputs,
) -> Result<DbClusterOutputs, Fault> {
    let name = held.id.as_str();
    // What is half made may still be in the making, and a version may be fulfilled already.
    let found: Found = describe::wait(cx, name, !held.finished, |_| Ok(Waited::Ready(()))).await?;
    let is = cluster::seen_of(&found, want).inputs;
    let mut changed = false;
    if modified(&is) != modified(want) {
        modify(cx, name, &is, want).await?;
        changed = true;
    }
    // ModifyDBCluster ignores the HTTP endpoint of what is in Serverless v2 without a word.
    if is.http_endpoint != want.http_endpoint {
        put_http_endpoint(cx, found.db_cluster_arn().unwrap_or_default(), want.http_endpoint)
            .await?;
        changed = true;
    }
    let found = if changed { wait_changed(cx, name, want).await? } else { found };
    let arn = found.db_cluster_arn().unwrap_or_default();
    tags::change(cx, arn, held.finished, &held.inputs.tags, &want.tags).await?;
    Ok(cluster::outputs_of(&found))
}

/// What ModifyDBCluster changes.
fn modified(inputs: &DbClusterInputs) -> DbClusterInputs {
    let never = DbClusterInputs::default();
    DbClusterInputs {
        engine_version: inputs.engine_version.clone(),
        master_user_authentication: inputs.master_user_authentication.clone(),
        security_groups: inputs.security_groups.clone(),
        parameter_group: inputs.parameter_group.clone(),
        capacity: inputs.capacity,
        backup_retention: inputs.backup_retention,
        iam_authentication: inputs.iam_authentication,
        copy_tags_to_snapshot: inputs.copy_tags_to_snapshot,
        deletion_protection: inputs.deletion_protection,
        ..never
    }
}

async fn modify(
    cx: &Cx,
    name: &str,
    is: &DbClusterInputs,
    want: &DbClusterInputs,
) -> Result<(), Fault> {
    let groups = ids(&want.security_groups)?;
    let groups = (is.security_groups != want.security_groups).then_some(groups);
    let parameter_group = want.parameter_group.get()?;
    let parameter_group =
        (is.parameter_group != want.parameter_group).then_some(parameter_group.clone());
    let version = match is.engine_version == want.engine_version {
        true => None,
        false => Some(version::resolve(cx, &want.engine, &want.engine_version).await?),
    };
    let major = version::major(&is.engine_version) != version::major(&want.engine_version);
    let way = &want.master_user_authentication;
    let way = (is.master_user_authentication != *way).then_some(way.as_str());
    let (password, authentication) = changed_authentication(way);
    let changed = |differs: bool, value: bool| differs.then_some(value);
    cx.call("rds:ModifyDBCluster", || {
        cx.rds()
            .modify_db_cluster()
            .db_cluster_identifier(name)
            .apply_immediately(true)
            .set_engine_version(version.clone())
            .set_allow_major_version_upgrade((version.is_some() && major).then_some(true))
            .set_manage_master_user_password(password)
            .set_master_user_authentication_type(authentication.clone())
            .set_vpc_security_group_ids(groups.clone())
            .set_db_cluster_parameter_group_name(parameter_group.clone())
            .set_serverless_v2_scaling_configuration(
                (is.capacity != want.capacity).then(|| scaling(want.capacity)),
            )
            .set_backup_retention_period(
                (is.backup_retention != want.backup_retention).then_some(want.backup_retention),
            )
            .set_enable_iam_database_authentication(changed(
                is.iam_authentication != want.iam_authentication,
                want.iam_authentication,
            ))
            .set_copy_tags_to_snapshot(changed(
                is.copy_tags_to_snapshot != want.copy_tags_to_snapshot,
                want.copy_tags_to_snapshot,
            ))
            .set_deletion_protection(changed(
                is.deletion_protection != want.deletion_protection,
                want.deletion_protection,
            ))
            .send()
    })
    .await?;
    Ok(())
}

async fn put_http_endpoint(cx: &Cx, arn: &str, on: bool) -> Result<(), Fault> {
    if on {
        cx.call("rds:EnableHttpEndpoint", || {
            cx.rds().enable_http_endpoint().resource_arn(arn).send()
        })
        .await?;
    } else {
        cx.call("rds:DisableHttpEndpoint", || {
            cx.rds().disable_http_endpoint().resource_arn(arn).send()
        })
        .await?;
    }
    Ok(())
}

async fn wait_changed(cx: &Cx, name: &str, want: &DbClusterInputs) -> Result<Found, Fault> {
    let change = Change::sent();
    describe::wait(cx, name, false, |found| {
        let is = cluster::seen_of(found, want).inputs;
        let is_wanted = modified(&is) == modified(want) && is.http_endpoint == want.http_endpoint;
        change.stands(is_pending(found), is_wanted)
    })
    .await
}

/// Whether RDS has still to carry out a change of the cluster.
fn is_pending(found: &Found) -> bool {
    found.pending_modified_values().is_some_and(|pending| {
        pending.engine_version().is_some()
            || pending.backup_retention_period().is_some()
            || pending.iam_database_authentication_enabled().is_some()
            || pending.master_user_password().is_some()
    })
}

/// Has the cluster deleted, with what the inputs say of snapshots and backups.
pub async fn delete(cx: &Cx, name: &str, inputs: &DbClusterInputs) -> Result<(), Fault> {
    cx.call("rds:DeleteDBCluster", || {
        let snapshot = inputs.final_snapshot.then(|| teardown::snapshot_id(name));
        cx.rds()
            .delete_db_cluster()
            .db_cluster_identifier(name)
            .skip_final_snapshot(!inputs.final_snapshot)
            .set_final_db_snapshot_identifier(snapshot)
            .delete_automated_backups(!inputs.keep_backups)
            .send()
    })
    .await
    .map(drop)
}
