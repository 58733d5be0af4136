//! AWS's errors in the envelope of each protocol.

use super::http::Message;

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// JSON 1.0 and 1.1: the operation is a header.
    Json,
    RestJson,
    /// The Query protocol: forms, answered in XML.
    Query,
    /// EC2's own kind of it.
    Ec2,
    S3,
    /// Smithy RPC v2 with CBOR.
    Cbor,
}

/// An error that AWS answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: &'static str,
}

impl Refusal {
    /// Throttling, as services of that protocol word it.
    pub fn throttling(protocol: Protocol) -> Self {
        let (status, code) = match protocol {
            Protocol::Json | Protocol::Cbor => (400, "ThrottlingException"),
            Protocol::RestJson => (429, "TooManyRequestsException"),
            Protocol::Query => (400, "Throttling"),
            Protocol::Ec2 => (503, "RequestLimitExceeded"),
            Protocol::S3 => (503, "SlowDown"),
        };
        Self { status, code, message: "Rate exceeded" }
    }

    /// A fault inside AWS.
    pub fn internal(protocol: Protocol) -> Self {
        let code = match protocol {
            Protocol::Json | Protocol::Cbor => "InternalServerError",
            Protocol::RestJson => "ServiceException",
            Protocol::Query => "InternalFailure",
            Protocol::Ec2 | Protocol::S3 => "InternalError",
        };
        Self { status: 500, code, message: "We encountered an internal error. Please try again." }
    }

    /// The whole answer.
    pub fn answer(&self, protocol: Protocol) -> Message {
        let Self { status, code, message } = self;
        let error = format!("<Code>{code}</Code><Message>{message}</Message>");
        let json = format!(r#"{{"__type":"{code}","message":"{message}"}}"#);
        let (kind, body) = match protocol {
            Protocol::Json => ("application/x-amz-json-1.0", json.into_bytes()),
            Protocol::RestJson => ("application/json", json.into_bytes()),
            Protocol::Query => (
                "text/xml",
                xml(&format!(
                    "<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>r</RequestId></ErrorResponse>"
                )),
            ),
            Protocol::Ec2 => (
                "text/xml",
                xml(&format!(
                    "<Response><Errors><Error>{error}</Error></Errors><RequestID>r</RequestID></Response>"
                )),
            ),
            Protocol::S3 => {
                ("application/xml", xml(&format!("<Error>{error}<RequestId>r</RequestId></Error>")))
            }
            Protocol::Cbor => ("application/cbor", cbor(&[("__type", code), ("message", message)])),
        };
        let mut head = vec![
            format!("HTTP/1.1 {status} Error\r\n"),
            format!("content-type: {kind}\r\n"),
            "x-amzn-requestid: r\r\n".to_owned(),
        ];
        match protocol {
            Protocol::RestJson => head.push(format!("x-amzn-errortype: {code}\r\n")),
            Protocol::Cbor => head.push("smithy-protocol: rpc-v2-cbor\r\n".to_owned()),
            _ => {}
        }
        Message { head, body }
    }
}

fn xml(body: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}").into_bytes()
}

/// A map of short texts.
fn cbor(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = vec![0xA0 | u8::try_from(entries.len()).unwrap()];
    for text in entries.iter().flat_map(|(key, value)| [key, value]) {
        let length = u8::try_from(text.len()).unwrap();
        bytes.extend([0x78, length]);
        bytes.extend(text.as_bytes());
    }
    bytes
}
