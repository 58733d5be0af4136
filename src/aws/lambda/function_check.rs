//! What Lambda would refuse of a function's inputs, as far as it shows without a call.

use serde_json::{Map, Value};

use super::FunctionInputs;
use crate::aws::check::Check;
use crate::graph::{Input, Objection, Part};

/// *Lambda Developer Guide*, "Defined runtime environment variables".
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

const ENVIRONMENT: usize = 4 * 1024;

/// *Lambda API Reference*, "CreateFunction".
pub(super) fn check(want: &FunctionInputs) -> Vec<Objection> {
    let name = want.name.known().map(String::as_str);
    let handler = &want.handler;
    let check = Check::default()
        .that(
            name.is_none_or(|name| (1..=64).contains(&name.len())),
            "name",
            format!("Lambda takes 1 to 64 characters, not `{}`", name.unwrap_or_default()),
        )
        .range("memory", want.memory, 128..=10_240, "MB")
        .range("timeout", want.timeout, 1..=900, "s")
        .range("ephemeral_storage", want.ephemeral_storage, 512..=10_240, "MB")
        .one_of("architecture", &want.architecture, &["arm64", "x86_64"])
        .that(
            (1..=128).contains(&handler.len()) && !handler.contains(char::is_whitespace),
            "handler",
            "Lambda takes 1 to 128 characters without blanks, as in `index.handler`",
        )
        .that(
            want.description.chars().count() <= 256,
            "description",
            "Lambda takes 256 characters at most",
        )
        .that(want.layers.len() <= 5, "layers", "Lambda takes five layers at most")
        .that(
            want.layers.iter().all(|layer| is_layer(layer)),
            "layers",
            "a layer is named by the ARN of one of its versions, as `arn:aws:lambda:eu-west-1:123456789012:layer:tools:3`",
        )
        .that(
            want.concurrency.is_none_or(|reserved| reserved >= 0),
            "concurrency",
            "reserve 0 executions, which stops the function, or more",
        )
        .that(
            want.vpc.as_ref().is_none_or(|vpc| {
                !vpc.subnets.is_empty() && (1..=5).contains(&vpc.security_groups.len())
            }),
            "vpc",
            "a function in a VPC needs a subnet and one to five security groups",
        );
    environment(check, want).done()
}

fn environment(check: Check, want: &FunctionInputs) -> Check {
    let check = want.environment.keys().fold(check, |check, name| {
        let path = format!("environment.{name}");
        check
            .that(
                !RESERVED.contains(&name.as_str()),
                &path,
                "Lambda sets this variable itself; choose another name",
            )
            .that(
                is_variable(name) || RESERVED.contains(&name.as_str()),
                &path,
                "a variable's name has two or more letters, digits and `_`, and starts with a letter",
            )
    });
    let size = environment_size(want);
    check.that(
        size <= ENVIRONMENT,
        "environment",
        format!("Lambda takes 4,096 bytes of names and values; these are {size}. Keep large values in a parameter, a secret or a file of the code, and give the function its name"),
    )
}

/// *Lambda API Reference*, "LayerVersionArn".
fn is_layer(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    let [start, partition, service, region, account, kind, name, version] = parts.as_slice() else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    *start == "arn"
        && partition.starts_with("aws")
        && *service == "lambda"
        && region.contains('-')
        && account.len() == 12
        && digits(account)
        && *kind == "layer"
        && !name.is_empty()
        && digits(version)
}

fn is_variable(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && name.len() >= 2
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_')
}

/// The environment's size as Lambda measures it, in JSON; what is not known yet counts as nothing.
fn environment_size(want: &FunctionInputs) -> usize {
    let known = |value: &Input<String>| match value {
        Input::Known(text) | Input::Secret(text) => text.clone(),
        Input::Sealed(_) => String::new(),
        Input::Pending(expr) => {
            let texts = expr.parts.iter().map(|part| match part {
                Part::Text(text) | Part::Secret { secret: text } => text.as_str(),
                Part::Output { .. } | Part::Foretold { .. } | Part::Account { .. } => "",
            });
            texts.collect()
        }
    };
    let variables = want.environment.iter();
    let measured: Map<String, Value> =
        variables.map(|(name, value)| (name.clone(), Value::String(known(value)))).collect();
    if measured.is_empty() { 0 } else { Value::Object(measured).to_string().len() }
}
