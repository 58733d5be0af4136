//! What the journal costs: an apply of 100 resources on a cloud in memory whose calls take 5 ms, with
//! the state on disk and with the state in memory.
//!
//! Run by hand: `cargo bench --bench journal`, or with today's build `cargo test --bench journal`. The
//! folder of the state is below the one that `TMPDIR` names: on a disk, not in memory. Each line has
//! the medians and their ratio.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails, and prints"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use maas::execute::{self, Bench, Events, Outcome};
use maas::graph::{
    Address, Catalogue, Charset, Created, Cx, Fault, Foretold, Graph, Handle, Held, Id, Input,
    Naming, Output, Outputs, Place, Resource, Scope, Seen, Stop,
};
use maas::plan::{Observations, Options, plan};
use maas::state::{Keeper, MemoryStore, Run, State, Store};
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
    before: Option<Input<String>>,
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

    fn foretell(_want: &ThingInputs, _place: &Place) -> Foretold {
        Foretold::default()
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

/// Things in chains of that length.
fn graph(chain: usize) -> Graph {
    let scope = Scope { project: "bench".into(), environment: "dev".into(), ..Scope::default() };
    let mut graph = Graph::new(scope);
    let at = |n: usize| Address::new(&format!("i{n}"), "thing");
    for n in 0..RESOURCES {
        let before = (n % chain > 0)
            .then(|| Output::<String>::of(&Handle::<Thing>::at(at(n - 1)), "id").into());
        graph.add::<Thing>(at(n), ThingInputs { before, ..ThingInputs::default() });
    }
    graph.finish().unwrap()
}

/// How long an apply takes with that store.
async fn applied(graph: &Graph, store: Arc<dyn Store>, parallelism: usize) -> Duration {
    let place = Place { account: Some("123456789012".into()), region: "eu-west-1".into() };
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
    };
    let (seen, options) = (Observations::new(), Options::default());
    let plan = plan(graph, &store.snapshot(), &seen, &place, &catalogue, &options).unwrap();
    let started = Instant::now();
    let report = execute::run(&bench, &plan, graph).await.unwrap();
    assert_eq!((report.outcome, report.tally.done), (Outcome::Done, RESOURCES));
    started.elapsed()
}

async fn on_disk(graph: &Graph, parallelism: usize) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let run = Run { id: "bench".into(), command: "bench".into() };
    let state = State::open(folder.path(), "bench", "dev", &run).unwrap();
    let took = applied(graph, state.store(), parallelism).await;
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
    for (what, chain, parallelism) in [
        ("16 at once", 1, 16),
        ("chains of ten, 16 at once", 10, 16),
        ("4 at once", 1, 4),
        ("one after the other", RESOURCES, 16),
    ] {
        let graph = graph(chain);
        let (mut disk, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            memory.push(in_memory(&graph, parallelism).await);
            disk.push(on_disk(&graph, parallelism).await);
        }
        let (disk, memory) = (median(disk), median(memory));
        let ratio = disk.as_secs_f64() / memory.as_secs_f64();
        println!("{what:<28} {disk:>10.1?} with, {memory:>10.1?} without: {ratio:.2}");
    }
}
