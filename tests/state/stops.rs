//! Commands that are stopped while they build, and what they tell others that they are at.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use maas::aws::QueueInputs;
use maas::state::{Batch, Intent, Operation, Record};
use serde_json::{Value, json};

use super::commands::Story;
use super::open;

const KEYS: &str = "export AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret";
const NOWHERE: &str = "--endpoint http://127.0.0.1:9";
const PATIENCE: Duration = Duration::from_secs(60);

/// A part of the build's own process runs on until it is stopped.
const MANIFEST: &str = r#"
[project]
name = "shop"
region = "eu-west-1"
[patterns.jobs]
use = "api-async"
route = "POST /jobs"
[patterns.jobs.consumer]
code = "consumer"
handler = "index.handler"
runtime = "python3.12"
build = "sh -c 'echo $$ > ../pid.new; mv ../pid.new ../pid; while :; do sleep 0.1; done'"
"#;

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "never {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn signal(name: &str, pid: &str) -> bool {
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -s \"$0\" \"$1\" 2>&-", name, pid]).status().unwrap().success()
}

/// It ends with that status, by itself.
fn ends(mut child: Child) -> (Option<i32>, String) {
    let status = until("ended", || child.try_wait().unwrap());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (status.code(), said)
}

fn start(story: &Story, line: &str) -> Child {
    story.command(KEYS, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_signal_stops_a_build_and_the_command_with_it() {
    for (line, name) in [
        (format!("apply --yes {NOWHERE}"), "TERM"),
        ("plan".to_owned(), "INT"),
        (format!("plan --refresh {NOWHERE}"), "TERM"),
        (format!("state rebuild --force {NOWHERE}"), "INT"),
    ] {
        let story = Story::new();
        fs::write(story.path("maas.toml"), MANIFEST).unwrap();
        fs::create_dir(story.path("consumer")).unwrap();
        fs::write(story.path("consumer/index.py"), "").unwrap();
        let before = story.contents();
        let child = start(&story, &line);
        let pid = until("built", || fs::read_to_string(story.path("pid")).ok());
        assert!(signal(name, &child.id().to_string()), "{line}");
        let (status, said) = ends(child);
        assert_eq!(status, Some(130), "{line}: {said}");
        assert!(said.contains("Stopped during a build; nothing was touched."), "{line}: {said}");
        until("without the build", || (!signal("0", pid.trim())).then_some(()));
        let now = story.contents();
        let other: Vec<_> = now.keys().filter(|file| now.get(*file) != before.get(*file)).collect();
        assert!(other.is_empty() && now.len() == before.len(), "{line}: {other:?}");
    }
}

/// AWS that knows who asks, and holds back every other answer.
fn slow_aws() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                let head = line.to_lowercase();
                if let Some(bytes) = head.strip_prefix("content-length:") {
                    length = bytes.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                continue;
            }
            let mut stream = reader.into_inner();
            if String::from_utf8_lossy(&body).contains("GetCallerIdentity") {
                let answer = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                    <GetCallerIdentityResult><Account>000000000000</Account>\
                    </GetCallerIdentityResult></GetCallerIdentityResponse>";
                let length = answer.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/xml\r\n\
                     content-length: {length}\r\n\r\n{answer}"
                );
            } else {
                held.push(stream);
            }
        }
    });
    endpoint
}

fn interrupt(story: &Story, at: &str) {
    let state = open(&story.path("state")).unwrap();
    let key = at.parse().unwrap();
    let intent = Intent::new(1, "run-0", Operation::Update, key, "aws:sqs/queue");
    state.store().commit(Batch::new().open(intent)).unwrap();
    state.close().unwrap();
}

/// What is recorded was made, so that AWS can be asked for it.
fn made(story: &Story) {
    let state = open(&story.path("state")).unwrap();
    let records = state.snapshot().records.values().cloned().collect::<Vec<_>>();
    let made = records.into_iter().map(|record| Record {
        id: Some(format!("http://queue/{}", record.address.part()).into()),
        inputs: json!(QueueInputs { name: record.address.part().into(), ..QueueInputs::default() })
            .into(),
        finished: true,
        ..record
    });
    state.store().commit(Batch { puts: made.collect(), ..Batch::new() }).unwrap();
    state.close().unwrap();
}

/// What the marker says that the run is at.
fn doing(marker: &Path) -> Option<String> {
    let holder: Value = serde_json::from_slice(&fs::read(marker).ok()?).ok()?;
    Some(holder["doing"].as_str()?.to_owned())
}

#[test]
fn others_are_told_what_a_run_is_at() {
    let aws = slow_aws();
    for (line, wanted) in [
        (format!("apply --yes --refresh --endpoint {aws}"), "reading the cloud"),
        (format!("apply --yes --endpoint {aws}"), "at step 1 of 4"),
    ] {
        let story = Story::new();
        made(&story);
        let child = start(&story, &line);
        until(wanted, || (doing(&story.of("running"))? == wanted).then_some(()));
        let (_, said) = story.run("", "state list");
        let told = format!(", now {wanted}. This is how it was before.");
        assert!(said.contains(&told), "{line}: {said} {:?}", ends(child));
        assert!(signal("TERM", &child.id().to_string()));
        let (status, said) = ends(child);
        assert_eq!(status, Some(130), "{said}");
    }
}

#[test]
fn what_was_interrupted_blocks_no_command() {
    for line in ["state forget a/one", "state move a/one c/one"] {
        let story = Story::new();
        interrupt(&story, "a/one");
        let (status, said) = story.run(KEYS, &format!("{line} {NOWHERE}"));
        assert!(status == 1 && said.contains("Check that http://127.0.0.1:9 can"), "{said}");
        // What AWS need not be asked for is settled by who it is that asks.
        let (status, said) = story.run(KEYS, &format!("{line} --endpoint {}", slow_aws()));
        assert!(status == 0 && said.contains("recovered a/one: its update was"), "{said}");
        let (_, said) = story.run("", "state list");
        assert!(!said.contains("a/one") && !said.contains("interrupted"), "{said}");
    }
}

#[test]
fn who_reads_is_told_what_is_open_and_an_import_keeps_it() {
    let story = Story::new();
    let (status, said) = story.run("", "state export --out old.json");
    assert_eq!(status, 0, "{said}");
    interrupt(&story, "a/one");
    let left = "An interrupted run left 1 call of which nobody knows";
    for line in ["drift --format json", "plan --refresh", "state import --force old.json"] {
        let (_, said) = story.run(KEYS, &format!("{line} {NOWHERE}"));
        assert!(said.contains(left), "{line}: {said}");
    }
    let (_, said) = story.run("", "state list");
    assert!(said.contains(left), "{said}");
}
