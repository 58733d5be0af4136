//! What the journal costs: an apply of 100 resources on a cloud in memory whose calls take 5 ms, with
//! the state on disk and with the state in memory.
//!
//! Run by hand: `cargo bench --bench journal`, or with today's build `cargo bench --profile dev --bench
//! journal`. The folder of the state is below the one that `TMPDIR` names: on a disk, not in memory.
//! Each line has the medians of both and their ratio, how often the store was written in an apply, and
//! the median of what a write took, with all that it waits for. What is compared is the same
//! executor and the same journal behind the same thread; only the store differs, and to open and
//! close it is not counted.
//!
//! A call goes out behind its intent. At the start of a run its first calls wait for the disk, and its end
//! does for its last records. Everything else is written while calls are under way: the intents of as
//! many steps as run at once and of those behind them, all together, and with them what ended meanwhile.
//! An intent need not wait for ids that the cloud makes up: until they are known it refers to them.
//!
//! Measured with the release profile, but without link-time optimization, on two quiet cores, three times:
//!
//! | | ratio | writes an apply | a write |
//! |---|---|---|---|
//! | as in catalogue.toml, 64 at once | 1.03 to 1.08 | 18 | 1.5 ms |
//! | 16 at once | 1.01 to 1.02 | 14 | 1.0 ms |
//! | 4 at once | 0.99 to 1.00 | 51 | 0.8 ms |
//! | chains of ten, 16 at once | 1.00 to 1.01 | 22 | 1.1 ms |
//! | one after the other | 1.00 to 1.01 | 101 | 0.9 ms |
//! | chains of ten, ids unknown | 0.99 to 1.01 | 27 | 0.9 ms |
//! | one after the other, ids unknown | 1.00 to 1.01 | 101 | 0.9 ms |
//!
//! The catalogue's 211 resources stand on each other in few links: its first write and its last are
//! 2 to 6 of 71 ms there. Under `strace`, `fdatasync` took 0.3 ms of a write and sled's own
//! `sync_file_range` as much; the rest is threads that wait for each other.
//!
//! The dev profile tells the same with writes of three times the length: 1.03 to 1.12 for the catalogue.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails, and prints"
)]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use maas::execute::{self, Bench, Events, Outcome};
use maas::graph::{
    Address, Catalogue, Charset, Created, Cx, Fault, Foretold, Graph, Handle, Held, Id, Input,
    Naming, Output, Outputs, Place, Resource, Scope, Seen, Stop, document,
};
use maas::manifest::Context;
use maas::package::Packages;
use maas::plan::{Observations, Options, plan};
use maas::state::{Batch, Keeper, MemoryStore, Run, Snapshot, State, StateError, Store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const RESOURCES: usize = 100;
const CALL: Duration = Duration::from_millis(5);
const ROUNDS: usize = 9;

/// A resource that one call makes.
struct Thing;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct ThingInputs {
    name: Input<String>,
    before: Vec<Input<String>>,
    /// Whether its id is known before it exists, as most of AWS's names and ARNs are.
    foretold: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct ThingOutputs {
    id: String,
}

impl Outputs for ThingOutputs {
    const NAMES: &'static [&'static str] = &["id"];
}

impl Resource for Thing {
    type Cloud = ();
    type Inputs = ThingInputs;
    type Outputs = ThingOutputs;

    const KIND: &'static str = "bench:thing";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });

    fn foretell(want: &ThingInputs, _place: &Place) -> Foretold {
        match want.name.known().filter(|_| want.foretold) {
            Some(name) => Foretold::default().id(name.as_str()).output("id", name),
            None => Foretold::default(),
        }
    }

    async fn create(_cx: &Cx<()>, want: &ThingInputs) -> Result<Created<Self>, Fault> {
        let id = want.name.get()?.clone();
        tokio::time::sleep(CALL).await;
        Ok(Created { id: Id::from(id.as_str()), outputs: ThingOutputs { id } })
    }

    async fn read(_cx: &Cx<()>, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Ok(None)
    }

    async fn update(
        _cx: &Cx<()>,
        held: &Held<Self>,
        _want: &ThingInputs,
    ) -> Result<ThingOutputs, Fault> {
        Ok(ThingOutputs { id: held.id.0.clone() })
    }

    async fn delete(_cx: &Cx<()>, _held: &Held<Self>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Things, each behind those that it names.
struct Things(Graph);

impl Things {
    fn new() -> Self {
        let scope =
            Scope { project: "bench".into(), environment: "dev".into(), ..Scope::default() };
        Self(Graph::new(scope))
    }

    fn add<'a>(
        &mut self,
        at: &Address,
        before: impl IntoIterator<Item = &'a Address>,
        foretold: bool,
    ) {
        let output =
            |at: &Address| Output::<String>::of(&Handle::<Thing>::at(at.clone()), "id").into();
        let before = before.into_iter().map(output).collect();
        self.0.add::<Thing>(at.clone(), ThingInputs { before, foretold, ..ThingInputs::default() });
    }

    fn finish(self) -> Graph {
        self.0.finish().unwrap()
    }
}

/// Things in chains of that length.
fn chains(length: usize, foretold: bool) -> Graph {
    let at: Vec<Address> =
        (0..RESOURCES).map(|n| Address::new(&format!("i{n}"), "thing")).collect();
    let mut things = Things::new();
    for n in 0..RESOURCES {
        let before = (n % length > 0).then(|| &at[n - 1]);
        things.add(&at[n], before, foretold);
    }
    things.finish()
}

/// Things in the order of the resources of a manifest. Those whose outputs AWS makes up in part, as
/// the ids of APIs, are not known before.
fn shaped(manifest: &str) -> Graph {
    let cx = Context { environment: "dev".into(), ..Context::default() };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests").join(manifest);
    let manifest = maas::manifest::load(&path, &cx, &maas::patterns::schemas()).unwrap();
    let packages = Packages::new(path.parent().unwrap());
    let real = maas::patterns::expand(&manifest, &place(), None, &packages).unwrap().graph;
    let catalogue = maas::aws::catalogue();
    let mut things = Things::new();
    for (address, node) in real.nodes() {
        let wanted =
            document::resolve(node.wanted.clone(), place().account.as_deref(), &|_, _, _| None);
        let told = catalogue.get(node.traits.kind).unwrap().foretell(&wanted, &place()).outputs;
        let is_told =
            |name: &&str| told.get(*name).is_some_and(|value| !document::is_pending(value));
        things.add(address, node.needs(), node.traits.outputs.iter().all(is_told));
    }
    things.finish()
}

fn place() -> Place {
    Place { account: Some("123456789012".into()), region: "eu-west-1".into() }
}

/// Counts how often a store writes, and how long that takes.
struct Counted {
    inside: Arc<dyn Store>,
    writes: Mutex<Vec<Duration>>,
}

impl Counted {
    fn new(inside: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { inside, writes: Mutex::default() })
    }
}

impl Store for Counted {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.inside.snapshot()
    }

    fn commit_all(&self, batches: Vec<Batch>) -> Vec<Result<u64, StateError>> {
        let started = Instant::now();
        let answers = self.inside.commit_all(batches);
        self.writes.lock().unwrap().push(started.elapsed());
        answers
    }

    fn next_intent(&self) -> u64 {
        self.inside.next_intent()
    }
}

