//! The calls that change a function, and Lambda's form of its inputs.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_lambda::types::{
    Architecture, Environment, EphemeralStorage, FunctionCode, LoggingConfig, Runtime,
    TracingConfig, TracingMode, VpcConfig,
};

use super::function_code::{Package, PackagePlace};
use super::function_state::{standing, wait_idle, wait_settled};
use super::{Function, FunctionInputs, FunctionVpc};
use crate::aws::Cx;
use crate::graph::{Fault, Held, Input, OrAbsent, Waited};

/// Makes a function what is wanted in code and configuration; tells the SHA-256 of its archive. Lambda
/// takes a change and carries it out later: until then the old function answers, and it can still fail.
///
/// # Errors
/// Lambda's refusals, and why it failed.
pub(super) async fn change(
    cx: &Cx,
    held: &Held<Function>,
    want: &FunctionInputs,
) -> Result<String, Fault> {
    let name = held.id.as_str();
    if held.differs(want, configuration) && !reconfigure(cx, held, want).await? {
        wait_settled(cx, name, false).await?;
    }
    if !held.differs(want, |inputs| (&inputs.code, &inputs.architecture)) {
        return Ok(held.outputs()?.code_sha256.clone());
    }
    let (code_sha256, is_done) = update_code(cx, name, want).await?;
    if !is_done {
        wait_settled(cx, name, false).await?;
    }
    Ok(code_sha256)
}

/// Sends the part of the configuration that differs; tells whether Lambda is done with it.
async fn reconfigure(cx: &Cx, held: &Held<Function>, want: &FunctionInputs) -> Result<bool, Fault> {
    let name = held.id.as_str();
    let role = want.role.get()?.as_str();
    let (environment, logging) = (environment(want)?, logging(want)?);
    let vpc = match &want.vpc {
        Some(wanted) => Some(vpc(wanted)?),
        None => held.inputs.vpc.as_ref().map(|_| no_vpc()),
    };
    let answer = cx
        .call("lambda:UpdateFunctionConfiguration", || {
            let mut request = cx.lambda().update_function_configuration().function_name(name);
            if held.differs(want, |inputs| &inputs.role) {
                request = request.role(role);
            }
            if held.differs(want, |inputs| &inputs.handler) {
                request = request.handler(&want.handler);
            }
            if held.differs(want, |inputs| &inputs.runtime) {
                request = request.runtime(Runtime::from(want.runtime.as_str()));
            }
            if held.differs(want, |inputs| inputs.memory) {
                request = request.memory_size(want.memory);
            }
            if held.differs(want, |inputs| inputs.timeout) {
                request = request.timeout(want.timeout);
            }
            if held.differs(want, |inputs| &inputs.environment) {
                request = request.environment(environment.clone());
            }
            if held.differs(want, |inputs| &inputs.log_group) {
                request = request.logging_config(logging.clone());
            }
            if held.differs(want, |inputs| &inputs.description) {
                request = request.description(&want.description);
            }
            if held.differs(want, |inputs| &inputs.layers) {
                request = request.set_layers(Some(want.layers.clone()));
            }
            if held.differs(want, |inputs| inputs.tracing) {
                request = request.tracing_config(tracing(want));
            }
            if held.differs(want, |inputs| inputs.ephemeral_storage) {
                request = request.set_ephemeral_storage(storage(want));
            }
            if held.differs(want, |inputs| &inputs.vpc) {
                request = request.set_vpc_config(vpc.clone());
            }
            request.send()
        })
        .await?;
    Ok(matches!(standing!(&answer).settled(name)?, Waited::Ready(())))
}

/// The inputs that UpdateFunctionConfiguration takes.
fn configuration(inputs: &FunctionInputs) -> impl PartialEq + '_ {
    let place = (&inputs.role, &inputs.log_group, &inputs.vpc, &inputs.layers);
    let code = (&inputs.handler, &inputs.runtime, &inputs.environment, &inputs.description);
    let size = (inputs.memory, inputs.timeout, inputs.ephemeral_storage, inputs.tracing);
    (place, code, size)
}

