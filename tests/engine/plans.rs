//! What plans say, and that runs do what they say.

use maas::execute::Outcome;
use maas::graph::{Address, FaultKind};
use maas::plan::{Action, Observed, Operation, Options, Plan, Reason, StepId};

use crate::cloud::{OTHERS, Trouble};
use crate::stage::{Stage, Want, Wanted, graph, want, wanted};

fn linked(size: u32, link: &str) -> Want {
    Want { link: Some(link.to_owned()), ..want(size) }
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?} {}", step.operation, step.key)).collect()
}

#[tokio::test]
async fn a_second_plan_is_empty_and_a_second_run_sends_nothing() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1)), ("b", linked(2, "a"))]);
    let first = stage.plan(&wanted);
    assert_eq!(steps(&first), ["Create a/thing", "Create b/thing"]);
    stage.applies(&wanted).await;
    assert!(stage.plan(&wanted).is_empty());
    stage.cloud.take_log();
    stage.applies(&wanted).await;
    assert_eq!(stage.cloud.take_log(), [""; 0]);
}

#[tokio::test]
async fn a_plan_knows_arns_before_anything_exists() {
    let stage = Stage::new();
    let plan = stage.plan(&wanted(&[("a", want(1)), ("b", linked(2, "a"))]));
    let preview = plan.steps[1].preview.as_ref().unwrap();
    assert_eq!(preview["link"], "arn:aws:fake:eu-west-1:123456789012:p-e-a-thing");
}

#[tokio::test]
async fn a_change_sends_only_what_changed() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1)), ("b", linked(2, "a"))])).await;
    stage.cloud.take_log();
    let changed = wanted(&[("a", want(7)), ("b", linked(2, "a"))]);
    let plan = stage.plan(&changed);
    assert_eq!(steps(&plan), ["Update a/thing"]);
    assert_eq!(plan.steps[0].reasons, [Reason::Changed(vec!["size".into()])]);
    stage.applies(&changed).await;
    assert_eq!(stage.cloud.take_log(), ["size p-e-a-thing 7"]);
}

#[tokio::test]
async fn a_replacement_makes_the_new_one_first_and_moves_its_users() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1)), ("b", linked(2, "a"))])).await;
    stage.cloud.take_log();
    let changed =
        wanted(&[("a", Want { shape: "square".into(), ..want(1) }), ("b", linked(2, "a"))]);
    let plan = stage.plan(&changed);
    assert_eq!(plan.summary().replace, 1);
    assert_eq!(steps(&plan), ["Create a/thing", "Update b/thing", "Delete a/thing#0"]);
    stage.applies(&changed).await;
    let log = stage.cloud.take_log();
    assert_eq!(
        log,
        [
            "create p-e-a-thing-2",
            "size p-e-a-thing-2 1",
            "change p-e-b-thing",
            "delete p-e-a-thing"
        ]
    );
    assert!(stage.plan(&changed).is_empty());
}

#[tokio::test]
async fn a_target_that_is_replaced_or_goes_draws_in_what_uses_it() {
    let mut stage = Stage::new();
    let both = |shape: &str, others: u32| {
        wanted(&[
            ("a", Want { shape: shape.into(), ..want(1) }),
            ("b", linked(2, "a")),
            ("c", want(others)),
        ])
    };
    stage.applies(&both("round", 1)).await;
    stage.options.targets = vec!["a/thing".parse().unwrap()];
    // A change in place leaves the users alone.
    let larger = wanted(&[("a", want(7)), ("b", linked(7, "a")), ("c", want(7))]);
    assert_eq!(steps(&stage.plan(&larger)), ["Update a/thing"]);
    let square = both("square", 7);
    let moves = ["Create a/thing", "Update b/thing", "Delete a/thing#0"];
    assert_eq!(steps(&stage.plan(&square)), moves);
    let without = wanted(&[("b", want(2)), ("c", want(7))]);
    assert_eq!(steps(&stage.plan(&without)), ["Update b/thing", "Delete a/thing"]);
    stage.applies(&square).await;
    assert!(stage.plan(&square).is_empty());
    stage.options.targets.clear();
    assert_eq!(steps(&stage.plan(&square)), ["Update c/thing"]);
}

