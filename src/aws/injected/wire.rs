//! Answers as the services write them: JSON, XML or CBOR, and each its own kind of refusal.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use serde_json::{Value, json};

use super::Answer;

/// The answer on the wire.
pub(super) fn respond(operation: &str, answer: &Answer) -> Result<HttpResponse, ConnectorError> {
    let (service, name) = operation.split_once(':').unwrap_or((operation, ""));
    let mut headers = vec![("x-amzn-requestid", "injected".to_owned())];
    let (status, body) = match answer {
        Answer::Lost => return Err(ConnectorError::io("the connection was reset".into())),
        Answer::Slow(..) => unreachable!("it has waited"),
        Answer::Xml(body) => (200, wrapped(service, name, body).into_bytes()),
        Answer::Json(Value::Null) => (200, nothing(service, name)),
        Answer::Json(body) => (200, encoded(service, body)),
        Answer::Refusal(status, code, message) => {
            headers.push(("x-amzn-errortype", code.clone()));
            if service == "sqs" {
                headers.push(("x-amzn-query-error", format!("{code};Sender")));
            }
            (*status, refusal(service, code, message))
        }
    };
    if service == "cloudwatch" {
        headers.push(("smithy-protocol", "rpc-v2-cbor".to_owned()));
    }
    let status = status.try_into().map_err(|_| ConnectorError::user("bad status".into()))?;
    let mut response = HttpResponse::new(status, body.into());
    for (header, value) in headers {
        response.headers_mut().insert(header, value);
    }
    Ok(response)
}

fn encoded(service: &str, body: &Value) -> Vec<u8> {
    if service == "cloudwatch" { cbor(body) } else { body.to_string().into_bytes() }
}

fn nothing(service: &str, operation: &str) -> Vec<u8> {
    match service {
        "ec2" | "iam" | "rds" | "sns" | "sts" => wrapped(service, operation, "").into_bytes(),
        "s3" => Vec::new(),
        _ => encoded(service, &json!({})),
    }
}

fn wrapped(service: &str, operation: &str, body: &str) -> String {
    let result = match service {
        "s3" => return body.to_owned(),
        "ec2" => body.to_owned(),
        _ => format!("<{operation}Result>{body}</{operation}Result>"),
    };
    format!("<{operation}Response>{result}</{operation}Response>")
}

fn refusal(service: &str, code: &str, message: &str) -> Vec<u8> {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    match service {
        "iam" | "rds" | "sns" | "sts" => {
            format!("<ErrorResponse>{error}</ErrorResponse>").into_bytes()
        }
        "ec2" => format!("<Response><Errors>{error}</Errors></Response>").into_bytes(),
        "s3" => error.into_bytes(),
        _ => encoded(service, &json!({"__type": code, "message": message})),
    }
}

/// RFC 8949, as far as answers need it.
fn cbor(value: &Value) -> Vec<u8> {
    fn head(kind: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![kind << 5 | 26];
        bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        bytes
    }
    match value {
        Value::Null => vec![0xf6],
        Value::Bool(flag) => vec![0xf4 + u8::from(*flag)],
        Value::Number(number) => {
            let mut bytes = vec![0xfb];
            bytes.extend(number.as_f64().unwrap_or_default().to_be_bytes());
            number.as_u64().map_or(bytes, |whole| head(0, usize::try_from(whole).unwrap_or(0)))
        }
        Value::String(text) => [head(3, text.len()), text.clone().into_bytes()].concat(),
        Value::Array(items) => {
            [head(4, items.len()), items.iter().flat_map(cbor).collect()].concat()
        }
        Value::Object(map) => {
            let entries = map
                .iter()
                .flat_map(|(key, value)| [cbor(&Value::String(key.clone())), cbor(value)].concat());
            [head(5, map.len()), entries.collect()].concat()
        }
    }
}
