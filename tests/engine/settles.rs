//! What was interrupted, on a cloud whose lists lag.

use maas::execute::{EventKind, Outcome};
use tokio::time::{Duration, Instant};

use crate::cloud::Trouble;
use crate::stage::{Stage, Want, Wanted, want, wanted};

const SETTLE_TIME: Duration = Duration::from_secs(10);

fn linked(link: &str) -> Want {
    Want { link: Some(link.to_owned()), ..want(1) }
}

/// A stage where the program died at the creation of `a`.
async fn died(trouble: Trouble) -> Stage {
    let mut stage = Stage::new();
    stage.settle_time = SETTLE_TIME;
    stage.cloud.trouble_at(1, trouble);
    assert!(stage.apply(&wanted(&[("a", want(1))])).await.is_none());
    stage.cloud.take_log();
    stage
}

fn recovered(stage: &Stage) -> Vec<String> {
    let events = stage.events.lock().unwrap();
    let told = events.iter().filter_map(|event| match event {
        EventKind::Recovered { what, .. } => Some(what.clone()),
        _ => None,
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_found_yet_is_not_made_again() {
    let mut stage = died(Trouble::KillAfter).await;
    stage.cloud.lags(SETTLE_TIME - Duration::from_secs(1));
    stage.applies(&wanted(&[("a", want(1))])).await;
    assert_eq!(recovered(&stage), ["it was made before the interruption and is finished now"]);
    let log = stage.cloud.take_log();
    assert!(!log.iter().any(|call| call.starts_with("create")), "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_made_is_known_when_it_would_be_found() {
    let mut stage = died(Trouble::KillBefore).await;
    let started = Instant::now();
    stage.applies(&wanted(&[("a", want(1))])).await;
    assert_eq!(recovered(&stage), ["it was not made before the interruption"]);
    let waited = started.elapsed();
    assert!((SETTLE_TIME..SETTLE_TIME + Duration::from_secs(2)).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_found_is_not_waited_for() {
    let mut stage = died(Trouble::KillAfter).await;
    let started = Instant::now();
    stage.applies(&wanted(&[("a", want(1))])).await;
    assert_eq!(recovered(&stage), ["it was made before the interruption and is finished now"]);
    assert!(started.elapsed() < SETTLE_TIME, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_was_deleted_and_is_wanted_again_is_made_again() {
    for (trouble, told) in [
        (Trouble::KillAfter, "it was deleted before the interruption"),
        (Trouble::KillBefore, "its deletion was interrupted"),
    ] {
        let mut stage = Stage::new();
        let wanted = wanted(&[("a", want(1))]);
        stage.applies(&wanted).await;
        stage.settle_time = SETTLE_TIME;
        stage.cloud.trouble_at(1, trouble);
        assert!(stage.apply(&[].into()).await.is_none());
        stage.cloud.lags(SETTLE_TIME - Duration::from_secs(1));
        stage.applies(&wanted).await;
        assert_eq!(recovered(&stage), [told]);
        assert_eq!(stage.cloud.inventory().len(), 1);
        let seen = stage.look().await;
        assert!(stage.plan_seen(&wanted, &seen).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_got_no_answer_is_looked_after() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1))]);
    stage.applies(&wanted).await;
    stage.cloud.trouble_at(1, Trouble::AnswerLost);
    assert_eq!(stage.apply(&[].into()).await.unwrap().tally.failed, 1);
    stage.applies(&wanted).await;
    assert_eq!(stage.cloud.inventory().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_made_ready_and_not_called_leaves_nothing() {
    let mut stage = Stage::new();
    let names: Vec<String> = (0..20).map(|n| format!("t{n:02}")).collect();
    let wanted = names.iter().map(|name| (name.clone(), want(1))).collect();
    stage.cloud.trouble_at(1, Trouble::KillBefore);
    assert!(stage.apply(&wanted).await.is_none());
    // Four at once, and four that come next.
    assert_eq!(stage.snapshot().intents.len(), 8);
    stage.applies(&wanted).await;
    assert_eq!(stage.cloud.inventory().len(), 20);
    assert!(stage.snapshot().intents.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_interrupted_is_looked_for_at_once() {
    let mut stage = Stage::new();
    stage.settle_time = SETTLE_TIME;
    let names = ["a", "b", "c", "d", "e", "f"];
    let wanted = wanted(&names.map(|name| (name, want(1))));
    stage.cloud.trouble_at(4, Trouble::KillAfter);
    assert!(stage.apply(&wanted).await.is_none());
    let made = stage.cloud.inventory().len();
    stage.cloud.take_log();
    stage.applies(&wanted).await;
    let log = stage.cloud.take_log();
    let created = log.iter().filter(|call| call.starts_with("create")).count();
    assert_eq!((created, recovered(&stage).len()), (names.len() - made, names.len()));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_answered_is_looked_for_until_it_would_be_seen() {
    let mut stage = Stage::new();
    stage.settle_time = SETTLE_TIME;
    stage.cloud.trouble_at(1, Trouble::AnswerLost);
    stage.cloud.lags(SETTLE_TIME - Duration::from_secs(1));
    stage.applies(&wanted(&[("a", want(1))])).await;
    let log = stage.cloud.take_log();
    assert_eq!(log.iter().filter(|call| call.starts_with("create")).count(), 1, "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_for_holds_up_nothing_else_and_stays_known() {
    let mut stage = Stage::new();
    let before = wanted(&[("b", want(1))]);
    stage.applies(&before).await;
    let both = wanted(&[("a", want(1)), ("b", want(2)), ("c", linked("a"))]);
    stage.cloud.trouble_at(1, Trouble::KillAfter);
    assert!(stage.apply(&wanted(&[("a", want(1)), ("b", want(1))])).await.is_none());
    stage.cloud.refuse("read p-e-a-thing");
    let report = stage.apply(&both).await.unwrap();
    assert_eq!((report.tally.done, report.tally.failed, report.tally.skipped), (1, 1, 1));
    assert!(report.faults[0].fault.message.contains("cannot be looked for"), "{report:?}");
    // Where nothing else is to be done there, too.
    let report = stage.apply(&Wanted::new()).await.unwrap();
    assert_eq!((report.outcome, report.tally.failed, report.tally.left), (Outcome::Failed, 1, 0));
    assert_eq!(stage.snapshot().intents.len(), 1);
    assert_eq!(stage.cloud.inventory().len(), 1);
    stage.cloud.calm();
    stage.applies(&both).await;
    assert_eq!(stage.cloud.inventory().len(), 3);
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.inventory(), [""; 0]);
}

/// A thing with a node, which one call makes, and a tie on that.
fn deep() -> Wanted {
    let (nodes, ties) = ([("x".into(), 1)].into(), [("y".into(), 1)].into());
    wanted(&[("a", Want { deep: true, nodes, ties, ..want(1) })])
}

/// A stage where the program died at the creation of node (1) or tie (2), and lost what nobody had waited
/// for: of the tie, that the node had been made.
async fn died_deep(nth: u64, trouble: Trouble) -> Stage {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1))])).await;
    stage.settle_time = SETTLE_TIME;
    stage.forgets = true;
    stage.cloud.trouble_at(nth, trouble);
    assert!(stage.apply(&deep()).await.is_none());
    stage.cloud.take_log();
    let snapshot = stage.snapshot();
    let open: Vec<&str> = snapshot.intents.values().map(|it| it.key.address.as_str()).collect();
    assert_eq!((open, snapshot.records.len()), (vec!["a/nx", "a/ty"], 1));
    stage
}

#[tokio::test(start_paused = true)]
async fn what_was_made_on_something_of_unknown_id_is_found_over_that() {
    let mut stage = died_deep(2, Trouble::KillAfter).await;
    stage.applies(&deep()).await;
    assert_eq!(recovered(&stage), ["it was made before the interruption and is finished now"; 2]);
    let log = stage.cloud.take_log();
    assert!(!log.iter().any(|call| call.starts_with("create")), "{log:?}");
    let seen = stage.look().await;
    assert!(stage.plan_seen(&deep(), &seen).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_not_made_on_something_of_unknown_id_is_made() {
    let mut stage = died_deep(2, Trouble::KillBefore).await;
    stage.applies(&deep()).await;
    let made = "it was made before the interruption and is finished now";
    assert_eq!(recovered(&stage), [made, "it was not made before the interruption"]);
    let log = stage.cloud.take_log();
    let created: Vec<_> = log.iter().filter(|call| call.starts_with("create")).collect();
    assert_eq!(created, ["create node-000001/tie-y"]);
}

#[tokio::test(start_paused = true)]
async fn what_needs_what_was_never_made_was_not_made_either() {
    let mut stage = died_deep(1, Trouble::KillBefore).await;
    // The wait for what may not be seen yet is one for all of them.
    let started = Instant::now();
    stage.applies(&deep()).await;
    assert!(started.elapsed() < SETTLE_TIME + Duration::from_secs(2), "{:?}", started.elapsed());
    let not = "it was not made before the interruption";
    assert_eq!(recovered(&stage), [not, not]);
    let log = stage.cloud.take_log();
    assert!(!log.iter().any(|call| call.starts_with("find") && call.ends_with("tie-y")), "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_on_something_that_cannot_be_looked_for_stays_known_with_it() {
    let mut stage = died_deep(2, Trouble::KillAfter).await;
    stage.cloud.refuse("find node x");
    let report = stage.apply(&deep()).await.unwrap();
    let faults: Vec<String> = report.faults.iter().map(|it| it.fault.message.clone()).collect();
    assert_eq!(report.outcome, Outcome::Failed, "{faults:?}");
    assert!(faults.iter().any(|it| it.contains("cannot be looked for")), "{faults:?}");
    assert_eq!(stage.snapshot().intents.len(), 2);
    stage.cloud.calm();
    stage.cloud.take_log();
    stage.applies(&deep()).await;
    let log = stage.cloud.take_log();
    assert!(!log.iter().any(|call| call.starts_with("create")), "{log:?}");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_looked_for_is_found_without_what_it_was_made_on() {
    let on_a_node = || {
        let nodes = [("x".into(), 1), ("y".into(), 1)].into();
        wanted(&[("a", Want { deep: true, nodes, ..want(1) })])
    };
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1))])).await;
    stage.forgets = true;
    stage.cloud.trouble_at(2, Trouble::KillAfter);
    assert!(stage.apply(&on_a_node()).await.is_none());
    // Nobody wants it any more, and what it is on goes: here it cannot, on AWS it may.
    stage.cloud.refuse("find node y");
    let report = stage.apply(&Wanted::new()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    let snapshot = stage.snapshot();
    let told: Vec<_> = snapshot.intents.values().map(|it| it.inputs["on"].clone()).collect();
    assert_eq!(told, ["node-000001"]);
    stage.cloud.calm();
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.inventory(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_made_since_something_failed_is_known_before_the_run_ends() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1))])).await;
    stage.cloud.refuse("create node x");
    // At one whose intent goes to disk after the refusal: what was taken back then is there before it.
    stage.cloud.trouble_at(30, Trouble::KillBefore);
    let mut all = deep();
    all.extend((0..20).map(|n| (format!("b{n:02}"), want(1))));
    assert!(stage.apply(&all).await.is_none());
    let log = stage.cloud.take_log();
    assert!(log.contains(&"create node x (refused)".to_owned()), "{log:?}");
    let snapshot = stage.snapshot();
    let open: Vec<&str> = snapshot.intents.values().map(|it| it.key.address.as_str()).collect();
    assert!(!open.is_empty() && open.iter().all(|at| at.starts_with('b')), "{open:?}");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_made_anew_is_not_looked_for_on_the_old_one() {
    let mut stage = Stage::new();
    stage.forgets = true;
    stage.applies(&deep()).await;
    stage.options.replace = ["a/nx".parse().unwrap()].into();
    stage.cloud.trouble_at(1, Trouble::KillBefore);
    assert!(stage.apply(&deep()).await.is_none());
    let ids = |stage: &Stage| stage.cloud.ids().into_keys().collect::<Vec<_>>();
    let before = ids(&stage);
    stage.options.replace.clear();
    stage.applies(&deep()).await;
    assert_eq!(ids(&stage), before, "the old ones are there, and nothing else");
    assert_eq!(stage.snapshot().records.len(), before.len());
}

#[tokio::test(start_paused = true)]
async fn what_needs_what_a_half_made_one_does_not_tell_yet_was_not_sent() {
    let (nodes, ties) = ([("x".into(), 2)].into(), [("y".into(), 1)].into());
    let deep = wanted(&[("a", Want { deep: true, nodes, ties, ..want(1) })]);
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1))])).await;
    stage.settle_time = SETTLE_TIME;
    // At what makes the node whole.
    stage.cloud.trouble_at(2, Trouble::KillBefore);
    assert!(stage.apply(&deep).await.is_none());
    assert_eq!(stage.snapshot().intents.len(), 2);
    stage.cloud.take_log();
    stage.applies(&deep).await;
    let log = stage.cloud.take_log();
    let first = log.iter().find(|call| call.contains("tie-y"));
    assert_eq!(first.map(String::as_str), Some("create node-000001/tie-y"), "{log:?}");
    let seen = stage.look().await;
    assert!(stage.plan_seen(&deep, &seen).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_made_in_place_of_what_went_is_told_from_it() {
    let pinned = |shape: &str, size: u32| {
        let thing = Want { pinned: true, shape: shape.into(), ..want(1) };
        wanted(&[("a", thing), ("b", want(size))])
    };
    for after in ["square", "round"] {
        for nth in 1..=4 {
            let mut stage = Stage::new();
            stage.applies(&pinned("round", 1)).await;
            stage.cloud.take_log();
            // A deletion is recorded, and its record lost with what comes after it.
            stage.forgets = true;
            stage.cloud.trouble_at(nth, Trouble::KillAfter);
            assert!(stage.apply(&pinned("square", 2)).await.is_none());
            let log = stage.cloud.take_log();
            stage.applies(&pinned(after, 2)).await;
            let seen = stage.look().await;
            let plan = stage.plan_seen(&pinned(after, 2), &seen);
            assert!(plan.is_empty(), "{log:?}, then {:?}", stage.cloud.take_log());
            assert_eq!(stage.cloud.inventory().len(), 2);
        }
    }
}