/// How long an apply takes with that store.
async fn applied(graph: &Graph, store: Arc<dyn Store>, parallelism: usize) -> Duration {
    let (place, resources) = (place(), graph.nodes().len());
    let catalogue = Catalogue::new().with::<Thing>();
    let bench = Bench {
        catalogue: catalogue.clone(),
        cloud: Arc::new(()),
        place: place.clone(),
        keeper: Keeper::start(store.clone()).unwrap(),
        stop: Stop::new().1,
        events: Events::new("bench", |_| {}),
        settle_time: Duration::ZERO,
        parallelism,
        adopt: Default::default(),
        unsettled: Default::default(),
    };
    let (seen, options) = (Observations::new(), Options::default());
    let plan = plan(graph, &store.snapshot(), &seen, &place, &catalogue, &options).unwrap();
    let started = Instant::now();
    let report = execute::run(&bench, &plan, graph).await.unwrap();
    assert_eq!((report.outcome, report.tally.done), (Outcome::Done, resources));
    started.elapsed()
}

async fn on_disk(graph: &Graph, parallelism: usize, writes: &mut Vec<Duration>) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let run = Run { id: "bench".into(), command: "bench".into() };
    let state = State::open(folder.path(), "bench", "dev", &run).unwrap();
    let store = Counted::new(state.store());
    let took = applied(graph, store.clone(), parallelism).await;
    writes.append(&mut store.writes.lock().unwrap());
    state.close().unwrap();
    took
}

async fn in_memory(graph: &Graph, parallelism: usize) -> Duration {
    applied(graph, Arc::new(MemoryStore::new("bench", "dev")), parallelism).await
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::main]
async fn main() {
    println!("{RESOURCES} resources, {} ms a call, {ROUNDS} rounds", CALL.as_millis());
    for (what, graph, parallelism) in [
        ("as in catalogue.toml, 64 at once", shaped("catalogue.toml"), 64),
        ("16 at once", chains(1, true), 16),
        ("4 at once", chains(1, true), 4),
        ("chains of ten, 16 at once", chains(10, true), 16),
        ("one after the other", chains(RESOURCES, true), 16),
        ("chains of ten, ids unknown", chains(10, false), 16),
        ("one after the other, ids unknown", chains(RESOURCES, false), 16),
    ] {
        let (mut disk, mut memory, mut writes) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            memory.push(in_memory(&graph, parallelism).await);
            disk.push(on_disk(&graph, parallelism, &mut writes).await);
        }
        let (disk, memory) = (median(disk), median(memory));
        let ratio = disk.as_secs_f64() / memory.as_secs_f64();
        let (count, write) = (writes.len() / ROUNDS, median(writes));
        println!(
            "{what:<33} {disk:>10.1?} with, {memory:>10.1?} without: {ratio:.2} ({count} writes of {write:.1?})"
        );
    }
}
