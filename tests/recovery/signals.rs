//! Signals, while the proxy holds answers back.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::proxy::{Act, Call, Refusal};
use crate::subject::{Ended, Running, Subject};

/// From the first signal to the end it may take 7 s, which the tests of `src/cli/signals.rs` prove on a
/// paused clock. Here a machine that is busy with all other tests gets as much again and more; each of
/// the waits that a signal cuts short takes a minute or longer.
const GENEROUS: Duration = Duration::from_secs(20);

fn hold_what_mutates(call: &Call) -> Act {
    if call.mutates { Act::HoldAnswer } else { Act::Pass }
}

/// An apply from nothing that has so many answers outstanding.
async fn held_up(subject: &Subject, answers: usize) -> Running {
    subject.proxy.rule(hold_what_mutates);
    let running = subject.start(&["apply"], &["--yes"]);
    subject.proxy.holds(answers).await;
    running
}

/// How it ends, which it does soon after the signal was sent.
async fn ends(running: Running, sent: Instant) -> Ended {
    timeout_at(sent + GENEROUS, running.end()).await.expect("it ends soon")
}

/// Goes on after what happened, to an end without a rest.
async fn converges(subject: &Subject) {
    subject.proxy.quiet().await;
    subject.proxy.rule(|_| Act::Pass);
    subject.ends_with(0, &["apply"], &["--yes"]).await;
    subject.ends_with(0, &["plan"], &["--detailed-exitcode", "--refresh"]).await;
    subject.ends_with(0, &["destroy"], &["--yes"]).await;
    assert_eq!(subject.cloud().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_lets_calls_return_and_records_them() {
    for signal in ["INT", "TERM"] {
        let subject = Subject::of("s3-multiple-subscriptions").await;
        // All that waits for nothing.
        let running = held_up(&subject, 15).await;
        let sent = subject.proxy.calls();
        let asked = running.signal(signal).await;
        running.tells("stop_asked").await;
        subject.proxy.release();
        let ended = ends(running, asked).await;
        assert_eq!(ended.code, Some(130), "{signal}: {ended:?}");
        subject.proxy.quiet().await;
        assert_eq!(subject.proxy.calls(), sent, "{signal}: calls after it");
        let recorded = subject.recorded().await.unwrap();
        assert_eq!(recorded.len(), 15, "{signal}: {recorded:?}");
        assert_eq!(subject.state("running"), None, "{signal}: the state is held");
        converges(&subject).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_does_not_return_is_left_and_found_again() {
    let subject = Subject::of("api-async").await;
    let running = held_up(&subject, 5).await;
    let asked = running.signal("TERM").await;
    let ended = ends(running, asked).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert_eq!(subject.state("running"), None, "the state is held");
    subject.proxy.release();
    converges(&subject).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_wait_is_left() {
    let subject = Subject::of("s3-single-subscription-queue").await;
    subject.proxy.rule(|call| match &*call.name {
        "sqs:CreateQueue" => Act::Refuse(Refusal::throttling(call.protocol)),
        _ => Act::Pass,
    });
    let running = subject.start(&["apply"], &["--yes"]);
    running.tells("retrying").await;
    let asked = running.signal("INT").await;
    let ended = ends(running, asked).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    converges(&subject).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_ends_it_at_once() {
    let subject = Subject::of("api-async").await;
    let running = held_up(&subject, 5).await;
    let asked = running.signal("INT").await;
    running.tells("stop_asked").await;
    running.signal("INT").await;
    let ended = ends(running, asked).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(subject.state("running").is_some(), "it has tidied up");
    subject.proxy.release();
    converges(&subject).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroy_stops_likewise_and_goes_on_later() {
    let subject = Subject::of("api-async").await;
    subject.ends_with(0, &["apply"], &["--yes"]).await;
    subject.proxy.rule(hold_what_mutates);
    let running = subject.start(&["destroy"], &["--yes"]);
    subject.proxy.holds(1).await;
    let asked = running.signal("TERM").await;
    running.tells("stop_asked").await;
    let sent = subject.proxy.calls();
    subject.proxy.release();
    let ended = ends(running, asked).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    subject.proxy.quiet().await;
    assert_eq!(subject.proxy.calls(), sent, "calls after it");
    assert_eq!(subject.state("running"), None, "the state is held");
    assert_ne!(subject.cloud().await, [""; 0], "there is something left to do");
    subject.proxy.rule(|_| Act::Pass);
    subject.ends_with(0, &["destroy"], &["--yes"]).await;
    assert_eq!(subject.cloud().await, [""; 0]);
}