#[tokio::test]
async fn a_pinned_name_goes_before_it_comes_again() {
    let mut stage = Stage::new();
    let pinned = |shape: &str| Want { pinned: true, shape: shape.into(), ..want(1) };
    stage.applies(&wanted(&[("a", pinned("round"))])).await;
    stage.cloud.take_log();
    let plan = stage.plan(&wanted(&[("a", pinned("square"))]));
    assert_eq!(steps(&plan), ["Delete a/thing", "Create a/thing"]);
    stage.applies(&wanted(&[("a", pinned("square"))])).await;
    assert_eq!(stage.cloud.take_log(), ["delete pinned-a", "create pinned-a", "size pinned-a 1"]);
}

#[tokio::test]
async fn what_goes_first_takes_along_what_stands_on_it() {
    let mut stage = Stage::new();
    let pinned = |shape: &str| Want { pinned: true, shape: shape.into(), ..want(1) };
    let stands = Want { pinned: true, base: Some("a".into()), ..want(1) };
    stage.applies(&wanted(&[("a", pinned("round")), ("b", stands.clone())])).await;
    stage.cloud.take_log();
    let changed = wanted(&[("a", pinned("square")), ("b", stands)]);
    let plan = stage.plan(&changed);
    assert_eq!(
        steps(&plan),
        ["Delete b/thing", "Delete a/thing", "Create a/thing", "Create b/thing"]
    );
    let along = &plan.steps[3].reasons;
    assert_eq!(*along, [Reason::GoesWith("a/thing".parse().unwrap())]);
    stage.applies(&changed).await;
    assert!(stage.plan(&changed).is_empty());
}

/// As the permission of a function that is replaced, and the notification that is refused without it.
#[tokio::test]
async fn what_goes_along_with_its_owner_is_made_on_the_new_one_first() {
    let mut stage = Stage::new();
    let wanted = wanted(&[
        ("a", Want { children: [("x".into(), 1)].into(), ..want(1) }),
        ("b", Want { link: Some("a".into()), through: Some("a".into()), ..want(2) }),
    ]);
    stage.applies(&wanted).await;
    stage.options.replace = ["a/thing".parse().unwrap()].into();
    let plan = stage.plan(&wanted);
    let moves = ["Create a/thing", "Create a/x", "Update b/thing"];
    let goes = ["Delete a/thing#0", "DeleteWithOwner a/x#0"];
    assert_eq!(steps(&plan), [&moves[..], &goes[..]].concat());
    stage.applies(&wanted).await;
    stage.options.replace.clear();
    assert!(stage.plan(&wanted).is_empty());
    assert_eq!(stage.cloud.inventory().len(), 3);
}

#[tokio::test]
async fn what_is_wanted_no_more_goes_in_reverse_and_takes_its_children_along() {
    let mut stage = Stage::new();
    let family = Want { children: [("x".to_owned(), 1)].into(), ..want(1) };
    stage.applies(&wanted(&[("a", family), ("b", linked(2, "a"))])).await;
    stage.cloud.take_log();
    let plan = stage.plan(&Wanted::new());
    let with_owner =
        plan.steps.iter().find(|step| step.operation == Operation::DeleteWithOwner).unwrap();
    assert_eq!(with_owner.key.to_string(), "a/x");
    assert_eq!(plan.summary().delete, 3);
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.take_log(), ["delete p-e-b-thing", "delete p-e-a-thing"]);
    assert!(stage.snapshot().records.is_empty());
}

#[tokio::test]
async fn drift_is_shown_and_put_right() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1)), ("b", want(2))]);
    stage.applies(&wanted).await;
    stage.cloud.by_hand("p-e-a-thing", |thing| thing.size = 9);
    stage.cloud.lose("p-e-b-thing");
    assert!(stage.plan(&wanted).is_empty(), "without reading, nothing is known of it");
    let seen = stage.look().await;
    let plan = stage.plan_seen(&wanted, &seen);
    assert_eq!(steps(&plan), ["Update a/thing", "Create b/thing"]);
    assert_eq!(plan.steps[0].reasons, [Reason::Drifted(vec!["size".into()])]);
    assert_eq!(plan.steps[1].reasons, [Reason::Missing]);
}

