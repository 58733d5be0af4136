//! A function as Lambda reports it.

use std::collections::BTreeMap;

use aws_sdk_lambda::types::{Architecture, FunctionConfiguration, Runtime, TracingMode};

use super::{Function, FunctionInputs, FunctionVpc, function, function_code};

use crate::aws::Cx;
use crate::graph::{Arn, Held, Input};

/// The digest that was sent, where Lambda still has that archive.
pub(super) fn code(cx: &Cx, held: &Held<Function>, sha256: &str) -> String {
    let sent = match &held.outputs {
        Some(outputs) => Some(outputs.code_sha256.clone()),
        None => function_code::sha256(cx, &held.inputs.code).ok(),
    };
    if sent.as_deref() == Some(sha256) {
        held.inputs.code.clone()
    } else {
        format!("sha256 in base64:{sha256}")
    }
}

/// The environment as Lambda has it; what was sent as a secret is one.
pub(super) fn environment(
    held: &Held<Function>,
    seen: &FunctionConfiguration,
) -> BTreeMap<String, Input<String>> {
    let variables = seen.environment().and_then(|environment| environment.variables());
    let value = |(name, value): (&String, &String)| {
        let secret =
            matches!(held.inputs.environment.get(name), Some(Input::Secret(_) | Input::Sealed(_)));
        let value = value.clone();
        (name.clone(), if secret { Input::Secret(value) } else { Input::Known(value) })
    };
    variables.into_iter().flatten().map(value).collect()
}

/// What the configuration tells, with Lambda's defaults where it tells nothing.
pub(super) fn inputs(name: &str, seen: &FunctionConfiguration) -> FunctionInputs {
    let log_group = seen.logging_config().and_then(|logging| logging.log_group());
    let vpc = seen.vpc_config().filter(|vpc| !vpc.subnet_ids().is_empty());
    let ids = |ids: &[String]| ids.iter().map(|id| Input::from(id.as_str())).collect();
    FunctionInputs {
        name: Input::from(name),
        role: Arn::from(seen.role().unwrap_or_default()).into(),
        handler: seen.handler().unwrap_or_default().to_owned(),
        runtime: seen.runtime().map(Runtime::as_str).unwrap_or_default().to_owned(),
        architecture: seen
            .architectures()
            .first()
            .map_or("x86_64", Architecture::as_str)
            .to_owned(),
        memory: seen.memory_size().unwrap_or(128),
        timeout: seen.timeout().unwrap_or(3),
        log_group: log_group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned).into(),
        description: seen.description().unwrap_or_default().to_owned(),
        layers: seen.layers().iter().filter_map(|it| it.arn().map(str::to_owned)).collect(),
        tracing: seen.tracing_config().and_then(|it| it.mode()) == Some(&TracingMode::Active),
        ephemeral_storage: seen
            .ephemeral_storage()
            .map_or_else(function::smallest_storage, |it| it.size()),
        vpc: vpc.map(|vpc| FunctionVpc {
            subnets: ids(vpc.subnet_ids()),
            security_groups: ids(vpc.security_group_ids()),
        }),
        ..FunctionInputs::default()
    }
}
