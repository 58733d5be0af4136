//! Operations at which runs once did not converge.

use crate::cloud::Trouble;
use crate::operations::Case;
use crate::stage::{Want, want, wanted};

/// The owner was deleted, and its child with it, whose record was still there.
#[tokio::test]
async fn a_child_that_went_with_its_owner_is_made_again() {
    let family = Want { pinned: true, children: [("x".into(), 1)].into(), ..want(1) };
    let moved = Want { base: Some("d".into()), ..family.clone() };
    let before = wanted(&[("a", want(1)), ("b", want(1)), ("e", family)]);
    let wanted = wanted(&[("d", want(1)), ("e", moved)]);
    let trouble = Trouble::KillBefore;
    let case =
        Case { before, wanted, replace: Vec::new(), nth: 1, trouble, forgets: false, back: false };
    case.converges().await;
}

/// With the state lost, a thing still held on to the old half of a replacement.
#[tokio::test]
async fn a_rebuilt_state_knows_who_uses_an_old_half() {
    let before = wanted(&[("b", want(1)), ("d", Want { link: Some("b".into()), ..want(1) })]);
    let wanted = wanted(&[("b", Want { pinned: true, ..want(2) }), ("d", want(2))]);
    let trouble = Trouble::Refused;
    let case =
        Case { before, wanted, replace: Vec::new(), nth: 2, trouble, forgets: false, back: false };
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
    let trouble = Trouble::Refused;
    let case =
        Case { before, wanted, replace: Vec::new(), nth: 1, trouble, forgets: false, back: false };
    case.converges().await;
}
