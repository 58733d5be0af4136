//! An asynchronous function, what it failed at, and a second try.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::parts::{Failing, Lambda, NewFunction, Supplied, TopicKeys, queue, topic};
use super::wiring::{FUNCTIONS, LONGEST, NewFailing, NewRedrive};
use super::{Cx, Exports, Pattern};
use crate::aws::{
    Alarm, AlarmInputs, Policy, Queue, QueueInputs, Role, RoleInputs, Schedule, ScheduleGroup,
    ScheduleGroupInputs, ScheduleInputs, Statement, Subscription, SubscriptionInputs, Topic,
    schedule_trust,
};
use crate::graph::{Handle, Input};
use crate::manifest::{
    Duration, Either, FunctionTable, Problem, Reference, Span, Spanned, SuppliedFunctionTable, With,
};

/// A queue for what an asynchronously invoked function failed at, with an alarm, and a function that
/// tries again on a schedule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The function that is invoked asynchronously.
    function: With<FunctionTable, AsyncKeys>,
    /// The function that sends each failed payload to its function again; the pattern's own if its
    /// code is left out.
    redrive: Option<Spanned<With<SuppliedFunctionTable, RedriveKeys>>>,
    /// When somebody is told of what failed.
    alarm: Option<Spanned<AlarmKeys>>,
    /// The queue's own keys, or the queue of another instance, as `${mailer.dead-letter-queue}`,
    /// whose redrive and alarm then serve this function too.
    #[schemars(extend("examples" = ["${mailer.dead-letter-queue}"]))]
    queue: Option<Either<Reference, QueueKeys>>,
}

impl Params {
    /// What is said of the redrive: its schedule, or the queue that has one.
    fn place(&self) -> Option<Span> {
        match &self.queue {
            Some(Either::Short(reference)) => Some(reference.span),
            _ => Some(self.redrive.as_ref()?.get_ref().keys.schedule.as_ref()?.span()),
        }
    }
}

/// How often the function is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AsyncKeys {
    /// How often a failed invocation is tried again, 0 to 2; 2 if nothing is said.
    #[schemars(range(min = 0, max = 2))]
    retries: Option<u8>,
    /// How old an event gets before it is given up, 1 minute to 6 hours; `6h` if nothing is said.
    #[schemars(extend("x-minimum" = "1m", "x-maximum" = "6h"))]
    max_age: Option<Duration>,
}

/// When failed payloads are tried again.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RedriveKeys {
    /// When, as `rate(5 minutes)` or `cron(0 8 * * ? *)`; `rate(5 minutes)` if nothing is said.
    #[schemars(regex(pattern = r"^(rate|cron|at)\(.+\)$"))]
    schedule: Option<Spanned<String>>,
    /// The time zone of a cron schedule, such as `Europe/Helsinki`; `UTC` if nothing is said.
    timezone: Option<Spanned<String>>,
    /// Whether the schedule is stopped, so that payloads stay in the queue until it is not.
    paused: bool,
}

/// When somebody is told of what failed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AlarmKeys {
    /// How many messages there are in the queue when the alarm goes off; 1 if nothing is said.
    #[schemars(range(min = 1))]
    depth: u32,
    /// The email address that is told, once it agreed; nobody if it is left out, and the alarm's
    /// topic is there to subscribe to.
    #[schemars(regex(pattern = r"^[^@\s]+@[^@\s]+$"))]
    notify: Option<String>,
    /// The KMS key that encrypts the alarm's messages, one of your own whose policy admits
    /// CloudWatch; not encrypted at rest if it is left out.
    kms_key: Option<String>,
}

impl Default for AlarmKeys {
    fn default() -> Self {
        Self { depth: 1, notify: None, kms_key: None }
    }
}

/// How failed payloads are kept.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QueueKeys {
    /// How long a payload is kept, 1 minute to 14 days; `14d` if nothing is said.
    #[schemars(extend("x-minimum" = "1m", "x-maximum" = "14d"))]
    retention: Option<Duration>,
}

/// The pattern.
pub struct DeadLetterQueue;

