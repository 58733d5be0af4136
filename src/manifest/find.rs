//! From a path, or none, to a manifest's text.

use std::path::{Path, PathBuf};

use super::problem::Problem;

/// The names that a manifest has where none is given, in the order in which they are looked for.
pub const NAMES: [&str; 2] = ["maas.toml", "manifest.toml"];

/// The manifest's path: the one given, or the manifest in the folder given, or that of the current
/// directory.
///
/// # Errors
/// When there is none.
pub fn find(given: Option<&Path>) -> Result<PathBuf, Problem> {
    let folder = match given {
        Some(path) if path.is_dir() => path,
        Some(path) if path.exists() => return Ok(path.to_owned()),
        Some(path) => {
            return Err(missing(format!("There is no file `{}`.", path.display())));
        }
        None => Path::new(""),
    };
    let mut candidates = NAMES.iter().map(|name| folder.join(name));
    candidates.find(|path| path.is_file()).ok_or_else(|| {
        let place = match given {
            Some(folder) => format!("the folder `{}`", folder.display()),
            None => "the current directory".to_owned(),
        };
        missing(format!(
            "There is neither `{}` nor `{}` in {place}; give a manifest's path, or write one with \
             `maas init`.",
            NAMES[0], NAMES[1]
        ))
    })
}

fn missing(help: String) -> Problem {
    Problem::new("maas::manifest::not_found", "There is no manifest.").help(help)
}

/// Reads the file as text.
pub(crate) fn read(path: &Path) -> Result<String, Problem> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(format!("There is no file `{}`.", path.display())),
        _ => Problem::new("maas::manifest::unreadable", "The manifest cannot be read.")
            .help(format!("`{}`: {error}.", path.display())),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good].iter().filter(|b| **b == b'\n').count() + 1;
        Problem::new("maas::manifest::not_utf8", "The manifest is not UTF-8 text.").help(format!(
            "`{}`: the first byte that is not is in line {line}, byte {good} of the file.",
            path.display()
        ))
    })
}
