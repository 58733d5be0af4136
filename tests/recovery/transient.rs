//! Throttling, faults inside AWS and broken connections at every so-many-th call, and calls that
//! overtake each other.

use std::collections::BTreeMap;
use std::time::Duration;

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

/// What starts together ends in any order; each step waits for what it needs, not for its turn.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_overtake_each_other_lead_to_the_same() {
    let undisturbed = Undisturbed::of("api-async").await.unwrap();
    let disturbed = Undisturbed::under("api-async", delays).await.unwrap();
    for (operation, after) in &undisturbed.after {
        same(after, &disturbed.after[operation])
            .unwrap_or_else(|wrong| panic!("{operation:?}: {wrong}"));
    }
}

/// The earlier of the calls that change something, the later they arrive.
fn delays() -> Rule {
    let mut calls = 0;
    Box::new(move |call: &Call| {
        calls += u64::from(call.mutates);
        match call.mutates {
            true => Act::Delay(Duration::from_millis(400 - 100 * (calls % 4))),
            false => Act::Pass,
        }
    })
}
