//! `aws:rds/cluster-instance`

use aws_sdk_rds::types::DbInstance as Found;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cluster::{engine, yes};
use super::describe::{self, Change, Described};
use super::{identifier, tags, teardown};
use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Arn, Charset, Created, Fault, Foretold, Held, Id, Input, Listed, Naming, Objection, OrAbsent,
    Place, Resource, Scope, Seen, Tags, Waited,
};
use crate::outputs;

/// An instance of a cluster of Aurora. Name, password, storage and backups are the cluster's.
#[derive(Debug)]
pub struct DbClusterInstance;

/// What an instance of a cluster is given. Records of earlier versions say more, which is ignored.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DbClusterInstanceInputs {
    /// Its identifier; 1 to 63 lower-case letters, digits and `-`.
    pub name: Input<String>,
    /// The cluster's identifier.
    pub cluster: Input<String>,
    /// The cluster's engine.
    #[serde(default = "engine")]
    pub engine: String,
    /// Its class: `db.serverless` scales with the cluster's capacity.
    pub class: String,
    /// Whether it gets an address in the internet; never.
    #[serde(default)]
    pub publicly_accessible: bool,
    /// Whether RDS upgrades the minor version in the maintenance window.
    #[serde(default = "yes")]
    pub auto_minor_version_upgrade: bool,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

impl Default for DbClusterInstanceInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            cluster: Input::default(),
            engine: engine(),
            class: "db.serverless".to_owned(),
            publicly_accessible: false,
            auto_minor_version_upgrade: true,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What an instance of a cluster gives back.
    DbClusterInstance => DbClusterInstanceOutputs {
        /// Its identifier.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for DbClusterInstance {
    type Cloud = crate::aws::Aws;
    type Inputs = DbClusterInstanceInputs;
    type Outputs = DbClusterInstanceOutputs;

    const KIND: &'static str = "aws:rds/cluster-instance";
    const NAME: Option<Naming> = Some(Naming {
        input: "name",
        longest: identifier::LONGEST,
        charset: Charset::Word,
        global: false,
    });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name", "cluster", "engine"];
    const SECONDS: u32 = 420;

    fn foretell(want: &DbClusterInstanceInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("rds", format!("db:{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    fn check(want: &DbClusterInstanceInputs) -> Vec<Objection> {
        identifier::check(Check::default(), want.name.known())
            .one_of("engine", &want.engine, &[&engine()])
            .that(
                want.class.starts_with("db."),
                "class",
                format!("`{}` is no class; write `db.serverless`, or `db.r7g.large`", want.class),
            )
            .that(
                !want.publicly_accessible,
                "publicly_accessible",
                "no database is open to the internet",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &DbClusterInstanceInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let id = Id::from(name.as_str());
        teardown::make::<Found, _, _>(cx, name, || create(cx, want)).await?;
        cx.made(&id).await?;
        // The first instance is what makes a cluster answer.
        let found: Found = describe::wait(cx, name, true, |_| Ok(Waited::Ready(()))).await?;
        Ok(Created { id, outputs: outputs_of(&found) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let found = Found::describe(cx, held.id.as_str()).await?.filter(|found| !found.is_going());
        Ok(found.map(|found| Seen { inputs: inputs_of(&found), outputs: outputs_of(&found) }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &DbClusterInstanceInputs,
    ) -> Result<DbClusterInstanceOutputs, Fault> {
        let name = held.id.as_str();
        let mut found: Found =
            describe::wait(cx, name, !held.finished, |_| Ok(Waited::Ready(()))).await?;
        let is = |found: &Found| {
            let is = inputs_of(found);
            (is.class, is.publicly_accessible, is.auto_minor_version_upgrade)
        };
        let wanted =
            (want.class.clone(), want.publicly_accessible, want.auto_minor_version_upgrade);
        if is(&found) != wanted {
            cx.call("rds:ModifyDBInstance", || {
                cx.rds()
                    .modify_db_instance()
                    .db_instance_identifier(name)
                    .apply_immediately(true)
                    .db_instance_class(&want.class)
                    .publicly_accessible(want.publicly_accessible)
                    .auto_minor_version_upgrade(want.auto_minor_version_upgrade)
                    .send()
            })
            .await?;
            let change = Change::sent();
            found = describe::wait(cx, name, false, |found: &Found| {
                let pending = found.pending_modified_values();
                let pending = pending.is_some_and(|it| it.db_instance_class().is_some());
                change.stands(pending, is(found) == wanted)
            })
            .await?;
        }
        let arn = found.db_instance_arn().unwrap_or_default();
        tags::change(cx, arn, held.finished, &held.inputs.tags, &want.tags).await?;
        Ok(outputs_of(&found))
    }

    /// Returns once RDS has begun: a cluster whose instances are all being deleted can be deleted, and
    /// is waited for; `create` waits where the same name is wanted again.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        cx.call("rds:DeleteDBInstance", || {
            cx.rds()
                .delete_db_instance()
                .db_instance_identifier(name)
                .skip_final_snapshot(true)
                .send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::cluster_instances(cx, scope).await.map(Some)
    }
}

async fn create(cx: &Cx, want: &DbClusterInstanceInputs) -> Result<(), Fault> {
    let (name, cluster) = (want.name.get()?, want.cluster.get()?);
    cx.call("rds:CreateDBInstance", || {
        cx.rds()
            .create_db_instance()
            .db_instance_identifier(name)
            .db_cluster_identifier(cluster)
            .engine(&want.engine)
            .db_instance_class(&want.class)
            .publicly_accessible(want.publicly_accessible)
            .auto_minor_version_upgrade(want.auto_minor_version_upgrade)
            .set_tags(Some(tags::of(&want.tags)))
            .send()
    })
    .await?;
    Ok(())
}

fn outputs_of(found: &Found) -> DbClusterInstanceOutputs {
    DbClusterInstanceOutputs {
        name: found.db_instance_identifier().unwrap_or_default().to_owned(),
        arn: Arn::from(found.db_instance_arn().unwrap_or_default()),
    }
}

fn inputs_of(found: &Found) -> DbClusterInstanceInputs {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    DbClusterInstanceInputs {
        name: Input::from(text(found.db_instance_identifier())),
        cluster: Input::from(text(found.db_cluster_identifier())),
        engine: text(found.engine()),
        class: text(found.db_instance_class()),
        publicly_accessible: found.publicly_accessible().unwrap_or_default(),
        auto_minor_version_upgrade: found.auto_minor_version_upgrade().unwrap_or_default(),
        tags: tags::ours(found.tag_list()),
    }
}
