//! What a plan is made from: the manifest, or the wish for nothing, and the flags beside it.

use std::collections::BTreeMap;

use super::args::Planning;
use super::deployment::{Deployment, no_region};
use super::expiry::Expiry;
use super::runtime::Runtime;
use super::saved::Saved;
use super::sketch::Protect;
use super::{Failure, cloud, code, offline, teardown};
use crate::aws::Archives;
use crate::graph::{Graph, Place, Scope};
use crate::manifest::Manifest;
use crate::package::Packages;
use crate::patterns::{self, Expanded, Origins};
use crate::plan::{Observations, Options, Plan, PlanError};
use crate::report::Console;
use crate::state::Snapshot;

/// What is to be there in the end.
pub(super) enum Wanted {
    /// What the manifest says, with its code packed.
    Manifest(Box<Manifest>, Packages),
    /// Nothing.
    Nothing,
}

impl Wanted {
    /// What the manifest says, with its code built. What is wrong with it is found before a build and,
    /// where `calls` follow, before these; else when the plan is made.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn of(
        deployment: &Deployment,
        calls: bool,
        console: Console,
        runtime: &mut Runtime,
    ) -> Result<Self, Failure> {
        // A manifest that names its region needs no look at the state before it is read.
        let snapshot = match deployment.region {
            Some(_) => Snapshot::new(&deployment.project, &deployment.environment),
            None => deployment.snapshot()?,
        };
        let region = deployment.region(&snapshot).ok_or_else(no_region)?;
        let unchecked = match calls {
            true => None,
            false => deployment.manifest(Some(region.clone())).ok(),
        };
        let manifest = match unchecked.filter(|manifest| patterns::builds(manifest).is_empty()) {
            Some(manifest) => manifest,
            None => deployment.check(Some(region))?.manifest,
        };
        if !patterns::builds(&manifest).is_empty() {
            runtime.block_on(async |stop| code::build(&manifest, console, &stop).await)?;
        }
        let packages = code::packages(&manifest);
        Ok(Self::Manifest(Box::new(manifest), packages))
    }
}

/// All that plans are made from, beside the state and the cloud.
pub(super) struct Aim {
    pub deployment: Deployment,
    pub wanted: Wanted,
    pub planning: Planning,
    /// The plan that was approved before; another one is refused.
    pub approved: Option<Saved>,
}

/// A plan, and what it was made from.
pub(super) struct Made {
    pub plan: Plan,
    pub expanded: Expanded,
    pub expiry: Expiry,
}

impl Aim {
    /// What else than the graph its plans are made from.
    pub fn options(&self, place: &Place, snapshot: &Snapshot) -> Options {
        let mut options = Options {
            targets: self.planning.targets.clone(),
            replace: self.planning.replace.iter().cloned().collect(),
            adopt: self.planning.adopt.iter().cloned().collect(),
            manifest: String::new(),
            teardown: teardown::asked(self.planning.teardown),
        };
        match &self.wanted {
            Wanted::Manifest(manifest, _) => options.manifest.clone_from(&manifest.digest),
            Wanted::Nothing => {
                let expires = snapshot.meta.expires.as_ref();
                options.teardown.manifest = teardown::of(&self.deployment, place, expires);
            }
        }
        options
    }

    /// Makes the plan.
    ///
    /// # Errors
    /// Why there is none: all that is wrong with the manifest, or what the state is against.
    pub fn make(
        &self,
        place: &Place,
        snapshot: &Snapshot,
        seen: &Observations,
        options: &Options,
    ) -> Result<Made, Failure> {
        let attempt = || {
            let (expanded, expiry) = self.expand(place, snapshot)?;
            let plan = offline::plan(&expanded.graph, snapshot, seen, place, options)
                .map_err(|errors| self.no_plan(errors, &expanded.origins))?;
            Ok(Made { plan, expanded, expiry })
        };
        attempt().map_err(|first| match &self.wanted {
            Wanted::Nothing => first,
            Wanted::Manifest(..) => {
                let checked = self.deployment.check(Some(place.region.clone()));
                checked.err().unwrap_or(first)
            }
        })
    }

    fn expand(&self, place: &Place, snapshot: &Snapshot) -> Result<(Expanded, Expiry), Failure> {
        let Wanted::Manifest(manifest, packages) = &self.wanted else {
            let meta = &snapshot.meta;
            let expiry = Expiry { ttl: meta.ttl.clone(), at: meta.expires.clone(), tag: None };
            let expanded = Expanded {
                graph: self.nothing(),
                outputs: BTreeMap::new(),
                origins: Origins::default(),
            };
            return Ok((expanded, expiry));
        };
        let mut expiry = Expiry::of(self.planning.ttl, manifest, snapshot);
        if let Some(saved) = &self.approved {
            expiry.tag.clone_from(&saved.expires);
        }
        let expanded = patterns::expand(manifest, place, expiry.tag.clone(), packages)?;
        Ok((expanded, expiry))
    }

    fn no_plan(&self, errors: Vec<PlanError>, origins: &Origins) -> Failure {
        match &self.wanted {
            Wanted::Manifest(manifest, _) => Failure::of_plan(errors, manifest, origins),
            Wanted::Nothing => errors.into(),
        }
    }

    /// The graph of a deployment that is not wanted any more.
    fn nothing(&self) -> Graph {
        Graph::new(Scope {
            project: self.deployment.project.clone(),
            environment: self.deployment.environment.clone(),
            ..Scope::default()
        })
    }

    /// The functions' code, as the calls to AWS ask for it.
    pub fn archives(&self) -> Archives {
        match &self.wanted {
            Wanted::Manifest(_, packages) => code::archives(packages),
            Wanted::Nothing => cloud::no_code(),
        }
    }

    /// Whether the end is that nothing is there.
    pub fn is_destroy(&self) -> bool {
        matches!(self.wanted, Wanted::Nothing)
    }

    /// Whether the manifest protects what is made.
    pub fn protects(&self) -> bool {
        match &self.wanted {
            Wanted::Manifest(manifest, _) => manifest.environment.protect,
            Wanted::Nothing => self.deployment.protect == Protect::Yes,
        }
    }
}
