//! A deployment on the cloud in memory: what is wanted, and the commands.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maas::execute::{self, Bench, EventKind, Events, Outcome, Report};
use maas::graph::{Address, Arn, Graph, Handle, Input, Output, Place, Scope, Stop};
use maas::plan::{Observations, Options, Plan, plan};
use maas::state::{Batch, Keeper, MemoryStore, Record, Snapshot, StateError, Store};

use crate::cloud::{
    Child, ChildInputs, Cloud, Node, NodeInputs, Thing, ThingInputs, Tie, TieInputs, catalogue,
};

/// What is wanted: things by name, each with children.
pub type Wanted = BTreeMap<String, Want>;

/// One wanted thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Want {
    pub size: u32,
    pub shape: String,
    /// The name of the thing that it needs.
    pub link: Option<String>,
    /// The name of the thing that it stands on.
    pub base: Option<String>,
    /// The name of the thing whose first child lets it work.
    pub through: Option<String>,
    /// The name of the thing that its children and ties are on, where that is not itself.
    pub host: Option<String>,
    /// A name that the user fixed.
    pub pinned: bool,
    /// Whether it may not be deleted.
    pub kept: bool,
    pub secret: Option<String>,
    /// The name of the thing whose word it is given.
    pub word: Option<String>,
    /// Children by label, with their weight.
    pub children: BTreeMap<String, u32>,
    /// Nodes by label, with their width; at `nLABEL`.
    pub nodes: BTreeMap<String, u32>,
    /// Ties by label, with their weight; at `tLABEL`.
    pub ties: BTreeMap<String, u32>,
    /// Whether each node is on the one before it, and its ties are on what reaches the last.
    pub deep: bool,
}

pub fn want(size: u32) -> Want {
    Want { size, shape: "round".into(), ..Want::default() }
}

pub fn wanted(things: &[(&str, Want)]) -> Wanted {
    things.iter().map(|(name, want)| ((*name).to_owned(), want.clone())).collect()
}

pub fn graph(wanted: &Wanted) -> Graph {
    let scope = Scope { project: "p".into(), environment: "e".into(), ..Scope::default() };
    let mut graph = Graph::new(scope);
    let at = |name: &str| Address::new(name, "thing");
    for (name, want) in wanted {
        let arn = |name: &Option<String>| {
            let name = name.as_ref().filter(|name| wanted.contains_key(*name))?;
            Some(Output::<Arn>::of(&Handle::<Thing>::at(at(name)), "arn").into())
        };
        let through = want.through.as_ref().and_then(|name| {
            let (label, _) = wanted.get(name)?.children.first_key_value()?;
            let child = Handle::<Child>::at(Address::new(name, label));
            Some(Output::<String>::of(&child, "id").into())
        });
        let word = want.word.as_ref().filter(|name| wanted.contains_key(*name));
        let word =
            word.map(|name| Output::<String>::of(&Handle::<Thing>::at(at(name)), "word").into());
        let pinned = if want.pinned { format!("pinned-{name}") } else { String::new() };
        let secret = want.secret.clone().map(Input::Secret);
        let inputs = ThingInputs {
            name: pinned.into(),
            size: want.size,
            kept: want.kept,
            shape: want.shape.clone(),
            link: arn(&want.link),
            base: arn(&want.base),
            through,
            secret,
            word,
            ..ThingInputs::default()
        };
        let thing = graph.add::<Thing>(at(name), inputs);
        let host = want.host.as_ref().filter(|host| wanted.contains_key(*host));
        // Others' parts are told apart from its own.
        let label_of = |label: &String| match host {
            Some(_) => format!("{name}{label}"),
            None => label.clone(),
        };
        let host = host.map_or_else(|| thing.clone(), |host| Handle::at(at(host)));
        for (label, weight) in &want.children {
            let inputs = ChildInputs {
                owner: Output::<String>::of(&host, "id").into(),
                label: label_of(label),
                weight: *weight,
            };
            graph.add::<Child>(Address::new(name, label), inputs);
        }
        let mut last = None;
        for (label, width) in &want.nodes {
            let on = match last.as_ref().filter(|_| want.deep) {
                Some(node) => Output::<String>::of(node, "id"),
                None => Output::<String>::of(&thing, "id"),
            };
            let (on, label, width) = (on.into(), label.clone(), *width);
            let at = Address::new(name, &format!("n{label}"));
            let node = NodeInputs { on, label, width, ..NodeInputs::default() };
            last = Some(graph.add::<Node>(at, node));
        }
        for (label, weight) in &want.ties {
            let on = match last.as_ref().filter(|_| want.deep) {
                Some(node) => Output::<String>::of(node, "reach").into(),
                None => Output::<String>::of(&host, "id").into(),
            };
            let at = Address::new(name, &format!("t{label}"));
            graph.add::<Tie>(at, TieInputs { on, label: label_of(label), weight: *weight });
        }
    }
    graph.finish().unwrap()
}

