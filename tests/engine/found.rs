//! Operations at which runs once did not converge.

use maas::execute::Outcome;
use maas::plan::Reason;

use crate::cloud::Trouble;
use crate::operations::Case;
use crate::stage::{Stage, Want, Wanted, want, wanted};

/// The owner was deleted, and its child with it, whose record was still there.
#[tokio::test]
async fn a_child_that_went_with_its_owner_is_made_again() {
    let family = Want { pinned: true, children: [("x".into(), 1)].into(), ..want(1) };
    let moved = Want { base: Some("d".into()), ..family.clone() };
    let before = wanted(&[("a", want(1)), ("b", want(1)), ("e", family)]);
    let wanted = wanted(&[("d", want(1)), ("e", moved)]);
    let case = Case { before, wanted, nth: 1, trouble: Trouble::KillBefore, ..Case::default() };
    case.converges().await;
}

/// With the state lost, a thing still held on to the old half of a replacement.
#[tokio::test]
async fn a_rebuilt_state_knows_who_uses_an_old_half() {
    let before = wanted(&[("b", want(1)), ("d", Want { link: Some("b".into()), ..want(1) })]);
    let wanted = wanted(&[("b", Want { pinned: true, ..want(2) }), ("d", want(2))]);
    let case = Case { before, wanted, nth: 2, trouble: Trouble::Refused, ..Case::default() };
    case.converges_without_state().await;
}

/// What goes first waited for the old half of what came only behind its replacement.
#[tokio::test]
async fn what_held_on_to_one_that_goes_first_goes_before_it() {
    let square = Want { shape: "square".into(), pinned: true, ..want(1) };
    let linked = Want { link: Some("a".into()), ..want(1) };
    let before = wanted(&[("a", square.clone()), ("d", linked.clone())]);
    let round = Want { shape: "round".into(), ..square };
    let moved = Want { base: Some("c".into()), ..want(1) };
    let wanted = wanted(&[("a", round), ("c", linked), ("d", moved)]);
    let case = Case { before, wanted, nth: 1, trouble: Trouble::Refused, ..Case::default() };
    case.converges().await;
}

/// A name was given up, what had it stayed behind, and then the name was wanted again.
#[tokio::test]
async fn a_copy_that_is_wanted_again_is_the_current_one_again() {
    let pinned = Want { pinned: true, ..want(1) };
    let user = Want { link: Some("a".into()), ..want(1) };
    let family = |a: Want| wanted(&[("a", a), ("b", user.clone())]);
    let mut stage = Stage::new();
    stage.applies(&family(pinned.clone())).await;
    stage.cloud.refuse("delete pinned-a");
    let report = stage.apply(&family(want(1))).await.unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    let back = family(Want { size: 2, ..pinned });
    let plan = stage.plan(&back);
    assert_eq!(plan.steps[0].reasons, [Reason::Changed(vec!["size".into()]), Reason::Restored]);
    let steps: Vec<String> =
        plan.steps.iter().map(|step| format!("{:?} {}", step.operation, step.key)).collect();
    assert_eq!(steps, ["Update a/thing", "Update b/thing", "Delete a/thing#1"]);
    stage.cloud.take_log();
    // What it holds is still in it: it is not made anew, and its deletion is not tried again.
    assert_eq!(stage.apply(&back).await.unwrap().outcome, Outcome::Done);
    let log = stage.cloud.take_log();
    assert!(
        !log.iter().any(|call| call.contains("create") || call == "delete pinned-a"),
        "{log:?}"
    );
    assert!(stage.plan(&back).is_empty());
    assert_eq!(stage.cloud.inventory().len(), 2);
}

/// What had been deleted by hand was made again when the program died: its record, which was there
/// still, passed for that of the new one.
#[tokio::test]
async fn what_was_lost_and_half_made_again_is_found() {
    let family =
        Want { nodes: [("x".into(), 1)].into(), children: [("y".into(), 1)].into(), ..want(1) };
    let wanted = wanted(&[("a", family)]);
    for (lost, of) in [("node-000001", "node"), ("p-e-a-thing/y", "child")] {
        let mut stage = Stage::new();
        stage.applies(&wanted).await;
        let before = stage.cloud.inventory();
        assert!(stage.cloud.ids().contains_key(lost), "{:?}", stage.cloud.ids());
        stage.cloud.lose(lost);
        stage.refresh = true;
        stage.cloud.trouble_at(1, Trouble::KillAfter);
        assert!(stage.apply(&wanted).await.is_none(), "the {of} is made again");
        stage.applies(&wanted).await;
        assert_eq!(stage.cloud.inventory(), before, "{of}");
        assert!(stage.plan(&wanted).is_empty());
    }
}