#[tokio::test]
async fn what_could_not_be_put_right_has_the_outputs_that_its_users_know() {
    let mut stage = Stage::new();
    let (nodes, ties) = ([("x".into(), 1)].into(), [("y".into(), 1)].into());
    let wanted = wanted(&[("a", Want { deep: true, nodes, ties, ..want(1) })]);
    stage.applies(&wanted).await;
    let before = stage.cloud.inventory();
    stage.cloud.narrow("node-000001");
    let seen = stage.look().await;
    let plan = stage.plan_seen(&wanted, &seen);
    assert_eq!(steps(&plan), ["Update a/nx"]);
    stage.cloud.refuse("widen node-000001");
    assert_eq!(stage.carry_out(&wanted, &plan).await.outcome, Outcome::Failed);
    assert_eq!(steps(&stage.plan(&wanted)), ["Update a/nx"]);
    stage.cloud.calm();
    stage.cloud.take_log();
    stage.applies(&wanted).await;
    assert_eq!(stage.cloud.take_log(), ["widen node-000001"]);
    assert_eq!(stage.cloud.inventory(), before);
}

#[tokio::test]
async fn what_is_read_empty_is_kept_as_it_was_told() {
    let mut stage = Stage::new();
    let (nodes, ties) = ([("x".into(), 1)].into(), [("y".into(), 1)].into());
    let wanted = wanted(&[("a", Want { deep: true, nodes, ties, ..want(1) })]);
    stage.applies(&wanted).await;
    let mut seen = stage.look().await;
    match seen.get_mut("a/nx") {
        Some(Observed::Seen(node)) => node.outputs["reach"] = "".into(),
        other => panic!("{other:?}"),
    }
    let plan = stage.plan_seen(&wanted, &seen);
    assert!(plan.is_empty(), "{:?}", steps(&plan));
    stage.carry_out(&wanted, &plan).await;
    assert!(stage.plan(&wanted).is_empty(), "the next plan does not know better");
}

#[tokio::test]
async fn what_is_gone_and_not_wanted_is_forgotten_without_a_call() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1)), ("b", want(2))])).await;
    stage.cloud.lose("p-e-b-thing");
    let seen = stage.look().await;
    let rest = wanted(&[("a", want(1))]);
    let plan = stage.plan_seen(&rest, &seen);
    assert_eq!(steps(&plan), ["Forget b/thing"]);
    assert_eq!(plan.steps[0].action(), Some(Action::Forget));
    assert!(!plan.is_empty());
    stage.cloud.take_log();
    assert_eq!(stage.carry_out(&rest, &plan).await.outcome, Outcome::Done);
    assert_eq!(stage.cloud.take_log(), Vec::<String>::new());
    assert_eq!(stage.snapshot().records.len(), 1);
    assert!(stage.plan(&rest).is_empty());
}

#[tokio::test]
async fn what_stands_under_a_wanted_name_is_adopted_if_it_is_ours() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1)), ("b", want(2))]);
    stage.applies(&wanted).await;
    stage.cloud.lose("p-e-b-thing");
    stage.forget();
    let first = stage.plan(&wanted);
    assert_eq!(first.summary().create, 2);
    let seen = stage.standing(&first).await;
    let plan = stage.plan_seen(&wanted, &seen);
    let actions: Vec<_> =
        plan.steps.iter().map(|step| (step.key.to_string(), step.action())).collect();
    let expected = [("a/thing", Action::Adopt), ("b/thing", Action::Create)];
    assert_eq!(actions, expected.map(|(key, action)| (key.to_owned(), Some(action))));
    assert_eq!(stage.carry_out(&wanted, &plan).await.outcome, Outcome::Done);
    assert_eq!(stage.cloud.inventory().len(), 2);
}

