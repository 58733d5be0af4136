//! A manifest that was read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::function::FunctionDefaults;
use super::instance::{Instance, no_code};
use super::problem::Problem;
use super::problems::Problems;
use super::source::Source;
use super::span::Spanned;
use super::tables::StateSettings;
use super::values::Duration;

/// A manifest, for one environment: overlays are laid over and expressions put in.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file, as it was given.
    pub path: PathBuf,
    /// The file's folder, to which paths in it are relative.
    pub folder: PathBuf,
    /// The text, for excerpts.
    pub source: Source,
    /// `sha256:` and the hexadecimal digest of the file's text.
    pub digest: String,
    /// What is deployed.
    pub project: Project,
    /// `[state]`.
    pub state: StateSettings,
    /// Tags on every resource that takes tags.
    pub tags: BTreeMap<String, String>,
    /// `[functions]`.
    pub functions: FunctionDefaults,
    /// The environment.
    pub environment: Environment,
    /// The instances, in the order of their names.
    pub instances: Vec<Instance>,
    /// The paths of all code, relative to the folder.
    pub code: Vec<Spanned<String>>,
    /// The names of the instances that are wrong and could not be read, so that nothing may be said of
    /// what needs them.
    pub lost: BTreeSet<String>,
}

/// `[project]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The name: 2 to 24 of a-z, 0-9 and -, starting with a letter.
    pub name: String,
    /// The region: the manifest's, else that of the AWS configuration.
    pub region: Option<String>,
}

/// The environment that the manifest was read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The name: 1 to 24 of a-z, 0-9 and -, starting with a letter.
    pub name: String,
    /// Whether destroy refuses.
    pub protect: bool,
    /// How long after the last apply it may be destroyed by `maas gc`.
    pub ttl: Option<Duration>,
    /// The entry of `[environments]` that holds: the name itself or a glob.
    pub matched: Option<String>,
}

impl Manifest {
    /// The instance of this name.
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.name.get_ref() == name)
    }

    /// Attaches the manifest's text to problems that were found after it was read, and sorts them.
    pub fn explain(&self, problems: impl IntoIterator<Item = Problem>) -> Problems {
        let problems: Problems = problems.into_iter().collect();
        problems.in_source(&self.source)
    }

    /// A problem for each path of code at which there is nothing.
    pub fn missing_code(&self) -> Problems {
        let missing = self.code.iter().filter(|path| !self.folder.join(path.get_ref()).exists());
        missing.map(|path| no_code(path, &self.folder)).collect()
    }
}
