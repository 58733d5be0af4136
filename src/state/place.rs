//! Where the state is.

use std::path::{Path, PathBuf};

use super::StateError;

const FOLDER: &str = "state";

/// The folder that holds the states of every project and environment, which may not exist yet:
/// the one that was named on the command line; else the manifest's own, from where the manifest
/// is; else the nearest folder named `state` from the manifest's folder upwards; else one beside
/// the manifest.
///
/// The current directory plays no part, except for relative paths that the user typed.
pub fn state_folder(
    named: Option<&Path>,
    manifests_own: Option<&Path>,
    manifest_folder: &Path,
) -> PathBuf {
    if let Some(named) = named {
        return named.to_owned();
    }
    let beside = manifest_folder.canonicalize().unwrap_or_else(|_| manifest_folder.to_owned());
    if let Some(own) = manifests_own {
        return beside.join(own);
    }
    let upwards = beside.ancestors().map(|folder| folder.join(FOLDER));
    upwards.into_iter().find(|folder| folder.is_dir()).unwrap_or_else(|| beside.join(FOLDER))
}

/// The files of one deployment.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub project: String,
    pub environment: String,
    root: PathBuf,
}

impl Place {
    pub fn new(folder: &Path, project: &str, environment: &str) -> Result<Self, StateError> {
        usable("a project", project)?;
        usable("an environment", environment)?;
        Ok(Self {
            project: project.to_owned(),
            environment: environment.to_owned(),
            root: folder.join(project).join(environment),
        })
    }

    /// The deployment's own folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The store's folder.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// The store that an import is filling.
    pub fn importing(&self) -> PathBuf {
        self.root.join("store.importing")
    }

    /// What the store held at the end of the last run.
    pub fn snapshot(&self) -> PathBuf {
        self.root.join("snapshot.json")
    }

    /// The marker of a run: there while the snapshot may be older than the store.
    pub fn marker(&self) -> PathBuf {
        self.root.join("running")
    }

    /// The file whose lock a run holds. It stays when the run ends.
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The folder of exports made before the last applies.
    pub fn exports(&self) -> PathBuf {
        self.root.join("exports")
    }
}

fn usable(what: &'static str, name: &str) -> Result<(), StateError> {
    let bad = name.is_empty()
        || name.starts_with('.')
        || name.chars().any(|c| matches!(c, '/' | '\\' | ':') || c.is_control());
    match bad {
        true => Err(StateError::BadName { what, name: name.to_owned() }),
        false => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn finds_the_nearest_folder_upwards_from_the_manifest() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        let deep = top.join("a/b/c");
        fs::create_dir_all(&deep).unwrap();
        assert_eq!(state_folder(None, None, &deep), deep.join("state"));

        fs::create_dir(top.join("state")).unwrap();
        assert_eq!(state_folder(None, None, &deep), top.join("state"));
        fs::create_dir(top.join("a/b/state")).unwrap();
        assert_eq!(state_folder(None, None, &deep), top.join("a/b/state"));
        fs::write(deep.join("state"), "a file").unwrap();
        assert_eq!(state_folder(None, None, &deep), top.join("a/b/state"));
        let winding = deep.join("../../../a/b/c/..");
        assert_eq!(state_folder(None, None, &winding), top.join("a/b/state"));
    }

    #[test]
    fn the_command_line_wins_then_the_manifest() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        fs::create_dir(top.join("state")).unwrap();
        let (typed, own) = (Path::new("/x"), Path::new("../s"));
        assert_eq!(state_folder(Some(typed), Some(own), &top), typed);
        assert_eq!(state_folder(None, Some(own), &top), top.join("../s"));
        assert_eq!(state_folder(None, Some(typed), &top), typed);
    }

    #[test]
    fn refuses_names_that_leave_the_folder() {
        for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "c:", "a\0"] {
            assert!(Place::new(Path::new("/s"), "shop", name).is_err(), "{name:?}");
            assert!(Place::new(Path::new("/s"), name, "dev").is_err(), "{name:?}");
        }
        let place = Place::new(Path::new("/s"), "shop", "pr-12").unwrap();
        assert_eq!(place.store(), Path::new("/s/shop/pr-12/store"));
    }
}
