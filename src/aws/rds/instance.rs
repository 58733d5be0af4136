//! `aws:rds/instance`

use std::collections::BTreeSet;

use aws_sdk_rds::types::DbInstance as Found;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cluster::{password, yes};
use super::describe::{self, Described};
use super::{IAM, PASSWORD, identifier, instance_calls as calls, tags, teardown, version};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Arn, Charset, Created, Fault, Foretold, Held, Id, Input, Listed, Moves, Naming, Objection,
    Obstacle, Place, Resource, Scope, Seen, Tags, Waited,
};
use crate::outputs;

/// A database of Amazon RDS, encrypted, and closed to the internet.
#[derive(Debug)]
pub struct DbInstance;

/// What a database is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbInstanceInputs {
    /// Its identifier; 1 to 63 lower-case letters, digits and `-`.
    pub name: Input<String>,
    /// The database engine: `postgres`.
    #[serde(default = "engine")]
    pub engine: String,
    /// The engine's version: `16`, whose minor version RDS chooses, or `16.8`.
    pub engine_version: String,
    /// Its class, as in `db.t4g.micro`.
    pub class: String,
    /// Its storage in GiB; 20 to 65,536. It can grow and not shrink.
    pub storage: i32,
    /// How far RDS lets the storage grow by itself, in GiB; the storage itself: not at all.
    pub max_storage: i32,
    /// The kind of storage, as in `gp3`.
    #[serde(default = "gp3")]
    pub storage_type: String,
    /// Whether there is a standby in another zone.
    #[serde(default)]
    pub multi_az: bool,
    /// The name of its first database.
    pub database_name: String,
    /// The name of the master user.
    pub master_username: String,
    /// How the master user proves who it is: `password`, which RDS makes and keeps in Secrets
    /// Manager, or `iam-db-auth`.
    #[serde(default = "password")]
    pub master_user_authentication: String,
    /// The name of its DB subnet group.
    pub subnet_group: Input<String>,
    /// The ids of its security groups.
    pub security_groups: BTreeSet<Input<String>>,
    /// The name of its DB parameter group.
    pub parameter_group: Input<String>,
    /// Days that automated backups are kept; 0, which is none, to 35.
    pub backup_retention: i32,
    /// Whether its storage is encrypted; always true.
    #[serde(default = "yes")]
    pub storage_encrypted: bool,
    /// Whether it gets an address in the internet; never.
    #[serde(default)]
    pub publicly_accessible: bool,
    /// Whether users may prove who they are with IAM.
    #[serde(default)]
    pub iam_authentication: bool,
    /// Whether RDS upgrades the minor version in the maintenance window.
    #[serde(default = "yes")]
    pub auto_minor_version_upgrade: bool,
    /// Whether its snapshots get its tags.
    #[serde(default = "yes")]
    pub copy_tags_to_snapshot: bool,
    /// Whether RDS refuses to delete it.
    #[serde(default)]
    pub deletion_protection: bool,
    /// Whether a snapshot is made of it before it is deleted.
    #[serde(default)]
    pub final_snapshot: bool,
    /// Whether its automated backups are kept when it is deleted.
    #[serde(default)]
    pub keep_backups: bool,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

fn engine() -> String {
    "postgres".to_owned()
}

fn gp3() -> String {
    "gp3".to_owned()
}

impl Default for DbInstanceInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            engine: engine(),
            engine_version: "16".to_owned(),
            class: "db.t4g.micro".to_owned(),
            storage: 20,
            max_storage: 20,
            storage_type: gp3(),
            multi_az: false,
            database_name: "main".to_owned(),
            master_username: "master".to_owned(),
            master_user_authentication: password(),
            subnet_group: Input::default(),
            security_groups: BTreeSet::new(),
            parameter_group: Input::default(),
            backup_retention: 1,
            storage_encrypted: true,
            publicly_accessible: false,
            iam_authentication: false,
            auto_minor_version_upgrade: true,
            copy_tags_to_snapshot: true,
            deletion_protection: false,
            final_snapshot: false,
            keep_backups: false,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a database gives back.
    DbInstance => DbInstanceOutputs {
        /// Its identifier.
        name: String,
        /// Its ARN.
        arn: Arn,
        /// The name of its host.
        endpoint: String,
        /// Its port.
        port: String,
        /// The name of its first database.
        database_name: String,
        /// The name of the master user.
        master_username: String,
        /// The ARN of the secret with the master user's name and password; empty where IAM
        /// authenticates it.
        secret_arn: String,
        /// The id by which policies name it (`rds-db:connect`).
        resource_id: String,
    }
}

impl Resource for DbInstance {
    type Cloud = crate::aws::Aws;
    type Inputs = DbInstanceInputs;
    type Outputs = DbInstanceOutputs;

