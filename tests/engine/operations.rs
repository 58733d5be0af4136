//! One random operation on a random valid state, with trouble at a random call.
//!
//! Whatever happens, the next run leads to what is wanted, the run after it has nothing to do, and
//! a destroy leaves nothing.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use proptest::prelude::*;

use crate::cloud::Trouble;
use crate::stage::{Stage, Want, Wanted};

fn things() -> impl Strategy<Value = Wanted> {
    let shape = prop_oneof![Just("round"), Just("square")];
    let children = prop::collection::btree_map("[xy]", 1_u32..3, 0..3);
    let other = || prop::option::of("[a-e]");
    let thing = (1_u32..3, shape, other(), other(), any::<bool>(), children);
    prop::collection::btree_map("[a-e]", thing, 0..5).prop_map(|things| {
        let wants =
            things.into_iter().map(|(name, (size, shape, link, base, pinned, children))| {
                // They lead to earlier names only, so that there is no cycle.
                let earlier = |other: Option<String>| other.filter(|other| *other < name);
                let (link, base) = (earlier(link), earlier(base));
                let shape = shape.to_owned();
                let want = Want { size, shape, link, base, pinned, children, ..Want::default() };
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

/// One operation, and the trouble that it meets.
pub struct Case {
    pub before: Wanted,
    pub wanted: Wanted,
    pub nth: u64,
    pub trouble: Trouble,
}

impl Case {
    pub async fn converges(&self) {
        let Self { before, wanted, nth, trouble } = self;
        let mut stage = Stage::new();
        stage.applies(before).await;
        stage.cloud.trouble_at(*nth, *trouble);
        drop(stage.apply(wanted).await);
        stage.cloud.calm();
        stage.applies(wanted).await;
        let plan = stage.plan(wanted);
        assert!(plan.is_empty(), "a second plan is not empty: {:?}", plan.steps);
        assert!(stage.snapshot().intents.is_empty(), "intents are left open");
        let expected = undisturbed(wanted, before).await;
        assert_eq!(
            names(&stage.cloud.inventory()),
            names(&expected),
            "the cloud is not as after an undisturbed run"
        );
        let seen = stage.look().await;
        let plan = stage.plan_seen(wanted, &seen);
        assert!(plan.is_empty(), "the state does not say what the cloud is");
        stage.applies(&Wanted::new()).await;
        assert_eq!(stage.cloud.inventory(), [""; 0], "a destroy leaves something");
    }

    /// The same where the state is lost right after the trouble, and made anew from the cloud.
    pub async fn converges_without_state(&self) {
        let Self { before, wanted, nth, trouble } = self;
        let mut stage = Stage::new();
        stage.applies(before).await;
        stage.cloud.trouble_at(*nth, *trouble);
        drop(stage.apply(wanted).await);
        stage.cloud.calm();
        stage.rebuild(wanted).await;
        stage.applies(wanted).await;
        let plan = stage.plan(wanted);
        assert!(plan.is_empty(), "a second plan is not empty: {:?}", plan.steps);
        let seen = stage.look().await;
        let plan = stage.plan_seen(wanted, &seen);
        assert!(plan.is_empty(), "the state does not say what the cloud is: {:?}", plan.steps);
        stage.rebuild(wanted).await;
        let plan = stage.plan(wanted);
        assert!(plan.is_empty(), "a plan after a rebuild is not empty: {:?}", plan.steps);
        let expected = undisturbed(wanted, before).await;
        assert_eq!(
            things_in(&stage.cloud.inventory()),
            things_in(&expected),
            "the cloud is not as after an undisturbed run"
        );
        stage.applies(&Wanted::new()).await;
        assert_eq!(stage.cloud.inventory(), [""; 0], "a destroy leaves something");
    }
}

/// As a test to paste into `found.rs`.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, wanted, nth, trouble } = self;
        let (before, wanted) = (source(before), source(wanted));
        write!(
            f,
            "\n#[tokio::test]\nasync fn found() {{\n    let before = wanted(&[{before}]);\n    \
             let wanted = wanted(&[{wanted}]);\n    let trouble = Trouble::{trouble:?};\n    \
             Case {{ before, wanted, nth: {nth}, trouble }}.converges().await;\n}}\n"
        )
    }
}

fn source(things: &Wanted) -> String {
    let thing = |(name, want): (&String, &Want)| {
        let mut keys = String::new();
        for (key, other) in [("link", &want.link), ("base", &want.base)] {
            let _ = other.iter().try_for_each(|o| write!(keys, "{key}: Some({o:?}.into()), "));
        }
        if want.shape != "round" {
            let _ = write!(keys, "shape: {:?}.into(), ", want.shape);
        }
        if want.pinned {
            keys.push_str("pinned: true, ");
        }
        if !want.children.is_empty() {
            let child = |(name, weight)| format!("({name:?}.into(), {weight})");
            let children: Vec<String> = want.children.iter().map(child).collect();
            let _ = write!(keys, "children: [{}].into(), ", children.join(", "));
        }
        format!("({name:?}, Want {{ {keys}..want({}) }})", want.size)
    };
    things.iter().map(thing).collect::<Vec<_>>().join(", ")
}

fn cases() -> impl Strategy<Value = Case> {
    (things(), things(), 1_u64..30, trouble()).prop_map(|(before, wanted, nth, trouble)| Case {
        before,
        wanted,
        nth,
        trouble,
    })
}

/// Without children: those that are wanted no more go with their owners only.
fn things_in(inventory: &[String]) -> Vec<String> {
    let mut things = names(inventory);
    things.retain(|line| !line.contains('/'));
    things
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
    fn any_operation_converges(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(case.converges());
    }

    #[test]
    fn the_state_may_be_lost_at_any_moment(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(case.converges_without_state());
    }
}
