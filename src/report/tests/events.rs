use super::*;
use crate::execute::EventKind;
use crate::graph::{Fault, FaultKind};
use crate::plan::Action;
use crate::report::progress::{HoldUps, sentence_of};

#[test]
fn what_happened_is_said_on_one_line() {
    let at = || "jobs/queue".parse().unwrap();
    let fault = Fault::new(FaultKind::Refused, "no");
    let done = |called| EventKind::StepDone {
        step: 1,
        address: at(),
        action: Action::Replace,
        id: None,
        called,
        elapsed_ms: 1_250,
    };
    let events = [
        EventKind::Settling { calls: 2 },
        EventKind::Reading { resources: 1 },
        EventKind::ReadWaiting {
            what: "its turn to call iam:GetRole".into(),
            state: "busy".into(),
            elapsed_ms: 2_000,
        },
        EventKind::ReadRetrying {
            fault: Fault {
                code: Some("Throttling".into()),
                operation: "iam:GetRole".into(),
                ..fault.clone()
            },
            attempt: 3,
            pause_ms: 1_500,
        },
        EventKind::Recovered { address: at(), what: "it was not made".into() },
        done(true),
        done(false),
        EventKind::StepFailed {
            step: 1,
            address: at(),
            action: Action::Create,
            fault,
            elapsed_ms: 9,
        },
        EventKind::StepSkipped { step: 1, address: at(), action: Action::Create, because: at() },
    ];
    let said: Vec<String> =
        events.iter().filter_map(sentence_of).map(|text| plain(&text)).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    finding out what became of 2 interrupted calls
    reading 1 resource in the cloud
    reading waits for its turn to call iam:GetRole: busy (2.0 s)
    reading tries iam:GetRole again in 1.5 s (attempt 3): Throttling
    recovered jobs/queue: it was not made
    -/+ jobs/queue replaced (1.2 s)
    -/+ jobs/queue replaced (no call was needed)
      ✗ jobs/queue create failed: no
        jobs/queue create skipped, since jobs/queue failed
    ");
}

/// Many things are read at once: that they are held up is told now and then, and each goes to the
/// file of events.
#[test]
fn reading_that_is_held_up_is_told_now_and_then() {
    let mut told = HoldUps::default();
    let waits =
        |elapsed_ms| EventKind::ReadWaiting { what: "x".into(), state: "y".into(), elapsed_ms };
    assert!(!told.may_tell(&waits(300)));
    assert!(told.may_tell(&waits(1_000)));
    assert!(!told.may_tell(&waits(2_000)));
    assert!(told.may_tell(&EventKind::StopAsked));
}