impl Pattern for DeadLetterQueue {
    const NAME: &'static str = "dead-letter-queue";
    const SUMMARY: &'static str = "A queue for what an asynchronously invoked function failed at, with an alarm, and a function that tries again on a schedule.";
    const PARTS: &'static [(&'static str, &'static str)] = &[
        ("function", "the function, with role and log-group"),
        ("invoke-config", "its retries, its events' age, and where they go then"),
        ("dead-letter-queue", "the queue of failed payloads"),
        ("redrive.function", "what tries them again, with .role and .log-group"),
        ("redrive.schedule", "when it runs, with .schedule-group and .schedule-role"),
        ("alarm", "the alarm on the queue's depth"),
        ("alarm.topic", "what the alarm tells, with its .subscription for an email address"),
    ];
    const DIAGRAM: &'static str = "\
flowchart LR
  function[Asynchronous function] -- failed --> queue[[SQS queue]]
  schedule((Schedule)) --> redrive[Redrive function]
  queue --> redrive
  redrive -- again --> function
  queue -. depth .-> alarm[CloudWatch alarm]
  alarm -.-> topic{{SNS topic}}
";
    type Params = Params;

    fn expand(cx: &mut Cx<'_, '_>, params: Params) -> Exports {
        let resolved = params.function.function.resolve(cx.defaults());
        let Some(function) = cx.ok(resolved) else { return Exports::default() };
        let timeout = *function.timeout_seconds;
        let own_queue: Handle<Queue> = Handle::at(cx.address("dead-letter-queue"));
        let keys = &params.function.keys;
        let age = keys.max_age.map_or(21_600, Duration::seconds);
        let failing = Failing {
            queue: own_queue.clone(),
            retries: i32::from(keys.retries.unwrap_or(2)),
            max_age: i32::try_from(age).unwrap_or(i32::MAX),
        };
        let lambda = NewFunction::new("", function).failing(failing).add(cx);
        cx.all.failing.push(NewFailing {
            queue: own_queue.address().clone(),
            function: lambda.function.clone(),
            timeout,
            place: params.place().unwrap_or(cx.span()),
        });
        let exports = match &params.queue {
            Some(Either::Short(reference)) => {
                cx.borrow::<Queue>("dead-letter-queue", reference);
                refuse_not_own(cx, &params, reference);
                Exports::default()
            }
            own => {
                let retention = match own {
                    Some(Either::Long(keys)) => keys.retention,
                    _ => None,
                };
                let given = params.redrive.map(Spanned::into_inner).unwrap_or_default();
                let run = redrive_timeout(&given.function);
                add_queue(cx, retention, run);
                redrive(cx, &given, &own_queue, &lambda);
                let keys = params.alarm.map(Spanned::into_inner).unwrap_or_default();
                let (alarm, topic) = alarm(cx, &keys, &own_queue);
                Exports::default().with("alarm", alarm.name()).with("topic_arn", topic.arn())
            }
        };
        exports
            .with("dead_letter_queue_url", own_queue.url())
            .with("queue_url", own_queue.url())
            .with("queue_arn", own_queue.arn())
    }
}

/// Refuses what only the instance that has the queue can have.
fn refuse_not_own(cx: &mut Cx<'_, '_>, params: &Params, queue: &Reference) {
    let places =
        [params.redrive.as_ref().map(Spanned::span), params.alarm.as_ref().map(Spanned::span)];
    for place in places.into_iter().flatten() {
        let message = "A table belongs to the instance that has the queue.";
        let problem = Problem::at(place, "maas::patterns::not_own", message)
            .label(format!("the dead-letter queue is `{}`'s", queue.instance))
            .help("Leave it out here, or leave `queue` out: each instance has a queue of its own then.");
        cx.problem(problem);
    }
}

/// What a run of the redrive takes at most, where nothing is said.
const LONGEST_RUN: Duration = Duration::from_seconds(300);

fn redrive_timeout(table: &SuppliedFunctionTable) -> Duration {
    table.keys.timeout.map_or(LONGEST_RUN, Spanned::into_inner)
}

/// A message stays hidden for a whole run, so that each run meets it once.
fn add_queue(cx: &mut Cx<'_, '_>, retention: Option<Duration>, run: Duration) {
    let seconds = |duration: Duration| u32::try_from(duration.seconds()).unwrap_or(u32::MAX);
    let retention = retention.unwrap_or(Duration::from_seconds(14 * 86_400));
    let inputs = QueueInputs {
        retention: seconds(retention),
        visibility_timeout: seconds(run).saturating_add(30),
        // Lambda sends to it by the function's role; no queue moves anything here.
        redrive_sources: Some(BTreeSet::new()),
        ..QueueInputs::default()
    };
    queue(cx, "dead-letter-queue", inputs);
}

