//! Paths of code.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};

/// A directory, a file or a `.zip`, relative to the manifest's folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePath(String);

impl CodePath {
    /// From the manifest's folder.
    pub fn in_folder(&self, folder: &Path) -> PathBuf {
        folder.join(&self.0)
    }
}

impl AsRef<str> for CodePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for CodePath {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let help = "A path is a directory, a file or a `.zip`, relative to the manifest: `functions/echo`.";
        if text.trim().is_empty() {
            return Err(Malformed::new("this is empty", help));
        }
        if text.contains('\0') {
            return Err(Malformed::new("a path cannot hold a NUL", help));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StringType for CodePath {
    const FORMAT: &'static str = "maas-path";
    const PATTERN: &'static str = r"\S";
    const EXAMPLES: &'static [&'static str] = &["functions/echo"];
}
string_type!(CodePath);
