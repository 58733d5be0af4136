//! One way to call AWS: paced, classified, and repeated where repeating is right.

use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::behaviour::{self, Class, Schedule};
use super::{Aws, Cx};
use crate::graph::{Fault, FaultKind};

impl Cx {
    /// Calls AWS: `cx.call("sqs:CreateQueue", || cx.sqs().create_queue().queue_name(name).send())`.
    ///
    /// `operation` is AWS's name of it, with the prefix that IAM policies use. It is repeated as
    /// [`behaviour`] says: while something that it needs is not ready, when AWS throttles, and
    /// after no answer unless repeating could make a second resource.
    ///
    /// # Errors
    /// What AWS answers at last; [`FaultKind::Stopped`] once a stop was asked for, where a call that
    /// is under way then has a little time to return.
    pub async fn call<T, E, F>(
        &self,
        operation: &'static str,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut attempts = 0;
        let mut tries: Vec<Tries> = Vec::new();
        loop {
            let aws: &Aws = self;
            let queued = Instant::now();
            tokio::select! {
                // Where both are so, nothing is sent.
                biased;
                () = self.stop().asked() => {
                    let message = format!("stopped before {operation}");
                    return Err(Fault::new(FaultKind::Stopped, message));
                }
                () = self.telling(
                    format!("its turn to call {operation}"),
                    "the calls that AWS takes a second are used up",
                    aws.pace.wait(operation),
                ) => {}
            }
            self.hooks().calling(operation);
            let started = Instant::now();
            // What waits here is not AWS's time.
            tries.iter_mut().for_each(|Tries(_, since, _)| *since += started - queued);
            let answer = tokio::select! {
                answer = attempt() => answer,
                () = self.stop().is_due() => {
                    let message = format!("stopped while {operation} had no answer");
                    return Err(Fault::new(FaultKind::Stopped, message));
                }
            };
            attempts += 1;
            let ms = started.elapsed().as_millis();
            let fault = match answer {
                Ok(answer) => {
                    tracing::debug!(operation, attempt = attempts, ms, "answered");
                    return Ok(answer);
                }
                Err(error) => to_fault(operation, &error),
            };
            tracing::debug!(
                operation,
                attempt = attempts,
                ms,
                code = fault.code,
                request_id = fault.request_id,
                "{}",
                if fault.kind == FaultKind::Unanswered { "no answer" } else { "refused" }
            );
            let (fault, schedule) = judge(operation, fault);
            if fault.kind == FaultKind::Throttled {
                aws.pace.slow(operation);
            }
            let Some(pause) = schedule.and_then(|schedule| next(&mut tries, schedule)) else {
                return Err(fault);
            };
            self.hooks().retrying(&fault, attempts, pause);
            self.stop().sleep(pause).await?;
        }
    }
}

/// How long something is waited for without a word, and how often it is told then.
const TOLD_EACH: Duration = Duration::from_secs(1);

impl Cx {
    /// Waits until no other step works on the thing of that name, and keeps the others out as long
    /// as the guard lives. For APIs, buckets and functions, where AWS loses or refuses changes that
    /// are made at once.
    pub(super) async fn exclusive(&self, thing: &str) -> OwnedMutexGuard<()> {
        let lock = self.lock_of(thing).lock_owned();
        self.telling(format!("its turn at {thing}"), "another step changes it", lock).await
    }

    /// Waits for this, and tells so where it takes longer.
    async fn telling<T>(&self, what: String, state: &str, awaited: impl Future<Output = T>) -> T {
        let mut awaited = pin!(awaited);
        let started = Instant::now();
        loop {
            tokio::select! {
                biased;
                done = &mut awaited => return done,
                () = tokio::time::sleep(TOLD_EACH) => {
                    self.hooks().waiting(&what, state, started.elapsed());
                }
            }
        }
    }
}

/// How often a call was tried by one schedule, and since when. Each schedule counts for itself, so
/// that a lost answer does not end a wait for something else.
struct Tries(Schedule, Instant, u32);

/// The pause before the next attempt by that schedule; none where it is time to give up.
fn next(tries: &mut Vec<Tries>, schedule: Schedule) -> Option<Duration> {
    let at = tries.iter().position(|Tries(found, ..)| *found == schedule).unwrap_or_else(|| {
        tries.push(Tries(schedule, Instant::now(), 0));
        tries.len() - 1
    });
    let Tries(_, since, count) = tries.get_mut(at)?;
    *count += 1;
    schedule.pause(*count, since.elapsed())
}

fn judge(operation: &str, mut fault: Fault) -> (Fault, Option<Schedule>) {
    let code = fault.code.as_deref().unwrap_or_default();
    let class = behaviour::class(operation, code, &fault.message);
    match class {
        Some(Class::Absent) => fault.kind = FaultKind::Absent,
        Some(Class::Exists) => fault.kind = FaultKind::Exists,
        Some(Class::Throttle) => {
            fault.kind = FaultKind::Throttled;
            return (fault, Some(Schedule::THROTTLE));
        }
        Some(Class::NotReady(schedule)) => {
            fault.kind = FaultKind::NotReady;
            return (fault, Some(schedule));
        }
        Some(Class::Waits(schedule, word)) => {
            fault.kind = FaultKind::NotReady;
            return (fault.advise(word), Some(schedule));
        }
        Some(Class::Credentials) => fault.kind = FaultKind::Credentials,
        Some(Class::Terminal(advice)) => fault.advice = Some(advice.to_owned()),
        None if fault.kind == FaultKind::Unanswered => {
            let schedule = behaviour::may_repeat(operation).then_some(Schedule::UNANSWERED);
            return (fault, schedule);
        }
        None => {}
    }
    (fault, None)
}

/// The fault that an error of the SDK is.
fn to_fault<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let mut fault = match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            Fault {
                code: meta.code().map(str::to_owned),
                request_id: meta.extra("aws_request_id").map(Into::into),
                ..Fault::new(FaultKind::Refused, meta.message().unwrap_or("AWS gave no message"))
            }
        }
        SdkError::ConstructionFailure(_) => Fault::new(FaultKind::Refused, causes(error)),
        _ => Fault::new(FaultKind::Unanswered, causes(error)),
    };
    if status.is_some_and(|status| status >= 500) {
        fault.kind = FaultKind::Unanswered;
    }
    fault.operation = operation.to_owned();
    fault
}

/// The last two causes, as in `tcp connect error: Connection refused`: what precedes them is the
/// SDK's own structure.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut all = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        all.push(cause.to_string());
        next = cause.source();
    }
    all.dedup();
    all.split_off(all.len().saturating_sub(2)).join(": ")
}

impl Schedule {
    /// The pause before the next attempt; none where it is time to give up.
    fn pause(self, attempts: u32, elapsed: Duration) -> Option<Duration> {
        if elapsed >= self.deadline || attempts >= self.attempts {
            return None;
        }
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
        let pause = doubled.min(self.longest);
        Some(if self.jitter { pause.mul_f64(0.5 + fastrand::f64() / 2.0) } else { pause })
    }
}