/// It has no tags, so that its type tells by what it is.
#[tokio::test]
async fn what_others_put_on_a_thing_of_ours_is_not_adopted() {
    let with =
        |weight| wanted(&[("a", Want { ties: [("x".to_owned(), weight)].into(), ..want(1) })]);
    for (weight, is_ours) in [(OTHERS - 1, true), (OTHERS, false)] {
        let mut stage = Stage::new();
        stage.applies(&with(weight)).await;
        stage.forget();
        let seen = stage.standing(&stage.plan(&with(1))).await;
        if is_ours {
            let actions = stage.plan_seen(&with(1), &seen);
            assert!(actions.steps.iter().all(|step| step.action() == Some(Action::Adopt)));
            continue;
        }
        let refused = stage.refused_seen(&with(1), &seen);
        assert!(
            matches!(&refused[..], [one] if one.starts_with("p-e-a-thing/tie-x exists")),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn what_hangs_on_something_unknown_is_not_looked_for() {
    let mut stage = Stage::new();
    let children = [("x".to_owned(), 1)].into();
    let wanted = wanted(&[("a", Want { children, ..want(1) })]);
    let mut plan = stage.plan(&wanted);
    let child = plan.steps.iter_mut().find(|step| step.key.to_string() == "a/x").unwrap();
    let unknown = graph(&wanted).nodes()[&child.key.address].wanted["owner"].clone();
    child.preview.as_mut().unwrap()["owner"] = unknown;
    let seen = stage.standing(&plan).await;
    assert_eq!(seen.keys().map(ToString::to_string).collect::<Vec<_>>(), ["a/thing"]);
}

#[tokio::test]
async fn a_defect_while_looking_is_told() {
    let mut stage = Stage::new();
    let plan = stage.plan(&wanted(&[("a", want(1))]));
    stage.cloud.fail("read p-e-a-thing", FaultKind::Defect);
    let faults = stage.stands(&plan).await.unwrap_err();
    assert_eq!(faults[0].0.as_str(), "a/thing");
}

/// The copy needs what now needs its successor.
#[tokio::test]
async fn a_copy_that_was_left_behind_does_not_hold_up_a_destroy() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1)), ("b", linked(2, "a"))])).await;
    let turned =
        wanted(&[("a", linked(1, "b")), ("b", Want { shape: "square".into(), ..want(2) })]);
    stage.cloud.refuse("delete p-e-b-thing");
    assert_eq!(stage.apply(&turned).await.unwrap().outcome, Outcome::Failed);
    stage.cloud.calm();
    let snapshot = stage.snapshot();
    let needs = |key: &str| snapshot.records[&key.parse().unwrap()].needs.clone();
    let one = |name: &str| std::collections::BTreeSet::from([name.parse().unwrap()]);
    assert_eq!((needs("a/thing"), needs("b/thing#0")), (one("b/thing"), one("a/thing")));
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.inventory(), [""; 0]);
}

/// Of two that need each other only in words, the copy needs the other's old half.
#[tokio::test]
async fn a_copy_goes_before_what_it_needs_and_that_comes_again() {
    let mut stage = Stage::new();
    let base = |size| Want { pinned: true, ..want(size) };
    let on = |base: &str| Want { base: Some(base.into()), ..want(1) };
    stage.applies(&wanted(&[("a", on("b")), ("b", base(1))])).await;
    stage.cloud.refuse("delete p-e-a-thing");
    let turned = |b| wanted(&[("a", want(1)), ("b", b)]);
    let linked = Want { link: Some("a".into()), ..base(1) };
    assert_eq!(stage.apply(&turned(linked.clone())).await.unwrap().outcome, Outcome::Failed);
    stage.cloud.calm();
    let square = turned(Want { shape: "square".into(), ..linked });
    stage.applies(&square).await;
    assert!(stage.plan(&square).is_empty());
    assert_eq!(stage.cloud.inventory().len(), 2);
}

#[tokio::test]
async fn two_that_may_use_each_other_since_a_run_was_killed_go() {
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", want(1)), ("b", linked(2, "a"))])).await;
    stage
        .rewrite("a/thing", |a| *a = a.clone().interrupted(&["b/thing".parse().unwrap()].into()))
        .await;
    stage.rewrite("b/thing", |b| b.finished = false).await;
    stage.applies(&Wanted::new()).await;
    assert_eq!(stage.cloud.inventory(), [""; 0]);
}