fn redrive(
    cx: &mut Cx<'_, '_>,
    given: &With<SuppliedFunctionTable, RedriveKeys>,
    queue: &Handle<Queue>,
    lambda: &Lambda,
) {
    let mut table = given.function.clone();
    table.keys.timeout.get_or_insert(Spanned::nowhere(LONGEST_RUN));
    let function = table.resolve(cx.defaults(), Supplied::Redrive.code());
    let Some(function) = cx.ok(function) else { return };
    let timeout = *function.timeout_seconds;
    let take = Statement::allow([
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:ReceiveMessage",
    ]);
    let run = NewFunction::new("redrive", function)
        .or(Supplied::Redrive)
        .variable("DEAD_LETTER_QUEUE_URL", queue.url())
        .variable("FUNCTION", lambda.function.name())
        // What stands here is said when it is known which functions use the queue.
        .variable(FUNCTIONS, "")
        .variable(LONGEST, "")
        .may("Take", take.on(queue.arn().foretold()))
        .add(cx);
    cx.all.redrives.push(NewRedrive {
        queue: queue.address().clone(),
        function: run.function.clone(),
        role: Handle::at(cx.address(&run.part("role"))),
        timeout,
    });
    schedule(cx, &given.keys, &run);
}

fn schedule(cx: &mut Cx<'_, '_>, keys: &RedriveKeys, run: &Lambda) {
    let group = cx.add::<ScheduleGroup>("redrive.schedule-group", ScheduleGroupInputs::default());
    let invoke = Statement::allow(["lambda:InvokeFunction"]).on(run.foretold());
    let role = cx.add::<Role>(
        "redrive.schedule-role",
        RoleInputs {
            trust: schedule_trust(cx.place(), group.arn().foretold()),
            policy: Policy::new().with("Invoke", invoke),
            ..RoleInputs::default()
        },
    );
    let expression = keys.schedule.as_ref().map_or("rate(5 minutes)", |text| text.get_ref());
    let schedule = cx.add::<Schedule>(
        "redrive.schedule",
        ScheduleInputs {
            group: group.name().into(),
            expression: expression.to_owned(),
            timezone: keys.timezone.as_ref().map_or("UTC", |zone| zone.get_ref()).to_owned(),
            target: run.function.arn().into(),
            role: role.arn().into(),
            // The next run comes anyway.
            max_retries: 0,
            max_age: 60,
            enabled: !keys.paused,
            ..ScheduleInputs::default()
        },
    );
    let places = [
        ("expression", keys.schedule.as_ref().map(Spanned::span)),
        ("timezone", keys.timezone.as_ref().map(Spanned::span)),
    ];
    for (input, place) in places {
        cx.origin(&schedule, input, place.unwrap_or(Span::NOWHERE));
    }
}

fn alarm(
    cx: &mut Cx<'_, '_>,
    keys: &AlarmKeys,
    queue: &Handle<Queue>,
) -> (Handle<Alarm>, Handle<Topic>) {
    let own: Handle<Alarm> = Handle::at(cx.address("alarm"));
    let encryption = TopicKeys { kms_key: keys.kms_key.clone() };
    let service = "cloudwatch.amazonaws.com";
    let topic = topic(cx, "alarm.topic", &encryption, service, own.arn().foretold());
    if let Some(address) = &keys.notify {
        cx.add::<Subscription>(
            "alarm.subscription",
            SubscriptionInputs {
                topic: topic.arn().into(),
                protocol: "email".to_owned(),
                endpoint: address.as_str().into(),
                ..SubscriptionInputs::default()
            },
        );
    }
    let name: Input<String> = queue.name().into();
    let alarm = cx.add::<Alarm>(
        "alarm",
        AlarmInputs {
            description: format!("Failed payloads are in the dead-letter queue of {}.", cx.name()),
            namespace: "AWS/SQS".to_owned(),
            metric: "ApproximateNumberOfMessagesVisible".to_owned(),
            dimensions: BTreeMap::from([("QueueName".to_owned(), name)]),
            threshold: f64::from(keys.depth),
            treat_missing_data: "notBreaching".to_owned(),
            actions: BTreeSet::from([topic.arn().into()]),
            ok_actions: BTreeSet::from([topic.arn().into()]),
            ..AlarmInputs::default()
        },
    );
    (alarm, topic)
}