/// Sends the code; tells the SHA-256 of its archive, and whether Lambda is done with it.
async fn update_code(cx: &Cx, name: &str, want: &FunctionInputs) -> Result<(String, bool), Fault> {
    let package = Package::prepare(cx, want).await?;
    let updated = cx
        .call("lambda:UpdateFunctionCode", || {
            let request = cx
                .lambda()
                .update_function_code()
                .function_name(name)
                .architectures(Architecture::from(want.architecture.as_str()));
            match &package.place {
                PackagePlace::Request(archive) => request.zip_file(archive.clone()).send(),
                PackagePlace::Bucket { bucket, key, .. } => {
                    request.s3_bucket(bucket).s3_key(key).send()
                }
            }
        })
        .await;
    let sha256 = package.sha256.clone();
    package.clear(cx).await;
    let updated = updated?;
    let is_done = matches!(standing!(&updated).settled(name)?, Waited::Ready(()));
    Ok((sha256, is_done))
}

/// Takes the function out of its network. One that Lambda failed to make is left as it is: it can only
/// be deleted.
///
/// # Errors
/// Lambda's refusals, and why it failed.
pub(super) async fn leave_vpc(cx: &Cx, name: &str) -> Result<(), Fault> {
    let failed = wait_idle(cx, name, false).await?;
    if failed {
        return Ok(());
    }
    let answer = cx
        .call("lambda:UpdateFunctionConfiguration", || {
            let request = cx.lambda().update_function_configuration();
            request.function_name(name).vpc_config(no_vpc()).send()
        })
        .await?;
    match standing!(&answer).settled(name)? {
        Waited::Ready(()) => Ok(()),
        Waited::Still(_) => wait_settled(cx, name, false).await,
    }
}

/// Deletes the function. One that is gone is a success.
///
/// # Errors
/// Lambda's refusals.
pub(super) async fn delete(cx: &Cx, name: &str) -> Result<(), Fault> {
    cx.call("lambda:DeleteFunction", || cx.lambda().delete_function().function_name(name).send())
        .await
        .or_absent()?;
    Ok(())
}

pub(super) async fn reserve(cx: &Cx, name: &str, concurrency: Option<i32>) -> Result<(), Fault> {
    match concurrency {
        Some(reserved) => {
            cx.call("lambda:PutFunctionConcurrency", || {
                let request = cx.lambda().put_function_concurrency().function_name(name);
                request.reserved_concurrent_executions(reserved).send()
            })
            .await?;
        }
        None => {
            cx.call("lambda:DeleteFunctionConcurrency", || {
                cx.lambda().delete_function_concurrency().function_name(name).send()
            })
            .await?;
        }
    }
    Ok(())
}

pub(super) fn code(package: &Package) -> FunctionCode {
    let code = FunctionCode::builder();
    match &package.place {
        PackagePlace::Request(archive) => code.zip_file(archive.clone()).build(),
        PackagePlace::Bucket { bucket, key, .. } => code.s3_bucket(bucket).s3_key(key).build(),
    }
}

pub(super) fn environment(want: &FunctionInputs) -> Result<Environment, Fault> {
    let mut variables = HashMap::new();
    for (name, value) in &want.environment {
        variables.insert(name.clone(), value.get()?.clone());
    }
    Ok(Environment::builder().set_variables(Some(variables)).build())
}

pub(super) fn logging(want: &FunctionInputs) -> Result<LoggingConfig, Fault> {
    Ok(LoggingConfig::builder().log_group(want.log_group.get()?).build())
}

pub(super) fn tracing(want: &FunctionInputs) -> TracingConfig {
    let mode = if want.tracing { TracingMode::Active } else { TracingMode::PassThrough };
    TracingConfig::builder().mode(mode).build()
}

pub(super) fn storage(want: &FunctionInputs) -> Option<EphemeralStorage> {
    EphemeralStorage::builder().size(want.ephemeral_storage).build().ok()
}

pub(super) fn vpc(vpc: &FunctionVpc) -> Result<VpcConfig, Fault> {
    let known = |ids: &BTreeSet<Input<String>>| -> Result<Vec<String>, Fault> {
        ids.iter().map(|id| Ok(id.get()?.clone())).collect()
    };
    let config = VpcConfig::builder().set_subnet_ids(Some(known(&vpc.subnets)?));
    Ok(config.set_security_group_ids(Some(known(&vpc.security_groups)?)).build())
}

fn no_vpc() -> VpcConfig {
    let config = VpcConfig::builder().set_subnet_ids(Some(Vec::new()));
    config.set_security_group_ids(Some(Vec::new())).build()
}
