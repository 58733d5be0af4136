use std::fs;
use std::path::Path;

use super::super::StateError;
use super::{Folder, keys, puts, run, with_database};

const NAMES: [&str; 4] = ["a/one", "a/two", "b/three", "b/four"];

/// A state of several runs, whose last one crashed if asked for.
fn lived(crashed: bool) -> Folder {
    let folder = Folder::new();
    for name in &NAMES[..3] {
        folder.record(&[name]);
    }
    let state = folder.open();
    state.store().commit(puts(&NAMES[3..])).unwrap();
    if !crashed {
        state.close().unwrap();
    }
    folder
}

fn import_snapshot(folder: &Folder) {
    let text = fs::read_to_string(folder.of("snapshot.json")).unwrap();
    let export = super::Snapshot::from_export(&text).unwrap();
    super::State::import(folder.path(), "shop", "dev", &run("import"), &export, false).unwrap();
}

/// Damages the store. Then either nothing is lost, or that is said, nothing is touched, and the
/// snapshot brings back what it holds. Tells whether it was lost.
fn damaged(folder: &Folder, crashed: bool, damage: impl FnOnce(&Path)) -> bool {
    damage(&folder.of("store/db"));
    let before = folder.contents();
    match folder.try_open() {
        Ok(state) => {
            assert_eq!(keys(&state.snapshot()).len(), NAMES.len());
            state.close().unwrap();
            false
        }
        Err(error) => {
            let StateError::Damaged { path, rescue, .. } = &error else {
                unreachable!("{error:?}")
            };
            assert_eq!(
                (path, rescue.as_ref()),
                (&folder.of("store"), Some(&folder.of("snapshot.json")))
            );
            assert_eq!(folder.contents(), before, "{error}");
            import_snapshot(folder);
            let read = folder.read();
            assert_eq!(keys(&read).len(), if crashed { 3 } else { 4 });
            assert!(read.meta.serial > 3);
            folder.open().close().unwrap();
            true
        }
    }
}