/// A store in memory that loses, with a program that dies, what nobody waited for.
pub struct Disk {
    inside: MemoryStore,
    safe: Mutex<Arc<Snapshot>>,
}

impl Disk {
    fn holding(snapshot: Snapshot) -> Arc<Self> {
        let safe = Mutex::new(Arc::new(snapshot.clone()));
        Arc::new(Self { inside: MemoryStore::holding(snapshot), safe })
    }

    fn empty() -> Arc<Self> {
        Self::holding(Snapshot::new("p", "e"))
    }
}

impl Store for Disk {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.inside.snapshot()
    }

    fn commit_all(&self, batches: Vec<Batch>) -> Vec<Result<u64, StateError>> {
        let commit = |batch: Batch| {
            // The end of a step is what nobody waits for.
            let waited = !batch.open.is_empty() || batch.puts.iter().any(|record| !record.finished);
            let answer = self.inside.commit(batch);
            if waited {
                *self.safe.lock().unwrap() = self.inside.snapshot();
            }
            answer
        };
        batches.into_iter().map(commit).collect()
    }

    fn next_intent(&self) -> u64 {
        self.inside.next_intent()
    }
}

/// A deployment.
pub struct Stage {
    pub cloud: Arc<Cloud>,
    pub store: Arc<Disk>,
    pub events: Arc<Mutex<Vec<EventKind>>>,
    pub options: Options,
    pub settle_time: Duration,
    /// Whether a death loses what was recorded and not waited for.
    pub forgets: bool,
    /// Whether runs read the cloud before they plan.
    pub refresh: bool,
    keeper: Keeper,
    runs: u64,
}

impl Stage {
    pub fn new() -> Self {
        let store = Disk::empty();
        let keeper = Keeper::start(store.clone()).unwrap();
        Self {
            cloud: Arc::default(),
            store,
            events: Arc::default(),
            options: Options::default(),
            settle_time: Duration::ZERO,
            forgets: false,
            refresh: false,
            keeper,
            runs: 0,
        }
    }

    pub fn place() -> Place {
        Place { account: Some("123456789012".into()), region: "eu-west-1".into() }
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.store.snapshot()
    }

    fn bench(&mut self) -> Bench {
        self.runs += 1;
        let (_, stop) = Stop::new();
        let events = self.events.clone();
        Bench {
            catalogue: catalogue(),
            cloud: self.cloud.clone(),
            place: Self::place(),
            keeper: self.keeper.clone(),
            stop,
            events: Events::new(format!("run-{}", self.runs), move |event| {
                events.lock().unwrap().push(event.kind.clone())
            }),
            settle_time: self.settle_time,
            parallelism: 4,
            adopt: Default::default(),
            unsettled: Default::default(),
        }
    }

    pub fn plan(&self, wanted: &Wanted) -> Plan {
        self.plan_seen(wanted, &Observations::new())
    }

    pub fn plan_seen(&self, wanted: &Wanted, seen: &Observations) -> Plan {
        plan(&graph(wanted), &self.snapshot(), seen, &Self::place(), &catalogue(), &self.options)
            .unwrap()
    }

