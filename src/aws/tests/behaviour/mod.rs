//! Every row of AWS's behaviour, injected: what is repeated goes on when AWS does, and is given up
//! in time; what is not repeated ends as what it is, with its advice.
//!
//! Each row has a sample of AWS's words in [`samples`]; a row without one fails the test, and so
//! does a sample that meets another row.

mod calls;
mod samples;

use std::collections::BTreeSet;

use tokio::time::Instant;

use crate::aws::behaviour::{Class, Row, Schedule, rows};
use crate::aws::injected::{Answer, Injected, done};
use crate::graph::{Fault, FaultKind, OrAbsent};

/// AWS's words at one operation.
struct Sample {
    /// The operation.
    operation: &'static str,
    /// The code; where the row has several, one of them.
    code: &'static str,
    /// The message.
    message: &'static str,
    /// What they mean.
    meaning: Meaning,
}

/// What AWS's words mean: the class that their row has to have.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Absent,
    Exists,
    Throttled,
    /// Tried again, without a word.
    NotReady,
    /// Tried again, with a word.
    Waits,
    Credentials,
    Terminal,
}

/// Each sample with the row that it meets, and that row's number.
fn cases() -> Vec<(usize, &'static Row, &'static Sample)> {
    let met = |sample: &'static Sample| {
        let Sample { operation, code, message, .. } = sample;
        let fits = |(_, row): &(usize, &Row)| row.fits(operation, code, message);
        let found = rows().enumerate().find(fits);
        let (at, row) = found.unwrap_or_else(|| panic!("{operation} {code} meets no row"));
        for other in codes(row, sample) {
            let first = rows().position(|row| row.fits(operation, other, message));
            assert_eq!(first, Some(at), "{operation} {other} {message:?} meets another row before");
        }
        (at, row, sample)
    };
    samples::all().map(met).collect()
}

/// The codes of the row; of one that has none, the sample's own.
fn codes(row: &Row, sample: &Sample) -> Vec<&'static str> {
    if row.1.is_empty() { vec![sample.code] } else { row.1.to_vec() }
}

fn refusal(code: &str, message: &str) -> Answer {
    let status = if code == "InternalFailure" { 500 } else { 400 };
    Answer::Refusal(status, code.to_owned(), message.to_owned())
}

#[test]
fn every_row_has_a_sample() {
    let met: BTreeSet<usize> = cases().into_iter().map(|(at, ..)| at).collect();
    let missing: Vec<String> = rows()
        .enumerate()
        .filter(|(at, _)| !met.contains(at))
        .map(|(_, row)| format!("{row:?}"))
        .collect();
    assert!(missing.is_empty(), "rows without a sample:\n{}", missing.join("\n"));
}

#[test]
fn every_sample_means_what_its_row_says() {
    for (_, row, sample) in cases() {
        let meaning = match row.3 {
            Class::Absent => Meaning::Absent,
            Class::Exists => Meaning::Exists,
            Class::Throttle => Meaning::Throttled,
            Class::NotReady(_) => Meaning::NotReady,
            Class::Waits(..) => Meaning::Waits,
            Class::Credentials => Meaning::Credentials,
            Class::Terminal(_) => Meaning::Terminal,
        };
        let Sample { operation, code, message, .. } = sample;
        assert_eq!(meaning, sample.meaning, "{operation} {code} {message:?}");
    }
}

/// How a class is repeated, and as what it ends.
fn expected(class: Class) -> (Option<Schedule>, FaultKind, Option<&'static str>) {
    match class {
        Class::Absent => (None, FaultKind::Absent, None),
        Class::Exists => (None, FaultKind::Exists, None),
        Class::Credentials => (None, FaultKind::Credentials, None),
        Class::Terminal(advice) => (None, FaultKind::Refused, Some(advice)),
        Class::Throttle => (Some(Schedule::THROTTLE), FaultKind::Throttled, None),
        Class::NotReady(schedule) => (Some(schedule), FaultKind::NotReady, None),
        Class::Waits(schedule, word) => (Some(schedule), FaultKind::NotReady, Some(word)),
    }
}

fn is_told(fault: &Fault, operation: &str, code: &str, kind: FaultKind, advice: Option<&str>) {
    let of = (fault.kind, fault.operation.as_str(), fault.code.as_deref());
    assert_eq!(of, (kind, operation, Some(code)), "{fault}");
    assert_eq!(fault.advice.as_deref(), advice, "{fault}");
}

#[tokio::test(start_paused = true)]
async fn every_code_of_every_row_is_met_as_it_says() {
    for (_, row, sample) in cases() {
        let operation = sample.operation;
        for code in codes(row, sample) {
            let (schedule, kind, advice) = expected(row.3);
            let refused = refusal(code, sample.message);
            if schedule.is_some() {
                let answers = [refused.clone(), refused, done()];
                let aws = Injected::new().answers(operation, answers);
                let sent = calls::send(&aws.cx(), operation).await;
                sent.unwrap_or_else(|fault| panic!("{operation} {code}: {fault}"));
                assert_eq!(aws.calls().len(), 3, "{operation} {code}");
                assert!(aws.retries().iter().all(|retry| retry.code == code), "{operation}");
                continue;
            }
            let aws = Injected::new().answers(operation, [refused]);
            let fault = calls::send(&aws.cx(), operation).await.unwrap_err();
            is_told(&fault, operation, code, kind, advice);
            assert_eq!(aws.calls().len(), 1, "{operation} {code}");
            if row.3 == Class::Absent {
                assert_eq!(Err::<(), _>(fault).or_absent(), Ok(None), "{operation} {code}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_comes_is_given_up_in_time() {
    for (_, row, sample) in cases() {
        let (Some(schedule), kind, advice) = expected(row.3) else { continue };
        let operation = sample.operation;
        let code = codes(row, sample)[0];
        let aws = Injected::new().always(operation, refusal(code, sample.message));
        let cx = aws.cx();
        let started = Instant::now();
        let fault = calls::send(&cx, operation).await.unwrap_err();
        is_told(&fault, operation, code, kind, advice);
        let (took, attempts) = (started.elapsed(), aws.calls().len());
        let attempts = u32::try_from(attempts).unwrap();
        assert!(
            took >= schedule.deadline || attempts == schedule.attempts,
            "{operation} {code} was given up after {took:?} and {attempts} attempts"
        );
        assert!(took <= schedule.deadline + schedule.longest * 2, "{operation} {code}: {took:?}");
    }
}
