//! `maas apply` of the catalogue where every call takes a while: its calls, and how much of the time
//! is the longest path of the graph.
//!
//! Run by hand: `cargo bench --bench apply`. Between `maas` and the emulator stands a proxy that
//! delays each call. The longest path is that of the plan's steps, each as long as it took; a run
//! that waits for nothing else takes as long as that.
//!
//! Measured with the release binary on two quiet cores, 211 resources in 348 calls: 1.01 times the longest
//! path without delay, 1.00 with 50 ms a call, 1.03 with 100 ms.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails, and prints"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DELAYS: [u64; 3] = [0, 50, 100];
const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/catalogue.toml");

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let upstream = emulator();
    println!(
        "{:>8} {:>9} {:>6} {:>8} {:>15} {:>6}",
        "delay ms", "resources", "calls", "wall ms", "longest path ms", "ratio"
    );
    let mut counts = BTreeMap::new();
    for (round, delay) in DELAYS.into_iter().enumerate() {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = upstream.trim_start_matches("http://").to_owned();
        runtime.spawn(proxy(listener, target, Duration::from_millis(delay)));
        let run = Run::of(&format!("http://127.0.0.1:{port}"), round);
        let calls: u64 = run.calls.values().sum();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are few")]
        let ratio = run.wall as f64 / run.longest_path as f64;
        println!(
            "{delay:>8} {:>9} {calls:>6} {:>8} {:>15} {ratio:>6.2}",
            run.resources, run.wall, run.longest_path
        );
        println!("{:>8} longest path: {}", "", run.path.join(", "));
        counts = run.calls;
    }
    println!("\ncalls of one apply, by operation:");
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    for (operation, count) in counts {
        println!("{count:>5} {operation}");
    }
}

fn emulator() -> String {
    let started = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/localstack/start"))
        .args(["ministack", "--port", "0", "--while", &std::process::id().to_string()])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(started.status.success());
    String::from_utf8(started.stdout).unwrap().trim().to_owned()
}

/// One apply of the catalogue into an account of its own.
struct Run {
    resources: usize,
    calls: BTreeMap<String, u64>,
    /// In milliseconds, from the first step to the last.
    wall: u64,
    /// In milliseconds.
    longest_path: u64,
    /// Its steps, and how long each took.
    path: Vec<String>,
}

impl Run {
    fn of(endpoint: &str, round: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let account = format!("{:012}", 200_000_000_000 + round);
        let maas = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_maas"))
                .args(arguments)
                .arg(MANIFEST)
                .arg("--state")
                .arg(folder.path())
                .env("AWS_ENDPOINT_URL", endpoint)
                .env("AWS_ACCESS_KEY_ID", &account)
                .env("AWS_SECRET_ACCESS_KEY", "test")
                .env("AWS_REGION", "eu-west-1")
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let plan: Value = serde_json::from_slice(&maas(&["plan", "--format", "json"])).unwrap();
        let events = folder.path().join("events.jsonl");
        maas(&["apply", "--yes", "--events", events.to_str().unwrap()]);
        Self::read(&plan, &events)
    }

    fn read(plan: &Value, events: &Path) -> Self {
        let text = std::fs::read_to_string(events).unwrap();
        let events: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let took: BTreeMap<&str, u64> = events
            .iter()
            .filter(|event| event["kind"] == "step_done")
            .map(|event| {
                (event["address"].as_str().unwrap(), event["elapsed_ms"].as_u64().unwrap())
            })
            .collect();
        let mut paths: BTreeMap<&str, (u64, Vec<String>)> = BTreeMap::new();
        for step in plan["steps"].as_array().unwrap() {
            let address = step["address"].as_str().unwrap();
            let before = step["after"].as_array().unwrap().iter();
            let before = before.map(|at| &paths[at.as_str().unwrap()]).max();
            let (start, mut path) = before.cloned().unwrap_or_default();
            path.push(format!("{address} {} ms", took[address]));
            paths.insert(address, (start + took[address], path));
        }
        let (longest_path, path) = paths.into_values().max().unwrap();
        let ended = events.last().unwrap();
        Self {
            resources: took.len(),
            calls: serde_json::from_value(ended["calls"].clone()).unwrap(),
            wall: ended["elapsed_ms"].as_u64().unwrap(),
            longest_path,
            path,
        }
    }
}

/// Passes everything on, each request after the delay.
async fn proxy(listener: TcpListener, target: String, delay: Duration) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(&target).await.unwrap();
        tokio::spawn(pass(client, server, delay));
    }
}

/// One connection: what the client sends after an answer is the next request.
async fn pass(mut client: TcpStream, mut server: TcpStream, delay: Duration) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (mut request, mut answer) = ([0; 65_536], [0; 65_536]);
    let mut is_new = true;
    loop {
        tokio::select! {
            sent = client.read(&mut request) => {
                let Ok(count @ 1..) = sent else { break };
                if std::mem::take(&mut is_new) {
                    tokio::time::sleep(delay).await;
                }
                if server.write_all(&request[..count]).await.is_err() {
                    break;
                }
            }
            sent = server.read(&mut answer) => {
                let Ok(count @ 1..) = sent else { break };
                is_new = true;
                if client.write_all(&answer[..count]).await.is_err() {
                    break;
                }
            }
        }
    }
}
