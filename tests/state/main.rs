//! What only other processes can show of the state room: runs that are killed, locks between
//! processes, the umask, files that cannot grow.
//!
//! Each test starts itself as the other process: the environment variable then names the folder.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod commands;
mod refused;
mod stops;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use maas::state::{Batch, Intent, Keeper, Key, Operation, Record, Run, State, StateError};
use serde_json::json;

const FOLDER: &str = "MAAS_TEST_STATE_FOLDER";

/// The folder, in a process that a test has started.
fn started_with() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// This test again as another process, started by `sh` after these commands.
fn other_process(test: &str, folder: &Path, before: &str) -> Child {
    Command::new("sh")
        .arg("-c")
        .arg(format!("{before}\nexec \"$0\" \"$@\""))
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the other process says, one `say` at a time.
fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let marked = |line: String| line.split_once("said: ").map(|(_, text)| text.to_owned());
    lines.map_while(Result::ok).filter_map(marked)
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "said: {text}").unwrap();
    out.flush().unwrap();
}

fn open(folder: &Path) -> Result<State, StateError> {
    let run = Run { id: "run-1".into(), command: "apply".into() };
    State::open(folder, "shop", "dev", &run)
}

fn record(name: &str, size: usize) -> Record {
    Record::new(
        name.parse().unwrap(),
        "aws:sqs/queue",
        json!({"name": name, "filler": "x".repeat(size)}),
    )
}

