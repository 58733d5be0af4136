//! Stands for the room `patterns` until it is there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::graph::{Document, Graph, Place, Scope};
use crate::manifest::{Manifest, PatternSchema, Problems, Span};
use crate::package::Packages;

/// A manifest's resources and its instances' outputs.
#[derive(Debug)]
pub struct Expanded {
    /// The resources.
    pub graph: Graph,
    /// The outputs by instance, with references in them.
    pub outputs: BTreeMap<String, Document>,
}

/// A build command.
pub struct Build {
    /// The code.
    pub code: PathBuf,
    /// The command.
    pub command: String,
    /// Where it is in the manifest.
    pub place: Span,
}

/// The build commands.
pub fn builds(_manifest: &Manifest) -> Vec<Build> {
    Vec::new()
}

/// The patterns.
pub fn schemas() -> Vec<PatternSchema> {
    Vec::new()
}

/// A manifest's resources.
pub fn expand(
    manifest: &Manifest,
    _place: &Place,
    expires: Option<String>,
    _packages: &Packages,
) -> Result<Expanded, Problems> {
    let scope = Scope {
        project: manifest.project.name.clone(),
        environment: manifest.environment.name.clone(),
        tags: manifest.tags.clone(),
        expires,
    };
    Ok(Expanded { graph: Graph::new(scope), outputs: BTreeMap::new() })
}
