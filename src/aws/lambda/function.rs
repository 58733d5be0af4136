//! `aws:lambda/function`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::function_make::{make, persist, remake};
use super::function_state::{get, is_going, wait_idle};
use super::{function_calls as calls, function_check, function_seen as seen};
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Moves, Naming,
    Objection, OrAbsent, Place, Resource, Scope, Seen, Tags,
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
    /// The digest of its package, as in `sha256:…`; the bytes come from the archives of [`Aws`](crate::aws::Aws).
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
    #[serde(default)]
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
    #[serde(default)]
    pub vpc: Option<FunctionVpc>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

/// Where in a VPC a function's network interfaces are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionVpc {
    /// The ids of the subnets; at least one.
    pub subnets: BTreeSet<Input<String>>,
    /// The ids of the security groups; one to five.
    pub security_groups: BTreeSet<Input<String>>,
}

/// The size of `/tmp` that costs nothing, in MB.
pub(super) fn smallest_storage() -> i32 {
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
    type Cloud = crate::aws::Aws;
    type Inputs = FunctionInputs;
    type Outputs = FunctionOutputs;

    const KIND: &'static str = "aws:lambda/function";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    const MOVES_ON_UPDATE: Moves = &[("code_sha256", &["code"])];
    const UNREAD: &'static [&'static str] = &["staging_bucket"];
    const SENSITIVE: &'static [&'static str] = &["environment"];
    const SECONDS: u32 = 4;

    fn foretell(want: &FunctionInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("lambda", format!("function:{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    fn check(want: &FunctionInputs) -> Vec<Objection> {
        function_check::check(want)
    }

    async fn create(cx: &Cx, want: &FunctionInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let code_sha256 = make(cx, want).await?;
        let outputs = outputs_of(name, code_sha256, cx.place())?;
        Ok(Created { id: Id::from(name.as_str()), outputs })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let answer = get(cx, name).await.or_absent()?;
        let Some(answer) = answer.filter(|answer| !is_going(answer)) else { return Ok(None) };
        let configuration = answer
            .configuration()
            .ok_or_else(|| Fault::new(FaultKind::Defect, "lambda:GetFunction told nothing"))?;
        let sha256 = configuration.code_sha256().unwrap_or_default();
        let inputs = FunctionInputs {
            code: seen::code(cx, held, sha256),
            environment: seen::environment(held, configuration),
            concurrency: answer.concurrency().and_then(|it| it.reserved_concurrent_executions()),
            staging_bucket: held.inputs.staging_bucket.clone(),
            tags: tags::ours(answer.tags().cloned().unwrap_or_default()),
            ..seen::inputs(name, configuration)
        };
        Ok(Some(Seen { inputs, outputs: outputs_of(name, sha256.to_owned(), cx.place())? }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &FunctionInputs,
    ) -> Result<FunctionOutputs, Fault> {
        let name = held.id.as_str();
        // Lambda refuses changes of one that it is still making, for minutes in a network.
        if !held.finished || held.inputs.vpc.is_some() {
            let failed = wait_idle(cx, name, !held.finished).await?;
            if failed && !held.finished {
                return outputs_of(name, remake(cx, want).await?, cx.place());
            }
        }
        let code_sha256 = persist(cx, |_| calls::change(cx, held, want)).await?;
        if held.inputs.concurrency != want.concurrency
            || (!held.finished && want.concurrency.is_some())
        {
            calls::reserve(cx, name, want.concurrency).await?;
        }
        let outputs = outputs_of(name, code_sha256, cx.place())?;
        tags::change_lambda(cx, outputs.arn.as_str(), &held.inputs.tags, &want.tags).await?;
        Ok(outputs)
    }

    /// A function in a network leaves it first: Lambda then gives its network interfaces back in
    /// minutes, and otherwise in up to an hour, in which the network could not be deleted.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        if held.inputs.vpc.is_some() {
            match calls::leave_vpc(cx, name).await {
                Err(fault) if fault.kind == FaultKind::Absent => return Ok(()),
                Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::NotReady) => {
                    // What cannot be changed can still be deleted.
                    tracing::debug!(%fault, name, "the function does not leave its network");
                }
                result => result?,
            }
        }
        calls::delete(cx, name).await
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::functions(cx, scope).await.map(Some)
    }
}

fn outputs_of(name: &str, code_sha256: String, place: &Place) -> Result<FunctionOutputs, Fault> {
    let arn: Input<Arn> = place.arn("lambda", format!("function:{name}"));
    Ok(FunctionOutputs { name: name.to_owned(), arn: arn.get()?.clone(), code_sha256 })
}
