//! What `access` can grant: rights on each type, and the variables that tell of it.

use crate::aws::Statement;
use crate::graph::{Address, Input, Part, Place};
use crate::text;

/// What can be done with a type.
pub(super) struct Grants {
    /// The service's name, where functions reach it over the internet alone: S3 and DynamoDB have
    /// gateway endpoints in every network.
    pub outside: Option<&'static str>,
    /// The attributes that become variables.
    pub attributes: &'static [&'static str],
    /// The words, each with its actions.
    pub verbs: &'static [Verb],
}

/// A word of `access`, as in `:read`.
pub(super) struct Verb {
    pub name: &'static str,
    /// Actions on the thing itself.
    pub actions: &'static [&'static str],
    /// Actions on what is in it, and how its ARN goes on.
    pub inside: Option<(&'static str, &'static [&'static str])>,
    /// Actions on the KMS key that encrypts it, where it has one of the account's own.
    pub key: &'static [&'static str],
}

const fn verb(name: &'static str, actions: &'static [&'static str]) -> Verb {
    Verb { name, actions, inside: None, key: &[] }
}

const fn verb_inside(
    name: &'static str,
    actions: &'static [&'static str],
    inside: (&'static str, &'static [&'static str]),
) -> Verb {
    Verb { inside: Some(inside), ..verb(name, actions) }
}

const BUCKET: Grants = Grants {
    outside: None,
    attributes: &["name", "arn"],
    verbs: &[
        verb_inside("read", &["s3:GetBucketLocation", "s3:ListBucket"], ("/*", &["s3:GetObject"])),
        verb_inside("write", &[], ("/*", &["s3:AbortMultipartUpload", "s3:PutObject"])),
        verb_inside("delete", &[], ("/*", &["s3:DeleteObject"])),
    ],
};

const QUEUE: Grants = Grants {
    outside: Some("SQS"),
    attributes: &["name", "url", "arn"],
    verbs: &[
        verb("send", &["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]),
        verb(
            "receive",
            &[
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:GetQueueUrl",
                "sqs:ReceiveMessage",
            ],
        ),
    ],
};

/// SNS encrypts a message by the publisher's rights on the key (*Amazon SNS Developer Guide*, "Managing
/// Amazon SNS encryption keys and costs").
const TOPIC: Grants = Grants {
    outside: Some("SNS"),
    attributes: &["name", "arn"],
    verbs: &[Verb {
        key: &["kms:Decrypt", "kms:GenerateDataKey*"],
        ..verb("publish", &["sns:Publish"])
    }],
};

const TABLE: Grants = Grants {
    outside: None,
    attributes: &["name", "arn"],
    verbs: &[
        verb_inside(
            "read",
            &[
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:Scan",
            ],
            ("/index/*", &["dynamodb:Query", "dynamodb:Scan"]),
        ),
        verb(
            "write",
            &[
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:DescribeTable",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
            ],
        ),
    ],
};

const FUNCTION: Grants = Grants {
    outside: Some("Lambda"),
    attributes: &["name", "arn"],
    verbs: &[verb("invoke", &["lambda:InvokeFunction"])],
};

const STREAM: Grants = Grants {
    outside: Some("Firehose"),
    attributes: &["name", "arn"],
    verbs: &[verb("put", &["firehose:PutRecord", "firehose:PutRecordBatch"])],
};

/// Routes are called over the internet, so a grant is the URL and no right.
const API: Grants =
    Grants { outside: Some("API Gateway"), attributes: &["url"], verbs: &[verb("call", &[])] };

/// What it takes and tells depends on the database: see `databases`.
const DATABASE: Grants = Grants { outside: None, attributes: &[], verbs: &[verb("connect", &[])] };

/// What can be granted on a type; none where nothing can.
pub(super) fn grants(kind: &str) -> Option<&'static Grants> {
    Some(match kind {
        "aws:s3/bucket" => &BUCKET,
        "aws:sqs/queue" => &QUEUE,
        "aws:sns/topic" => &TOPIC,
        "aws:dynamodb/table" => &TABLE,
        "aws:lambda/function" => &FUNCTION,
        "aws:firehose/delivery-stream" => &STREAM,
        "aws:apigatewayv2/api" => &API,
        "aws:rds/cluster" | "aws:rds/instance" => &DATABASE,
        _ => return None,
    })
}

impl Verb {
    /// The statements of this word on a resource, with their ids. `key` is the KMS key that encrypts
    /// it, if one of the account's own does.
    pub fn statements(
        &self,
        on: &Address,
        key: Option<&str>,
        place: &Place,
    ) -> Vec<(String, Statement)> {
        let arn = || Part::Foretold { node: on.clone(), foretold: "arn".to_owned() };
        let statement = |actions: &[&str], resource: Input<String>| {
            let mut statement = Statement::allow([]).on(resource);
            statement.actions = actions.iter().map(|action| (*action).to_owned()).collect();
            statement
        };
        let sid = format!("{}{}", words(on.as_str()), words(self.name));
        let mut statements = Vec::new();
        if !self.actions.is_empty() {
            statements.push((sid.clone(), statement(self.actions, text!(arn()))));
        }
        if let Some((rest, actions)) = self.inside {
            statements.push((format!("{sid}Inside"), statement(actions, text!(arn(), rest))));
        }
        if let Some(key) = key.filter(|_| !self.key.is_empty()) {
            let (keys, alias) = keys_of(key, place);
            let on_key = statement(self.key, keys);
            let on_key = match alias {
                Some(alias) => on_key.when("ForAnyValue:StringEquals", ALIASES, alias),
                None => on_key,
            };
            statements.push((format!("{sid}Key"), on_key));
        }
        statements
    }
}

/// The aliases of the key that is asked for.
const ALIASES: &str = "kms:ResourceAliases";

/// The ARN of a key, which is named by its id, its ARN, an alias or the ARN of one; for an alias that of
/// all keys there, and the alias, since a policy names keys by their ARNs only (*AWS KMS Developer Guide*,
/// "Use aliases to control access to KMS keys").
fn keys_of(key: &str, place: &Place) -> (Input<String>, Option<String>) {
    let (head, name) = match key.split_once(":alias/") {
        Some((head, name)) => (Some(head), Some(name)),
        None => (None, key.strip_prefix("alias/")),
    };
    match (head, name) {
        (Some(head), Some(name)) => (format!("{head}:key/*").into(), Some(format!("alias/{name}"))),
        (_, Some(name)) => (place.arn("kms", "key/*"), Some(format!("alias/{name}"))),
        (_, None) if key.starts_with("arn:") => (key.into(), None),
        (_, None) => (place.arn("kms", format!("key/{key}")), None),
    }
}

/// `orders/echo.function` as `OrdersEchoFunction`: ids of statements are letters and digits.
pub(super) fn words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

/// The variable that tells an attribute of a part: `UPLOADS_BUCKET_NAME`.
pub(super) fn variable(instance: &str, part: &str, attribute: &str) -> String {
    let whole = format!("{instance}_{part}_{attribute}").to_ascii_uppercase();
    whole.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
