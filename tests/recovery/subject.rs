//! A manifest deployed by the real binary, through a proxy.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Deserialize;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::account::Account;
use crate::changes::Pattern;
use crate::inventory::Inventory;
use crate::proxy::Proxy;
use crate::support::deployment::copied;
use crate::support::{REGION, until};

/// A manifest, its state, and the account that it is deployed to.
pub struct Subject {
    pub account: Account,
    pub proxy: Proxy,
    folder: TempDir,
    manifest: PathBuf,
    runs: AtomicU32,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; none where it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

#[derive(Deserialize)]
struct Listed {
    resources: Vec<Recorded>,
}

/// A resource as `maas state list` tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    pub address: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub id: Option<String>,
    pub finished: bool,
}

/// A run under way.
pub struct Running {
    pub child: Child,
    out: PathBuf,
    err: PathBuf,
    events: PathBuf,
}

impl Running {
    /// Asks it to stop as a terminal (`INT`) or a CI system (`TERM`) does, and tells when it did.
    pub async fn signal(&self, name: &str) -> Instant {
        let asked = Instant::now();
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status();
        assert!(sent.await.unwrap().success(), "kill -s {name} {pid}");
        asked
    }

    /// Waits for an event of that kind.
    pub async fn tells(&self, kind: &str) {
        let kind = format!("\"kind\":\"{kind}\"");
        until(&format!("an event {kind}"), async || {
            let told = fs::read_to_string(&self.events).unwrap_or_default();
            told.contains(&kind).then_some(())
        })
        .await;
    }

    fn ended(&self, status: ExitStatus) -> Ended {
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        Ended { code: status.code(), out: read(&self.out), err: read(&self.err) }
    }

    /// How it ends by itself.
    pub async fn end(mut self) -> Ended {
        let status = self.child.wait().await.unwrap();
        self.ended(status)
    }
}

impl Subject {
    /// The first version of a pattern's manifest, not yet applied.
    pub async fn of(name: &str) -> Self {
        let account = Account::fresh().await;
        let proxy = Proxy::before(&account.endpoint).await;
        let folder = copied("manifests");
        let pattern = Pattern::of(name);
        let manifest = folder.path().join("manifests").join(format!("{}.toml", pattern.manifest));
        let subject = Self { account, proxy, folder, manifest, runs: AtomicU32::new(0) };
        subject.edit(pattern.first);
        subject
    }

    /// Replaces texts that occur once in the manifest.
    pub fn edit(&self, edits: &[(&str, &str)]) {
        let mut text = fs::read_to_string(&self.manifest).unwrap();
        for (from, to) in edits {
            assert_eq!(text.matches(from).count(), 1, "{from:?} in {}", self.manifest.display());
            text = text.replace(from, to);
        }
        fs::write(&self.manifest, text).unwrap();
    }

    /// Starts `maas COMMAND… MANIFEST …`.
    pub fn start(&self, command: &[&str], more: &[&str]) -> Running {
        let home = self.folder.path();
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let (out, err) = (home.join(format!("{run}.out")), home.join(format!("{run}.err")));
        let events = home.join(format!("{run}.events"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_maas"));
        child.args(command);
        if matches!(command, ["apply" | "destroy"]) {
            child.arg("--events").arg(&events);
        }
        let child = child
            .arg(&self.manifest)
            .arg("--state")
            .arg(home.join("state"))
            .args(more)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("USER", "tester")
            .env("AWS_ENDPOINT_URL", &self.proxy.endpoint)
            .env("AWS_ACCESS_KEY_ID", &self.account.id)
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Running { child, out, err, events }
    }

    /// Runs it to its end, killing it where the proxy wishes so, and waits for what it had sent.
    pub async fn maas(&self, command: &[&str], more: &[&str]) -> Ended {
        let mut running = self.start(command, more);
        let status = tokio::select! {
            status = running.child.wait() => status.unwrap(),
            dead = self.proxy.kill() => {
                running.child.start_kill().unwrap();
                let status = running.child.wait().await.unwrap();
                drop(dead);
                status
            }
        };
        self.proxy.quiet().await;
        running.ended(status)
    }

    /// Runs it, while others may be held up; it must end with that status.
    pub async fn ends_with(&self, status: i32, command: &[&str], more: &[&str]) -> Ended {
        let ended = self.start(command, more).end().await;
        assert_eq!(
            ended.code,
            Some(status),
            "maas {command:?} {more:?}\n{}\n{}",
            ended.out,
            ended.err
        );
        ended
    }

    /// Everything in its account.
    pub async fn cloud(&self) -> Vec<String> {
        Inventory::of(&self.account).await.lines()
    }

    /// What is recorded.
    pub async fn recorded(&self) -> Result<Vec<Recorded>, String> {
        let ended = self.maas(&["state", "list"], &["--format", "json"]).await;
        if ended.code != Some(0) {
            return Err(format!("`maas state list` failed: {ended:?}"));
        }
        let listed: Listed =
            serde_json::from_str(&ended.out).map_err(|error| format!("{error}: {ended:?}"))?;
        Ok(listed.resources)
    }

    /// The file of a deployment's state, by its name.
    pub fn state(&self, file: &str) -> Option<String> {
        let entries = walkdir::WalkDir::new(self.folder.path().join("state"));
        let mut files = entries.into_iter().filter_map(Result::ok);
        let found = files.find(|entry| entry.file_name() == file)?;
        fs::read_to_string(found.path()).ok()
    }
}
