//! `aws:rds/cluster`

use std::collections::BTreeSet;

use aws_sdk_rds::types::DbCluster as Found;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::describe::Described;
use super::{PASSWORD, cluster_calls as calls, identifier, tags, teardown, version};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Arn, Charset, Created, Fault, Foretold, Held, Id, Input, Listed, Moves, Naming, Objection,
    Obstacle, Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// A cluster of Aurora, encrypted, whose instances are in Aurora Serverless v2.
#[derive(Debug)]
pub struct DbCluster;

/// What a cluster is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbClusterInputs {
    /// Its identifier; 1 to 63 lower-case letters, digits and `-`.
    pub name: Input<String>,
    /// The database engine: `aurora-postgresql`.
    #[serde(default = "engine")]
    pub engine: String,
    /// The engine's version: `16`, whose minor version RDS chooses, or `16.8`.
    pub engine_version: String,
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
    /// The name of its DB cluster parameter group.
    pub parameter_group: Input<String>,
    /// How far its instances scale.
    pub capacity: Capacity,
    /// Days that automated backups are kept; 1 to 35.
    pub backup_retention: i32,
    /// Whether its storage is encrypted; always true.
    #[serde(default = "yes")]
    pub storage_encrypted: bool,
    /// Whether users may prove who they are with IAM.
    #[serde(default)]
    pub iam_authentication: bool,
    /// Whether it answers the Data API.
    #[serde(default)]
    pub http_endpoint: bool,
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

/// How far the instances of a cluster scale, in Aurora capacity units of about 2 GB of memory.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The least; 0 to 256 in steps of 0.5. At 0 an idle instance pauses.
    pub min: f64,
    /// The most; 1 to 256 in steps of 0.5.
    pub max: f64,
    /// Seconds without a connection after which an instance pauses; 300 to 86,400. Only with a least
    /// of 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_after: Option<i32>,
}

pub(super) fn engine() -> String {
    "aurora-postgresql".to_owned()
}

pub(super) fn password() -> String {
    PASSWORD.to_owned()
}

pub(super) fn yes() -> bool {
    true
}

