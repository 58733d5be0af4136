//! One writer at a time: who comes second is told who is first.

use crate::proxy::{Act, Call};
use crate::subject::Subject;

fn hold_what_mutates(call: &Call) -> Act {
    if call.mutates { Act::HoldAnswer } else { Act::Pass }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_is_told_who_holds_the_state_and_reading_goes_on() {
    let subject = Subject::of("api-async").await;
    subject.ends_with(0, &["apply"], &["--yes", "--target", "results"]).await;
    subject.proxy.rule(hold_what_mutates);
    let first = subject.start(&["apply"], &["--yes"]);
    subject.proxy.holds(1).await;
    let pid = first.child.id().unwrap();

    for command in ["apply", "destroy"] {
        let refused = subject.ends_with(5, &[command], &["--yes"]).await;
        let told = refused.err.split_whitespace().collect::<Vec<_>>().join(" ");
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let by = format!("`maas apply` of tester (process {pid} on {}", host.trim());
        // The message is wrapped to lines.
        let told = told.replace("│ ", "");
        for word in [&*by, " since 2", "now at step 1 of "] {
            assert!(told.contains(word), "{word:?} in {told}");
        }
    }
    subject.ends_with(2, &["plan"], &["--detailed-exitcode"]).await;
    subject.ends_with(0, &["outputs"], &[]).await;
    subject.ends_with(0, &["state", "list"], &[]).await;
    subject.ends_with(0, &["state", "show", "results/bucket"], &[]).await;

    subject.proxy.release();
    let ended = first.end().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    subject.proxy.rule(|_| Act::Pass);
    subject.ends_with(0, &["destroy"], &["--yes"]).await;
    assert_eq!(subject.cloud().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_was_killed_is_taken_over() {
    let subject = Subject::of("api-async").await;
    subject.proxy.rule(hold_what_mutates);
    let mut first = subject.start(&["apply"], &["--yes"]);
    subject.proxy.holds(5).await;
    let pid = first.child.id().unwrap();
    first.child.kill().await.unwrap();
    subject.proxy.release();
    subject.proxy.quiet().await;
    subject.proxy.rule(|_| Act::Pass);
    let next = subject.ends_with(0, &["apply"], &["--yes"]).await;
    let taken = format!("Taking over from `maas apply` of tester (process {pid} on");
    assert!(next.err.contains(&taken), "{}", next.err);
    subject.ends_with(0, &["destroy"], &["--yes"]).await;
    assert_eq!(subject.cloud().await, [""; 0]);
}
