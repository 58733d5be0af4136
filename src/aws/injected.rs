//! AWS with canned answers, for what no emulator shows: pending states, propagation, conflicts,
//! lost answers. Only for tests, on a paused clock (`#[tokio::test(start_paused = true)]`).
//!
//! ```ignore
//! let aws = Injected::new()
//!     .answers("lambda:CreateFunction", [refuse("InvalidParameterValueException", "…"), json(json!({…}))])
//!     .always("lambda:GetFunction", json(json!({…})));
//! Function::create(&aws.cx(), &want).await.unwrap();
//! assert_eq!(aws.calls(), ["lambda:CreateFunction", "lambda:CreateFunction"]);
//! ```
//!
//! Answers of an operation are given in order, those of [`Injected::always`] after them. A call
//! without an answer fails the test, and so does an answer that was never asked for.

mod wire;

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::retry::RetryConfig;
use futures::future::{BoxFuture, FutureExt};
use serde_json::Value;
use tokio::sync::watch;

use super::pace::Pace;
use super::{Aws, Cx};
use crate::graph::{AnyCx, Fault, Held, Hooks, Id, Place, Resource, Stop};

const ENDPOINT: &str = "http://injected.invalid";

/// What AWS answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// It did it.
    Json(Value),
    /// It did it; the services that answer in XML (IAM, RDS, SNS, S3).
    Xml(String),
    /// It refused: status, code, message.
    Refusal(u16, String, String),
    /// The connection broke; nobody knows whether it did it.
    Lost,
    /// The answer takes its time.
    Slow(Duration, Box<Answer>),
}

/// An answer in JSON.
pub(crate) fn json(body: Value) -> Answer {
    Answer::Json(body)
}

/// An answer in XML: the inside of `<…Result>` for IAM, RDS, SNS and STS, all of it for S3.
pub(crate) fn xml(body: &str) -> Answer {
    Answer::Xml(body.to_owned())
}

/// An answer that says nothing.
pub(crate) fn done() -> Answer {
    Answer::Json(Value::Null)
}

/// A refusal, in the words that the service would use on the wire.
pub(crate) fn refuse(code: &str, message: &str) -> Answer {
    Answer::Refusal(400, code.to_owned(), message.to_owned())
}

/// An answer of 500 and above.
pub(crate) fn broken(status: u16) -> Answer {
    Answer::Refusal(status, "InternalFailure".to_owned(), String::new())
}

/// A retry that was reported.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retry {
    /// AWS's code; empty where it did not answer.
    pub code: String,
    /// How often it was tried.
    pub attempt: u32,
    /// The pause before the next attempt.
    pub pause: Duration,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// The operation, as in `lambda:CreateFunction`.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

impl Sent {
    /// The body, where it is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

#[derive(Debug, Default)]
struct Record {
    answers: BTreeMap<String, VecDeque<Answer>>,
    always: BTreeMap<String, Answer>,
    announced: VecDeque<String>,
    sent: Vec<Sent>,
    retries: Vec<Retry>,
    waits: Vec<(String, String)>,
    made: Vec<Id>,
    older: Vec<Id>,
    at_once: usize,
    most_at_once: usize,
}

#[derive(Clone, Debug, Default)]
struct Script(Arc<Mutex<Record>>);

impl Script {
    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// AWS with canned answers.
pub(crate) struct Injected {
    script: Script,
    aws: Arc<Aws>,
    stop: (watch::Sender<bool>, Stop),
}

impl Injected {
    /// AWS without any answer.
    pub fn new() -> Self {
        Self::with_archive(Vec::new())
    }

    /// The same, with this as the archive of every digest.
    pub fn with_archive(archive: Vec<u8>) -> Self {
        let script = Script::default();
        let mut aws = Aws::new(configuration(&script), Arc::new(move |_| Ok(archive.clone())));
        aws.settle_time = Duration::from_secs(10);
        Self { script, aws: Arc::new(aws), stop: Stop::new() }
    }

    /// The same with AWS's quotas.
    pub fn paced() -> Self {
        let mut paced = Self::new();
        if let Some(aws) = Arc::get_mut(&mut paced.aws) {
            aws.pace = Pace::quotas();
        }
        paced
    }

    /// Answers an operation so, in order.
    pub fn answers(self, operation: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.script.lock().answers.entry(operation.to_owned()).or_default().extend(answers);
        self
    }

    /// Answers an operation so, for ever.
    pub fn always(self, operation: &str, answer: Answer) -> Self {
        self.script.lock().always.insert(operation.to_owned(), answer);
        self
    }

    /// What is made replaces the one of that id.
    pub fn replaces(self, id: &str) -> Self {
        self.script.lock().older.push(Id::from(id));
        self
    }

    /// The context of a call.
    pub fn cx(&self) -> Cx {
        self.cx_in(&place().region)
    }

    /// The context of a call in another region.
    pub fn cx_in(&self, region: &str) -> Cx {
        let hooks = Arc::new(self.script.clone());
        let place = Place { region: region.to_owned(), ..place() };
        Cx::new(Arc::clone(&self.aws), place, hooks, self.stop.1.clone())
    }

