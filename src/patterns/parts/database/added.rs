//! Adding a database to the graph.

use std::collections::{BTreeMap, BTreeSet};

use super::checked;
use super::keys::{Credentials, DatabaseKeys, Engine};
use crate::aws::{
    Capacity, DbCluster, DbClusterInputs, DbClusterInstance, DbClusterInstanceInputs,
    DbClusterParameterGroup, DbClusterParameterGroupInputs, DbInstance, DbInstanceInputs,
    DbParameterGroup, DbParameterGroupInputs, DbSubnetGroup, DbSubnetGroupInputs, IAM, PASSWORD,
};
use crate::graph::{Address, Handle, Input, Output};
use crate::manifest::{Either, Problem, Reference, Size, Span, Spanned};
use crate::patterns::parts::network::Network;
use crate::patterns::wiring::databases::KINDS;
use crate::patterns::{Cx, Exports};

/// A database of this instance or of another one.
#[derive(Clone, Debug)]
pub struct Database {
    /// Of the one type or the other, which have outputs of the same names.
    handle: Handle<DbCluster>,
}

impl Database {
    /// Its address within the instance, which may stand for another's.
    pub fn address(&self) -> &Address {
        self.handle.address()
    }

    /// Adds what it tells of itself; both kinds of database have these outputs.
    pub fn told(&self, exports: Exports) -> Exports {
        let output = |name| -> Output<String> { Output::of(&self.handle, name) };
        exports
            .with("cluster_arn", self.handle.arn())
            .with("secret_arn", output("secret_arn"))
            .with("database_endpoint", output("endpoint"))
            .with("database_port", output("port"))
    }
}

/// Adds `database` with what belongs to it, or lets another instance's stand for it. `data_api` where
/// functions use its Data API.
pub fn database(
    cx: &mut Cx<'_, '_>,
    given: Option<&Either<Reference, DatabaseKeys>>,
    network: Option<&Network>,
    data_api: bool,
) -> Database {
    let keys = match given {
        Some(Either::Short(reference)) => {
            cx.borrow_one_of("database", reference, KINDS);
            let handle = Handle::at(cx.address("database"));
            return Database { handle };
        }
        Some(Either::Long(keys)) => keys.clone(),
        None => DatabaseKeys::default(),
    };
    let data_api = data_api || keys.data_api.as_ref().is_some_and(|asked| *asked.get_ref());
    checked::check(cx, &keys, data_api);
    if let Some(network) = network {
        let own = cx.address("database");
        cx.all.placed.insert(own, network.place(None));
    }
    let subnet_group = subnet_group(cx, network);
    let group = network.and_then(|network| network.data_group.as_ref());
    let groups = group.map(|group| group.id().into()).into_iter().collect();
    let settings = Settings::of(cx, &keys, &subnet_group, groups);
    let database = match keys.engine() {
        Engine::AuroraPostgresql => cluster(cx, &keys, settings, data_api),
        Engine::Postgres => instance(cx, &keys, settings),
    };
    origins(cx, &keys, &database);
    database
}

/// Adds the group of the data tier's subnets. A network that has fewer than two of them has been told
/// of, and what needs the group finds none then.
fn subnet_group(cx: &mut Cx<'_, '_>, network: Option<&Network>) -> Handle<DbSubnetGroup> {
    let part = "database.subnet-group";
    let subnets = |network: &&Network| -> BTreeSet<Input<String>> {
        network.data_subnets.iter().cloned().collect()
    };
    let Some(network) = network.filter(|network| subnets(network).len() > 1) else {
        return Handle::at(cx.address(part));
    };
    let inputs = DbSubnetGroupInputs {
        vpc: Some(network.vpc_id.clone()),
        subnets: subnets(&network),
        ..DbSubnetGroupInputs::default()
    };
    cx.add(part, inputs)
}

/// Notes which inputs come from which keys.
fn origins(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys, database: &Database) {
    let version = keys.version.as_ref().map(Spanned::span);
    let places = [
        ("engine_version", version),
        ("capacity", keys.capacity.as_ref().map(Spanned::span)),
        ("class", keys.instance.as_ref().map(Spanned::span)),
        ("storage", keys.storage.as_ref().map(Spanned::span)),
        ("max_storage", keys.max_storage.as_ref().map(Spanned::span)),
        ("backup_retention", keys.backup.as_ref().map(Spanned::span)),
    ];
    for (input, place) in places {
        cx.origin(&database.handle, input, place.unwrap_or(Span::NOWHERE));
    }
}

/// What both kinds of database are given.
struct Settings {
    version: String,
    name: String,
    user: String,
    authentication: &'static str,
    subnet_group: Input<String>,
    security_groups: BTreeSet<Input<String>>,
    backup: i32,
    deletion_protection: bool,
    final_snapshot: bool,
    keep_backups: bool,
}

