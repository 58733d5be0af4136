//! From text to a manifest, with every problem on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::find::read;
use super::manifest::Manifest;
use super::pattern::PatternSchema;
use super::problem::Problem;
use super::problems::Problems;
use super::reading::{Tables, read_tables};
use super::secrets::refuse_secrets;
use super::source::Source;
use super::syntax;

/// What a manifest is read with.
#[derive(Clone, Default)]
pub struct Context {
    /// The environment's name.
    pub environment: String,
    /// The variables given by `--var NAME=value` and `MAAS_VAR_NAME`.
    pub variables: BTreeMap<String, String>,
    /// Those of them that were given by `--var`: the manifest has to know them.
    pub named: BTreeSet<String>,
    /// The region of the AWS configuration, for a manifest that names none.
    pub region: Option<String>,
}

/// A manifest as far as it can be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What is right of it: of an instance that is wrong only the name, in [`Manifest::lost`]. None
    /// where the text is no TOML, so that nobody knows what it leaves out.
    pub manifest: Option<Manifest>,
    /// All that is wrong.
    pub problems: Problems,
}

impl Reading {
    /// The manifest, if nothing is wrong.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn whole(self) -> Result<Manifest, Problems> {
        match self.manifest {
            Some(manifest) if self.problems.is_empty() => Ok(manifest),
            _ => Err(self.problems),
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("environment", &self.environment)
            .field("variables", &self.variables.keys())
            .field("region", &self.region)
            .finish()
    }
}

/// Reads a manifest from its file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(
    path: &Path,
    context: &Context,
    patterns: &[PatternSchema],
) -> Result<Manifest, Problems> {
    examine(path, context, patterns).whole()
}

/// Reads a manifest from its file, as far as it can be read.
pub fn examine(path: &Path, context: &Context, patterns: &[PatternSchema]) -> Reading {
    match read(path) {
        Ok(text) => survey(path, &text, context, patterns),
        Err(problem) => Reading { manifest: None, problems: problem.into() },
    }
}

/// Reads a manifest from its text; `path` is what excerpts name and what paths are relative to.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(
    path: &Path,
    text: String,
    context: &Context,
    patterns: &[PatternSchema],
) -> Result<Manifest, Problems> {
    survey(path, &text, context, patterns).whole()
}

fn survey(path: &Path, text: &str, context: &Context, patterns: &[PatternSchema]) -> Reading {
    let mut problems = Problems::new();
    let (written, broken) = syntax::read(text, &mut problems);
    let is_toml = broken.is_empty();
    let secrets = refuse_secrets(&written, &mut problems);
    let source = Source::new(path, text, &secrets);
    let tables = read_tables(&written, context, patterns, &mut problems);
    let problems = with_syntax(broken, problems, &source);
    let Tables { project, state, tags, functions, environment, instances, code, lost } = tables;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let manifest = is_toml.then(|| Manifest {
        path: path.to_owned(),
        folder: folder.unwrap_or(Path::new(".")).to_owned(),
        source,
        digest: digest(text),
        project,
        state,
        tags,
        functions,
        environment,
        instances,
        code,
        lost,
    });
    Reading { manifest, problems }
}

/// Problems that a lost piece of text can bring about.
const OF_LOSS: [&str; 5] = [
    "maas::manifest::missing_key",
    "maas::manifest::missing_runtime",
    "maas::manifest::missing_variable",
    "maas::manifest::no_such_instance",
    "maas::manifest::count",
];

/// Joins the problems of the syntax with the others, without those that may only follow from a
/// piece of text that could not be read.
fn with_syntax(mut syntax: Problems, others: Problems, source: &Source) -> Problems {
    let line = |problem: &Problem| problem.span().map(|span| source.position(span).0);
    let broken: Vec<_> = syntax.iter().filter_map(line).collect();
    let stands = |problem: &Problem| {
        !OF_LOSS.contains(&problem.code())
            && !line(problem).is_some_and(|line| broken.contains(&line))
    };
    let sound = syntax.is_empty();
    syntax.extend(others.into_iter().filter(|problem| sound || stands(problem)));
    syntax.in_source(source)
}

fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}
