//! A state that is lost is made anew from the cloud.

use maas::plan::{Action, Operation, Reason};

use crate::cloud::Trouble;
use crate::stage::{Stage, Want, Wanted, want};

fn wanted(things: &[(&str, Want)]) -> Wanted {
    things.iter().map(|(name, want)| ((*name).to_owned(), want.clone())).collect()
}

fn linked(size: u32, link: &str) -> Want {
    Want { link: Some(link.to_owned()), ..want(size) }
}

fn family() -> Wanted {
    let children = [("x".to_owned(), 1), ("y".to_owned(), 2)].into();
    wanted(&[
        ("a", Want { children, ..want(1) }),
        ("b", Want { secret: Some("hunter2".into()), word: Some("a".into()), ..linked(2, "a") }),
        ("c", Want { pinned: true, ..linked(3, "b") }),
    ])
}

#[tokio::test]
async fn nothing_changed_is_nothing_to_do() {
    let mut stage = Stage::new();
    stage.applies(&family()).await;
    let before = stage.snapshot();
    let found = stage.rebuild(&family()).await;
    assert_eq!(
        found,
        [
            "Recorded a/thing",
            "Recorded a/x",
            "Recorded a/y",
            "Recorded b/thing",
            "Recorded c/thing"
        ]
    );
    assert!(stage.plan(&family()).is_empty(), "{:?}", stage.plan(&family()).steps);
    let seen = stage.look().await;
    assert!(stage.plan_seen(&family(), &seen).is_empty());
    for (key, record) in &before.records {
        let again = &stage.snapshot().records[key];
        let same = |of: &maas::state::Record| {
            (of.id.clone(), of.outputs.clone(), of.needs.clone(), of.owner.clone(), of.name_pinned)
        };
        assert_eq!(same(again), same(record), "{key}");
    }
    assert!(!serde_json::to_string(&stage.snapshot().records).unwrap().contains("hunter2"));
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.inventory(), [""; 0]);
}

#[tokio::test]
async fn what_differs_shows_as_a_change() {
    let mut stage = Stage::new();
    stage.applies(&family()).await;
    stage.cloud.by_hand("p-e-a-thing", |thing| thing.size = 9);
    stage.cloud.by_hand("p-e-b-thing", |thing| thing.secret = Some("hunter3".into()));
    stage.rebuild(&family()).await;
    let plan = stage.plan(&family());
    let changes: Vec<String> = plan
        .steps
        .iter()
        .flat_map(|step| step.changes.iter().map(|change| format!("{} {}", step.key, change.path)))
        .collect();
    assert_eq!(changes, ["a/thing size", "b/thing secret"]);
    assert!(!serde_json::to_string(&stage.snapshot().records).unwrap().contains("hunter3"));
    stage.applies(&family()).await;
    let seen = stage.look().await;
    assert!(stage.plan_seen(&family(), &seen).is_empty());
}

#[tokio::test]
async fn what_is_not_there_is_made_again_with_what_is_part_of_it() {
    let mut stage = Stage::new();
    stage.applies(&family()).await;
    stage.cloud.lose("p-e-a-thing");
    let found = stage.rebuild(&family()).await;
    assert_eq!(found[..3], ["Missing a/thing", "Missing a/x", "Missing a/y"]);
    let plan = stage.plan(&family());
    assert_eq!(plan.summary().create, 3);
}

#[tokio::test]
async fn later_generations_are_recognised() {
    let mut stage = Stage::new();
    let children = [("x".to_owned(), 1)].into();
    let family = |shape: &str| {
        wanted(&[
            ("a", Want { shape: shape.into(), children: Clone::clone(&children), ..want(1) }),
            ("b", linked(2, "a")),
        ])
    };
    for shape in ["round", "square", "oval"] {
        stage.applies(&family(shape)).await;
    }
    stage.rebuild(&family("oval")).await;
    let record = stage.snapshot().record(&"a/thing".parse().unwrap()).unwrap().clone();
    assert_eq!((record.generation, record.id.unwrap().0.as_str()), (2, "p-e-a-thing-3"));
    assert!(stage.plan(&family("oval")).is_empty());
}

