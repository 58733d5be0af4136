//! The manifest's own command that makes code ready.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// How a build that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built {
    /// It is done.
    Done,
    /// It was stopped before its end.
    Stopped,
}

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

/// How long a build that was asked to stop may take to tidy up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs `command` with `sh -c` in the directory of `code` (its own, where it is a directory), with
/// the environment of this process without the manifest's variables, which may be secrets, and no
/// input, and waits for it. Once `stop` is ready, the command is stopped with all that it started.
///
/// # Errors
/// [`BuildError`] where it cannot be started or does not end with status 0.
pub async fn build(
    code: &Path,
    command: &str,
    stop: impl Future<Output = ()>,
) -> Result<Built, BuildError> {
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
    // A group of its own: a terminal's signals come to this process alone, which passes them on.
    let started = shell
        .args(["-c", "exec 2>&1; eval \"$0\"", command])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn();
    let child = match started {
        Err(error) => return failed(format!("it could not be started: {error}"), Vec::new()),
        Ok(child) => child,
    };
    let group = child.id();
    let mut ends = pin!(child.wait_with_output());
    let ran = tokio::select! {
        ran = &mut ends => ran,
        () = stop => {
            signal(group, "TERM").await;
            if tokio::time::timeout(PATIENCE, ends).await.is_err() {
                signal(group, "KILL").await;
            }
            return Ok(Built::Stopped);
        }
    };
    match ran {
        Err(error) => failed(format!("it could not be waited for: {error}"), Vec::new()),
        Ok(ran) if ran.status.success() => Ok(Built::Done),
        Ok(ran) => {
            let text = String::from_utf8_lossy(&ran.stdout);
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let last = lines.len().saturating_sub(LINES_SHOWN);
            failed(ended(ran.status), lines[last..].to_vec())
        }
    }
}

/// Sends a signal to a group of processes; one that is gone needs none.
async fn signal(group: Option<u32>, name: &str) {
    let Some(group) = group else { return };
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -s \"$0\" -- \"-$1\"", name, &group.to_string()]);
    let _ = kill.stderr(Stdio::null()).status().await;
}

fn ended(status: std::process::ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with status {code}"),
        None => "was stopped by a signal".to_owned(),
    }
}
