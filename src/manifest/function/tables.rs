//! The keys of a function.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::runtime::Runtime;
use crate::manifest::span::Spanned;
use crate::manifest::text::Text;
use crate::manifest::values::{Access, CodePath, Duration, Retention, Size, VariableName, With};

/// `[functions]`: what holds for every function that does not say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FunctionDefaults {
    /// The runtime, such as `python3.12`.
    pub runtime: Option<Runtime>,
    /// The memory, 128 MB to 10240 MB; `256 MB` if nothing is said.
    #[schemars(extend("x-minimum" = "128 MB", "x-maximum" = "10240 MB", "x-multiple" = "1 MB"))]
    pub memory: Option<Size>,
    /// The longest that an invocation may take, 1 to 900 seconds; `10s` if nothing is said.
    #[schemars(extend("x-minimum" = "1s", "x-maximum" = "15m"))]
    pub timeout: Option<Spanned<Duration>>,
    /// The processor; `arm64` if nothing is said.
    pub architecture: Option<Architecture>,
    /// How long log events are kept; `14d` if nothing is said.
    pub log_retention: Option<Retention>,
    /// Whether AWS X-Ray traces invocations; not if nothing is said.
    pub tracing: Option<bool>,
}

/// A function whose code the manifest names. Patterns put it in their parameters, alone or as
/// [`With<FunctionTable, Keys>`](With).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionTable {
    /// The keys that tell its code.
    pub code: CodeKeys,
    /// The other keys.
    pub keys: FunctionKeys,
}

/// A function whose code the pattern has itself, unless the manifest names other code. Patterns put
/// it in their parameters with `#[serde(default)]`, alone or with keys of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuppliedFunctionTable {
    /// The keys that tell other code than the pattern's.
    pub code: OwnCodeKeys,
    /// The other keys.
    pub keys: FunctionKeys,
}

/// A function of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeKeys {
    /// The code: a directory, a file or a `.zip`, relative to the manifest.
    pub code: Spanned<CodePath>,
    /// The handler, as the runtime writes it, such as `index.handler`.
    #[schemars(length(min = 1, max = 128))]
    pub handler: Spanned<String>,
    /// A command that makes the code ready; it is run in the code's directory before packing.
    pub build: Option<String>,
    /// The runtime, such as `python3.12`; else that of `[functions]`.
    pub runtime: Option<Runtime>,
}

/// A function that the pattern supplies, and that other code may replace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnCodeKeys {
    /// Code of your own in place of the pattern's: a directory, a file or a `.zip`, relative to the
    /// manifest.
    pub code: Option<Spanned<CodePath>>,
    /// The handler of your own code.
    #[schemars(length(min = 1, max = 128))]
    pub handler: Option<Spanned<String>>,
    /// A command that makes your own code ready; it is run in the code's directory before packing.
    pub build: Option<String>,
    /// The runtime of your own code; else that of `[functions]`.
    pub runtime: Option<Runtime>,
}

impl OwnCodeKeys {
    /// The keys, if they name code.
    pub(super) fn given(self) -> Option<CodeKeys> {
        let (code, handler) = (self.code?, self.handler?);
        Some(CodeKeys { code, handler, build: self.build, runtime: self.runtime })
    }
}

/// The keys of a function that have nothing to do with its code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FunctionKeys {
    /// The memory, 128 MB to 10240 MB; else that of `[functions]`.
    #[schemars(extend("x-minimum" = "128 MB", "x-maximum" = "10240 MB", "x-multiple" = "1 MB"))]
    pub memory: Option<Size>,
    /// The longest that an invocation may take, 1 to 900 seconds; else that of `[functions]`.
    #[schemars(extend("x-minimum" = "1s", "x-maximum" = "15m"))]
    pub timeout: Option<Spanned<Duration>>,
    /// The processor; else that of `[functions]`.
    pub architecture: Option<Architecture>,
    /// How long log events are kept; else that of `[functions]`.
    pub log_retention: Option<Retention>,
    /// Whether AWS X-Ray traces invocations; else that of `[functions]`.
    pub tracing: Option<bool>,
    /// Variables of the function's environment.
    pub environment: BTreeMap<Spanned<VariableName>, Text>,
    /// Grants on parts of other instances, such as `uploads.bucket:read`. `accounts.database:connect`
    /// puts the function into the database's network, where that has no Data API.
    pub access: Vec<Spanned<Access>>,
    /// ARNs of layers, at most five.
    #[schemars(length(max = 5))]
    pub layers: Vec<Text>,
    /// Invocations that may run at once, kept for this function alone, up to 100,000; 0 stops it. An
    /// account has 1,000 for all functions unless AWS raised that, of which 100 stay unreserved.
    #[schemars(range(min = 0, max = 100_000))]
    pub concurrency: Option<u32>,
    /// What the function is for.
    #[schemars(length(max = 256))]
    pub description: Option<String>,
}

/// The processor that a function runs on.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Deserialize,
    Serialize,
    JsonSchema,
)]
#[schemars(inline)]
pub enum Architecture {
    /// AWS Graviton.
    #[default]
    #[serde(rename = "arm64")]
    Arm64,
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86_64,
}

impl Architecture {
    /// As Lambda writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }
}

impl<'de> Deserialize<'de> for FunctionTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let With { function, keys } = With::deserialize(deserializer)?;
        Ok(Self { code: function, keys })
    }
}

impl<'de> Deserialize<'de> for SuppliedFunctionTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let With { function, keys } = With::deserialize(deserializer)?;
        Ok(Self { code: function, keys })
    }
}

impl JsonSchema for FunctionTable {
    fn schema_name() -> Cow<'static, str> {
        "Function".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = With::<FunctionKeys, CodeKeys>::json_schema(generator);
        schema.insert("x-needs-runtime".into(), "always".into());
        schema
    }
}

impl JsonSchema for SuppliedFunctionTable {
    fn schema_name() -> Cow<'static, str> {
        "SuppliedFunction".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = With::<FunctionKeys, OwnCodeKeys>::json_schema(generator);
        schema.insert("x-needs-runtime".into(), "with-code".into());
        let needs = json!({
            "code": ["handler"], "handler": ["code"], "build": ["code"], "runtime": ["code"],
        });
        schema.insert("dependentRequired".into(), needs);
        schema
    }
}
