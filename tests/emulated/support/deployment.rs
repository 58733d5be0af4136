//! A manifest deployed by the real binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::{Answer, Cloud, Emulator, REGION, http, until};

/// How often an operation was called, by its name.
pub type Calls = BTreeMap<String, u64>;

/// A manifest of the repository, in an account and a folder of its own.
pub struct Deployment {
    pub cloud: Cloud,
    folder: TempDir,
    manifest: PathBuf,
    pub outputs: Value,
}

impl Deployment {
    /// A manifest of `manifests/`, not yet applied.
    pub async fn of(name: &str) -> Self {
        Self::on(Emulator::MiniStack, "manifests", name).await
    }

    /// A manifest of that folder of the repository, which is copied so that it can be edited.
    pub async fn on(emulator: Emulator, folder: &str, name: &str) -> Self {
        let copy = copied(folder);
        let manifest = copy.path().join("manifests").join(format!("{name}.toml"));
        Self { cloud: Cloud::fresh(emulator).await, folder: copy, manifest, outputs: Value::Null }
    }

    /// The same, applied.
    pub async fn applied(name: &str) -> Self {
        let mut deployment = Self::of(name).await;
        deployment.apply(&[]).await;
        deployment
    }

    /// Another manifest of `manifests/` in the same account, not yet applied.
    pub fn beside(&self, name: &str) -> Self {
        let copy = copied("manifests");
        let manifest = copy.path().join("manifests").join(format!("{name}.toml"));
        Self { cloud: self.cloud.again(), folder: copy, manifest, outputs: Value::Null }
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Path {
        &self.manifest
    }

    /// Where its state is.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Replaces a text that occurs once in a file beside the manifest, or in the manifest (`""`).
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = match file {
            "" => self.manifest.clone(),
            file => self.manifest.with_file_name(file),
        };
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {}", path.display());
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Writes a file beside the manifest.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.manifest.with_file_name(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes more lines at the end of the manifest.
    pub fn append(&self, lines: &str) {
        let text = fs::read_to_string(&self.manifest).unwrap();
        fs::write(&self.manifest, text + "\n" + lines).unwrap();
    }

    /// Takes one instance's tables out of the manifest.
    pub fn take_out(&self, instance: &str) {
        let mut manifest: toml::Table =
            fs::read_to_string(&self.manifest).unwrap().parse().unwrap();
        let patterns = manifest["patterns"].as_table_mut().unwrap();
        patterns.remove(instance).expect("an instance of that name");
        fs::write(&self.manifest, manifest.to_string()).unwrap();
    }

    /// Runs `maas COMMAND MANIFEST …`.
    pub async fn maas(&self, command: &str, more: &[&str]) -> Output {
        self.command(command, more).output().await.unwrap()
    }

    fn command(&self, command: &str, more: &[&str]) -> Command {
        let mut maas = self.plain_command(command);
        maas.arg(&self.manifest).args(more);
        maas
    }

    /// `maas COMMAND` without a manifest.
    fn plain_command(&self, command: &str) -> Command {
        let home = self.folder.path();
        let mut maas = Command::new(env!("CARGO_BIN_EXE_maas"));
        maas.args(command.split(' '))
            .arg("--state")
            .arg(self.state())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("AWS_ENDPOINT_URL", self.cloud.emulator.endpoint())
            .env("AWS_ACCESS_KEY_ID", &self.cloud.account)
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true);
        maas
    }

    /// Begins to apply, and kills the run as soon as it waits for that resource; the event that told so.
    pub async fn killed_while_it_waits_for(&self, address: &str) -> Value {
        let events = self.folder.path().join("killed.jsonl");
        let given = ["--yes", "--events", events.to_str().unwrap()];
        let mut run = self.command("apply", &given).spawn().unwrap();
        let what = format!("waiting for {address}");
        let told = until(&what, async || {
            let text = fs::read_to_string(&events).unwrap_or_default();
            let whole = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            whole.into_iter().find(|it| it["kind"] == "waiting" && it["address"] == address)
        })
        .await;
        run.kill().await.unwrap();
        told
    }

    /// The same, which must end with that status; what it printed.
    pub async fn ends_with(&self, status: i32, command: &str, more: &[&str]) -> String {
        let ran = self.maas(command, more).await;
        let (out, err) =
            (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert_eq!(ran.status.code(), Some(status), "maas {command} {more:?}\n{out}\n{err}");
        out.into_owned()
    }

    /// Runs `maas COMMAND …` without the manifest, which must end with that status; what it printed.
    pub async fn plain_ends_with(&self, status: i32, command: &str, more: &[&str]) -> String {
        let ran = self.plain_command(command).args(more).output().await.unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        assert_eq!(ran.status.code(), Some(status), "maas {command} {more:?}\n{said}");
        said
    }

    /// Lets its time to live be over.
    pub async fn expire(&self) {
        let file = self.manifest.with_file_name("expired.json");
        let path = file.to_str().unwrap();
        self.ends_with(0, "state export", &["--out", path]).await;
        let mut export: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert!(export["meta"]["expires"].is_string(), "{export:#}");
        export["meta"]["expires"] = "2026-01-01T00:00:00Z".into();
        // What was edited has no checksum.
        export.as_object_mut().unwrap().remove("sum");
        fs::write(&file, export.to_string()).unwrap();
        self.plain_ends_with(
            0,
            "state import",
            &["--force", path, self.manifest.to_str().unwrap()],
        )
        .await;
    }

    /// Applies, and reads the outputs; the calls that it took.
    pub async fn apply(&mut self, more: &[&str]) -> Calls {
        let calls = self.converge("apply", more).await;
        let outputs = self.ends_with(0, "outputs", &["--format", "json"]).await;
        self.outputs = serde_json::from_str(&outputs).unwrap();
        calls
    }

    async fn converge(&self, command: &str, more: &[&str]) -> Calls {
        let events = self.folder.path().join("events.jsonl");
        let given = ["--yes", "--events", events.to_str().unwrap()];
        self.ends_with(0, command, &[&given, more].concat()).await;
        let text = fs::read_to_string(&events).unwrap();
        let ended: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(ended["kind"], "run_ended");
        assert_eq!(ended["outcome"], "done");
        serde_json::from_value(ended["calls"].clone()).unwrap()
    }

    /// An output of an instance.
    pub fn output(&self, instance: &str, name: &str) -> String {
        let found = self.outputs[instance][name].as_str();
        found.unwrap_or_else(|| panic!("no {instance}.{name} in {:#}", self.outputs)).to_owned()
    }

    /// An output that an instance has for each of its parts, such as `functions`.
    pub fn output_of(&self, instance: &str, name: &str, part: &str) -> String {
        let found = self.outputs[instance][name][part].as_str();
        found
            .unwrap_or_else(|| panic!("no {name} {part} of {instance} in {:#}", self.outputs))
            .to_owned()
    }

    /// Calls an instance's API: `POST /hook`.
    pub async fn call(
        &self,
        instance: &str,
        route: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let (method, path) = route.split_once(' ').unwrap();
        let api = self.output(instance, "api_id");
        let endpoint = self.cloud.emulator.endpoint();
        // The API's own host name resolves nowhere; MiniStack takes it from the path.
        let url = format!("{endpoint}/_aws/execute-api/{api}/$default{path}");
        http(method, &url, headers, body.as_bytes()).await
    }

    /// Nothing is left to do: not by the state, not by the cloud, and not by a second apply.
    pub async fn is_settled(&mut self) {
        self.ends_with(0, "plan", &["--detailed-exitcode"]).await;
        self.ends_with(0, "plan", &["--refresh", "--detailed-exitcode"]).await;
        assert_eq!(mutating(&self.apply(&[]).await), Calls::new(), "a second apply");
    }

    /// Destroys it, with what its buckets hold.
    pub async fn destroy(&self) {
        self.converge("destroy", &["--empty-buckets"]).await;
    }

    /// Destroys it; nothing is left in the account.
    pub async fn leaves_nothing(self) {
        self.destroy().await;
        self.cloud.is_empty().await;
    }

    /// How every proof ends.
    pub async fn ends_clean(mut self) {
        self.is_settled().await;
        self.leaves_nothing().await;
    }
}

/// A copy of that folder of the repository, as `manifests` in a folder of its own. There the driver of
/// PostgreSQL counts as installed: the emulator has it on its path.
pub fn copied(folder: &str) -> TempDir {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let copy = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(&here).min_depth(1) {
        let entry = entry.unwrap();
        let to = copy.path().join("manifests").join(entry.path().strip_prefix(&here).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(to).unwrap(),
            false => {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    fs::create_dir_all(copy.path().join("manifests/functions/users/pg8000")).unwrap();
    copy
}

/// The calls that change something.
pub fn mutating(calls: &Calls) -> Calls {
    let reads = |name: &str| {
        let operation = name.rsplit(':').next().unwrap_or_default();
        ["Get", "List", "Describe", "Head"].iter().any(|start| operation.starts_with(start))
    };
    calls
        .iter()
        .filter(|(name, _)| !reads(name))
        .map(|(name, count)| (name.clone(), *count))
        .collect()
}
