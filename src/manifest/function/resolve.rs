//! Functions with the defaults filled in.

use std::collections::BTreeMap;

use super::runtime::Runtime;
use super::tables::{
    Architecture, FunctionDefaults, FunctionKeys, FunctionTable, SuppliedFunctionTable,
};
use crate::manifest::problem::Problem;
use crate::manifest::span::{Span, Spanned};
use crate::manifest::text::Text;
use crate::manifest::values::{Access, CodePath, Duration, Retention, Size, VariableName};

/// A function as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The code.
    pub code: FunctionCode,
    /// The handler.
    pub handler: String,
    /// The runtime.
    pub runtime: Runtime,
    /// The memory in MB, 128 to 10240.
    pub memory_mb: u32,
    /// The longest that an invocation may take, 1 to 900 seconds, with the place that says so.
    pub timeout_seconds: Spanned<u32>,
    /// The processor.
    pub architecture: Architecture,
    /// How long log events are kept, in days.
    pub log_retention_days: u32,
    /// Whether AWS X-Ray traces invocations.
    pub tracing: bool,
    /// Variables of the function's environment.
    pub environment: BTreeMap<Spanned<VariableName>, Text>,
    /// Grants on parts of other instances.
    pub access: Vec<Spanned<Access>>,
    /// ARNs of layers.
    pub layers: Vec<Text>,
    /// Invocations kept for this function alone.
    pub concurrency: Option<u32>,
    /// What the function is for.
    pub description: Option<String>,
}

/// Where a function's code comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionCode {
    /// The manifest names it.
    Given {
        /// A directory, a file or a `.zip`, relative to the manifest's folder.
        path: Spanned<CodePath>,
        /// A command to run in its directory first.
        build: Option<String>,
    },
    /// The pattern has it.
    Supplied,
}

/// The handler and the runtime of code that a pattern has itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppliedCode {
    /// The handler.
    pub handler: String,
    /// The runtime.
    pub runtime: Runtime,
}

impl FunctionTable {
    /// Fills in the defaults.
    ///
    /// # Errors
    /// When neither the table nor `defaults` name a runtime; the check of a manifest has seen to
    /// that before.
    pub fn resolve(&self, defaults: &FunctionDefaults) -> Result<Function, Problem> {
        let code = self.code.clone();
        let runtime = code.runtime.or(defaults.runtime);
        let runtime = runtime.ok_or_else(|| missing_runtime(&code.code))?;
        let (path, build) = (code.code, code.build);
        let given = FunctionCode::Given { path, build };
        if let Some(problem) = lacks_function(&code.handler, runtime) {
            return Err(problem);
        }
        let handler = code.handler.into_inner();
        Ok(settle(given, handler, runtime, &self.keys, defaults))
    }
}

impl SuppliedFunctionTable {
    /// Fills in the defaults, and the pattern's own code where the manifest names none.
    ///
    /// # Errors
    /// As for [`FunctionTable::resolve`].
    pub fn resolve(
        &self,
        defaults: &FunctionDefaults,
        supplied: SuppliedCode,
    ) -> Result<Function, Problem> {
        let keys = self.keys.clone();
        match self.code.clone().given() {
            Some(code) => FunctionTable { code, keys }.resolve(defaults),
            None => {
                let SuppliedCode { handler, runtime } = supplied;
                Ok(settle(FunctionCode::Supplied, handler, runtime, &keys, defaults))
            }
        }
    }
}

fn settle(
    code: FunctionCode,
    handler: String,
    runtime: Runtime,
    keys: &FunctionKeys,
    defaults: &FunctionDefaults,
) -> Function {
    let memory = keys.memory.or(defaults.memory).map_or(256, Size::megabytes);
    let timeout = keys.timeout.or(defaults.timeout);
    let timeout = timeout.unwrap_or(Spanned::nowhere(Duration::from_seconds(10)));
    let retention = keys.log_retention.or(defaults.log_retention);
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let keys = keys.clone();
    Function {
        code,
        handler,
        runtime,
        memory_mb: small(memory),
        timeout_seconds: timeout.map(|timeout| small(timeout.seconds())),
        architecture: keys.architecture.or(defaults.architecture).unwrap_or_default(),
        log_retention_days: retention.unwrap_or(Retention::DEFAULT).days(),
        tracing: keys.tracing.or(defaults.tracing).unwrap_or_default(),
        environment: keys.environment,
        access: keys.access,
        layers: keys.layers,
        concurrency: keys.concurrency,
        description: keys.description,
    }
}

/// In a handler of these runtimes the function's name follows the file's ("Define Lambda function
/// handler" in the AWS Lambda Developer Guide).
fn lacks_function(handler: &Spanned<String>, runtime: Runtime) -> Option<Problem> {
    let families = ["python", "nodejs", "ruby"];
    if !families.iter().any(|family| runtime.as_str().starts_with(family)) {
        return None;
    }
    let file = handler.rsplit('/').next().unwrap_or_default();
    let (stem, function) = file.split_once('.').unwrap_or((file, ""));
    if !stem.is_empty() && !function.is_empty() && !file.ends_with('.') {
        return None;
    }
    let message = "A handler names no function.";
    let stem = if stem.is_empty() { "index" } else { stem };
    let problem = Problem::at(handler, "maas::manifest::handler", message)
        .label(format!("for {runtime} a handler is a file and a function in it"))
        .help(format!("Write `{stem}.handler`, if the function is called `handler`."));
    Some(problem)
}

pub(crate) fn missing_runtime(place: impl Into<Span>) -> Problem {
    Problem::at(place, "maas::manifest::missing_runtime", "A function has no runtime.")
        .label("neither this function nor `[functions]` names a `runtime`")
        .help(
            "Add `runtime = \"python3.12\"`, or what it is written for, here or to `[functions]`.",
        )
}