impl Default for DbClusterInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            engine: engine(),
            engine_version: "16".to_owned(),
            database_name: "main".to_owned(),
            master_username: "master".to_owned(),
            master_user_authentication: password(),
            subnet_group: Input::default(),
            security_groups: BTreeSet::new(),
            parameter_group: Input::default(),
            capacity: Capacity { min: 0.5, max: 1.0, pause_after: None },
            backup_retention: 1,
            storage_encrypted: true,
            iam_authentication: false,
            http_endpoint: false,
            copy_tags_to_snapshot: true,
            deletion_protection: false,
            final_snapshot: false,
            keep_backups: false,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a cluster gives back.
    DbCluster => DbClusterOutputs {
        /// Its identifier.
        name: String,
        /// Its ARN.
        arn: Arn,
        /// The name of the host that takes reads and writes.
        endpoint: String,
        /// The name of the host that takes reads.
        reader_endpoint: String,
        /// The port of both.
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

impl Resource for DbCluster {
    type Cloud = crate::aws::Aws;
    type Inputs = DbClusterInputs;
    type Outputs = DbClusterOutputs;

    const KIND: &'static str = "aws:rds/cluster";
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
    const SECONDS: u32 = 60;

    fn foretell(want: &DbClusterInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("rds", format!("cluster:{name}"));
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

    fn check(want: &DbClusterInputs) -> Vec<Objection> {
        let Capacity { min, max, pause_after } = want.capacity;
        let check = identifier::check(Check::default(), want.name.known());
        let check = identifier::check_authentication(
            check,
            &want.master_user_authentication,
            want.iam_authentication,
        );
        version::check(check, &want.engine_version)
            .one_of("engine", &want.engine, &[&engine()])
            .range("backup_retention", want.backup_retention, 1..=35, "days")
            .that(want.storage_encrypted, "storage_encrypted", "every cluster is encrypted")
            .range("capacity.min", min, 0.0..=256.0, "capacity units")
            .range("capacity.max", max, 1.0..=256.0, "capacity units")
            .that(min <= max, "capacity", "the least is not more than the most")
            .that(
                [min, max].iter().all(|units| (units * 2.0).fract() == 0.0),
                "capacity",
                "capacity goes in steps of 0.5",
            )
            .range("capacity.pause_after", pause_after.unwrap_or(300), 300..=86_400, "seconds")
            .that(
                pause_after.is_none() || min == 0.0,
                "capacity.pause_after",
                "only instances with a least of 0 pause",
            )
            .done()
    }

    /// Returns as soon as the outputs are known: instances can join a cluster that is being made, and
    /// they are waited for.
    async fn create(cx: &Cx, want: &DbClusterInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let id = Id::from(name.as_str());
        let made = teardown::make::<Found, _, _>(cx, name, || calls::create(cx, want)).await?;
        cx.made(&id).await?;
        let found = match complete(want, &made) {
            true => made,
            false => calls::wait_outputs(cx, name, |found| complete(want, found)).await?,
        };
        Ok(Created { id, outputs: outputs_of(&found) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let found = Found::describe(cx, held.id.as_str()).await?.filter(|found| !found.is_going());
        Ok(found.map(|found| seen_of(&found, &held.inputs)))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &DbClusterInputs,
    ) -> Result<DbClusterOutputs, Fault> {
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
        list::clusters(cx, scope).await.map(Some)
    }
}

/// Whether the description holds everything that others are given of the cluster.
fn complete(want: &DbClusterInputs, found: &Found) -> bool {
    let outputs = outputs_of(found);
    let secret = want.master_user_authentication != PASSWORD || !outputs.secret_arn.is_empty();
    secret && !outputs.endpoint.is_empty() && !outputs.resource_id.is_empty()
}

pub(super) fn outputs_of(found: &Found) -> DbClusterOutputs {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let secret = found.master_user_secret().and_then(|secret| secret.secret_arn());
    DbClusterOutputs {
        name: text(found.db_cluster_identifier()),
        arn: Arn::from(text(found.db_cluster_arn())),
        endpoint: text(found.endpoint()),
        reader_endpoint: text(found.reader_endpoint()),
        port: found.port().map(|port| port.to_string()).unwrap_or_default(),
        database_name: text(found.database_name()),
        master_username: text(found.master_username()),
        secret_arn: text(secret),
        resource_id: text(found.db_cluster_resource_id()),
    }
}

/// The cluster as it is, told in the words of what was asked for.
pub(super) fn seen_of(found: &Found, asked: &DbClusterInputs) -> Seen<DbCluster> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let scaling = found.serverless_v2_scaling_configuration();
    let min = scaling.and_then(|scaling| scaling.min_capacity()).unwrap_or_default();
    let pause_after = scaling.and_then(|scaling| scaling.seconds_until_auto_pause());
    let secret = found.master_user_secret().is_some();
    let inputs = DbClusterInputs {
        name: Input::from(text(found.db_cluster_identifier())),
        engine: text(found.engine()),
        engine_version: version::seen(
            found.engine_version().unwrap_or_default(),
            &asked.engine_version,
        ),
        database_name: text(found.database_name()),
        master_username: text(found.master_username()),
        master_user_authentication: if secret { PASSWORD } else { super::IAM }.to_owned(),
        subnet_group: Input::from(text(found.db_subnet_group())),
        security_groups: found
            .vpc_security_groups()
            .iter()
            .filter_map(|group| group.vpc_security_group_id())
            .map(Input::from)
            .collect(),
        parameter_group: Input::from(text(found.db_cluster_parameter_group())),
        capacity: Capacity {
            min,
            max: scaling.and_then(|scaling| scaling.max_capacity()).unwrap_or_default(),
            // RDS tells its default where nobody asked for anything.
            pause_after: asked.capacity.pause_after.and(pause_after),
        },
        backup_retention: found.backup_retention_period().unwrap_or_default(),
        storage_encrypted: found.storage_encrypted().unwrap_or_default(),
        iam_authentication: found.iam_database_authentication_enabled().unwrap_or_default(),
        http_endpoint: found.http_endpoint_enabled().unwrap_or_default(),
        copy_tags_to_snapshot: found.copy_tags_to_snapshot().unwrap_or_default(),
        deletion_protection: found.deletion_protection().unwrap_or_default(),
        final_snapshot: asked.final_snapshot,
        keep_backups: asked.keep_backups,
        tags: tags::ours(found.tag_list()),
    };
    Seen { inputs, outputs: outputs_of(found) }
}
