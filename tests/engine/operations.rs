//! One random operation on a random valid state, with trouble at a random call.
//!
//! Whatever happens, the next run leads to what is wanted, the run after it has nothing to do, and
//! a destroy leaves nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::cloud::Trouble;
use crate::stage::{Stage, Want, Wanted};

fn things() -> impl Strategy<Value = Wanted> {
    let shape = prop_oneof![Just("round"), Just("square")];
    let children = prop::collection::btree_map("[xy]", 1_u32..3, 0..3);
    let thing = (1_u32..3, shape, prop::option::of("[a-e]"), any::<bool>(), children);
    prop::collection::btree_map("[a-e]", thing, 0..5).prop_map(|things| {
        let wants = things.into_iter().map(|(name, (size, shape, link, pinned, children))| {
            // Links lead to earlier names only, so that there is no cycle.
            let link = link.filter(|link| *link < name);
            let want = Want { size, shape: shape.to_owned(), link, pinned, secret: None, children };
            (name, want)
        });
        wants.collect::<BTreeMap<_, _>>()
    })
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        Just(Trouble::Refused),
        Just(Trouble::AnswerLost),
        Just(Trouble::KillBefore),
        Just(Trouble::KillAfter),
    ]
}

async fn undisturbed(wanted: &Wanted, before: &Wanted) -> Vec<String> {
    let mut stage = Stage::new();
    stage.applies(before).await;
    stage.applies(wanted).await;
    stage.cloud.inventory()
}

async fn converges(before: Wanted, wanted: Wanted, nth: u64, trouble: Trouble) {
    let mut stage = Stage::new();
    stage.applies(&before).await;
    stage.cloud.trouble_at(nth, trouble);
    drop(stage.apply(&wanted).await);
    stage.cloud.calm();
    stage.applies(&wanted).await;
    let plan = stage.plan(&wanted);
    assert!(plan.is_empty(), "a second plan is not empty: {:?}", plan.steps);
    assert!(stage.snapshot().intents.is_empty(), "intents are left open");
    let expected = undisturbed(&wanted, &before).await;
    assert_eq!(
        names(&stage.cloud.inventory()),
        names(&expected),
        "the cloud is not as after an undisturbed run"
    );
    let seen = stage.look().await;
    assert!(stage.plan_seen(&wanted, &seen).is_empty(), "the state does not say what the cloud is");
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.inventory(), [""; 0], "a destroy leaves something");
}

/// Without the generation in a name: an interrupted replacement may count further.
fn names(inventory: &[String]) -> Vec<String> {
    let mut names: Vec<String> = inventory
        .iter()
        .map(|line| line.replace("thing-2", "thing").replace("thing-3", "thing"))
        .collect();
    names.sort();
    names
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_operation_converges(before in things(), wanted in things(), nth in 1_u64..30, trouble in trouble()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(converges(before, wanted, nth, trouble));
    }
}
