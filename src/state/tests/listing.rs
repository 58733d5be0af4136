use std::fs;

use super::super::{MetaChange, State, StateError, environments};
use super::{Folder, puts, run};

fn names(folder: &Folder) -> Vec<String> {
    let found = environments(folder.path()).unwrap();
    found.into_iter().map(|found| format!("{}/{}", found.project, found.environment)).collect()
}

#[test]
fn lists_what_was_ever_recorded() {
    let folder = Folder::new();
    assert!(names(&folder).is_empty());
    for (project, environment) in [("shop", "pr-2"), ("shop", "dev"), ("blog", "dev")] {
        let state = State::open(folder.path(), project, environment, &run("apply")).unwrap();
        state.store().commit(puts(&["a/one", "a/two"])).unwrap();
        state.close().unwrap();
    }
    State::open(folder.path(), "shop", "empty", &run("apply")).unwrap().close().unwrap();
    fs::create_dir_all(folder.path().join("shop/stray")).unwrap();
    fs::write(folder.path().join(".gitignore"), "*").unwrap();
    assert_eq!(names(&folder), ["blog/dev", "shop/dev", "shop/pr-2"]);
    let known = environments(folder.path()).unwrap().remove(0).known.unwrap();
    assert_eq!((known.count, known.meta.serial, known.busy), (2, 1, None));
    assert!(environments(&folder.path().join("none")).unwrap().is_empty());
}

#[test]
fn tells_what_runs_crashed_and_damaged_ones_are() {
    let folder = Folder::new();
    folder.record(&["a/one"]);
    let of = || environments(folder.path()).unwrap().remove(0).known;

    let state = folder.open();
    let change =
        MetaChange { expires: Some(Some("2026-12-01T00:00:00Z".into())), ..Default::default() };
    state.store().commit(puts(&["a/two"]).meta(change)).unwrap();
    let busy = of().unwrap();
    assert_eq!((busy.count, busy.busy.unwrap().command.as_str()), (1, "apply"));
    drop(state);
    let crashed = of().unwrap();
    assert_eq!((crashed.count, crashed.busy), (2, None));
    assert_eq!(crashed.meta.expires.as_deref(), Some("2026-12-01T00:00:00Z"));

    fs::write(folder.of("store/db"), "").unwrap();
    fs::write(folder.of("snapshot.json"), "").unwrap();
    fs::write(folder.of("running"), "{}").unwrap();
    assert!(
        matches!(of(), Ok(known) if known.count == 0)
            || matches!(of(), Err(StateError::Damaged { .. }))
    );
}
