//! One webhook for recipients that are not known beforehand.

mod dynamodb;
mod filter;
mod ignored;
mod s3;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{
    BucketKeys, CorsKeys, Lambda, NewFunction, Supplied, Throttling, TopicKeys, api, lambda_route,
};
use super::{Cx, Exports, Pattern};
use crate::manifest::{
    Duration, Either, FunctionTable, Name, Problem, Reference, Route, Spanned,
    SuppliedFunctionTable, With,
};

/// One webhook for several recipients: what is posted is stored and answered 200, and each recipient
/// gets what its filter lets through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The route that takes deliveries, such as `POST /hook`. Left out, the instance only adds
    /// recipients to another one's store.
    route: Option<Spanned<Route>>,
    /// Where deliveries are stored.
    #[serde(default)]
    store: Store,
    /// How long a delivery is kept; for ever if nothing is said. In a bucket it is whole days.
    #[schemars(extend("x-minimum" = "1m"))]
    ttl: Option<Spanned<Duration>>,
    /// The function that stores deliveries; the pattern's own if its code is left out.
    receiver: Option<Spanned<SuppliedFunctionTable>>,
    /// Who gets deliveries.
    #[serde(default)]
    recipients: BTreeMap<Spanned<Name>, Recipient>,
    /// For the store `dynamodb`: the table's own keys, or the table of another instance, as
    /// `${hooks.table}`.
    #[schemars(extend("examples" = ["${hooks.table}"]))]
    table: Option<Spanned<Either<Reference, TableKeys>>>,
    /// For the store `dynamodb`: the ARN of a stream of another project or environment, in place of
    /// a table, to add recipients to it.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:dynamodb:.+/stream/.+$"))]
    stream_arn: Option<Spanned<String>>,
    /// For the store `s3`: the bucket's own keys, or the bucket of another instance, as
    /// `${inbox.bucket}`.
    #[schemars(extend("examples" = ["${inbox.bucket}"]))]
    bucket: Option<Spanned<Either<Reference, BucketKeys>>>,
    /// For the store `s3`: the topic's own keys, or the topic of another instance, as
    /// `${inbox.topic}`, to add recipients to it.
    #[schemars(extend("examples" = ["${inbox.topic}"]))]
    topic: Option<Spanned<Either<Reference, TopicKeys>>>,
    /// For the store `s3`: the ARN of a topic of another project or environment, to add recipients
    /// to it.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:sns:.+$"))]
    topic_arn: Option<Spanned<String>>,
    /// For the store `s3`, beside `topic_arn`: the ARN of that project's or environment's bucket, whose
    /// deliveries under `prefix` the recipients may then read; they get their keys alone without it.
    #[schemars(regex(pattern = r"^arn:[a-z-]+:s3:::[^/*]+$"))]
    bucket_arn: Option<Spanned<String>>,
    /// For the store `s3`: what the keys of deliveries begin with; `hooks/` if nothing is said.
    #[schemars(length(min = 1, max = 200))]
    prefix: Option<Spanned<String>>,
    /// For the store `s3`: the field of the payload that recipients filter on; the field of this
    /// instance's filters if nothing is said.
    #[schemars(length(min = 1, max = 150))]
    filter_field: Option<Spanned<String>>,
    /// What browsers may do from other origins; nothing if it is left out.
    cors: Option<Spanned<CorsKeys>>,
    /// How many requests the route lets through; as many as the account does if it is left out.
    throttle: Option<Spanned<Throttling>>,
    /// The API of another instance, as `${orders.api}`, in place of one of its own.
    #[schemars(extend("examples" = ["${orders.api}"]))]
    api: Option<Reference>,
    /// Whether the route is not behind that API's authorizer, where it has one.
    public: Option<Spanned<bool>>,
}

/// Where deliveries are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Store {
    /// In a table, whose stream tells recipients of each delivery.
    #[default]
    Dynamodb,
    /// In a bucket, which tells recipients through a topic; for deliveries of more than 400 KB.
    S3,
}

/// A table of an instance's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct TableKeys {
    /// Whether it can be restored to any second of the last 35 days; not if nothing is said.
    point_in_time_recovery: bool,
    /// Whether DynamoDB refuses to delete it; not if nothing is said.
    deletion_protection: bool,
}

type Recipient = With<FunctionTable, RecipientKeys>;

/// What a recipient gets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RecipientKeys {
    /// Which deliveries it gets, by fields of the payload: `{ kind = ["invoice"] }`. A value can also
    /// be `{ prefix = "inv" }` or `{ exists = true }`; with the store `dynamodb` also `{ suffix = "x" }`,
    /// `{ equals-ignore-case = "x" }` or `{ anything-but = ["x"] }`. All if it is left out.
    filter: Option<Spanned<filter::Fields>>,
    /// For the store `dynamodb`: deliveries that one invocation gets at most, 1 to 10,000; 10 if
    /// nothing is said.
    #[schemars(range(min = 1, max = 10_000))]
    batch: Option<Spanned<u32>>,
    /// For the store `dynamodb`: how long a batch is gathered, up to 5 minutes; `0s` if nothing is
    /// said.
    #[schemars(extend("x-maximum" = "5m"))]
    window: Option<Spanned<Duration>>,
    /// For the store `dynamodb`: how often a failed batch is tried again, smaller each time; 5 if
    /// nothing is said.
    #[schemars(range(min = 0, max = 10_000))]
    retries: Option<Spanned<u32>>,
    /// For the store `dynamodb`: how old a delivery gets before it is given up, 1 minute to 24 hours;
    /// `24h` if nothing is said.
    #[schemars(extend("x-minimum" = "1m", "x-maximum" = "24h"))]
    max_age: Option<Spanned<Duration>>,
    /// For the store `dynamodb`: where in the stream it starts; with the `oldest` delivery of the last
    /// 24 hours if nothing is said, so that none is missed while it is set up.
    start: Option<Spanned<Start>>,
}

