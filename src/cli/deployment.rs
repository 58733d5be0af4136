//! From a command's arguments to the manifest, the state's folder, and what is recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Failure;
use super::args::{Environment, Global, Which};
use super::check::{Checked, check};
use super::saved::Saved;
use super::sketch::Sketch;
use crate::manifest::{self, Context, EnvironmentName, Manifest};
use crate::patterns;
use crate::report::Complaint;
use crate::state::{Snapshot, State, state_folder};

/// One environment of one project, and where its state is.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    /// The manifest's file.
    pub path: PathBuf,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// The state's folder.
    pub folder: PathBuf,
    /// The region that the manifest names.
    pub region: Option<String>,
    /// Whether the manifest protects it from destroy.
    pub protect: bool,
    variables: BTreeMap<String, String>,
    /// The names of those that were given by `--var`.
    named: BTreeSet<String>,
}

impl Deployment {
    /// Finds the manifest and reads of it where its deployment is.
    ///
    /// # Errors
    /// Where there is no manifest, or it does not say what project it is.
    pub fn find(which: &Which, global: &Global) -> Result<Self, Failure> {
        let path = manifest::find(which.manifest.as_deref())?;
        if Saved::read(&path)?.is_some() {
            let message = format!("{} is a plan, and no manifest.", path.display());
            let complaint = Complaint::new("maas::command_line::plan_file", message);
            return Err(Failure::wrong(
                complaint.help("Only `maas apply` takes a plan in a file."),
            ));
        }
        Self::at(path, &which.environment, global)
    }

    /// The same for a manifest that was found already.
    ///
    /// # Errors
    /// Where it does not say what project it is.
    pub fn at(path: PathBuf, which: &Environment, global: &Global) -> Result<Self, Failure> {
        let environment = which.name().to_owned();
        let variables = variables(&which.variables);
        let named: BTreeSet<String> =
            which.variables.iter().map(|(name, _)| name.clone()).collect();
        if let Err(malformed) = environment.parse::<EnvironmentName>() {
            let complaint = Complaint::new(
                "maas::command_line::environment",
                format!(
                    "`{environment}` cannot be the name of an environment: {}.",
                    malformed.label
                ),
            );
            return Err(Failure::wrong(complaint.help(malformed.help)));
        }
        let sketch = Sketch::read(&path, &environment);
        let plain = sketch.project.filter(|_| !sketch.has_expressions);
        let (project, region, state, backend) = match plain {
            Some(project) => (project, sketch.region, sketch.state, sketch.backend),
            None => {
                let context = Context {
                    environment: environment.clone(),
                    variables: variables.clone(),
                    named: named.clone(),
                    region: aws_region(),
                };
                let manifest = manifest::load(&path, &context, &patterns::schemas())
                    .map_err(|some| check(&path, &context).err().unwrap_or(some.into()))?;
                let state = manifest.state.path.map(|path| path.get_ref().clone());
                (manifest.project.name, manifest.project.region, state, None)
            }
        };
        let folder = folder(&path, state.as_deref(), backend.as_deref(), global)?;
        let protect = sketch.protect;
        Ok(Self { path, project, environment, folder, region, protect, variables, named })
    }

    /// One that is known from the state alone.
    pub fn recorded(folder: &Path, project: &str, environment: &str) -> Self {
        Self {
            path: folder.to_owned(),
            project: project.to_owned(),
            environment: environment.to_owned(),
            folder: folder.to_owned(),
            region: None,
            protect: false,
            variables: BTreeMap::new(),
            named: BTreeSet::new(),
        }
    }

    /// What is recorded, without holding the state.
    ///
    /// # Errors
    /// Those of the state.
    pub fn snapshot(&self) -> Result<Snapshot, Failure> {
        Ok(State::read(&self.folder, &self.project, &self.environment)?)
    }

    /// The region: the manifest's, else that of what is recorded, else that of the AWS
    /// configuration.
    pub fn region(&self, snapshot: &Snapshot) -> Option<String> {
        self.region.clone().or_else(|| snapshot.meta.region.clone()).or_else(aws_region)
    }

    /// Reads the whole manifest.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn manifest(&self, region: Option<String>) -> Result<Manifest, Failure> {
        Ok(manifest::load(&self.path, &self.context(region), &patterns::schemas())?)
    }

    /// Reads the whole manifest, and looks whether anything is wrong with what it asks for.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn check(&self, region: Option<String>) -> Result<Checked, Failure> {
        check(&self.path, &self.context(region))
    }

    fn context(&self, region: Option<String>) -> Context {
        Context {
            environment: self.environment.clone(),
            variables: self.variables.clone(),
            named: self.named.clone(),
            region,
        }
    }

    /// `project/environment`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.project, self.environment)
    }
}

/// The state's folder for a command that is about no single environment: the one that is named, else
/// that of the manifest in the current directory, else the nearest one upwards.
pub(super) fn state_folder_of(global: &Global) -> Result<PathBuf, Failure> {
    let path = manifest::find(None).unwrap_or_default();
    let sketch = Sketch::read(&path, "");
    folder(&path, sketch.state.as_deref(), sketch.backend.as_deref(), global)
}

/// Where there is no region and one is needed.
pub(super) fn no_region() -> Failure {
    let complaint = Complaint::new("maas::command_line::region", "There is no AWS region.");
    Failure::wrong(
        complaint.help("Set `region` under `[project]`, or AWS_REGION, or one in the AWS profile."),
    )
}

/// The region of the AWS configuration, read without a call.
pub(super) fn aws_region() -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().ok()?;
    runtime.block_on(crate::aws::region())
}

const PREFIX: &str = "MAAS_VAR_";

fn variables(given: &[(String, String)]) -> BTreeMap<String, String> {
    let named = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.to_str()?.strip_prefix(PREFIX)?.to_owned();
        Some((name, value.into_string().ok()?))
    });
    named.chain(given.iter().cloned()).collect()
}

fn folder(
    manifest: &Path,
    own: Option<&str>,
    backend: Option<&str>,
    global: &Global,
) -> Result<PathBuf, Failure> {
    let elsewhere = match &global.state {
        Some(state) if state.contains("://") => Some(format!("at `{state}`")),
        None if backend == Some("dynamodb") => Some("in DynamoDB".to_owned()),
        _ => None,
    };
    if let Some(elsewhere) = elsewhere {
        let message =
            format!("This version of maas keeps its state in a folder, and not {elsewhere}.");
        return Err(Failure::wrong(
            Complaint::new("maas::state::backend", message).help(manifest::STATE_IN_A_FOLDER),
        ));
    }
    let named = global.state.as_ref().map(Path::new);
    let folder = manifest.parent().filter(|folder| *folder != Path::new(""));
    Ok(state_folder(named, own.map(Path::new), folder.unwrap_or(Path::new("."))))
}
