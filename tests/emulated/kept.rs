//! Buckets that hold objects stand in the way of a deletion, before anything is touched.

use serde_json::Value;

use crate::support::{Calls, Deployment, mutating};

/// What a run that is refused says; it changes nothing.
async fn refused(it: &Deployment, command: &str) -> String {
    let before = (it.cloud.inventory().await, it.ends_with(0, "state list", &[]).await);
    let events = it.manifest().with_file_name("refused.jsonl");
    let given = ["--yes", "--events", events.to_str().unwrap()];
    let ran = it.maas(command, &given).await;
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(3), "{said}");
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "", "no plan is shown");
    let text = std::fs::read_to_string(&events).unwrap();
    let ended: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let calls: Calls = serde_json::from_value(ended["calls"].clone()).unwrap();
    assert_eq!(mutating(&calls), Calls::new());
    let after = (it.cloud.inventory().await, it.ends_with(0, "state list", &[]).await);
    assert_eq!(after, before);
    said
}

#[tokio::test]
async fn all_that_hold_objects_are_told_before_anything_goes() {
    let mut it = Deployment::applied("s3-multiple-subscriptions").await;
    let bucket = it.output("images", "bucket");
    let archive = it.output_of("images", "buckets", "archive.bucket");
    for full in [&bucket, &archive] {
        it.cloud.put(full, "elsewhere/kept.txt", "kept").await;
    }
    let said = refused(&it, "destroy").await;
    for part in ["images/bucket", "images/archive.bucket", "--empty-buckets", "Nothing was touched"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("results/bucket"), "{said}");

    // An apply that takes an instance away likewise.
    it.take_out("images");
    let said = refused(&it, "apply").await;
    assert!(said.contains("images/archive.bucket"), "{said}");
    it.apply(&["--empty-buckets"]).await;
    it.leaves_nothing().await;
}

#[tokio::test]
async fn an_expired_environment_goes_with_what_its_buckets_hold() {
    let mut it = Deployment::of("s3-single-subscription").await;
    let plan = it.manifest().with_file_name("plan.json");
    let plan = plan.to_str().unwrap();
    it.ends_with(0, "plan", &["--ttl", "1h", "--out", plan]).await;
    it.plain_ends_with(0, "apply", &[plan, "--yes"]).await;
    it.ends_with(0, "plan", &["--ttl", "1h", "--detailed-exitcode"]).await;
    it.apply(&["--ttl", "1h"]).await;
    let bucket = it.output("imports", "bucket");
    it.cloud.put(&bucket, "kept.txt", "kept").await;
    let said = it.plain_ends_with(0, "gc", &["--yes"]).await;
    assert!(said.contains("No environment is expired"), "{said}");
    it.expire().await;
    it.plain_ends_with(0, "gc", &["--yes"]).await;
    it.cloud.is_empty().await;

    // A bucket that the manifest keeps goes by a flag alone.
    let own = "use = \"s3-single-subscription\"\nsuffix";
    it.edit("", own, &own.replace("suffix", "bucket = { force_empty = false }\nsuffix"));
    it.apply(&["--ttl", "1h"]).await;
    it.cloud.put(&it.output("imports", "bucket"), "kept.txt", "kept").await;
    it.expire().await;
    let said = it.plain_ends_with(3, "gc", &["--yes"]).await;
    assert!(said.contains("imports/bucket") && said.contains("--empty-buckets"), "{said}");
    it.plain_ends_with(0, "gc", &["--yes", "--empty-buckets"]).await;
    it.cloud.is_empty().await;
}