    /// Why there is no plan.
    pub fn refused(&self, wanted: &Wanted) -> Vec<String> {
        self.refused_seen(wanted, &Observations::new())
    }

    /// Why there is no plan where that is there.
    pub fn refused_seen(&self, wanted: &Wanted, seen: &Observations) -> Vec<String> {
        let graph = graph(wanted);
        let plan =
            plan(&graph, &self.snapshot(), seen, &Self::place(), &catalogue(), &self.options);
        plan.unwrap_err().iter().map(ToString::to_string).collect()
    }

    pub async fn look(&mut self) -> Observations {
        execute::look(&self.bench(), &self.snapshot(), |_| true).await.unwrap()
    }

    /// What is there under the names of what the plan makes.
    pub async fn standing(&mut self, plan: &Plan) -> Observations {
        self.stands(plan).await.unwrap()
    }

    /// The same, where it may fail.
    pub async fn stands(
        &mut self,
        plan: &Plan,
    ) -> Result<Observations, Vec<(Address, maas::graph::Fault)>> {
        execute::standing(&self.bench(), plan).await
    }

    /// What stands in the way of what the plan deletes.
    pub async fn obstacles(&mut self, plan: &Plan) -> Vec<String> {
        let obstacles = execute::obstacles(&self.bench(), plan).await.unwrap();
        obstacles.iter().map(ToString::to_string).collect()
    }

    /// Carries out this plan.
    pub async fn carry_out(&mut self, wanted: &Wanted, plan: &Plan) -> Report {
        execute::run(&self.bench(), plan, &graph(wanted)).await.unwrap()
    }

    /// Changes what is recorded there.
    pub async fn rewrite(&mut self, key: &str, change: impl FnOnce(&mut Record)) {
        let mut record = self.snapshot().records[&key.parse().unwrap()].clone();
        change(&mut record);
        self.keeper.commit(Batch::new().put(record)).await.unwrap();
    }

    /// Loses the state.
    pub fn forget(&mut self) {
        self.hold(Disk::empty());
    }

    fn hold(&mut self, store: Arc<Disk>) {
        self.keeper = Keeper::start(store.clone()).unwrap();
        self.store = store;
    }

    /// Loses the state and makes it anew from the cloud; what was found.
    pub async fn rebuild(&mut self, wanted: &Wanted) -> Vec<String> {
        self.forget();
        let bench = self.bench();
        let graph = graph(wanted);
        let listing = execute::list(&bench, graph.scope()).await.unwrap();
        let rebuilt = execute::rebuild(&bench, &graph, &listing).await.unwrap();
        let batch = Batch { puts: rebuilt.records, ..Batch::default() };
        self.keeper.commit(batch).await.unwrap();
        let found = rebuilt.findings.iter();
        found.map(|finding| format!("{:?} {}", finding.found, finding.address)).collect()
    }

    /// Applies; none where the program died, or what was open could not be settled.
    pub async fn apply(&mut self, wanted: &Wanted) -> Option<Report> {
        let bench = self.bench();
        let cloud = self.cloud.clone();
        let work = async {
            execute::settle(&bench).await.ok()?;
            let seen = match self.refresh {
                true => execute::look(&bench, &self.snapshot(), |_| true).await.unwrap(),
                false => Observations::new(),
            };
            let plan = self.plan_seen(wanted, &seen);
            Some(execute::run(&bench, &plan, &graph(wanted)).await.unwrap())
        };
        let report = tokio::select! {
            biased;
            () = cloud.dead() => None,
            report = work => report,
        };
        // A batch that was sent to the keeper before the death arrives; a dead process sends none.
        self.keeper.flush().await.unwrap();
        if report.is_none() && self.forgets {
            let safe = self.store.safe.lock().unwrap().clone();
            self.hold(Disk::holding(Arc::unwrap_or_clone(safe)));
        }
        report
    }

    /// Applies and expects that all of it is done.
    pub async fn applies(&mut self, wanted: &Wanted) -> Report {
        let report = self.apply(wanted).await.expect("it does not die");
        assert_eq!(report.outcome, Outcome::Done, "{:?}", report.faults);
        report
    }
}