#[test]
fn a_cut_store_is_told_and_left_alone() {
    let db = fs::read(lived(false).of("store/db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap() as u64;
    for end in [0, 1, 100, used / 2] {
        let cut =
            |db: &Path| fs::File::options().write(true).open(db).unwrap().set_len(end).unwrap();
        assert!(damaged(&lived(false), false, cut), "{end} of {used}");
    }
}

#[test]
fn a_cut_store_after_a_crash_is_told_and_left_alone() {
    for end in [0, 1, 100] {
        let cut =
            |db: &Path| fs::File::options().write(true).open(db).unwrap().set_len(end).unwrap();
        assert!(damaged(&lived(true), true, cut), "{end}");
    }
}

#[test]
fn flipped_bytes_lose_nothing_unnoticed() {
    let mut told = 0;
    let db = fs::read(lived(false).of("store/db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap();
    for part in 0..16 {
        let flip = |path: &Path| {
            let mut bytes = fs::read(path).unwrap();
            bytes[used * part / 16] ^= 0x55;
            fs::write(path, bytes).unwrap();
        };
        told += usize::from(damaged(&lived(false), false, flip));
    }
    assert!(told > 0);
}

#[test]
fn a_tail_lost_after_a_crash_is_told() {
    let folder = lived(true);
    let crashed = folder.read().meta.serial;
    let state = folder.open();
    let copy = folder.path().join("copy");
    fs::copy(folder.of("store/db"), &copy).unwrap();
    state.store().commit(puts(&["c/late"])).unwrap();
    drop(state);
    fs::copy(&copy, folder.of("store/db")).unwrap();
    let error = folder.try_open().err().unwrap();
    let said = format!("ends at serial {crashed}, but {} was confirmed", crashed + 1);
    assert!(error.to_string().contains(&said), "{error}");
    import_snapshot(&folder);
    assert_eq!(keys(&folder.open().snapshot()).len(), 4);
}

#[test]
fn a_folder_that_was_emptied_begins_anew() {
    let folder = lived(false);
    fs::remove_dir_all(folder.of("store")).unwrap();
    fs::remove_file(folder.of("snapshot.json")).unwrap();
    assert_eq!(folder.open().snapshot().meta.serial, 0);
}

#[test]
fn a_state_of_which_only_exports_are_left_is_missing() {
    let folder = lived(false);
    let state = folder.open();
    let kept = state.keep_export().unwrap().unwrap();
    state.close().unwrap();
    fs::remove_dir_all(folder.of("store")).unwrap();
    fs::remove_file(folder.of("snapshot.json")).unwrap();
    let read = super::State::read(folder.path(), "shop", "dev").err();
    for error in [read, folder.try_open().err()] {
        assert!(
            matches!(&error, Some(StateError::Missing { rescue, .. }) if *rescue == kept),
            "{error:?}"
        );
    }
    let export = super::Snapshot::from_export(&fs::read_to_string(kept).unwrap()).unwrap();
    super::State::import(folder.path(), "shop", "dev", &run("import"), &export, false).unwrap();
    assert_eq!(keys(&folder.open().snapshot()).len(), 4);
}

#[test]
fn entries_that_changed_behind_its_back_are_told() {
    type Change = fn(&sled::Db);
    let changes: [Change; 4] = [
        |db| drop(db.remove("record/a/one").unwrap()),
        |db| drop(db.insert("record/c/new", db.get("record/a/one").unwrap().unwrap()).unwrap()),
        |db| {
            let swapped = ["record/a/one", "record/a/two"].map(|key| db.get(key).unwrap().unwrap());
            db.insert("record/a/one", &swapped[1]).unwrap();
            db.insert("record/a/two", &swapped[0]).unwrap();
        },
        |db| drop(db.remove("check").unwrap()),
    ];
    for change in changes {
        let folder = lived(false);
        with_database(&folder, change);
        let before = folder.contents();
        assert!(matches!(folder.try_open().err(), Some(StateError::Damaged { .. })));
        assert_eq!(folder.contents(), before);
    }
}

#[test]
fn a_store_of_an_earlier_day_is_told() {
    let folder = lived(false);
    let earlier = tempfile::tempdir().unwrap();
    for file in ["conf", "db"] {
        fs::copy(folder.of("store").join(file), earlier.path().join(file)).unwrap();
    }
    folder.record(&["c/five"]);
    for entry in fs::read_dir(folder.of("store")).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    for file in ["conf", "db"] {
        fs::copy(earlier.path().join(file), folder.of("store").join(file)).unwrap();
    }
    let error = folder.try_open().err().unwrap();
    assert!(error.to_string().contains("ends at serial 4, but 5 was confirmed"), "{error}");
}

#[test]
fn a_missing_store_is_told_and_can_be_imported() {
    let folder = lived(false);
    fs::remove_dir_all(folder.of("store")).unwrap();
    assert_eq!(keys(&folder.read()).len(), 4);
    let error = folder.try_open().err().unwrap();
    assert!(
        matches!(&error, StateError::Missing { rescue, .. } if *rescue == folder.of("snapshot.json"))
    );
    import_snapshot(&folder);
    assert_eq!(keys(&folder.open().snapshot()).len(), 4);
}

#[test]
fn a_damaged_snapshot_is_made_anew_from_the_store() {
    let whole = fs::read(lived(false).of("snapshot.json")).unwrap();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let cut = [&b""[..], b"{", &whole[..whole.len() / 2], &whole[..whole.len() - 1], b"\n\n"];
    let cut = cut.map(<[u8]>::to_vec);
    for bytes in cut.into_iter().chain([5, whole.len() / 2, whole.len() - 5].map(flipped)) {
        let folder = lived(false);
        let known = folder.read();
        fs::write(folder.of("snapshot.json"), &bytes).unwrap();
        assert_eq!(folder.read(), known, "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(*folder.open().snapshot(), known);
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_is_told() {
    let folder = Folder::new();
    fs::write(folder.path().join("shop"), "").unwrap();
    let told = |error| matches!(error, StateError::NotAFolder { .. });
    assert!(told(folder.try_open().err().unwrap()));
    assert!(told(folder.try_read().unwrap_err()));
    let folder = lived(false);
    fs::remove_dir_all(folder.of("store")).unwrap();
    fs::write(folder.of("store"), "").unwrap();
    assert!(told(folder.try_open().err().unwrap()));
}

#[test]
fn the_leftovers_of_a_killed_probe_go_with_the_next() {
    let folder = lived(true);
    fs::create_dir(folder.of(".probe-x1")).unwrap();
    folder.open().close().unwrap();
    let names: Vec<_> =
        fs::read_dir(folder.of("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".probe-")), "{names:?}");
}
