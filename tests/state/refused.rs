//! What commands refuse or leave for what the state says, and how they tell what they lost.

use std::fs;
use std::process::{Command, Stdio};

use maas::state::{Batch, MetaChange};
use serde_json::{Value, json};

use super::commands::Story;
use super::open;

/// An endpoint where nothing answers; who comes to ask it has passed all checks.
const NOWHERE: &str = "--endpoint http://127.0.0.1:9";
const KEYS: &str = "export AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=hunter2";
const REACHED: &str = "Check that http://127.0.0.1:9 can be reached";

const PLAIN: &str = "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n";

fn with_manifest(rest: &str) -> Story {
    let story = Story::new();
    write(&story, rest);
    story
}

fn write(story: &Story, rest: &str) {
    fs::write(story.path("maas.toml"), format!("{PLAIN}{rest}")).unwrap();
}

fn recorded(story: &Story, change: MetaChange) {
    recorded_in("state", story, change);
}

fn recorded_in(folder: &str, story: &Story, change: MetaChange) {
    let state = open(&story.path(folder)).unwrap();
    state.store().commit(Batch::new().meta(change)).unwrap();
    state.close().unwrap();
}

fn protected() -> MetaChange {
    MetaChange { protect: Some(true), ..MetaChange::default() }
}

fn destroy(story: &Story) -> (i32, String) {
    story.run(KEYS, &format!("destroy --yes {NOWHERE}"))
}

#[test]
fn what_was_protected_stays_so_until_a_manifest_without_mistakes_says_otherwise() {
    let story = with_manifest("");
    recorded(&story, protected());
    for (rest, why) in [
        ("nonsense = 1\n", "was protected at the last apply, and the manifest cannot be read"),
        ("[environments.dev]\nprotect = \"true\"\n", "neither `true` nor `false`"),
        ("[environments.dev]\nprotect = true\n", "shop/dev is protected"),
    ] {
        write(&story, rest);
        let (status, said) = destroy(&story);
        assert_eq!(status, 3, "{said}");
        assert!(said.contains(why) && said.contains("nothing was touched"), "{said}");
    }
    write(&story, "");
    let (status, said) = destroy(&story);
    assert!(status == 1 && said.contains(REACHED), "{said}");
}

#[test]
fn what_was_never_protected_needs_no_manifest_without_mistakes() {
    let story = with_manifest("nonsense = 1\n");
    let (status, said) = destroy(&story);
    assert!(status == 1 && said.contains(REACHED), "{said}");
    write(&story, "[environments.dev]\nprotect = 1\n");
    let (status, said) = destroy(&story);
    assert!(status == 3 && said.contains("may be protected"), "{said}");
}

#[test]
fn a_planned_destroy_is_refused_like_any_other() {
    let story = with_manifest("");
    let (status, said) = story.run("", "plan --destroy --out plan.json --state empty");
    assert_eq!(status, 0, "{said}");
    recorded_in("empty", &story, protected());
    write(&story, "nonsense = 1\n");
    let (status, said) = story.run(KEYS, &format!("apply plan.json --yes --state empty {NOWHERE}"));
    assert!(status == 3 && said.contains("was protected at the last apply"), "{said}");
}

fn ends(at: &str) -> MetaChange {
    let (expires, region) = (Some(Some(at.to_owned())), Some(Some("eu-west-1".to_owned())));
    MetaChange { expires, region, ..MetaChange::default() }
}

#[test]
fn what_was_renewed_or_protected_after_the_list_is_left() {
    for (change, why) in [
        (ends("2999-01-01T00:00:00Z"), "shop/dev was renewed meanwhile"),
        (protected(), "shop/dev was protected meanwhile"),
    ] {
        let story = with_manifest("");
        recorded(&story, ends("2026-01-01T00:00:00Z"));
        // The list is made from the snapshot, which is older here than the store.
        let before = fs::read(story.of("snapshot.json")).unwrap();
        recorded(&story, change);
        fs::write(story.of("snapshot.json"), before).unwrap();
        let (status, said) = story.run(KEYS, &format!("gc --yes {NOWHERE}"));
        assert_eq!(status, 0, "{said}");
        assert!(said.contains("shop/dev is expired") && said.contains(why), "{said}");
        assert_eq!(open(&story.path("state")).unwrap().snapshot().records.len(), 4);
    }
}

