//! Which call of AWS a request is.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::answers::Protocol;
use super::http::Message;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `sqs:CreateQueue`, or for the REST protocols what tells it apart: `lambda:POST/functions`,
    /// `s3:PUT?notification`.
    pub name: String,
    /// Whether it changes anything.
    pub mutates: bool,
    /// Which of its name it is in this run, from 1.
    pub nth: usize,
    pub protocol: Protocol,
    /// The same for a call and its repetitions.
    pub request: u64,
}

impl Call {
    pub fn of(request: &Message) -> Self {
        let mut hasher = DefaultHasher::new();
        (request.start(), request.header("x-amz-target"), &request.body).hash(&mut hasher);
        Self { request: hasher.finish(), ..Self::named(request) }
    }

    fn named(request: &Message) -> Self {
        let (method, path, query) = line(request);
        let service = service(request);
        if let Some(target) = request.header("x-amz-target") {
            let operation = target.rsplit('.').next().unwrap_or_default();
            return Self::operation(&service, operation, Protocol::Json);
        }
        if let Some((_, operation)) = path.split_once("/operation/") {
            return Self::operation(&service, operation, Protocol::Cbor);
        }
        let form = request.header("content-type").is_some_and(|kind| kind.contains("urlencoded"));
        if form {
            let body = String::from_utf8_lossy(&request.body);
            let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
            let protocol = if service == "ec2" { Protocol::Ec2 } else { Protocol::Query };
            return Self::operation(&service, action.unwrap_or_default(), protocol);
        }
        let mutates = !matches!(&*method, "GET" | "HEAD");
        let (name, protocol) = if service == "s3" {
            let part = query.split(['&', '=']).next().unwrap_or_default();
            let part = if part.is_empty() { String::new() } else { format!("?{part}") };
            (format!("s3:{method}{part}"), Protocol::S3)
        } else {
            (format!("{service}:{method}/{}", shape(&path)), Protocol::RestJson)
        };
        Self { name, mutates, nth: 0, protocol, request: 0 }
    }

    fn operation(service: &str, operation: &str, protocol: Protocol) -> Self {
        let reads = ["Get", "List", "Describe", "Head"];
        let mutates = !reads.iter().any(|start| operation.starts_with(start));
        Self { name: format!("{service}:{operation}"), mutates, nth: 0, protocol, request: 0 }
    }
}

/// Method, path and query of a request.
fn line(request: &Message) -> (String, String, String) {
    let mut words = request.start().split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (method, path.to_owned(), query.to_owned())
}

/// The service that the signature is for.
fn service(request: &Message) -> String {
    let scope = request.header("authorization").unwrap_or_default();
    let scope = scope.split("Credential=").nth(1).unwrap_or_default();
    scope.split('/').nth(3).unwrap_or_default().to_owned()
}

/// A path without its names: `functions/*/policy`. Collections and names take turns in it.
fn shape(path: &str) -> String {
    let words = path.split('/').filter(|word| !word.is_empty());
    let versioned = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) || *word == "v2";
    let words = words.skip_while(versioned).enumerate();
    let shown: Vec<&str> = words.map(|(at, word)| if at % 2 == 0 { word } else { "*" }).collect();
    shown.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(start: &str, headers: &[&str], body: &str) -> (String, bool) {
        let head = [start].iter().chain(headers).map(|line| format!("{line}\r\n")).collect();
        let call = Call::of(&Message { head, body: body.into() });
        (call.name, call.mutates)
    }

    fn signed(service: &str) -> String {
        format!("authorization: AWS4-HMAC-SHA256 Credential=1/20260101/eu-west-1/{service}/aws4")
    }

    #[test]
    fn calls_are_known_in_every_protocol() {
        let target = "x-amz-target: AmazonSQS.CreateQueue";
        let made = call("POST / HTTP/1.1", &[&signed("sqs"), target], "{}");
        assert_eq!(made, ("sqs:CreateQueue".to_owned(), true));
        let form = "content-type: application/x-www-form-urlencoded";
        let read = call("POST / HTTP/1.1", &[&signed("iam"), form], "Action=GetRole&Version=1");
        assert_eq!(read, ("iam:GetRole".to_owned(), false));
        let path = "POST /service/GraniteServiceVersion20100801/operation/PutMetricAlarm HTTP/1.1";
        let put = call(path, &[&signed("monitoring")], "");
        assert_eq!(put, ("monitoring:PutMetricAlarm".to_owned(), true));
        let added = call("POST /2015-03-31/functions/f/policy HTTP/1.1", &[&signed("lambda")], "");
        assert_eq!(added, ("lambda:POST/functions/*/policy".to_owned(), true));
        let removed = call("DELETE /v2/apis/a1 HTTP/1.1", &[&signed("apigateway")], "");
        assert_eq!(removed, ("apigateway:DELETE/apis/*".to_owned(), true));
        let put = call("PUT /bucket?notification HTTP/1.1", &[&signed("s3")], "");
        assert_eq!(put, ("s3:PUT?notification".to_owned(), true));
    }
}
