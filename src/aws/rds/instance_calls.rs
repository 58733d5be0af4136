//! The calls that a database takes.

use aws_sdk_rds::types::DbInstance as Found;

use super::cluster_calls::{authentication, changed_authentication, ids};
use super::describe::{self, Change};
use super::instance::{self, DbInstanceInputs, DbInstanceOutputs};
use super::{DbInstance, tags, teardown, version};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Held, Waited};

/// Makes the database.
pub async fn create(cx: &Cx, want: &DbInstanceInputs) -> Result<(), Fault> {
    let name = want.name.get()?;
    let (subnet_group, parameter_group) = (want.subnet_group.get()?, want.parameter_group.get()?);
    let groups = ids(&want.security_groups)?;
    let version = version::resolve(cx, &want.engine, &want.engine_version).await?;
    let (password, iam) = authentication(&want.master_user_authentication);
    cx.call("rds:CreateDBInstance", || {
        cx.rds()
            .create_db_instance()
            .db_instance_identifier(name)
            .engine(&want.engine)
            .engine_version(&version)
            .db_instance_class(&want.class)
            .allocated_storage(want.storage)
            .set_max_allocated_storage(
                (want.max_storage > want.storage).then_some(want.max_storage),
            )
            .storage_type(&want.storage_type)
            .multi_az(want.multi_az)
            .db_name(&want.database_name)
            .master_username(&want.master_username)
            .set_manage_master_user_password(password)
            .set_master_user_authentication_type(iam.clone())
            .db_subnet_group_name(subnet_group)
            .set_vpc_security_group_ids(Some(groups.clone()))
            .db_parameter_group_name(parameter_group)
            .backup_retention_period(want.backup_retention)
            .storage_encrypted(want.storage_encrypted)
            .publicly_accessible(want.publicly_accessible)
            .enable_iam_database_authentication(want.iam_authentication)
            .auto_minor_version_upgrade(want.auto_minor_version_upgrade)
            .copy_tags_to_snapshot(want.copy_tags_to_snapshot)
            .deletion_protection(want.deletion_protection)
            .set_tags(Some(tags::of(&want.tags)))
            .send()
    })
    .await?;
    Ok(())
}

/// Changes the database from what it is held to be to `want`, and waits until that is carried out.
pub async fn update(
    cx: &Cx,
    held: &Held<DbInstance>,
    want: &DbInstanceInputs,
) -> Result<DbInstanceOutputs, Fault> {
    let name = held.id.as_str();
    let mut found: Found =
        describe::wait(cx, name, !held.finished, |_| Ok(Waited::Ready(()))).await?;
    let is = instance::inputs_of(&found, want);
    if is.storage > want.storage {
        let message = format!(
            "the database {name} has {} GiB of storage, which cannot shrink to {} GiB",
            is.storage, want.storage
        );
        return Err(Fault::new(FaultKind::Refused, message)
            .advise(format!("set `storage` to {} GB or more", is.storage)));
    }
    if modified(&is) != modified(want) {
        modify(cx, name, &is, want).await?;
        let change = Change::sent();
        found = describe::wait(cx, name, false, |found| {
            let is = instance::inputs_of(found, want);
            change.stands(is_pending(found), modified(&is) == modified(want))
        })
        .await?;
    }
    let arn = found.db_instance_arn().unwrap_or_default();
    tags::change(cx, arn, held.finished, &held.inputs.tags, &want.tags).await?;
    Ok(instance::outputs_of(&found))
}

/// What ModifyDBInstance changes.
fn modified(inputs: &DbInstanceInputs) -> DbInstanceInputs {
    let never = DbInstanceInputs::default();
    DbInstanceInputs {
        name: never.name,
        engine: never.engine,
        database_name: never.database_name,
        master_username: never.master_username,
        subnet_group: never.subnet_group,
        storage_encrypted: never.storage_encrypted,
        final_snapshot: never.final_snapshot,
        keep_backups: never.keep_backups,
        tags: never.tags,
        ..inputs.clone()
    }
}

async fn modify(
    cx: &Cx,
    name: &str,
    is: &DbInstanceInputs,
    want: &DbInstanceInputs,
) -> Result<(), Fault> {
    // The wanted value of a field, where it is another one now.
    macro_rules! changed {
        ($field:ident) => {
            (is.$field != want.$field).then(|| want.$field.clone())
        };
    }
    let groups = ids(&want.security_groups)?;
    let groups = (is.security_groups != want.security_groups).then_some(groups);
    let parameter_group = want.parameter_group.get()?;
    let parameter_group =
        (is.parameter_group != want.parameter_group).then_some(parameter_group.clone());
    let version = match changed!(engine_version) {
        None => None,
        Some(asked) => Some(version::resolve(cx, &want.engine, &asked).await?),
    };
    let major = version::major(&is.engine_version) != version::major(&want.engine_version);
    let (password, authentication) =
        changed_authentication(changed!(master_user_authentication).as_deref());
    cx.call("rds:ModifyDBInstance", || {
        cx.rds()
            .modify_db_instance()
            .db_instance_identifier(name)
            .apply_immediately(true)
            .set_engine_version(version.clone())
            .set_allow_major_version_upgrade((version.is_some() && major).then_some(true))
            .set_db_instance_class(changed!(class))
            .set_allocated_storage(changed!(storage))
            .set_max_allocated_storage(changed!(max_storage))
            .set_storage_type(changed!(storage_type))
            .set_multi_az(changed!(multi_az))
            .set_manage_master_user_password(password)
            .set_master_user_authentication_type(authentication.clone())
            .set_vpc_security_group_ids(groups.clone())
            .set_db_parameter_group_name(parameter_group.clone())
            .set_backup_retention_period(changed!(backup_retention))
            .set_publicly_accessible(changed!(publicly_accessible))
            .set_enable_iam_database_authentication(changed!(iam_authentication))
            .set_auto_minor_version_upgrade(changed!(auto_minor_version_upgrade))
            .set_copy_tags_to_snapshot(changed!(copy_tags_to_snapshot))
            .set_deletion_protection(changed!(deletion_protection))
            .send()
    })
    .await?;
    Ok(())
}

/// Whether RDS has still to carry out a change of the database.
fn is_pending(found: &Found) -> bool {
    found.pending_modified_values().is_some_and(|pending| {
        pending.engine_version().is_some()
            || pending.db_instance_class().is_some()
            || pending.allocated_storage().is_some()
            || pending.storage_type().is_some()
            || pending.multi_az().is_some()
            || pending.backup_retention_period().is_some()
            || pending.iam_database_authentication_enabled().is_some()
            || pending.master_user_password().is_some()
    })
}

/// Has the database deleted, with what the inputs say of snapshots and backups.
pub async fn delete(cx: &Cx, name: &str, inputs: &DbInstanceInputs) -> Result<(), Fault> {
    cx.call("rds:DeleteDBInstance", || {
        let snapshot = inputs.final_snapshot.then(|| teardown::snapshot_id(name));
        cx.rds()
            .delete_db_instance()
            .db_instance_identifier(name)
            .skip_final_snapshot(!inputs.final_snapshot)
            .set_final_db_snapshot_identifier(snapshot)
            .delete_automated_backups(!inputs.keep_backups)
            .send()
    })
    .await
    .map(drop)
}
