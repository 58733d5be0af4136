//! What Lambda would refuse of a function's inputs, as far as it shows without a call.

use serde_json::{Map, Value};

use super::FunctionInputs;
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
    let mut objections = Vec::new();
    let mut object = |path: &str, message: String| {
        objections.push(Objection { path: path.to_owned(), message });
    };
    let ranges = [
        ("memory", want.memory, 128..=10_240, "MB"),
        ("timeout", want.timeout, 1..=900, "s"),
        ("ephemeral_storage", want.ephemeral_storage, 512..=10_240, "MB"),
    ];
    for (path, value, range, unit) in ranges {
        if !range.contains(&value) {
            let (least, most) = range.into_inner();
            object(path, format!("Lambda takes {least} to {most} {unit}, not {value}"));
        }
    }
    if !["arm64", "x86_64"].contains(&want.architecture.as_str()) {
        let given = &want.architecture;
        object("architecture", format!("Lambda runs `arm64` and `x86_64`, not `{given}`"));
    }
    if let Some(name) = want.name.known()
        && !(1..=64).contains(&name.len())
    {
        object("name", format!("Lambda takes 1 to 64 characters; `{name}` has {}", name.len()));
    }
    let handler = &want.handler;
    if handler.is_empty() || handler.len() > 128 || handler.contains(char::is_whitespace) {
        let message = "Lambda takes 1 to 128 characters without blanks, as in `index.handler`";
        object("handler", message.to_owned());
    }
    if want.description.chars().count() > 256 {
        object("description", "Lambda takes 256 characters at most".to_owned());
    }
    if want.layers.len() > 5 {
        object("layers", format!("Lambda takes five layers at most, not {}", want.layers.len()));
    }
    if want.concurrency.is_some_and(i32::is_negative) {
        object("concurrency", "reserve 0 (which stops the function) or more executions".to_owned());
    }
    if let Some(vpc) = &want.vpc
        && (vpc.subnets.is_empty() || !(1..=5).contains(&vpc.security_groups.len()))
    {
        let message = "a function in a VPC needs a subnet and one to five security groups";
        object("vpc", message.to_owned());
    }
    for name in want.environment.keys() {
        let path = format!("environment.{name}");
        if RESERVED.contains(&name.as_str()) {
            object(&path, "Lambda sets this variable itself; choose another name".to_owned());
        } else if !is_variable(name) {
            let message = "a variable's name has two or more letters, digits and `_`, and starts with a letter";
            object(&path, message.to_owned());
        }
    }
    let size = environment_size(want);
    if size > ENVIRONMENT {
        object(
            "environment",
            format!(
                "Lambda takes 4,096 bytes of names and values; these are {size}. Keep large values in a parameter, a secret or a file of the code, and give the function its name"
            ),
        );
    }
    objections
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