#[test]
fn what_cannot_be_read_is_told_and_does_not_keep_the_others() {
    let story = with_manifest("");
    recorded(&story, ends("2026-01-01T00:00:00Z"));
    let newer = fs::read_to_string(story.of("snapshot.json")).unwrap();
    let newer = newer.replacen("\"format\":1,", "\"format\":99,", 1);
    fs::create_dir(story.path("state/shop/aaa")).unwrap();
    fs::write(story.path("state/shop/aaa/snapshot.json"), newer).unwrap();
    let (status, said) = story.run(KEYS, &format!("gc --yes {NOWHERE}"));
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("shop/aaa cannot be read: it is left"), "{said}");
    assert!(said.contains("shop/dev is expired") && said.contains(REACHED), "{said}");
}

#[test]
fn an_import_takes_only_what_a_run_could_have_recorded() {
    let story = with_manifest("");
    let (status, said) = story.run("", "state export --out old.json");
    assert_eq!(status, 0, "{said}");
    let export: Value = serde_json::from_slice(&fs::read(story.path("old.json")).unwrap()).unwrap();
    let import = |change: &dyn Fn(&mut Value)| {
        let mut changed = export.clone();
        change(&mut changed);
        fs::write(story.path("new.json"), changed.to_string()).unwrap();
        story.run("", "state import --force new.json")
    };
    type Breaks = fn(&mut Value);
    let cases: [(Breaks, &str); 4] = [
        (
            |export| {
                export["records"][0]["needs"] = json!(["a/two"]);
                export["records"][1]["needs"] = json!(["a/one"]);
            },
            "these wait for each other",
        ),
        (
            |export| export["records"][0]["generation"] = json!(4_294_967_295_u32),
            "a/one: its generation cannot be 4294967295",
        ),
        (|export| export["records"][0]["kind"] = json!("aws:sqs/que"), "the type `aws:sqs/que`"),
        (|export| export["records"][0]["address"] = json!("a"), "records[0]: `a` is no address"),
    ];
    for (change, why) in cases {
        let (status, said) = import(&change);
        assert!(status == 3 && said.contains(why), "{why}: {said}");
    }
    let gone = |export: &mut Value| {
        export["records"][0]["needs"] = json!(["a/gone"]);
    };
    let (status, said) = import(&gone);
    assert!(status == 0 && said.contains("a/one needs a/gone, which the file does"), "{said}");
}

#[test]
fn the_region_may_come_from_the_environment() {
    let story = Story::new();
    fs::write(story.path("maas.toml"), "[project]\nname = \"shop\"\n").unwrap();
    let keys = format!("{KEYS} AWS_REGION=eu-west-1");
    let (status, said) = story.run(&keys, &format!("apply --yes {NOWHERE}"));
    assert!(status == 1 && said.contains(REACHED), "{said}");
    let (status, said) = story.run(KEYS, &format!("apply --yes {NOWHERE}"));
    assert!(status == 3 && said.contains("There is no AWS region"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_lost_on_the_way_out_is_told() {
    let story = with_manifest("");
    for line in
        ["plan --state empty", "state list", "patterns", "schema", "completions bash", "--help"]
    {
        let (status, said) = story.run("exec >/dev/full", line);
        assert_eq!(status, 1, "{line}: {said}");
        let told = said.matches("Could not write to standard output: No space left").count();
        assert_eq!(told, 1, "{line}: {said}");
    }
    let (status, said) = story.run("", "plan --events /dev/full --state empty");
    assert_eq!(status, 1, "{said}");
    assert_eq!(said.matches("Could not write /dev/full: No space left").count(), 1, "{said}");
    assert!(said.contains("No changes"), "the plan is shown all the same: {said}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut reads = Command::new(env!("CARGO_BIN_EXE_maas"))
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(reads.stdout.take());
    let ended = reads.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}

#[test]
fn the_log_tells_the_way_and_no_secret() {
    let story = with_manifest("");
    let (_, said) = story.run(KEYS, "plan -v --state empty");
    for word in ["shop/dev", "manifest=", "maas.toml", "state="] {
        assert!(said.contains(word), "no {word} in {said}");
    }
    let (_, said) = story.run("", "plan --state empty");
    assert!(!said.contains("manifest="), "{said}");
    let all = format!("{KEYS} MAAS_LOG=trace");
    let (status, said) = story.run(&all, &format!("apply --yes {NOWHERE}"));
    assert_eq!(status, 1, "{said}");
    for word in ["sts:GetCallerIdentity", "attempt=1", "attempt=2", "no answer"] {
        assert!(said.contains(word), "no {word} in {said}");
    }
    assert!(!said.contains("hunter2") && !said.contains("Authorization"), "{said}");
}
