//! What commands say of a state that is damaged, missing, newer, or nowhere to be written: what is
//! wrong and the way back, with nothing overwritten.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use maas::state::Batch;
use tempfile::TempDir;

use super::{open, record};

/// A manifest with a state of four resources beside it, and an export.
pub struct Story(TempDir);

impl Story {
    pub fn new() -> Self {
        let story = Self(tempfile::tempdir().unwrap());
        fs::write(story.path("maas.toml"), "[project]\nname = \"shop\"\nregion = \"eu-west-1\"\n")
            .unwrap();
        fs::create_dir(story.path("state")).unwrap();
        for name in ["a/one", "a/two", "b/three", "b/four"] {
            let state = open(&story.path("state")).unwrap();
            state.keep_export().unwrap();
            state.store().commit(Batch::new().put(record(name, 100))).unwrap();
            state.close().unwrap();
        }
        story
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub fn of(&self, file: &str) -> PathBuf {
        self.path("state/shop/dev").join(file)
    }

    /// All files of the state but the lock, which says who held it last.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = walkdir::WalkDir::new(self.path("state")).into_iter().map(Result::unwrap);
        let files = files.filter(|it| it.file_type().is_file() && it.file_name() != "lock");
        files.map(|it| (it.path().to_owned(), fs::read(it.path()).unwrap())).collect()
    }

    /// `sh -c BEFORE; maas …`.
    pub fn command(&self, before: &str, line: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{before}\nexec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_maas"))
            .args(line.split(' '))
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path())
            .env("COLUMNS", "1000");
        command
    }

    /// Runs it; its exit status and all that it said.
    pub fn run(&self, before: &str, line: &str) -> (i32, String) {
        let ran = self.command(before, line).output().unwrap();
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        // The text is wrapped to the terminal.
        let words = said.replace('│', " ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        (ran.status.code().unwrap(), words)
    }

    /// A command that changes the state fails with all of these words, and nothing is touched.
    fn refuses(&self, line: &str, words: &[&str]) {
        let before = self.contents();
        let (status, said) = self.run("", line);
        assert_eq!(status, 1, "{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?} in {said}");
        }
        assert_eq!(self.contents(), before, "{said}");
    }

    fn listed(&self) -> usize {
        let (status, said) = self.run("", "state list");
        assert_eq!(status, 0, "{said}");
        said.matches("aws:sqs/queue").count()
    }
}

fn flip(path: &Path, at: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 0xff], at).unwrap();
}

const WAYS_BACK: [&str; 2] = ["`maas state import ", "`maas state rebuild`"];

#[test]
fn a_damaged_store_names_the_way_back() {
    for damage in [
        (|path: &Path| {
            OpenOptions::new().write(true).open(path).unwrap().set_len(1_000).unwrap();
        }) as fn(&Path),
        |path| (0..fs::metadata(path).unwrap().len()).step_by(7).for_each(|at| flip(path, at)),
    ] {
        let story = Story::new();
        damage(&story.of("store/db"));
        story.refuses("state forget a/one", &[&WAYS_BACK[..], &["is damaged"]].concat());
        assert_eq!(story.listed(), 4, "reading commands have the snapshot");
        let (status, said) = story.run("", "state import state/shop/dev/snapshot.json");
        assert_eq!(status, 0, "{said}");
        assert_eq!(story.run("", "state forget a/one").0, 0);
        assert_eq!(story.listed(), 3);
    }
}

#[test]
fn a_damaged_store_without_a_snapshot_goes_back_to_the_last_export() {
    let story = Story::new();
    fs::write(story.of("snapshot.json"), "{").unwrap();
    flip(&story.of("store/db"), 0);
    fs::write(story.of("store/db"), "no store").unwrap();
    let export = story.of("exports/serial-0000000003.json");
    let import = format!("`maas state import {}`", export.display());
    story.refuses("state forget a/one", &[&import, "`maas state rebuild`"]);
}