/// What was made of a thing was there, and that the thing itself was made had not reached the disk: the
/// tie, whose thing was not known, was made once more, which gave back the same one, and deleted.
#[tokio::test]
async fn what_uses_a_half_made_thing_stays() {
    let tied = Want { ties: [("x".into(), 1)].into(), ..want(1) };
    for nth in 1..6 {
        let (before, wanted) = (wanted(&[]), wanted(&[("a", tied.clone())]));
        let trouble = Trouble::KillAfter;
        let case = Case { before, wanted, nth, trouble, forgets: true, ..Case::default() };
        case.converges().await;
    }
}

/// An owner went and came back under its name before it was recorded that its child had gone along: the
/// child's record passed for that of one on the new owner.
#[tokio::test]
async fn what_went_along_is_known_to_be_gone_where_its_owner_came_back() {
    let before = wanted(&[
        (
            "a",
            Want {
                shape: "square".into(),
                pinned: true,
                children: [("x".into(), 2)].into(),
                nodes: [("x".into(), 2)].into(),
                ..want(2)
            },
        ),
        (
            "c",
            Want {
                shape: "square".into(),
                pinned: true,
                children: [("y".into(), 2)].into(),
                ties: [("x".into(), 1)].into(),
                ..want(2)
            },
        ),
        (
            "d",
            Want {
                shape: "square".into(),
                children: [("x".into(), 2)].into(),
                ties: [("y".into(), 1)].into(),
                ..want(2)
            },
        ),
        (
            "e",
            Want {
                base: Some("c".into()),
                pinned: true,
                nodes: [("x".into(), 2)].into(),
                ..want(2)
            },
        ),
    ]);
    let wanted = wanted(&[
        ("a", Want { pinned: true, children: [("x".into(), 2)].into(), ..want(2) }),
        (
            "d",
            Want {
                shape: "square".into(),
                pinned: true,
                children: [("x".into(), 1), ("y".into(), 1)].into(),
                ..want(2)
            },
        ),
    ]);
    Case {
        before,
        wanted,
        nth: 26,
        trouble: Trouble::Refused,
        again: Some((9, Trouble::KillAfter)),
        forgets: true,
        back: true,
        ..Case::default()
    }
    .converges()
    .await;
}

/// Of the two copies of its owner, the child was taken to go with the one that it was not on.
#[tokio::test]
async fn what_goes_along_is_known_until_its_own_owner_goes() {
    let before = wanted(&[
        ("a", Want { children: [("x".into(), 1)].into(), ..want(1) }),
        ("b", Want { nodes: [("x".into(), 1)].into(), ..want(1) }),
        ("c", Want { nodes: [("y".into(), 1)].into(), ties: [("x".into(), 1)].into(), ..want(1) }),
    ]);
    let wanted = wanted(&[
        (
            "a",
            Want {
                pinned: true,
                children: [("x".into(), 1)].into(),
                nodes: [("x".into(), 1)].into(),
                ..want(1)
            },
        ),
        (
            "c",
            Want {
                shape: "square".into(),
                children: [("x".into(), 1)].into(),
                nodes: [("x".into(), 1)].into(),
                ..want(1)
            },
        ),
    ]);
    Case {
        before,
        wanted,
        nth: 1,
        trouble: Trouble::KillBefore,
        again: Some((4, Trouble::Refused)),
        back: true,
        ..Case::default()
    }
    .converges()
    .await;
}

/// The same where the new owner was only half made.
#[tokio::test]
async fn what_went_along_is_known_to_be_gone_where_its_owner_is_half_made() {
    let before = wanted(&[
        ("a", Want { children: [("y".into(), 2)].into(), ..want(1) }),
        (
            "d",
            Want {
                shape: "square".into(),
                pinned: true,
                children: [("x".into(), 1)].into(),
                nodes: [("y".into(), 1)].into(),
                ties: [("x".into(), 1)].into(),
                ..want(2)
            },
        ),
        (
            "e",
            Want {
                pinned: true,
                children: [("x".into(), 1)].into(),
                nodes: [("x".into(), 1)].into(),
                ..want(1)
            },
        ),
    ]);
    let wanted = wanted(&[
        (
            "b",
            Want {
                shape: "square".into(),
                children: [("x".into(), 1)].into(),
                ties: [("x".into(), 1)].into(),
                ..want(2)
            },
        ),
        (
            "d",
            Want {
                shape: "square".into(),
                pinned: true,
                ties: [("y".into(), 2)].into(),
                ..want(1)
            },
        ),
        (
            "e",
            Want {
                base: Some("b".into()),
                pinned: true,
                children: [("x".into(), 1), ("y".into(), 1)].into(),
                ..want(2)
            },
        ),
    ]);
    Case {
        before,
        wanted,
        nth: 13,
        trouble: Trouble::KillAfter,
        again: Some((8, Trouble::Refused)),
        forgets: true,
        ..Case::default()
    }
    .converges()
    .await;
}