/// Where in a stream a recipient starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Start {
    /// With what the stream still holds of the last 24 hours.
    Oldest,
    /// With what comes from then on. What comes within the first minutes may be missed.
    Newest,
}

impl Start {
    const fn position(self) -> &'static str {
        match self {
            Self::Oldest => "TRIM_HORIZON",
            Self::Newest => "LATEST",
        }
    }
}

/// The pattern.
pub struct WebhookProxy;

impl Pattern for WebhookProxy {
    const NAME: &'static str = "webhook-proxy";
    const SUMMARY: &'static str = "One webhook for several recipients: what is posted is stored and answered 200, and each recipient gets what its filter lets through.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("api", "the HTTP API"),
        ("api.stage", "its `$default` stage, deployed by itself"),
        ("receiver.function", "what stores deliveries, with .role, .log-group and .permission"),
        ("receiver.route", "its route, with its .integration"),
        ("table", "the table with its stream, for the store `dynamodb`"),
        ("dead-letter-queue", "what recipients failed at, for the store `dynamodb`"),
        ("bucket", "the bucket, for the store `s3`, with its .notification"),
        ("topic", "the topic that the bucket tells, for the store `s3`"),
        ("RECIPIENT.function", "a recipient's function, with .role and .log-group"),
        ("RECIPIENT.mapping", "how it gets deliveries from the stream"),
        ("RECIPIENT.subscription", "or from the topic, with .permission and .invoke-config"),
        (
            "RECIPIENT.dead-letter-queue",
            "what the topic could not deliver, or the recipient failed at",
        ),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  internet((Internet)) --> api[API Gateway]
  api --> receiver[Receiver function]
  receiver --> table[(DynamoDB table)]
  table -- stream --> recipients[Recipient functions]
  receiver -. or .-> bucket[(S3 bucket)]
  bucket -.-> topic{{SNS topic}}
  topic -.-> recipients
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        check_store(cx, &params);
        ignored::check(cx, &params);
        match params.store {
            Store::Dynamodb => dynamodb::expand(cx, &params),
            Store::S3 => s3::expand(cx, &params),
        }
    }
}

/// Adds the API, the receiver and its route, where there is a route.
fn receive(
    cx: &mut Cx<'_, '_>,
    params: &Params,
    give: impl FnOnce(NewFunction) -> NewFunction,
    exports: Exports,
) -> Exports {
    let Some(route) = &params.route else { return exports };
    if params.public.as_ref().is_some_and(|public| *public.get_ref()) {
        cx.open_routes();
    }
    let api = api(cx, params.api.as_ref(), params.cors.as_ref(), params.throttle.as_ref(), &[]);
    let own = params.receiver.as_ref().map(|own| own.get_ref().clone()).unwrap_or_default();
    let function = own.resolve(cx.defaults(), Supplied::Receiver.code());
    if let Some(function) = cx.ok(function) {
        let new = NewFunction::new("receiver", function).or(Supplied::Receiver);
        let lambda: Lambda = give(new).add(cx);
        lambda_route(cx, &api, &lambda, route, None);
    }
    exports.with("url", api.url()).with("api_id", api.id())
}

/// Refuses keys that are for the other store.
fn check_store(cx: &mut Cx<'_, '_>, params: &Params) {
    let of_dynamodb = [
        ("table", params.table.as_ref().map(Spanned::span)),
        ("stream_arn", params.stream_arn.as_ref().map(Spanned::span)),
    ];
    let of_s3 = [
        ("bucket", params.bucket.as_ref().map(Spanned::span)),
        ("topic", params.topic.as_ref().map(Spanned::span)),
        ("topic_arn", params.topic_arn.as_ref().map(Spanned::span)),
        ("bucket_arn", params.bucket_arn.as_ref().map(Spanned::span)),
        ("prefix", params.prefix.as_ref().map(Spanned::span)),
        ("filter_field", params.filter_field.as_ref().map(Spanned::span)),
    ];
    let of_mapping = params.recipients.values().flat_map(|recipient| {
        let keys = &recipient.keys;
        [
            ("batch", keys.batch.as_ref().map(Spanned::span)),
            ("window", keys.window.as_ref().map(Spanned::span)),
            ("retries", keys.retries.as_ref().map(Spanned::span)),
            ("max_age", keys.max_age.as_ref().map(Spanned::span)),
            ("start", keys.start.as_ref().map(Spanned::span)),
        ]
    });
    let (unfit, store): (Vec<_>, &str) = match params.store {
        Store::Dynamodb => (of_s3.into(), "s3"),
        Store::S3 => (of_dynamodb.into_iter().chain(of_mapping).collect(), "dynamodb"),
    };
    for (key, place) in unfit {
        let Some(place) = place else { continue };
        let message = "A key does not go with the store.";
        let problem = Problem::at(place, "maas::patterns::store", message)
            .label(format!("`{key}` is for the store `{store}`"))
            .help(format!("Set `store = \"{store}\"`, or leave `{key}` out."));
        cx.problem(problem);
    }
}

/// An instance without a route has to name what it takes deliveries from.
fn no_route(cx: &mut Cx<'_, '_>, keys: &str) {
    let message = "A webhook proxy takes deliveries from nowhere.";
    let problem = Problem::at(cx.span(), "maas::patterns::no_route", message)
        .label("there is no `route` here")
        .help(format!("Add `route = \"POST /hook\"`, or name another one's store with {keys}."));
    cx.problem(problem);
}

fn filter_of(recipient: &Recipient) -> Option<&Spanned<filter::Fields>> {
    recipient.keys.filter.as_ref()
}