#[test]
fn a_missing_store_names_the_way_back() {
    let story = Story::new();
    fs::remove_dir_all(story.of("store")).unwrap();
    story.refuses("state forget a/one", &[&WAYS_BACK[..], &["is missing"]].concat());
    fs::remove_file(story.of("snapshot.json")).unwrap();
    for line in ["state forget a/one", "state list", "outputs"] {
        story.refuses(line, &[&WAYS_BACK[..], &["is missing", "exports/serial-"]].concat());
    }
    let export = "state/shop/dev/exports/serial-0000000003.json";
    let (status, said) = story.run("", &format!("state import {export}"));
    assert_eq!(status, 0, "{said}");
    assert_eq!(story.listed(), 3);
}

#[test]
fn a_newer_state_is_left_to_newer_versions() {
    let story = Story::new();
    let snapshot = fs::read_to_string(story.of("snapshot.json")).unwrap();
    fs::write(story.of("snapshot.json"), snapshot.replacen("\"format\":1,", "\"format\":99,", 1))
        .unwrap();
    for line in ["state list", "plan", "state forget a/one", "state rebuild"] {
        story.refuses(line, &["state format 99", "Use the version of maas that wrote it"]);
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_is_told() {
    let story = Story::new();
    fs::write(story.path("file"), "").unwrap();
    for line in ["state forget a/one --state file", "state list --state file/below"] {
        story.refuses(line, &["is no folder", "`--state DIR`"]);
    }
}

#[test]
fn a_folder_that_is_not_there_yet_is_made_wherever_it_is() {
    let story = Story::new();
    for folder in ["new", "./new-too", "new/below/it"] {
        let import = format!("state import state/shop/dev/snapshot.json --state {folder}");
        let (status, said) = story.run("", &import);
        assert_eq!(status, 0, "{said}");
        assert!(story.path(folder).join("shop/dev/store/db").is_file(), "{folder}");
    }
}

/// The disk is full: files can grow no further. Ignored, the limit's signal becomes an error.
#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let story = Story::new();
    let (status, said) = story.run("trap '' XFSZ; ulimit -f 0", "state move a/one a/other");
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("file too large") || said.contains("File too large"), "{said}");
    assert_eq!(story.listed(), 4);
    let (status, said) = story.run("", "state move a/one a/other");
    assert_eq!(status, 0, "{said}");
    assert_eq!(story.listed(), 4);
}

#[test]
fn a_rebuild_does_not_replace_what_is_recorded() {
    let story = Story::new();
    let before = story.contents();
    let (status, said) = story.run("", "state rebuild");
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("already holds 4 resources") && said.contains("`--force`"), "{said}");
    assert_eq!(story.contents(), before);
}

#[test]
fn ten_exports_are_kept() {
    let story = Story::new();
    for n in 0..12 {
        let (from, to) = (format!("a/{n}"), format!("a/{}", n + 1));
        let from = if n == 0 { "a/one".to_owned() } else { from };
        let (status, said) = story.run("", &format!("state move {from} {to}"));
        assert_eq!(status, 0, "{said}");
    }
    let kept = fs::read_dir(story.of("exports")).unwrap().count();
    assert_eq!(kept, 10);
}

/// Without the rights by which root may write everywhere.
const NO_RIGHTS: &str = r#"[ "$(id -u)" != 0 ] || exec setpriv --bounding-set=-all "$0" "$@""#;

#[test]
fn a_folder_that_may_not_be_written_is_told_and_can_be_read() {
    let story = Story::new();
    let allow = |folder: u32, file: u32| {
        for entry in walkdir::WalkDir::new(story.path("state")).contents_first(true) {
            let entry = entry.unwrap();
            let mode = if entry.file_type().is_dir() { folder } else { file };
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    let before = story.contents();
    allow(0o555, 0o444);
    let (status, said) = story.run(NO_RIGHTS, "state forget a/one");
    let (read, listed) = story.run(NO_RIGHTS, "state list");
    allow(0o755, 0o644);
    assert_eq!(status, 1, "{said}");
    for word in ["state", "was denied", "name another folder with `--state DIR`"] {
        assert!(said.contains(word), "no {word:?} in {said}");
    }
    assert_eq!((read, listed.matches("aws:sqs/queue").count()), (0, 4), "{listed}");
    assert_eq!(story.contents(), before);
    assert_eq!(story.run("", "state forget a/one").0, 0, "it goes on once it may be written");
}