/// What goes first waited for its user's deletion, which waited for that one's user to move to what needs
/// the new one.
#[tokio::test]
async fn what_goes_first_does_not_wait_for_what_waits_for_its_new_one() {
    let before = wanted(&[
        ("a", Want { shape: "square".into(), pinned: true, ..want(1) }),
        ("c", Want { link: Some("a".into()), ..want(1) }),
        ("e", Want { link: Some("c".into()), ..want(1) }),
    ]);
    let wanted = wanted(&[
        ("a", Want { pinned: true, ..want(1) }),
        ("d", Want { link: Some("a".into()), ..want(1) }),
        ("e", Want { link: Some("d".into()), ..want(1) }),
    ]);
    Case { before, wanted, nth: 1, trouble: Trouble::Refused, ..Case::default() }.converges().await;
}

/// An update whose answer was lost was recorded as if it had not been sent, so that nothing waited for it
/// to let go of what it had taken up.
#[tokio::test]
async fn what_an_interrupted_update_took_up_is_not_deleted_before_it_is_let_go() {
    let before = wanted(&[
        (
            "a",
            Want {
                children: [("x".into(), 1), ("y".into(), 1)].into(),
                nodes: [("x".into(), 1)].into(),
                ties: [("x".into(), 1)].into(),
                ..want(1)
            },
        ),
        ("c", Want { shape: "square".into(), nodes: [("x".into(), 1)].into(), ..want(1) }),
        ("d", Want { ..want(1) }),
    ]);
    let wanted = wanted(&[
        ("b", Want { ..want(1) }),
        ("c", Want { link: Some("b".into()), shape: "square".into(), ..want(2) }),
    ]);
    Case { before, wanted, nth: 7, trouble: Trouble::AnswerLost, back: true, ..Case::default() }
        .converges()
        .await;
}

/// The owner's deletion took its child off it, and was then refused: the owner stays, and was taken to
/// have its child still.
#[tokio::test]
async fn what_a_refused_deletion_took_along_is_made_again() {
    let family = Want {
        shape: "square".into(),
        children: [("x".into(), 1), ("y".into(), 1)].into(),
        ..want(1)
    };
    let family = wanted(&[("a", family)]);
    let mut stage = Stage::new();
    stage.applies(&family).await;
    let before = stage.cloud.inventory();
    stage.cloud.refuse("delete p-e-a-thing");
    assert_eq!(stage.apply(&Wanted::new()).await.unwrap().outcome, Outcome::Failed);
    stage.cloud.calm();
    assert_eq!(stage.cloud.inventory().len(), 1);
    stage.applies(&family).await;
    assert_eq!(stage.cloud.inventory(), before);
}

/// The child was to go by itself, behind its owner's old half, which took it along; then it was wanted
/// again on the new one.
#[tokio::test]
async fn what_went_along_although_it_was_to_go_by_itself_is_known_to_be_gone() {
    let shaped = |shape: &str, children: &[&str]| Want {
        pinned: true,
        shape: shape.into(),
        children: children.iter().map(|label| ((*label).to_owned(), 1)).collect(),
        ..want(1)
    };
    let user = |through: Option<&str>| Want {
        link: Some("a".into()),
        through: through.map(str::to_owned),
        ..want(1)
    };
    let mut stage = Stage::new();
    stage.applies(&wanted(&[("a", shaped("square", &["x"])), ("b", user(Some("a")))])).await;
    stage.cloud.refuse("change p-e-b-thing");
    let without = wanted(&[("a", shaped("round", &[])), ("b", user(None))]);
    assert_eq!(stage.apply(&without).await.unwrap().outcome, Outcome::Failed);
    stage.cloud.calm();
    let back = wanted(&[("a", shaped("round", &["x"])), ("b", user(Some("a")))]);
    stage.applies(&back).await;
    assert!(stage.cloud.ids().contains_key("pinned-a/x"), "{:?}", stage.cloud.inventory());
}