/// The target itself is as it is wanted; what uses the copy that goes is not.
#[tokio::test]
async fn a_target_with_a_copy_left_behind_draws_in_what_uses_it() {
    let mut stage = Stage::new();
    let both = wanted(&[("a", want(1)), ("b", linked(2, "a"))]);
    stage.applies(&both).await;
    stage.options.replace = ["a/thing".parse().unwrap()].into();
    stage.cloud.refuse("change p-e-b-thing");
    assert_eq!(stage.apply(&both).await.unwrap().outcome, Outcome::Failed);
    stage.cloud.calm();
    stage.options = Options { targets: vec!["a/thing".parse().unwrap()], ..Options::default() };
    assert_eq!(steps(&stage.plan(&both)), ["Update b/thing", "Delete a/thing#0"]);
}

#[tokio::test]
async fn a_target_that_was_lost_draws_in_what_went_with_it() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", Want { children: [("x".into(), 1)].into(), ..want(1) })]);
    stage.applies(&wanted).await;
    stage.cloud.lose("p-e-a-thing");
    let seen = stage.look().await;
    stage.options.targets = vec!["a/thing".parse().unwrap()];
    assert_eq!(steps(&stage.plan_seen(&wanted, &seen)), ["Create a/thing", "Create a/x"]);
}

#[tokio::test]
async fn what_a_record_lacks_that_its_type_once_had_not_is_recorded_with_an_update() {
    let mut stage = Stage::new();
    let based = wanted(&[("a", want(1)), ("b", Want { base: Some("a".into()), ..want(2) })]);
    stage.applies(&based).await;
    let strip = |record: &mut maas::state::Record| {
        let mut inputs = record.inputs.to_document();
        inputs.as_object_mut().unwrap().remove("base").unwrap();
        record.inputs = inputs.into();
    };
    stage.rewrite("b/thing", strip).await;
    assert_eq!(steps(&stage.plan(&based)), ["Update b/thing"]);
    stage.applies(&based).await;
    assert!(stage.plan(&based).is_empty());
}

#[tokio::test]
async fn what_needs_something_else_now_is_recorded_so_without_a_call() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1)), ("b", linked(2, "a"))]);
    stage.applies(&wanted).await;
    let needs = |stage: &Stage| stage.snapshot().records[&"b/thing".parse().unwrap()].needs.clone();
    let before = needs(&stage);
    stage.rewrite("b/thing", |record| record.needs.clear()).await;
    stage.cloud.take_log();
    stage.applies(&wanted).await;
    assert_eq!((needs(&stage), stage.cloud.take_log()), (before, vec![]));
}

/// The gap until it comes again is no longer than it has to be.
#[tokio::test]
async fn what_goes_first_stays_until_what_its_new_one_needs_is_there() {
    let mut stage = Stage::new();
    let pinned = |shape: &str| Want { pinned: true, shape: shape.into(), ..linked(1, "a") };
    stage.applies(&wanted(&[("a", want(1)), ("b", pinned("round"))])).await;
    let plan = stage.plan(&wanted(&[("a", want(2)), ("b", pinned("square"))]));
    assert_eq!(steps(&plan), ["Update a/thing", "Delete b/thing", "Create b/thing"]);
    assert_eq!(plan.steps[1].after, [StepId(0)].into());
}

/// Its record names the copy that it used; it may have moved to the current one.
#[tokio::test]
async fn a_half_changed_user_goes_before_either_copy_that_it_may_use() {
    let mut stage = Stage::new();
    let both = wanted(&[("a", want(1)), ("b", linked(2, "a"))]);
    stage.applies(&both).await;
    stage.options.replace = ["a/thing".parse().unwrap()].into();
    stage.cloud.trouble_at(3, Trouble::AnswerLost);
    assert_eq!(stage.apply(&both).await.unwrap().outcome, Outcome::Failed);
    stage.options.replace.clear();
    stage.cloud.calm();
    let plan = stage.plan(&Wanted::new());
    assert_eq!(steps(&plan), ["Delete b/thing", "Delete a/thing", "Delete a/thing#0"]);
    for copy in &plan.steps[1..] {
        assert_eq!(copy.after, [StepId(0)].into(), "{}", copy.key);
    }
}

