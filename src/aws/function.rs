//! `aws:lambda/function`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Moves, Naming, Place, Resource,
    Seen, Tags,
};
use crate::outputs;

/// A Lambda function whose code is a zip archive.
#[derive(Debug)]
pub struct Function;

/// What a function is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionInputs {
    /// Its name; up to 64 letters, digits, `-` and `_`.
    pub name: Input<String>,
    /// The ARN of the role that it runs as.
    pub role: Input<Arn>,
    /// The digest of its package, as in `sha256:…`; the bytes come from the archives of [`Aws`](super::Aws).
    pub code: String,
    /// Where Lambda enters the code, as in `index.handler`.
    pub handler: String,
    /// Lambda's name of the language runtime, as in `python3.12`.
    pub runtime: String,
    /// The instruction set: `arm64` or `x86_64`.
    pub architecture: String,
    /// Memory in MB; 128 to 10,240.
    pub memory: i32,
    /// Seconds that an invocation may take; 1 to 900.
    pub timeout: i32,
    /// Its environment variables; 4 KB in all.
    #[serde(default)]
    pub environment: BTreeMap<String, Input<String>>,
    /// The name of the log group that it writes to.
    pub log_group: Input<String>,
    /// What it is for; up to 256 characters.
    #[serde(default)]
    pub description: String,
    /// ARNs of layer versions, in the order in which Lambda unpacks them; five at most.
    #[serde(default)]
    pub layers: Vec<String>,
    /// Concurrent executions that are reserved for it; none shares the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<i32>,
    /// Whether X-Ray traces its invocations.
    #[serde(default)]
    pub tracing: bool,
    /// The size of `/tmp` in MB; 512 to 10,240.
    #[serde(default = "smallest_storage")]
    pub ephemeral_storage: i32,
    /// The bucket through which archives of more than 50 MB go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staging_bucket: Option<Input<String>>,
    /// The network that it is in; none is Lambda's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<Vpc>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// Where in a VPC a function's network interfaces are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// The ids of the subnets; at least one.
    pub subnets: BTreeSet<Input<String>>,
    /// The ids of the security groups; one to five.
    pub security_groups: BTreeSet<Input<String>>,
}

fn smallest_storage() -> i32 {
    512
}

impl Default for FunctionInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            role: Input::default(),
            code: String::new(),
            handler: "index.handler".to_owned(),
            runtime: "python3.12".to_owned(),
            architecture: "arm64".to_owned(),
            memory: 128,
            timeout: 3,
            environment: BTreeMap::new(),
            log_group: Input::default(),
            description: String::new(),
            layers: Vec::new(),
            concurrency: None,
            tracing: false,
            ephemeral_storage: smallest_storage(),
            staging_bucket: None,
            vpc: None,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a function gives back.
    Function => FunctionOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
        /// The SHA-256 of its archive in base64, as Lambda tells it.
        code_sha256: String,
    }
}

impl Resource for Function {
    type Cloud = super::Aws;
    type Inputs = FunctionInputs;
    type Outputs = FunctionOutputs;

    const KIND: &'static str = "aws:lambda/function";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    const MOVES_ON_UPDATE: Moves = &[("code_sha256", &["code"])];
    const UNREAD: &'static [&'static str] = &["staging_bucket"];
    const SECONDS: u32 = 4;

    fn foretell(want: &FunctionInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("lambda", format!("function:{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    async fn create(_cx: &Cx, _want: &FunctionInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