    const KIND: &'static str = "aws:rds/instance";
    const NAME: Option<Naming> = Some(Naming {
        input: "name",
        longest: identifier::LONGEST,
        charset: Charset::Word,
        global: false,
    });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &[
        "name",
        "engine",
        "database_name",
        "master_username",
        "subnet_group",
        "storage_encrypted",
    ];
    const MOVES_ON_UPDATE: Moves = &[("secret_arn", &["master_user_authentication"])];
    const UNREAD: &'static [&'static str] = &["final_snapshot", "keep_backups"];
    const TEARDOWN: &'static [&'static str] =
        &["deletion_protection", "final_snapshot", "keep_backups"];
    const PROTECTED_BY: Option<&'static str> = Some("deletion_protection");
    const SECONDS: u32 = 420;

    fn foretell(want: &DbInstanceInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("rds", format!("db:{name}"));
        let foretold = Foretold::default()
            .id(name.as_str())
            .output("name", name)
            .output("arn", arn)
            .output("database_name", &want.database_name)
            .output("master_username", &want.master_username);
        if want.master_user_authentication == PASSWORD {
            foretold
        } else {
            foretold.output("secret_arn", "")
        }
    }

    fn check(want: &DbInstanceInputs) -> Vec<Objection> {
        let check = identifier::check(Check::default(), want.name.known());
        let check = identifier::check_authentication(
            check,
            &want.master_user_authentication,
            want.iam_authentication,
        );
        version::check(check, &want.engine_version)
            .one_of("engine", &want.engine, &[&engine()])
            .that(
                want.class.starts_with("db."),
                "class",
                format!("`{}` is no class; write `db.t4g.micro`, say", want.class),
            )
            .range("storage", want.storage, 20..=65_536, "GiB")
            .range("max_storage", want.max_storage, want.storage..=65_536, "GiB")
            .range("backup_retention", want.backup_retention, 0..=35, "days")
            .that(want.storage_encrypted, "storage_encrypted", "every database is encrypted")
            .that(
                !want.publicly_accessible,
                "publicly_accessible",
                "no database is open to the internet",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &DbInstanceInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let id = Id::from(name.as_str());
        teardown::make::<Found, _, _>(cx, name, || calls::create(cx, want)).await?;
        cx.made(&id).await?;
        // Only one that is available has an endpoint.
        let found: Found = describe::wait(cx, name, true, |_| Ok(Waited::Ready(()))).await?;
        Ok(Created { id, outputs: outputs_of(&found) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let found = Found::describe(cx, held.id.as_str()).await?.filter(|found| !found.is_going());
        Ok(found.map(|found| Seen {
            inputs: inputs_of(&found, &held.inputs),
            outputs: outputs_of(&found),
        }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &DbInstanceInputs,
    ) -> Result<DbInstanceOutputs, Fault> {
        calls::update(cx, held, want).await
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (name, inputs) = (held.id.as_str(), &held.inputs);
        let call = calls::delete(cx, name, inputs);
        teardown::delete::<Found>(cx, name, inputs.deletion_protection, inputs.final_snapshot, call)
            .await
    }

    async fn obstacle(cx: &Cx, held: &Held<Self>) -> Result<Option<Obstacle>, Fault> {
        teardown::obstacle::<Found>(cx, held.id.as_str(), held.inputs.final_snapshot).await
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::instances(cx, scope).await.map(Some)
    }
}

pub(super) fn outputs_of(found: &Found) -> DbInstanceOutputs {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let endpoint = found.endpoint();
    let secret = found.master_user_secret().and_then(|secret| secret.secret_arn());
    DbInstanceOutputs {
        name: text(found.db_instance_identifier()),
        arn: Arn::from(text(found.db_instance_arn())),
        endpoint: text(endpoint.and_then(|endpoint| endpoint.address())),
        port: endpoint
            .and_then(|endpoint| endpoint.port())
            .map(|port| port.to_string())
            .unwrap_or_default(),
        database_name: text(found.db_name()),
        master_username: text(found.master_username()),
        secret_arn: text(secret),
        resource_id: text(found.dbi_resource_id()),
    }
}

/// The database as it is, told in the words of what was asked for.
pub(super) fn inputs_of(found: &Found, asked: &DbInstanceInputs) -> DbInstanceInputs {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let storage = found.allocated_storage().unwrap_or_default();
    // What RDS let grow by itself within what was asked for is as it was asked for.
    let is_grown = (asked.storage..=asked.max_storage).contains(&storage);
    let storage = if is_grown { asked.storage } else { storage };
    let group = found.db_parameter_groups().first();
    let secret = found.master_user_secret().is_some();
    DbInstanceInputs {
        name: Input::from(text(found.db_instance_identifier())),
        engine: text(found.engine()),
        engine_version: version::seen(
            found.engine_version().unwrap_or_default(),
            &asked.engine_version,
        ),
        class: text(found.db_instance_class()),
        storage,
        max_storage: found.max_allocated_storage().unwrap_or(storage),
        storage_type: text(found.storage_type()),
        multi_az: found.multi_az().unwrap_or_default(),
        database_name: text(found.db_name()),
        master_username: text(found.master_username()),
        master_user_authentication: if secret { PASSWORD } else { IAM }.to_owned(),
        subnet_group: Input::from(text(
            found.db_subnet_group().and_then(|group| group.db_subnet_group_name()),
        )),
        security_groups: found
            .vpc_security_groups()
            .iter()
            .filter_map(|group| group.vpc_security_group_id())
            .map(Input::from)
            .collect(),
        parameter_group: Input::from(text(group.and_then(|group| group.db_parameter_group_name()))),
        backup_retention: found.backup_retention_period().unwrap_or_default(),
        storage_encrypted: found.storage_encrypted().unwrap_or_default(),
        publicly_accessible: found.publicly_accessible().unwrap_or_default(),
        iam_authentication: found.iam_database_authentication_enabled().unwrap_or_default(),
        auto_minor_version_upgrade: found.auto_minor_version_upgrade().unwrap_or_default(),
        copy_tags_to_snapshot: found.copy_tags_to_snapshot().unwrap_or_default(),
        deletion_protection: found.deletion_protection().unwrap_or_default(),
        final_snapshot: asked.final_snapshot,
        keep_backups: asked.keep_backups,
        tags: tags::ours(found.tag_list()),
    }
}
