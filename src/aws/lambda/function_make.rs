//! Making a function, and making it again where Lambda failed at that.

use std::future::Future;
use std::time::Duration;

use aws_sdk_lambda::types::{Architecture, Runtime};

use super::FunctionInputs;
use super::function_calls as calls;
use super::function_code::Package;
use super::function_state::{get, is_going, passes, standing, wait_gone, wait_settled};
use crate::aws::Cx;
use crate::graph::{Fault, FaultKind, Id, OrAbsent, Waited};

/// How often Lambda is asked while it fails for reasons that pass.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_secs(30);

/// Asks Lambda once more while it fails for reasons that pass, which it does not try again itself.
/// The attempt is told whether it is a further one.
///
/// # Errors
/// Those of the last attempt.
pub(super) async fn persist<T, F>(cx: &Cx, attempt: impl Fn(bool) -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let mut attempts = 1;
    loop {
        let fault = match attempt(attempts > 1).await {
            Err(fault) if passes(&fault) && attempts < ATTEMPTS => fault,
            ended => return ended,
        };
        cx.hooks().retrying(&fault, attempts, PAUSE);
        cx.stop().sleep(PAUSE).await?;
        attempts += 1;
    }
}

/// Makes the function; tells the SHA-256 of its archive in base64.
///
/// # Errors
/// Lambda's refusals, and why it failed.
pub(super) async fn make(cx: &Cx, want: &FunctionInputs) -> Result<String, Fault> {
    persist(cx, |again| async move {
        let name = want.name.get()?;
        if again {
            remove(cx, name).await?;
        }
        match make_once(cx, want).await {
            // One that is being deleted keeps its name until it is gone.
            Err(fault)
                if fault.kind == FaultKind::Exists
                    && get(cx, name).await.or_absent()?.as_ref().is_some_and(is_going) =>
            {
                wait_gone(cx, name).await?;
                let (longest, deadline) = (Duration::from_secs(2), Duration::from_secs(60));
                cx.wait(format!("the name {name}"), longest, deadline, || async {
                    match make_once(cx, want).await {
                        Err(fault) if fault.kind == FaultKind::Exists => {
                            Ok(Waited::Still("taken".to_owned()))
                        }
                        made => made.map(Waited::Ready),
                    }
                })
                .await
            }
            made => made,
        }
    })
    .await
}

/// Makes one anew that Lambda failed to make: it can only be deleted (*AWS Lambda Developer Guide*,
/// "Lambda function states").
///
/// # Errors
/// Lambda's refusals, and why it failed.
pub(super) async fn remake(cx: &Cx, want: &FunctionInputs) -> Result<String, Fault> {
    remove(cx, want.name.get()?).await?;
    make(cx, want).await
}

async fn remove(cx: &Cx, name: &str) -> Result<(), Fault> {
    calls::delete(cx, name).await?;
    wait_gone(cx, name).await
}

/// It does not wait until the function is active, since neither permissions nor mappings nor APIs
/// need that; in a network it does, since there Lambda can still fail.
async fn make_once(cx: &Cx, want: &FunctionInputs) -> Result<String, Fault> {
    let name = want.name.get()?;
    let role = want.role.get()?.as_str();
    let (environment, logging) = (calls::environment(want)?, calls::logging(want)?);
    let vpc = want.vpc.as_ref().map(calls::vpc).transpose()?;
    let package = Package::prepare(cx, want).await?;
    let code = calls::code(&package);
    let created = cx
        .call("lambda:CreateFunction", || {
            cx.lambda()
                .create_function()
                .function_name(name)
                .role(role)
                .code(code.clone())
                .handler(&want.handler)
                .runtime(Runtime::from(want.runtime.as_str()))
                .architectures(Architecture::from(want.architecture.as_str()))
                .memory_size(want.memory)
                .timeout(want.timeout)
                .environment(environment.clone())
                .logging_config(logging.clone())
                .description(&want.description)
                .set_layers((!want.layers.is_empty()).then(|| want.layers.clone()))
                .tracing_config(calls::tracing(want))
                .set_ephemeral_storage(calls::storage(want))
                .set_vpc_config(vpc.clone())
                .set_tags(Some(want.tags.clone().into_iter().collect()))
                .send()
        })
        .await;
    let more = want.concurrency.is_some() || vpc.is_some() || package.is_staged();
    if created.is_ok() && more {
        cx.made(&Id::from(name.as_str())).await?;
    }
    let code_sha256 = package.sha256.clone();
    package.clear(cx).await;
    let created = created?;
    if want.concurrency.is_some() {
        calls::reserve(cx, name, want.concurrency).await?;
    }
    if vpc.is_some() && matches!(standing!(&created).settled(name)?, Waited::Still(_)) {
        wait_settled(cx, name, true).await?;
    }
    Ok(code_sha256)
}