    /// The context of a call to a type that is known by its name only.
    pub fn any_cx(&self) -> AnyCx {
        let cloud: Arc<dyn Any + Send + Sync> = self.cloud();
        AnyCx::new(Arc::new(cloud), place(), Arc::new(self.script.clone()), self.stop())
    }

    /// The cloud, for a whole run.
    pub fn cloud(&self) -> Arc<Aws> {
        Arc::clone(&self.aws)
    }

    /// The wish to stop that [`Self::ask_to_stop`] asks for.
    pub fn stop(&self) -> Stop {
        self.stop.1.clone()
    }

    /// Asks for a stop.
    pub fn ask_to_stop(&self) {
        let _ = self.stop.0.send(true);
    }

    /// The operations that were called, in order.
    pub fn calls(&self) -> Vec<String> {
        self.script.lock().sent.iter().map(|sent| sent.operation.clone()).collect()
    }

    /// The requests of one operation, in order.
    pub fn sent(&self, operation: &str) -> Vec<Sent> {
        let record = self.script.lock();
        record.sent.iter().filter(|sent| sent.operation == operation).cloned().collect()
    }

    /// The retries that were reported.
    pub fn retries(&self) -> Vec<Retry> {
        self.script.lock().retries.clone()
    }

    /// What was waited for, and its state, at each look.
    pub fn waits(&self) -> Vec<(String, String)> {
        self.script.lock().waits.clone()
    }

    /// The ids that were reported as made.
    pub fn made(&self) -> Vec<Id> {
        self.script.lock().made.clone()
    }

    /// How many requests there were at once at most.
    pub fn most_at_once(&self) -> usize {
        self.script.lock().most_at_once
    }
}

impl Drop for Injected {
    fn drop(&mut self) {
        let unasked: Vec<String> = self
            .script
            .lock()
            .answers
            .iter()
            .filter(|(_, answers)| !answers.is_empty())
            .map(|(operation, answers)| format!("{} × {operation}", answers.len()))
            .collect();
        if !std::thread::panicking() {
            assert!(unasked.is_empty(), "never asked for: {unasked:?}");
        }
    }
}

/// A resource that exists with these inputs.
pub(crate) fn held<R: Resource>(id: &str, inputs: R::Inputs, outputs: R::Outputs) -> Held<R> {
    Held { id: Id::from(id), inputs, outputs: Some(outputs), finished: true }
}

/// Where it is: account 123456789012 in `eu-west-1`.
pub(crate) fn place() -> Place {
    Place { account: Some("123456789012".to_owned()), region: "eu-west-1".to_owned() }
}

impl Hooks for Script {
    fn made<'a>(&'a self, id: &'a Id) -> BoxFuture<'a, Result<(), Fault>> {
        self.lock().made.push(id.clone());
        async { Ok(()) }.boxed()
    }

    fn waiting(&self, what: &str, state: &str, _elapsed: Duration) {
        self.lock().waits.push((what.to_owned(), state.to_owned()));
    }

    fn retrying(&self, fault: &Fault, attempt: u32, pause: Duration) {
        let code = fault.code.clone().unwrap_or_default();
        self.lock().retries.push(Retry { code, attempt, pause });
    }

    fn calling(&self, operation: &str) {
        // The request itself does not name its operation in every protocol; it follows at once.
        self.lock().announced.push_back(operation.to_owned());
    }

    fn token(&self) -> String {
        "injected-1".to_owned()
    }

    fn is_older(&self, id: &Id) -> bool {
        self.lock().older.contains(id)
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let script = self.clone();
        HttpConnectorFuture::new(async move {
            let (operation, answer) = {
                let mut record = script.lock();
                let operation = record.announced.pop_front();
                let operation = operation.or_else(|| target(&request)).unwrap_or_default();
                record.sent.push(sent(&operation, &request));
                let canned = record.answers.get_mut(&operation).and_then(VecDeque::pop_front);
                let answer = canned.or_else(|| record.always.get(&operation).cloned());
                record.at_once += 1;
                record.most_at_once = record.most_at_once.max(record.at_once);
                (operation, answer)
            };
            let Some(mut answer) = answer else { panic!("there is no answer to {operation}") };
            while let Answer::Slow(pause, after) = answer {
                tokio::time::sleep(pause).await;
                answer = *after;
            }
            script.lock().at_once -= 1;
            wire::respond(&operation, &answer)
        })
    }
}

/// The operation that a request in AWS's JSON protocol names, for a run with hooks of its own.
fn target(request: &HttpRequest) -> Option<String> {
    let (service, operation) = request.headers().get("x-amz-target")?.split_once('.')?;
    let service = service.split('_').next()?.trim_start_matches("Amazon").to_lowercase();
    Some(format!("{service}:{operation}"))
}

fn sent(operation: &str, request: &HttpRequest) -> Sent {
    let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
    Sent {
        operation: operation.to_owned(),
        method: request.method().to_owned(),
        path: request.uri().trim_start_matches(ENDPOINT).to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body,
    }
}

fn configuration(script: &Script) -> SdkConfig {
    let connector = SharedHttpConnector::new(script.clone());
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(place().region))
        .endpoint_url(ENDPOINT)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "test",
        )))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::disabled())
        .build()
}