#[tokio::test]
async fn flags_name_what_is_wanted_and_selected() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1)), ("b", want(2))]);
    stage.applies(&wanted).await;
    stage.options.replace = ["a/thnig".parse().unwrap()].into();
    assert_eq!(stage.refused(&wanted), ["`--replace a/thnig` fits no resource"]);
    stage.options.replace = ["a/thing".parse().unwrap()].into();
    stage.options.targets = vec!["b".parse().unwrap()];
    let refused = stage.refused(&wanted);
    assert_eq!(refused, ["`--replace a/thing` fits no resource of those that `--target` selects"]);
    stage.options.targets = vec!["c".parse().unwrap()];
    assert_eq!(stage.refused(&wanted), ["`--target c` fits no resource"]);
}

#[tokio::test]
async fn a_failed_step_stops_only_what_waits_for_it() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1)), ("b", linked(2, "a")), ("c", want(3))]);
    stage.cloud.refuse("create p-e-a-thing");
    let report = stage.apply(&wanted).await.unwrap();
    assert_eq!((report.tally.done, report.tally.failed, report.tally.skipped), (1, 1, 1));
    assert_eq!(report.faults[0].address.as_str(), "a/thing");
    stage.cloud.calm();
    stage.applies(&wanted).await;
    assert_eq!(stage.cloud.inventory().len(), 3);
}

#[tokio::test]
async fn secrets_are_sent_and_never_recorded() {
    let mut stage = Stage::new();
    let secret = |text: &str| Want { secret: Some(text.into()), ..want(1) };
    let plan = stage.plan(&wanted(&[("a", secret("hunter2"))]));
    assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"));
    stage.applies(&wanted(&[("a", secret("hunter2"))])).await;
    assert!(!serde_json::to_string(&stage.snapshot().records).unwrap().contains("hunter2"));
    assert!(stage.plan(&wanted(&[("a", secret("hunter2"))])).is_empty());
    let changed = stage.plan(&wanted(&[("a", secret("hunter3"))]));
    assert_eq!(changed.steps[0].changes[0].path, "secret");
    assert_eq!(changed.steps[0].action(), Some(Action::Update));
}

#[tokio::test]
async fn another_owners_name_is_refused() {
    let mut stage = Stage::new();
    let wanted = wanted(&[("a", want(1))]);
    stage.applies(&wanted).await;
    let mut other = Stage::new();
    other.cloud = stage.cloud.clone();
    stage.cloud.by_hand("p-e-a-thing", |thing| thing.tags.clear());
    let report = other.apply(&wanted).await.unwrap();
    let fault = &report.faults[0].fault;
    assert!(fault.message.contains("does not belong"), "{fault}");
    assert!(fault.advice.as_ref().unwrap().contains("--adopt a/thing"));
    assert!(other.snapshot().records.is_empty());
}

#[tokio::test]
async fn what_is_protected_is_replaced_only_where_the_manifest_lets_it_go() {
    let with = |shape: &str, kept: bool| {
        wanted(&[("a", Want { shape: shape.into(), kept, ..want(1) }), ("b", linked(1, "a"))])
    };
    let mut stage = Stage::new();
    stage.applies(&with("round", true)).await;
    let refused = ["a/thing would be replaced, and `kept` protects it"];
    assert_eq!(stage.refused(&with("square", true)), refused);
    assert!(stage.plan(&with("round", true)).is_empty());
    stage.applies(&with("square", false)).await;
    stage.applies(&with("square", true)).await;
    // It is told once what hinders, whatever else would go.
    assert_eq!(stage.refused(&Wanted::new()).len(), 1);
}

