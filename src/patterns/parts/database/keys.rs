//! What a manifest says of a database.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::manifest::{Duration, Either, Reference, Size, Spanned};

/// A database's keys, or the database of another instance, as `${accounts.database}`.
pub type GivenDatabase = Either<Reference, DatabaseKeys>;

/// A database of an instance's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseKeys {
    /// The engine; `aurora-postgresql` if nothing is said.
    pub engine: Option<Spanned<Engine>>,
    /// The engine's version: the major one, such as `16`, whose minor version RDS chooses and
    /// upgrades, or a certain one such as `16.8`; `16` if nothing is said.
    #[schemars(extend("examples" = ["16", "17.5"]))]
    pub version: Option<Spanned<String>>,
    /// The name of the database that is made; the instance's name, with `_` for `-`, if nothing is
    /// said.
    #[schemars(length(min = 1, max = 63))]
    pub name: Option<Spanned<String>>,
    /// The name of the user that owns it; `postgres` if nothing is said.
    #[schemars(length(min = 1, max = 63))]
    pub user: Option<Spanned<String>>,
    /// How far Aurora scales, in capacity units of about 2 GB of memory; 0.5 to 2 if nothing is said.
    pub capacity: Option<Spanned<CapacityKeys>>,
    /// The class of a database of `postgres`, such as `db.t4g.micro`, which it is if nothing is said.
    #[schemars(extend("examples" = ["db.t4g.micro", "db.m7g.large"]))]
    pub instance: Option<Spanned<String>>,
    /// The storage of a database of `postgres`, `20 GB` to `64 TB`; `20 GB` if nothing is said.
    #[schemars(extend("x-minimum" = "20 GB", "x-maximum" = "64 TB"))]
    pub storage: Option<Spanned<Size>>,
    /// How far the storage may grow by itself; not at all if nothing is said.
    #[schemars(extend("x-minimum" = "20 GB", "x-maximum" = "64 TB"))]
    pub max_storage: Option<Spanned<Size>>,
    /// Whether a second one in another zone takes over when the first one fails; not if nothing is
    /// said.
    #[serde(default)]
    pub standby: bool,
    /// How long automated backups are kept, in whole days up to `35d`; `7d` if nothing is said, and
    /// `1d` in an environment with a `ttl`.
    #[schemars(extend("x-minimum" = "1d", "x-maximum" = "35d"))]
    pub backup: Option<Spanned<Duration>>,
    /// Whether it refuses to be deleted; it does in a protected environment if nothing is said.
    pub deletion_protection: Option<bool>,
    /// Whether a last snapshot is kept when it is deleted; not in an environment with a `ttl` that is
    /// not protected, if nothing is said.
    pub final_snapshot: Option<bool>,
    /// How functions sign in; with the `secret` if nothing is said.
    pub credentials: Option<Spanned<Credentials>>,
    /// Whether Aurora answers the Data API too, by which functions outside of the network reach it.
    pub data_api: Option<Spanned<bool>>,
}

impl DatabaseKeys {
    /// Whether functions need Secrets Manager to sign in.
    pub fn needs_secret(&self) -> bool {
        self.credentials() == Credentials::Secret
    }

    /// Its engine.
    pub fn engine(&self) -> Engine {
        self.engine.as_ref().map(|engine| *engine.get_ref()).unwrap_or_default()
    }

    /// How functions sign in.
    pub fn credentials(&self) -> Credentials {
        self.credentials.as_ref().map(|credentials| *credentials.get_ref()).unwrap_or_default()
    }
}

/// A database engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Engine {
    /// Aurora PostgreSQL in Serverless v2: it scales with its load.
    #[default]
    AuroraPostgresql,
    /// Amazon RDS for PostgreSQL: one machine of a class.
    Postgres,
}

impl Engine {
    /// RDS's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuroraPostgresql => "aurora-postgresql",
            Self::Postgres => "postgres",
        }
    }
}

/// How functions sign in to a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Credentials {
    /// With the password that RDS makes and keeps in Secrets Manager.
    #[default]
    Secret,
    /// With a token that IAM signs; there is no password.
    Iam,
}

/// How far Aurora scales.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityKeys {
    /// The least, 0 to 256 in steps of 0.5; at 0 an idle database pauses, and the first request after
    /// that takes about 15 seconds.
    #[schemars(range(min = 0, max = 256))]
    pub min: f64,
    /// The most, 1 to 256 in steps of 0.5.
    #[schemars(range(min = 1, max = 256))]
    pub max: f64,
    /// How long an idle database with a least of 0 waits before it pauses, `5m` to `1d`; `5m` if
    /// nothing is said.
    #[schemars(extend("x-minimum" = "5m", "x-maximum" = "1d"))]
    pub pause_after: Option<Duration>,
}