/// Records on and on from several tasks, each resource with an intent before it, and says what was
/// confirmed. Every now and then it ends the run and begins another.
async fn write_until_killed(folder: &Path) {
    for run in 0.. {
        let state = open(folder).unwrap();
        let keeper = Keeper::start(state.store()).unwrap();
        let first = state.snapshot().meta.serial;
        let tasks = (0..4).map(|task| {
            let keeper = keeper.clone();
            tokio::spawn(async move {
                for n in 0..15 {
                    let name = format!("r{run}-{first}/t{task}-{n}");
                    let seq = keeper.next_intent();
                    let key: Key = name.parse().unwrap();
                    let intent = Intent::new(seq, "run-1", Operation::Create, key, "t");
                    keeper.commit(Batch::new().open(intent)).await.unwrap();
                    say(&format!("intent {seq} {name}"));
                    let done = Batch::new().put(record(&name, n * 100)).close(seq);
                    keeper.commit(done).await.unwrap();
                    say(&format!("record {seq} {name}"));
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        state.close().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_confirmed_is_lost_when_a_run_is_killed() {
    if let Some(folder) = started_with() {
        return write_until_killed(&folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "nothing_confirmed_is_lost_when_a_run_is_killed";
    let mut records = BTreeSet::new();
    for round in 0..14 {
        let mut child = other_process(test, folder.path(), "");
        let mut lines = said(&mut child);
        let enough = fastrand::usize(1..200);
        let mut heard: Vec<String> = lines.by_ref().take(enough).collect();
        assert_eq!(heard.len(), enough, "the writer ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        heard.extend(lines);
        let mut open_intents = BTreeMap::new();
        for line in heard {
            let words: Vec<&str> = line.split(' ').collect();
            let (seq, name) = (words[1].parse::<u64>().unwrap(), words[2].parse::<Key>().unwrap());
            if words[0] == "intent" {
                open_intents.insert(seq, name);
            } else {
                open_intents.remove(&seq);
                records.insert(name);
            }
        }
        let known = State::read(folder.path(), "shop", "dev").unwrap();
        let lost: Vec<_> = records.iter().filter(|k| !known.records.contains_key(k)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        for (seq, key) in open_intents {
            // The record may have come after the last line that was heard.
            let settled = known.records.contains_key(&key);
            assert_ne!(known.intents.contains_key(&seq), settled, "round {round}: {seq} {key}");
        }
        let state = open(folder.path()).unwrap();
        let now = state.snapshot();
        assert_eq!((&now.records, &now.intents), (&known.records, &known.intents));
        let left = known.intents.keys().copied().collect();
        state.store().commit(Batch { close: left, ..Batch::default() }).unwrap();
        state.close().unwrap();
    }
    assert!(!records.is_empty());
}

#[test]
fn a_run_in_another_process_is_named_and_a_dead_one_taken_over() {
    if let Some(folder) = started_with() {
        let state = open(&folder).unwrap();
        state.store().commit(Batch::new().put(record("a/one", 1))).unwrap();
        say("holding");
        std::thread::park();
        return drop(state);
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "a_run_in_another_process_is_named_and_a_dead_one_taken_over";
    let mut child = other_process(test, folder.path(), "");
    assert_eq!(said(&mut child).next().unwrap(), "holding");
    let Err(StateError::Busy(holder)) = open(folder.path()) else { unreachable!("opened twice") };
    assert_eq!(holder.pid, child.id());
    let read = State::read(folder.path(), "shop", "dev").unwrap();
    assert_eq!((read.busy.unwrap().pid, read.records.len()), (child.id(), 0));

    child.kill().unwrap();
    child.wait().unwrap();
    let state = open(folder.path()).unwrap();
    assert_eq!(state.crashed().unwrap().pid, holder.pid);
    assert_eq!(state.snapshot().records.len(), 1);
    state.close().unwrap();
}

#[test]
fn everything_is_private_whatever_the_umask() {
    if let Some(folder) = started_with() {
        let state = open(&folder.join("state")).unwrap();
        state.store().commit(Batch::new().put(record("a/one", 1))).unwrap();
        state.keep_export().unwrap();
        state.doing("something").unwrap();
        say("written");
        std::thread::park();
        return drop(state);
    }
    for umask in ["000", "777", "022"] {
        let folder = tempfile::tempdir().unwrap();
        let test = "everything_is_private_whatever_the_umask";
        let mut child = other_process(test, folder.path(), &format!("umask {umask}"));
        assert_eq!(said(&mut child).next().unwrap(), "written");
        let mut files = BTreeSet::new();
        for entry in walkdir::WalkDir::new(folder.path().join("state")) {
            let entry = entry.unwrap();
            let wanted = if entry.file_type().is_dir() { 0o700 } else { 0o600 };
            let mode = entry.metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!(mode, wanted, "umask {umask}: {}", entry.path().display());
            files.insert(entry.file_name().to_string_lossy().into_owned());
        }
        assert!(files.contains("db") && files.contains("running"), "{files:?}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Records until that fails, and says what was confirmed and how it went on.
fn write_until_it_fails(folder: &Path, size: usize, spoil: impl FnOnce()) {
    let state = open(folder).unwrap();
    state.store().commit(Batch::new().put(record("a/first", size))).unwrap();
    say("a/first");
    spoil();
    for n in 0.. {
        let name = format!("a/r{n}");
        match state.store().commit(Batch::new().put(record(&name, size))) {
            Ok(_) => say(&name),
            Err(error) => {
                say(&format!("failed {error:?}"));
                break;
            }
        }
    }
    let again = state.store().commit(Batch::new().put(record("a/late", 1)));
    say(&format!("again {again:?}"));
    say(&format!("closed {:?}", state.close()));
}

/// That it failed so, ended by itself, and all that was confirmed is there.
fn failed_well(mut child: Child, folder: &Path, cause: &str, mend: impl FnOnce()) {
    let heard: Vec<String> = said(&mut child).collect();
    assert!(child.wait().unwrap().success());
    let (names, rest): (Vec<_>, Vec<_>) =
        heard.into_iter().partition(|text| text.starts_with("a/"));
    assert_eq!(rest.len(), 3, "{rest:?}");
    // The same error comes in the system's words or in those of its kind.
    let failed = rest[0].to_lowercase();
    assert!(failed.starts_with("failed ") && failed.contains(&cause.to_lowercase()), "{rest:?}");
    assert!(rest[1].starts_with("again Err(Broken("), "{rest:?}");
    assert!(rest[2].starts_with("closed Err(Broken("), "{rest:?}");
    mend();
    let known = State::read(folder, "shop", "dev").unwrap();
    for name in names {
        assert!(known.records.contains_key(&name.parse().unwrap()), "{name}");
    }
    let state = open(folder).unwrap();
    state.store().commit(Batch::new().put(record("a/after", 1))).unwrap();
    state.close().unwrap();
    assert!(fs::exists(folder.join("shop/dev/snapshot.json")).unwrap());
}

#[test]
fn a_file_that_cannot_grow_loses_nothing_confirmed() {
    if let Some(folder) = started_with() {
        let size = env::var("SIZE").unwrap().parse().unwrap();
        return write_until_it_fails(&folder, size, || ());
    }
    let test = "a_file_that_cannot_grow_loses_nothing_confirmed";
    for size in [1_000, 20_000, 90_000] {
        let folder = tempfile::tempdir().unwrap();
        // The limit is in blocks of 512 or 1,024 bytes. Ignored, its signal becomes an error.
        let before = format!("trap '' XFSZ; ulimit -f 8192; export SIZE={size}");
        let child = other_process(test, folder.path(), &before);
        failed_well(child, folder.path(), "file too large", || ());
    }
}

/// sled keeps long values in files of their own. Where such a file cannot be made, it never gets
/// over that: another flush, or a drop, would wait without end.
#[test]
fn a_file_that_cannot_be_made_loses_nothing_confirmed() {
    let blobs = |folder: &Path| folder.join("shop/dev/store/blobs");
    if let Some(folder) = started_with() {
        return write_until_it_fails(&folder, 20_000, || {
            fs::rename(blobs(&folder), folder.join("blobs")).unwrap();
            fs::write(blobs(&folder), "").unwrap();
        });
    }
    let test = "a_file_that_cannot_be_made_loses_nothing_confirmed";
    let folder = tempfile::tempdir().unwrap();
    let child = other_process(test, folder.path(), "");
    failed_well(child, folder.path(), "NotAFolder", || {
        fs::remove_file(blobs(folder.path())).unwrap();
        fs::rename(folder.path().join("blobs"), blobs(folder.path())).unwrap();
    });
}