#[tokio::test]
async fn a_teardown_goes_by_what_is_said_now_and_not_by_what_was_applied() {
    let kept = wanted(&[("a", Want { kept: true, ..want(1) })]);
    let nothing = Wanted::new();
    let mut stage = Stage::new();
    stage.applies(&kept).await;
    assert_eq!(stage.refused(&nothing), ["a/thing would be deleted, and `kept` protects it"]);
    stage.options.teardown.asked.insert("kept", false.into());
    let changes = &stage.plan(&nothing).steps[0].changes;
    assert_eq!((changes.len(), &*changes[0].path, &changes[0].to), (1, "kept", &false.into()));
    stage.applies(&nothing).await;

    stage.options = Options::default();
    stage.applies(&kept).await;
    let now = graph(&wanted(&[("a", want(1))]));
    let now = now.nodes().iter().map(|(at, node)| (at.clone(), node.wanted.clone())).collect();
    stage.options.teardown.manifest = now;
    stage.applies(&nothing).await;
    assert_eq!(stage.cloud.inventory(), [""; 0]);
}

/// The cloud gives back the tie that is there, so a new one before the old one goes would go with it.
#[tokio::test]
async fn what_the_cloud_knows_by_its_inputs_goes_before_it_comes() {
    let mut stage = Stage::new();
    let tied = wanted(&[("a", Want { ties: [("x".to_owned(), 1)].into(), ..want(1) })]);
    stage.applies(&tied).await;
    stage.options.replace = [Address::new("a", "tx")].into();
    stage.cloud.take_log();
    stage.applies(&tied).await;
    assert_eq!(stage.cloud.take_log(), ["delete p-e-a-thing/tie-x", "create p-e-a-thing/tie-x"]);
    assert!(stage.cloud.inventory().contains(&"p-e-a-thing/tie-x 1".to_owned()));

    // Of another thing it is another one, which may come first.
    stage.options = Options::default();
    stage.applies(&wanted(&[("a", Want { shape: "oval".into(), ..tied["a"].clone() })])).await;
    let log = stage.cloud.take_log();
    let at = |call: &str| log.iter().position(|line| line == call).unwrap();
    assert!(at("create p-e-a-thing-2/tie-x") < at("delete p-e-a-thing"), "{log:?}");
}

#[tokio::test]
async fn all_that_stands_in_the_way_of_deletions_is_told_at_once() {
    let mut stage = Stage::new();
    let square = || Want { shape: "square".into(), ..want(1) };
    stage.applies(&wanted(&[("a", want(1)), ("b", want(1)), ("c", want(1)), ("d", want(1))])).await;
    for name in ["a", "b", "d"] {
        stage.cloud.fill(&format!("p-e-{name}-thing"));
    }
    stage.cloud.take_log();
    // `d` stays, so nobody looks into it.
    let plan = stage.plan(&wanted(&[("a", square()), ("d", want(2))]));
    let told = stage.obstacles(&plan).await;
    assert_eq!(
        told,
        [
            "a/thing would be replaced, and p-e-a-thing is full",
            "b/thing would be deleted, and p-e-b-thing is full"
        ]
    );
    let mut log = stage.cloud.take_log();
    log.sort();
    assert_eq!(log, ["look into p-e-a-thing", "look into p-e-b-thing", "look into p-e-c-thing"]);

    // What is gone, and what may not be looked at, is none.
    stage.cloud.lose("p-e-a-thing");
    stage.cloud.refuse("look into p-e-b-thing");
    assert_eq!(stage.obstacles(&plan).await, [""; 0]);
}

#[tokio::test]
async fn what_was_never_finished_stands_in_no_way() {
    let mut stage = Stage::new();
    stage.cloud.refuse("size p-e-a-thing 1");
    stage.apply(&wanted(&[("a", want(1))])).await;
    stage.cloud.calm();
    stage.cloud.fill("p-e-a-thing");
    let plan = stage.plan(&Wanted::new());
    assert_eq!(steps(&plan), ["Delete a/thing"]);
    stage.cloud.take_log();
    assert_eq!(stage.obstacles(&plan).await, [""; 0]);
    assert_eq!(stage.cloud.take_log(), [""; 0]);
}