/// What stood on one that goes first had a user, which was to move to the one that comes again.
#[tokio::test]
async fn what_moves_to_one_that_comes_again_may_take_the_old_one() {
    let square = || Want { shape: "square".into(), pinned: true, ..want(1) };
    let before = wanted(&[("a", square()), ("d", Want { link: Some("a".into()), ..square() })]);
    let wanted = wanted(&[
        ("a", Want { pinned: true, ..want(1) }),
        ("c", Want { base: Some("a".into()), ..want(1) }),
        ("d", Want { link: Some("c".into()), ..square() }),
    ]);
    let trouble = Trouble::KillAfter;
    for nth in 1..8 {
        let (before, wanted) = (before.clone(), wanted.clone());
        let case = Case { before, wanted, nth, trouble, back: true, ..Case::default() };
        case.converges().await;
    }
    let mut stage = Stage::new();
    stage.applies(&wanted).await;
    stage.applies(&before).await;
    assert!(stage.plan(&before).is_empty());
}

/// A child that moved to its owner's new half was to go back to the old one, where its copy was still.
#[tokio::test]
async fn what_moved_with_its_owner_goes_back_with_it() {
    let family = |pinned| Want { pinned, children: [("x".into(), 1)].into(), ..want(1) };
    let user = Want { through: Some("b".into()), children: [("x".into(), 1)].into(), ..want(1) };
    let before = wanted(&[("b", family(true)), ("c", user)]);
    let wanted = wanted(&[("b", family(false))]);
    for nth in 1..8 {
        let (before, wanted) = (before.clone(), wanted.clone());
        Case { before, wanted, nth, back: true, ..Case::default() }.converges().await;
    }
}

/// Its new owner was to be made, so that it was taken to have gone with that: it stayed on the old one,
/// and nobody knew.
#[tokio::test]
async fn what_moves_to_another_owner_leaves_nothing_on_the_first() {
    let guest = |host: &str| Want {
        host: Some(host.into()),
        children: [("x".into(), 1)].into(),
        ties: [("y".into(), 1)].into(),
        ..want(1)
    };
    let before = wanted(&[("a", want(1)), ("c", guest("a"))]);
    let moved = wanted(&[("a", want(1)), ("b", want(1)), ("c", guest("b"))]);
    let mut stage = Stage::new();
    stage.applies(&before).await;
    stage.applies(&moved).await;
    let there = stage.cloud.ids();
    let parts: Vec<&str> = there.keys().map(String::as_str).filter(|id| id.contains('/')).collect();
    assert_eq!(parts, ["p-e-b-thing/cx", "p-e-b-thing/tie-cy"]);
    Case { before, wanted: moved, nth: 3, ..Case::default() }.converges().await;
}

/// The new owner was to come again, and the old one stood on it: the one went first, and waited for the
/// child to move, which waited for the other.
#[tokio::test]
async fn what_moves_from_what_stands_on_its_new_owner_goes_first() {
    let part = Want { children: [("x".into(), 1)].into(), ..want(1) };
    let before = wanted(&[
        ("b", Want { shape: "square".into(), pinned: true, ..want(1) }),
        ("c", Want { base: Some("b".into()), ..part.clone() }),
    ]);
    let wanted = wanted(&[
        ("b", Want { pinned: true, ..want(1) }),
        ("c", Want { host: Some("b".into()), ..part }),
    ]);
    Case { before, wanted, nth: 1, ..Case::default() }.converges_without_state().await;
}

/// The old one was kept until its new one was there, and with it what it was on, which a thing that went
/// first waited for.
#[tokio::test]
async fn what_is_over_others_on_one_that_goes_first_goes_before_it() {
    let family = |shape: &str, node: &str| Want {
        shape: shape.into(),
        pinned: true,
        deep: true,
        nodes: [(node.into(), 1)].into(),
        ties: [("y".into(), 1)].into(),
        ..want(1)
    };
    let before = wanted(&[("a", family("round", "x"))]);
    let wanted = wanted(&[("a", family("square", "y"))]);
    let case = Case { before, wanted, nth: 3, trouble: Trouble::AnswerLost, ..Case::default() };
    case.converges().await;
}

/// What it does not tell before it is whole was taken as it was read, empty.
#[tokio::test]
async fn what_a_half_made_one_does_not_tell_yet_is_unknown() {
    let (nodes, ties) = ([("x".into(), 2)].into(), [("y".into(), 1)].into());
    let wanted = wanted(&[("a", Want { deep: true, nodes, ties, ..want(1) })]);
    let halved = |lost| {
        let (wanted, trouble) = (wanted.clone(), Trouble::KillBefore);
        Case { wanted, nth: 4, trouble, lost, ..Case::default() }
    };
    halved(vec![]).converges_without_state().await;
    // With a look at the cloud before the plan.
    halved(vec![0]).converges().await;
}
