//! `maas init`.

mod templates;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::deployment::aws_region;
use super::patterns::no_such;
use super::{Ended, Exit, Failure};
use crate::manifest::{self, ProjectName};
use crate::patterns;
use crate::report::{Complaint, Console};
use templates::{TEMPLATES, Template};

/// Writes a manifest and functions that apply as they are
///
/// Into the current directory; nothing that is there is overwritten. `maas patterns` lists the
/// patterns.
#[derive(Args, Debug)]
pub struct Init {
    /// The patterns to start with
    #[arg(value_name = "PATTERN", default_value = FIRST)]
    patterns: Vec<String>,

    /// The project's name; else that of the current directory
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

const FIRST: &str = "api-async";
const ANY_REGION: &str = "eu-west-1";

impl Init {
    pub(super) fn run(self, console: Console) -> Ended {
        let project = project(self.project)?;
        let region = aws_region().unwrap_or_else(|| ANY_REGION.to_owned());
        let files = files(&project, &region, &self.patterns)?;
        write(Path::new(""), &files)?;
        for path in files.keys() {
            console.result(&format!("{}\n", path.display()));
        }
        console.say("\nLook at maas.toml, then: maas plan, maas apply.\n");
        Ok(Exit::Done)
    }
}

fn project(given: Option<String>) -> Result<String, Failure> {
    let Some(name) = given else {
        let folder = std::env::current_dir().ok();
        let name = folder.as_deref().and_then(Path::file_name).unwrap_or_default();
        return Ok(usable(&name.to_string_lossy()));
    };
    match name.parse::<ProjectName>() {
        Ok(_) => Ok(name),
        Err(malformed) => {
            let message = format!("`{name}` cannot be a project's name: {}.", malformed.label);
            let complaint = Complaint::new("maas::command_line::project", message);
            Err(Failure::wrong(complaint.help(malformed.help)))
        }
    }
}

/// The name made fit for a project, or another one.
fn usable(name: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(fit).collect();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let name = name.get(..name.len().min(24)).unwrap_or(name).trim_end_matches('-').to_owned();
    if name.parse::<ProjectName>().is_ok() { name } else { "shop".to_owned() }
}

/// The files by their paths.
fn files(
    project: &str,
    region: &str,
    names: &[String],
) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let schemas = patterns::schemas();
    let mut text = format!(
        "#:schema maas.schema.json\n\n[project]\nname = \"{project}\"\nregion = \"{region}\"\n\n\
         [functions] # defaults, which each function may override\nruntime = \"python3.12\"\n\
         memory = \"256 MB\"\ntimeout = \"10s\"\n"
    );
    let mut files = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            continue;
        }
        let known = schemas.iter().any(|schema| schema.name == name);
        let Some(Template { manifest, files: own, .. }) =
            TEMPLATES.iter().find(|template| template.pattern == name && known)
        else {
            return Err(no_such(name));
        };
        text.push_str(&format!("\n{manifest}"));
        let own = own.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
        files.extend(own);
    }
    files.insert(PathBuf::from("maas.toml"), text);
    files.insert(PathBuf::from("maas.schema.json"), manifest::schema_text(&schemas));
    Ok(files)
}

/// Writes the files, unless one of them is there.
fn write(folder: &Path, files: &BTreeMap<PathBuf, String>) -> Result<(), Failure> {
    let mut names: Vec<PathBuf> = files.keys().map(|path| folder.join(path)).collect();
    names.extend(manifest::NAMES.map(|name| folder.join(name)));
    let there: std::collections::BTreeSet<String> = names
        .iter()
        .filter(|path| path.exists())
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if !there.is_empty() {
        let there: Vec<String> = there.into_iter().collect();
        let message = format!("{} would be overwritten.", there.join(", "));
        let complaint = Complaint::new("maas::init::exists", message);
        return Err(Failure::wrong(complaint.help("Start in an empty directory.")));
    }
    for (path, text) in files {
        let path = folder.join(path);
        let folder = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|error| Failure::io("write", &path, &error))?;
    }
    Ok(())
}
