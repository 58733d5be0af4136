use super::*;
use crate::execute::EventKind;
use crate::graph::{Fault, FaultKind};
use crate::plan::Action;
use crate::report::progress::sentence_of;

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
        EventKind::Reading { resources: 1 },
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
    reading 1 resource in the cloud
    recovered jobs/queue: it was not made
    -/+ jobs/queue replaced (1.2 s)
    -/+ jobs/queue replaced (no call was needed)
      ✗ jobs/queue create failed: no
        jobs/queue create skipped, since jobs/queue failed
    ");
}