#[tokio::test]
async fn the_old_half_of_a_replacement_is_found_and_deleted() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1))])).await;
    let square = wanted(&[("a", Want { shape: "square".into(), ..want(1) })]);
    stage.cloud.trouble_at(3, Trouble::KillBefore);
    assert!(stage.apply(&square).await.is_none());
    assert_eq!(stage.cloud.inventory().len(), 2, "the new one is there beside the old one");
    let found = stage.rebuild(&square).await;
    assert_eq!(found, ["Recorded a/thing", "Old a/thing"]);
    let plan = stage.plan(&square);
    let steps: Vec<String> =
        plan.steps.iter().map(|step| format!("{:?} {}", step.operation, step.key)).collect();
    assert_eq!(steps, ["Delete a/thing#0"]);
    stage.applies(&square).await;
    assert_eq!(stage.cloud.inventory().len(), 1);
}

#[tokio::test]
async fn what_is_wanted_no_more_is_found_and_deleted_in_order() {
    let mut stage = Stage::new();
    let before = wanted(&[
        ("a", want(1)),
        ("b", Want { secret: Some("hunter2".into()), ..linked(2, "a") }),
        ("c", linked(3, "b")),
        ("d", want(4)),
    ]);
    stage.applies(&before).await;
    let now = wanted(&[("d", want(4))]);
    let found = stage.rebuild(&now).await;
    assert_eq!(
        found,
        ["Unwanted a/thing", "Unwanted b/thing", "Unwanted c/thing", "Recorded d/thing"]
    );
    assert!(!serde_json::to_string(&stage.snapshot().records).unwrap().contains("hunter2"));
    let plan = stage.plan(&now);
    assert_eq!(plan.summary().delete, 3);
    assert!(plan.steps.iter().all(|step| step.operation == Operation::Delete));
    assert_eq!(plan.steps[0].reasons, [Reason::NotWanted]);
    stage.cloud.take_log();
    stage.applies(&now).await;
    assert_eq!(
        stage.cloud.take_log(),
        ["delete p-e-c-thing", "delete p-e-b-thing", "delete p-e-a-thing"]
    );
}

#[tokio::test]
async fn a_wanted_one_lets_go_of_an_unwanted_one_first() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1)), ("b", linked(2, "a"))])).await;
    let now = wanted(&[("b", want(2))]);
    stage.rebuild(&now).await;
    let actions: Vec<_> = stage.plan(&now).steps.iter().map(|step| step.action()).collect();
    assert_eq!(actions, [Some(Action::Update), Some(Action::Delete)]);
}

#[tokio::test]
async fn parts_that_are_wanted_no_more_are_found_under_what_is() {
    let mut stage = Stage::new();
    stage.applies(&family()).await;
    let mut now = family();
    now.get_mut("a").unwrap().children.remove("x");
    let found = stage.rebuild(&now).await;
    assert_eq!(
        found,
        [
            "Recorded a/thing",
            "Unwanted a/thing.fake-child-x",
            "Recorded a/y",
            "Recorded b/thing",
            "Recorded c/thing"
        ]
    );
    let plan = stage.plan(&now);
    let steps: Vec<_> =
        plan.steps.iter().map(|it| format!("{:?} {}", it.operation, it.key)).collect();
    assert_eq!(steps, ["Delete a/thing.fake-child-x"]);
    stage.applies(&now).await;
    let left = stage.cloud.inventory();
    assert!(left.iter().all(|line| !line.contains("a-thing/x")), "{left:?}");
    // What is part of something that goes itself goes with it.
    let found = stage.rebuild(&Wanted::new()).await;
    assert_eq!(found, ["Unwanted a/thing", "Unwanted b/thing", "Unwanted c/thing"]);
}

#[tokio::test]
async fn anothers_is_not_taken() {
    let mut stage = Stage::new();
    stage.applies(&family()).await;
    for name in ["p-e-a-thing", "pinned-c"] {
        stage.cloud.by_hand(name, |thing| {
            thing.tags.insert("maas:environment".into(), "other".into());
        });
    }
    let found = stage.rebuild(&family()).await;
    assert_eq!(
        found,
        ["Foreign a/thing", "Missing a/x", "Missing a/y", "Recorded b/thing", "Foreign c/thing"]
    );
    assert_eq!(stage.snapshot().records.len(), 1);
}
