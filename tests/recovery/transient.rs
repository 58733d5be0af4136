//! Throttling, faults inside AWS and broken connections, at every so-many-th call.

use std::collections::BTreeMap;

use crate::life::{Undisturbed, same};
use crate::proxy::{Act, Call, Refusal, Rule};

/// The whole catalogue has calls of every service and every protocol.
const PATTERN: &str = "catalogue";

#[tokio::test(flavor = "multi_thread")]
async fn every_fourth_call_may_fail() {
    let undisturbed = Undisturbed::of(PATTERN).await.unwrap();
    let disturbed = Undisturbed::under(PATTERN, fails).await.unwrap();
    for (operation, after) in &undisturbed.after {
        same(after, &disturbed.after[operation])
            .unwrap_or_else(|wrong| panic!("{operation:?}: {wrong}"));
    }
}

/// Each request fails twice at most: `maas` gives up at last, and rightly.
fn fails() -> Rule {
    let (mut calls, mut failed) = (0, BTreeMap::<u64, u32>::new());
    Box::new(move |call: &Call| {
        calls += 1;
        let act = match calls % 12 {
            3 => Act::Refuse(Refusal::throttling(call.protocol)),
            7 => Act::Refuse(Refusal::internal(call.protocol)),
            11 => Act::Reset,
            _ => return Act::Pass,
        };
        let count = failed.entry(call.request).or_default();
        *count += 1;
        if *count <= 2 { act } else { Act::Pass }
    })
}
