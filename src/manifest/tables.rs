//! The manifest's own tables, all but those of the patterns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::function::FunctionDefaults;
use super::problem::Problem;
use super::span::Spanned;
use super::value::Table;
use super::values::{
    Duration, EnvironmentGlob, InstanceName, ManifestVariable, ProjectName, Region, TagKey,
    TagValue,
};

/// The keys of the top level.
pub(crate) const TOP_LEVEL: [&str; 7] =
    ["environments", "functions", "patterns", "project", "state", "tags", "variables"];

/// A manifest: one project, its instances of patterns, and how environments differ.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "maas manifest")]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct ManifestTable {
    /// What this manifest deploys.
    pub project: ProjectTable,
    /// Where is kept what exists in the cloud.
    #[serde(default)]
    pub state: StateSettings,
    /// Tags on every resource that takes tags; AWS takes 50, of which maas sets five.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 45))]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// What holds for every function that does not say otherwise.
    #[serde(default)]
    pub functions: FunctionDefaults,
    /// Values that `--var NAME=value` or `MAAS_VAR_NAME` give, as `${var.NAME}`.
    #[serde(default)]
    pub variables: BTreeMap<ManifestVariable, VariableTable>,
    /// How single environments differ. A name may be a glob; the most exact match holds.
    #[serde(default)]
    pub environments: BTreeMap<EnvironmentGlob, EnvironmentTable>,
    /// The instances: each a use of one pattern.
    #[serde(default)]
    pub patterns: BTreeMap<InstanceName, Elsewhere>,
}

/// What a manifest deploys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectTable {
    /// The project's name, the first part of every name in the cloud: 2 to 24 of a-z, 0-9 and -,
    /// starting with a letter.
    pub name: ProjectName,
    /// The AWS region; else that of the AWS configuration.
    pub region: Option<Region>,
}

/// `[state]`: where is kept what exists in the cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StateSettings {
    /// The kind of store.
    pub backend: Backend,
    /// The folder, relative to the manifest; else the nearest folder `state` upwards
    /// from the manifest.
    pub path: Option<Spanned<String>>,
}

/// Where the state can be, for who wants it elsewhere.
pub const STATE_IN_A_FOLDER: &str = "Name a folder with `path` under `[state]`, or with \
    `--state DIR`. A team shares it on a common disk, or hands it over by `maas state export` and \
    `maas state import`.";

/// What the schema of `[state]` would say less plainly: that there is no such backend.
pub(crate) fn check_state(state: &Table) -> Option<Problem> {
    let backend = state.get("backend").filter(|backend| backend.plain() == Some("dynamodb"))?;
    let message = "This version of maas keeps its state in a folder, and not in DynamoDB.";
    let problem = Problem::at(backend.span, "maas::state::backend", message);
    Some(problem.label("the only backend is `sled`").help(STATE_IN_A_FOLDER))
}

/// The kind of store that holds the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Backend {
    /// A folder on this machine.
    #[default]
    Sled,
}

/// A value that is given from outside.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VariableTable {
    /// The value where none is given.
    pub default: Option<String>,
    /// What the variable is for.
    pub description: Option<String>,
    /// Whether the value is a secret: it is never shown, and has no default. A variable that is not
    /// declared is one in the environment of a function.
    pub sensitive: bool,
}

/// How an environment differs. Every table of the manifest may stand below it, and is laid over it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct EnvironmentTable {
    /// Whether destroy refuses.
    pub protect: Option<bool>,
    /// How long after the last apply the environment may be destroyed by `maas gc`.
    #[schemars(extend("x-minimum" = "1m"))]
    pub ttl: Option<Duration>,
    /// Laid over `[project]`.
    pub project: Option<ProjectTable>,
    /// Laid over `[state]`.
    pub state: Option<StateSettings>,
    /// Laid over `[tags]`.
    pub tags: Option<BTreeMap<TagKey, TagValue>>,
    /// Laid over `[functions]`.
    pub functions: Option<FunctionDefaults>,
    /// Laid over `[variables]`.
    pub variables: Option<BTreeMap<ManifestVariable, VariableTable>>,
    /// Laid over the instances of the same name.
    pub patterns: Option<BTreeMap<InstanceName, Elsewhere>>,
}

/// The keys of an environment that are its own, not an overlay.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EnvironmentHead {
    /// Whether destroy refuses.
    pub protect: bool,
    /// How long after the last apply the environment may be destroyed by `maas gc`.
    #[schemars(extend("x-minimum" = "1m"))]
    pub ttl: Option<Duration>,
}

/// A table that is checked by another schema.
#[derive(Debug)]
pub(crate) struct Elsewhere;

impl<'de> Deserialize<'de> for Elsewhere {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl JsonSchema for Elsewhere {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Elsewhere".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "x-elsewhere": true })
    }
}
