//! Who holds a state: what the marker of a run says.

use std::process::Command;
use std::{env, fmt, fs};

use serde::{Deserialize, Serialize};

use super::record::now;

/// A run that is about to open a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The command that it carries out, as in `apply`.
    pub command: String,
}

/// A run that holds a state, or held it when it died.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holder {
    /// The run's id.
    pub run: String,
    /// The command that it carries out.
    pub command: String,
    /// Its process.
    pub pid: u32,
    /// The machine that it runs on.
    pub host: String,
    /// The user who started it.
    pub user: String,
    /// When it took hold, as RFC 3339 text.
    pub since: String,
    /// What it does at the moment.
    pub doing: Option<String>,
}

impl Holder {
    /// This process.
    pub(super) fn this(run: &Run) -> Self {
        Self {
            run: run.id.clone(),
            command: run.command.clone(),
            pid: std::process::id(),
            host: host(),
            user: user(),
            since: now(),
            doing: None,
        }
    }

    /// Whether its process runs on this machine, as far as can be told from here.
    pub(super) fn is_alive_here(&self) -> bool {
        self.pid != 0 && self.host == host() && runs(self.pid)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("a run that has not said yet who it is");
        }
        write!(
            f,
            "`maas {}` of {} (process {} on {}, run {}) since {}",
            self.command, self.user, self.pid, self.host, self.run, self.since
        )?;
        self.doing.as_ref().map_or(Ok(()), |doing| write!(f, ", now {doing}"))
    }
}

const UNKNOWN: &str = "unknown";

fn host() -> String {
    let read = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = read.or_else(|| said_by(Command::new("uname").arg("-n")));
    name.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| UNKNOWN.into())
}

fn user() -> String {
    let named = ["USER", "LOGNAME"].iter().find_map(|name| env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| UNKNOWN.into())
}

fn said_by(command: &mut Command) -> Option<String> {
    command.output().ok().and_then(|output| String::from_utf8(output.stdout).ok())
}

fn runs(pid: u32) -> bool {
    if fs::exists("/proc/self").unwrap_or(false) {
        return fs::exists(format!("/proc/{pid}")).unwrap_or(false);
    }
    said_by(Command::new("ps").args(["-o", "pid=", "-p", &pid.to_string()]))
        .is_some_and(|said| !said.trim().is_empty())
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn me() -> Holder {
        Holder::this(&Run { id: "r1".into(), command: "apply".into() })
    }

    #[test]
    fn knows_the_living_from_the_dead() {
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(me().is_alive_here());
        assert!(!Holder { pid: child.id(), ..me() }.is_alive_here());
        assert!(!Holder { host: "elsewhere".into(), ..me() }.is_alive_here());
    }

    #[test]
    fn says_who_it_is() {
        let holder = Holder {
            run: "r1".into(),
            command: "apply".into(),
            pid: 42,
            host: "box".into(),
            user: "ann".into(),
            since: "2026-11-23T15:00:00Z".into(),
            doing: Some("planning".into()),
        };
        assert_eq!(
            holder.to_string(),
            "`maas apply` of ann (process 42 on box, run r1) since 2026-11-23T15:00:00Z, now planning"
        );
    }
}