impl Settings {
    fn of(
        cx: &Cx<'_, '_>,
        keys: &DatabaseKeys,
        subnet_group: &Handle<DbSubnetGroup>,
        security_groups: BTreeSet<Input<String>>,
    ) -> Self {
        let text = |given: Option<&Spanned<String>>, default: String| {
            given.map_or(default, |given| given.get_ref().clone())
        };
        let days = if cx.is_passing() { 1 } else { 7 };
        let days = keys.backup.as_ref().map_or(days, |backup| backup.days());
        Self {
            version: text(keys.version.as_ref(), "16".to_owned()),
            name: text(keys.name.as_ref(), checked::derived_name(cx)),
            user: text(keys.user.as_ref(), "postgres".to_owned()),
            authentication: match keys.credentials() {
                Credentials::Secret => PASSWORD,
                Credentials::Iam => IAM,
            },
            subnet_group: subnet_group.name().into(),
            security_groups,
            backup: i32::try_from(days).unwrap_or(i32::MAX),
            deletion_protection: keys.deletion_protection.unwrap_or(cx.is_protected()),
            final_snapshot: keys.final_snapshot.unwrap_or(!cx.is_passing()),
            keep_backups: keys.final_snapshot.unwrap_or(!cx.is_passing()),
        }
    }

    /// The family of parameters: the engine with the major version.
    fn family(&self, engine: Engine) -> String {
        let major = self.version.split('.').next().unwrap_or_default();
        format!("{}{major}", engine.as_str())
    }
}

/// Connections are encrypted, or refused (*Amazon RDS User Guide*, "Using SSL with a PostgreSQL DB
/// instance").
fn parameters() -> BTreeMap<String, String> {
    BTreeMap::from([("rds.force_ssl".to_owned(), "1".to_owned())])
}

fn cluster(
    cx: &mut Cx<'_, '_>,
    keys: &DatabaseKeys,
    settings: Settings,
    data_api: bool,
) -> Database {
    let parameter_group = cx.add::<DbClusterParameterGroup>(
        "database.parameters",
        DbClusterParameterGroupInputs {
            family: settings.family(Engine::AuroraPostgresql),
            parameters: parameters(),
            ..DbClusterParameterGroupInputs::default()
        },
    );
    let capacity = keys.capacity.as_ref().map_or(
        Capacity { min: 0.5, max: 2.0, pause_after: None },
        |capacity| Capacity {
            min: capacity.min,
            max: capacity.max,
            pause_after: capacity.pause_after.and_then(|pause| i32::try_from(pause.seconds()).ok()),
        },
    );
    let handle = cx.add::<DbCluster>(
        "database",
        DbClusterInputs {
            engine_version: settings.version,
            database_name: settings.name,
            master_username: settings.user,
            master_user_authentication: settings.authentication.to_owned(),
            subnet_group: settings.subnet_group,
            security_groups: settings.security_groups,
            parameter_group: parameter_group.name().into(),
            capacity,
            backup_retention: settings.backup,
            iam_authentication: settings.authentication == IAM,
            http_endpoint: data_api,
            deletion_protection: settings.deletion_protection,
            final_snapshot: settings.final_snapshot,
            keep_backups: settings.keep_backups,
            ..DbClusterInputs::default()
        },
    );
    let standby = keys.standby.then_some("database.standby");
    for part in ["database.instance"].into_iter().chain(standby) {
        let inputs = DbClusterInstanceInputs {
            cluster: handle.name().into(),
            ..DbClusterInstanceInputs::default()
        };
        cx.add::<DbClusterInstance>(part, inputs);
    }
    Database { handle }
}

fn instance(cx: &mut Cx<'_, '_>, keys: &DatabaseKeys, settings: Settings) -> Database {
    let parameter_group = cx.add::<DbParameterGroup>(
        "database.parameters",
        DbParameterGroupInputs {
            family: settings.family(Engine::Postgres),
            parameters: parameters(),
            ..DbParameterGroupInputs::default()
        },
    );
    let gigabytes = |size: Option<&Spanned<Size>>| {
        size.and_then(|size| i32::try_from(size.megabytes() >> 10).ok())
    };
    let storage = gigabytes(keys.storage.as_ref()).unwrap_or(20);
    let class = keys.instance.as_ref().map_or("db.t4g.micro", |class| class.get_ref().as_str());
    cx.add::<DbInstance>(
        "database",
        DbInstanceInputs {
            engine_version: settings.version,
            class: class.to_owned(),
            storage,
            max_storage: gigabytes(keys.max_storage.as_ref()).unwrap_or(storage),
            multi_az: keys.standby,
            database_name: settings.name,
            master_username: settings.user,
            master_user_authentication: settings.authentication.to_owned(),
            subnet_group: settings.subnet_group,
            security_groups: settings.security_groups,
            parameter_group: parameter_group.name().into(),
            backup_retention: settings.backup,
            iam_authentication: settings.authentication == IAM,
            deletion_protection: settings.deletion_protection,
            final_snapshot: settings.final_snapshot,
            keep_backups: settings.keep_backups,
            ..DbInstanceInputs::default()
        },
    );
    Database { handle: Handle::at(cx.address("database")) }
}

/// Refuses keys of the network where the database is another instance's, which has its own.
pub fn refuse_network(cx: &mut Cx<'_, '_>, reference: &Reference, place: Span) {
    let message = "A key belongs to the instance that has the database.";
    let problem = Problem::at(place, "maas::patterns::not_own", message)
        .label(format!("the database is `{}`'s, and so is its network", reference.instance))
        .help(format!("Move it to `[patterns.{}]`, or leave it out.", reference.instance));
    cx.problem(problem);
}
