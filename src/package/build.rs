//! The manifest's own command that makes code ready.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A build that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// The command.
    pub command: String,
    /// The directory in which it ran.
    pub directory: PathBuf,
    /// How it ended, in words.
    pub ended: String,
    /// The last lines that it wrote.
    pub output: Vec<String>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in {}: {}", self.command, self.directory.display(), self.ended)?;
        self.output.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for BuildError {}

const LINES_SHOWN: usize = 20;

/// Runs `command` with `sh -c` in the directory of `code` (its own, where it is a directory), with
/// the environment of this process without the manifest's variables, which may be secrets, and no
/// input, and waits for it.
///
/// # Errors
/// [`BuildError`] where it cannot be started or does not end with status 0.
pub fn build(code: &Path, command: &str) -> Result<(), BuildError> {
    let above = || code.parent().filter(|parent| *parent != Path::new(""));
    let directory = if code.is_dir() { code } else { above().unwrap_or(Path::new(".")) };
    let failed = |ended: String, output: Vec<String>| {
        Err(BuildError {
            command: command.to_owned(),
            directory: directory.to_owned(),
            ended,
            output,
        })
    };
    // Both streams go to one place, in the order in which they were written.
    let secret = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("MAAS_VAR_");
    let mut shell = Command::new("sh");
    std::env::vars_os().filter(|(name, _)| secret(name)).for_each(|(name, _)| {
        shell.env_remove(name);
    });
    let ran = shell
        .args(["-c", "exec 2>&1; eval \"$0\"", command])
        .current_dir(directory)
        .stdin(Stdio::null())
        .output();
    match ran {
        Err(error) => failed(format!("it could not be started: {error}"), Vec::new()),
        Ok(ran) if ran.status.success() => Ok(()),
        Ok(ran) => {
            let text = String::from_utf8_lossy(&ran.stdout);
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let last = lines.len().saturating_sub(LINES_SHOWN);
            failed(ended(ran.status), lines[last..].to_vec())
        }
    }
}

fn ended(status: std::process::ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with status {code}"),
        None => "was stopped by a signal".to_owned(),
    }
}
