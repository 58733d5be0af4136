//! Manifests, right and wrong, as a user meets them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod environments;
mod expressions;
mod functions;
mod limits;
mod properties;
mod reading;
mod schema;
mod several;
mod syntax;
mod tables;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme};
use schemars::JsonSchema;
use serde::Deserialize;

use super::*;

/// An API with routes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "not every test reads every field")]
struct Api {
    /// Who may call.
    authorizer: Option<With<FunctionTable, AuthorizerKeys>>,
    /// The functions behind the routes.
    #[serde(default)]
    routes: BTreeMap<Spanned<Route>, With<FunctionTable, RouteKeys>>,
    /// Cross-origin requests.
    #[serde(default)]
    cors: Cors,
    /// The network.
    network: Option<Either<Nat, Network>>,
    /// The API of another instance.
    api: Option<Reference>,
}

/// The authorizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "not every test reads every field")]
struct AuthorizerKeys {
    /// Where the token is.
    #[schemars(length(min = 1))]
    identity: Vec<String>,
    /// How long an answer is kept.
    #[schemars(extend("x-maximum" = "1h"))]
    cache: Option<Spanned<Duration>>,
}

/// A route.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RouteKeys {
    /// Not behind the authorizer.
    #[serde(default)]
    public: bool,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Cors {
    /// The origins.
    origins: Vec<String>,
}

/// The way out of a network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Nat {
    /// No way out.
    None,
    /// One for all zones.
    One,
    /// One for each zone.
    PerZone,
}

/// A network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "not every test reads every field")]
struct Network {
    /// How many zones.
    #[schemars(range(min = 1, max = 3))]
    zones: u8,
}

/// A queue with its consumer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "not every test reads every field")]
struct Jobs {
    /// The route that sends.
    route: Spanned<Route>,
    /// The function that receives.
    consumer: With<FunctionTable, ConsumerKeys>,
    /// The function that tries again.
    #[serde(default)]
    redrive: SuppliedFunctionTable,
    /// Who takes what.
    #[serde(default)]
    recipients: BTreeMap<Spanned<Name>, Recipient>,
    /// The most that a message may hold.
    #[schemars(extend("x-maximum" = "256 KB"))]
    max_size: Option<Size>,
    /// The instance whose network it is in.
    from: Option<InstanceName>,
    /// The size of the database.
    capacity: Option<Capacity>,
    /// How messages are kept.
    keep: Option<Keep>,
    /// Who is told.
    #[schemars(regex(pattern = "^[^@]+@[^@]+$"))]
    notify: Option<String>,
}

/// A choice with tables.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Keep {
    /// Not at all.
    Never,
    /// In a bucket.
    InBucket {
        /// The bucket.
        bucket: Spanned<String>,
    },
    /// For so long.
    For(Duration),
}

/// The consumer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "not every test reads every field")]
struct ConsumerKeys {
    /// Messages at once.
    #[schemars(range(min = 1, max = 10_000))]
    batch: Option<u32>,
    /// How long messages are gathered.
    window: Option<Duration>,
}

/// A recipient.
type Recipient = With<OptionalFunctionTable, RecipientKeys>;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "not every test reads every field")]
struct RecipientKeys {
    /// On the payload's fields.
    filter: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Capacity {
    /// The least.
    min: f64,
    /// The most.
    #[schemars(range(max = 256))]
    max: f64,
}

fn patterns() -> Vec<PatternSchema> {
    vec![PatternSchema::of::<Api>("api-custom-authorizer"), PatternSchema::of::<Jobs>("api-async")]
}

fn context() -> Context {
    Context { environment: "dev".into(), ..Context::default() }
}

fn read_with(text: &str, context: &Context) -> Result<Manifest, Problems> {
    parse(Path::new("maas.toml"), text.into(), context, &patterns())
}

fn read(text: &str) -> Manifest {
    read_with(text, &context()).map_err(|problems| report(&problems)).unwrap()
}

/// The problems as they are printed, without colour, 80 columns wide.
fn report(problems: &Problems) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    let handler = handler.with_width(80).with_context_lines(1);
    let mut text = String::new();
    for problem in problems.iter() {
        handler.render_report(&mut text, problem).unwrap();
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// The report on a wrong manifest.
fn wrong_with(text: &str, context: &Context) -> String {
    report(&read_with(text, context).unwrap_err())
}

fn wrong(text: &str) -> String {
    wrong_with(text, &context())
}

/// The report on a manifest that is right but for these lines.
fn wrong_lines(lines: &str) -> String {
    wrong(&format!("[project]\nname = \"shop\"\n\n{lines}"))
}

/// The report on a queue that is right but for these lines in its table.
fn wrong_jobs(lines: &str) -> String {
    wrong(&format!(
        "[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n\
         [patterns.jobs]\nuse = \"api-async\"\nroute = \"POST /jobs\"\n\
         consumer = {{ code = \"jobs\", handler = \"index.handler\" }}\n{lines}"
    ))
}

/// The report on a function that is right but for these lines in its table.
fn wrong_function(lines: &str) -> String {
    wrong(&format!(
        "[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n\
         [patterns.orders]\nuse = \"api-custom-authorizer\"\n[patterns.orders.routes.\"GET /echo\"]\n\
         code = \"functions/echo\"\nhandler = \"index.handler\"\n{lines}"
    ))
}
