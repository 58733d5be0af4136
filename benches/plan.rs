//! `maas plan` without changes: time and memory of the process, by the number of instances.
//!
//! Run by hand: `cargo bench --bench plan`. It makes a state as an apply would leave it, without a
//! cloud, and runs the binary on it. Each line has the count of resources beside the time, and the
//! time for 1,000 of them, which stays the same where planning grows linearly.
//!
//! Measured with the release profile on two quiet cores (`maas --version` took 4.5 ms):
//!
//! | instances | resources | wall | processor | memory |
//! |---|---|---|---|---|
//! | 10 | 107 | 9.5 ms | 9.2 ms | 28 MiB |
//! | 100 | 1,067 | 29 ms | 29 ms | 43 MiB |
//! | 500 | 5,331 | 158 ms | 161 ms | 91 MiB |
//! | 1,000 | 10,667 | 273 to 293 ms | 275 to 300 ms | 142 MiB |

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails, and prints"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use maas::graph::{Address, Graph, Place, document};
use maas::manifest::Context;
use maas::package::Packages;
use maas::state::{Batch, MetaChange, Record, Run, State};
use serde_json::{Value, json};

const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "123456789012";
const ROUNDS: usize = 15;

/// A manifest with that many instances, in the proportions of a real one.
fn manifest(instances: usize) -> String {
    let mut text = "[project]\nname = \"bench\"\nregion = \"eu-west-1\"\n[functions]\nruntime = \"python3.12\"\n".to_owned();
    for at in 0..instances {
        let function = "code = \"code\"\nhandler = \"index.handler\"\n";
        match at % 3 {
            0 => write!(text, "[patterns.jobs-{at}]\nuse = \"api-async\"\nroute = \"POST /jobs\"\n[patterns.jobs-{at}.consumer]\n{function}"),
            1 => write!(text, "[patterns.files-{at}]\nuse = \"s3-single-subscription\"\n[patterns.files-{at}.subscriber]\n{function}"),
            _ => write!(
                text,
                "[patterns.api-{at}]\nuse = \"api-custom-authorizer\"\n[patterns.api-{at}.authorizer]\n{function}[patterns.api-{at}.routes.\"GET /a\"]\n{function}"
            ),
        }
        .unwrap();
    }
    text
}

fn expanded(path: &Path) -> Graph {
    let cx = Context {
        environment: "dev".into(),
        variables: BTreeMap::new(),
        region: Some(REGION.into()),
        ..maas::manifest::Context::default()
    };
    let manifest = maas::manifest::load(path, &cx, &maas::patterns::schemas()).unwrap();
    let packages = Packages::new(path.parent().unwrap());
    maas::patterns::expand(&manifest, &place(), None, &packages).unwrap().graph
}

fn place() -> Place {
    Place { account: Some(ACCOUNT.into()), region: REGION.into() }
}

/// The records that an apply would leave, with made-up ids.
fn records(graph: &Graph) -> Vec<Record> {
    let catalogue = maas::aws::catalogue();
    let mut outputs: BTreeMap<Address, Value> = BTreeMap::new();
    for node in graph.nodes().values() {
        let wanted = document::resolve(node.wanted.clone(), Some(ACCOUNT), &|_, _, _| None);
        let foretold = catalogue.get(node.traits.kind).unwrap().foretell(&wanted, &place()).outputs;
        let mut made = json!({});
        for name in node.traits.outputs {
            let known = foretold.get(*name).filter(|value| !document::is_pending(value));
            made[*name] =
                known.cloned().unwrap_or_else(|| json!(format!("{}-{name}", node.address)));
        }
        outputs.insert(node.address.clone(), made);
    }
    let order = graph.in_order().unwrap();
    let record = |address: &Address| {
        let node = &graph.nodes()[address];
        let wanted = document::resolve(node.wanted.clone(), Some(ACCOUNT), &|at, output, _| {
            outputs[at].get(output).cloned()
        });
        let inputs = catalogue.get(node.traits.kind).unwrap().normal(wanted).unwrap();
        let mut record = Record::new(address.clone(), node.traits.kind, inputs);
        record.id = Some(format!("id-{address}").into());
        record.outputs = Some(outputs[address].clone().into());
        record.needs = node.needs().clone();
        record.owner = node.owner();
        record.finished = true;
        record
    };
    order.iter().map(record).collect()
}

fn prepare(folder: &Path, instances: usize) -> usize {
    std::fs::create_dir_all(folder.join("code")).unwrap();
    std::fs::write(folder.join("code/index.py"), "def handler(event, context):\n    return {}\n")
        .unwrap();
    let path = folder.join("maas.toml");
    std::fs::write(&path, manifest(instances)).unwrap();
    let records = records(&expanded(&path));
    let count = records.len();
    let state = State::open(
        &folder.join("state"),
        "bench",
        "dev",
        &Run { id: "bench".into(), command: "bench".into() },
    )
    .unwrap();
    let meta = MetaChange {
        account: Some(Some(ACCOUNT.into())),
        region: Some(Some(REGION.into())),
        ..MetaChange::default()
    };
    let batch = records.into_iter().fold(Batch::new(), Batch::put).meta(meta);
    state.store().commit(batch).unwrap();
    state.close().unwrap();
    count
}

/// Wall time, processor time (both in ms) and peak memory (in MiB) of one run of the binary.
fn measure(folder: &Path, arguments: &[&str]) -> (f64, f64, f64) {
    const SCRIPT: &str = "import resource, subprocess, sys, time\n\
        def used():\n    \x20u = resource.getrusage(resource.RUSAGE_CHILDREN)\n    \x20return u.ru_utime + u.ru_stime\n\
        before, t = used(), time.perf_counter()\n\
        code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n\
        t = time.perf_counter() - t\n\
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n\
        print(t * 1000, (used() - before) * 1000, peak / 1024, code)";
    let output = Command::new("python3")
        .args(["-c", SCRIPT, env!("CARGO_BIN_EXE_maas")])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let numbers: Vec<f64> = String::from_utf8(output.stdout)
        .unwrap()
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    assert_eq!(
        numbers[3],
        0.0,
        "the plan is not empty: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    (numbers[0], numbers[1], numbers[2])
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let here = tempfile::tempdir().unwrap();
    let version: Vec<f64> = (0..ROUNDS).map(|_| measure(here.path(), &["--version"]).0).collect();
    println!("maas --version: {:.1} ms", median(version));
    println!(
        "{:>9} {:>9} {:>9} {:>9} {:>9} {:>15}",
        "instances", "resources", "wall ms", "cpu ms", "MiB", "cpu ms per 1000"
    );
    for instances in [10, 100, 500, 1000] {
        let folder = tempfile::tempdir().unwrap();
        let resources = prepare(folder.path(), instances);
        let runs: Vec<_> =
            (0..ROUNDS).map(|_| measure(folder.path(), &["plan", "--detailed-exitcode"])).collect();
        let wall = median(runs.iter().map(|run| run.0).collect());
        let cpu = median(runs.iter().map(|run| run.1).collect());
        let memory = median(runs.iter().map(|run| run.2).collect());
        #[expect(clippy::cast_precision_loss, reason = "counts of resources are small")]
        let each = cpu * 1000.0 / resources as f64;
        println!("{instances:>9} {resources:>9} {wall:>9.1} {cpu:>9.1} {memory:>9.1} {each:>15.2}");
    }
}
