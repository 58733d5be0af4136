//! The state of one expansion, which all instances share, and its steps.

use std::collections::{BTreeMap, BTreeSet};

use super::origins::Origins;
use super::wiring::{
    DatabaseUse, NewFailing, NewRedrive, NewRoute, NewRule, Outside, Wire, cycles, databases,
    loops, notifications, outside, redrives, references, routes, wires,
};
use super::{Cx, Entry, PATTERNS};
use crate::aws::{Bucket, BucketInputs, Function, LifecycleRule, SecurityGroup};
use crate::graph::document::{map_expressions, to_value};
use crate::graph::{Address, Document, Graph, Handle, Input, Place, Scope};
use crate::manifest::{Manifest, Problem, Problems, Reference, Span};
use crate::package::Packages;

/// A manifest's resources.
#[derive(Debug)]
pub struct Expanded {
    /// The resources that are wanted.
    pub graph: Graph,
    /// What each instance tells of itself, by the instances' names, with `$expr` for what is known
    /// only from outputs of resources.
    pub outputs: BTreeMap<String, Document>,
    /// What of the manifest the resources' inputs come from.
    pub origins: Origins,
}

/// One expansion.
pub(super) struct Expansion<'a> {
    pub manifest: &'a Manifest,
    pub place: &'a Place,
    pub packages: &'a Packages,
    pub graph: Graph,
    pub problems: Problems,
    /// The instances that are wrong: nothing is said of what they lack.
    pub lost: BTreeSet<String>,
    /// What of the manifest the resources' inputs come from.
    pub origins: Origins,
    /// Parts of other instances in the place of own ones.
    pub uses: Vec<PartUse>,
    /// What functions want of other instances.
    pub wires: Vec<Wire>,
    /// Rules of buckets' notifications.
    pub rules: Vec<NewRule>,
    /// Routes of APIs.
    pub routes: Vec<NewRoute>,
    /// Instances whose routes are open to everyone, whatever API they are added to.
    pub public: BTreeSet<String>,
    /// Functions whose archives go through a bucket.
    pub large: Vec<Handle<Function>>,
    /// Functions' uses of databases.
    pub databases: Vec<DatabaseUse>,
    /// Functions whose failed payloads go to a queue.
    pub failing: Vec<NewFailing>,
    /// Functions that try again what is in a queue.
    pub redrives: Vec<NewRedrive>,
    /// Buckets that pages may put into, a rule each, in the order of the rules, with what asks for them.
    pub opened: Vec<(Address, Span)>,
    /// Where functions and databases in a network are.
    pub placed: BTreeMap<Address, Placed>,
    /// What functions use over the internet.
    pub outside: Vec<Outside>,
    /// Edges of the graph that the manifest asked for, with their places.
    pub ties: Vec<Tie>,
}

/// Where in a network a function or a database is.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The instance whose network it is.
    pub owner: String,
    /// The VPC's id: an output of ours, or the id of one that is there.
    pub vpc: Input<String>,
    /// The group of a function.
    pub group: Option<Handle<SecurityGroup>>,
    /// Whether functions have a way to the internet, or to endpoints that are not ours.
    pub way_out: bool,
}

/// A part of another instance that stands for an own one.
pub(super) struct PartUse {
    pub own: Address,
    pub reference: Reference,
    /// The types that it may be of.
    pub kinds: &'static [&'static str],
}

/// An edge that a reference in the manifest makes.
pub(super) struct Tie {
    pub from: Address,
    pub to: Address,
    pub place: Span,
}

/// Makes the graph of a manifest's instances.
///
/// `expires` is the time at which the environment expires, in RFC 3339, for the tag `maas:expires`.
///
/// # Errors
/// Every problem of every instance, with its place.
pub fn expand(
    manifest: &Manifest,
    place: &Place,
    expires: Option<String>,
    packages: &Packages,
) -> Result<Expanded, Problems> {
    let (expanded, problems) = examine(manifest, place, expires, packages);
    problems.into_result(expanded)
}

/// The same as far as each instance can be taken, and every problem on the way. A resource that
/// needs one that is not there is part of the graph all the same.
pub fn examine(
    manifest: &Manifest,
    place: &Place,
    expires: Option<String>,
    packages: &Packages,
) -> (Expanded, Problems) {
    let mut all = Expansion::new(manifest, place, expires, packages);
    let outputs = all.instances();
    all.problems.extend(manifest.missing_code());
    references::check_uses(&mut all);
    wires::connect(&mut all);
    databases::connect(&mut all);
    redrives::connect(&mut all);
    outside::check(&mut all);
    routes::gather(&mut all);
    notifications::merge(&mut all);
    all.stage_large();
    let (expanded, problems) = all.finish(outputs);
    (expanded, manifest.explain(problems))
}

impl<'a> Expansion<'a> {
    /// One without anything in it yet.
    pub fn new(
        manifest: &'a Manifest,
        place: &'a Place,
        expires: Option<String>,
        packages: &'a Packages,
    ) -> Self {
        let scope = Scope {
            project: manifest.project.name.clone(),
            environment: manifest.environment.name.clone(),
            tags: manifest.tags.clone(),
            expires,
        };
        Self {
            manifest,
            place,
            packages,
            graph: Graph::new(scope),
            problems: Problems::new(),
            lost: manifest.lost.clone(),
            origins: Origins::default(),
            uses: Vec::new(),
            wires: Vec::new(),
            rules: Vec::new(),
            routes: Vec::new(),
            public: BTreeSet::new(),
            large: Vec::new(),
            databases: Vec::new(),
            failing: Vec::new(),
            redrives: Vec::new(),
            opened: Vec::new(),
            placed: BTreeMap::new(),
            outside: Vec::new(),
            ties: Vec::new(),
        }
    }

    fn instances(&mut self) -> BTreeMap<String, Document> {
        let mut outputs = BTreeMap::new();
        for instance in &self.manifest.instances {
            let is_used = |entry: &&Entry| entry.name == instance.pattern.get_ref();
            // The manifest was read with the same list, so there is one.
            let Some(pattern) = PATTERNS.iter().find(is_used) else { continue };
            let before = self.problems.len();
            let mut cx = Cx::new(instance, self);
            match (pattern.expand)(&mut cx) {
                Err(problem) => self.problems.push(problem),
                Ok(exports) => {
                    let exports = exports.with_parts(cx.of_parts);
                    outputs.insert(instance.name.get_ref().clone(), exports.into_document());
                }
            }
            if self.problems.len() > before {
                self.lost.insert(instance.name.get_ref().clone());
            }
        }
        outputs
    }

    /// One bucket for the archives that a call cannot carry, where there are any.
    fn stage_large(&mut self) {
        let functions = std::mem::take(&mut self.large);
        if functions.is_empty() {
            return;
        }
        let gone = LifecycleRule { expire_days: Some(1), ..LifecycleRule::default() };
        let at = Address::new("maas", "staging-bucket");
        let own: Handle<Bucket> = Handle::at(at.clone());
        let bucket = self.graph.add::<Bucket>(
            at,
            BucketInputs {
                force_empty: true,
                policy: super::parts::private(&own),
                lifecycle: BTreeMap::from([("archives".to_owned(), gone)]),
                ..BucketInputs::default()
            },
        );
        for function in functions {
            let name: Input<String> = bucket.name().into();
            self.graph.amend(&function, |inputs| inputs.staging_bucket = Some(name));
        }
    }

    pub fn finish(self, outputs: BTreeMap<String, Document>) -> (Expanded, Problems) {
        let Self { graph, manifest, mut problems, ties, mut origins, opened, .. } = self;
        let mut rules: BTreeMap<Address, usize> = BTreeMap::new();
        for (bucket, place) in opened {
            let bucket = graph.real(&bucket);
            let rule = rules.entry(bucket.clone()).or_default();
            origins.note(bucket, &format!("cors.{rule}"), place);
            *rule += 1;
        }
        // One problem for two instances: their names make all the names.
        let mut pairs = graph.twins();
        pairs.dedup_by(|one, other| {
            let instances = |(one, other): &(Address, Address)| {
                (one.instance().to_owned(), other.instance().to_owned())
            };
            instances(one) == instances(other)
        });
        problems.extend(pairs.iter().map(|pair| twins(manifest, pair)));
        let (graph, defects) = graph.settle();
        // What is wrong leaves holes that are nobody's defect.
        if problems.is_empty() && manifest.lost.is_empty() {
            let defect = |text: String| {
                Problem::new("maas::patterns::defect", format!("A pattern is defective: {text}."))
            };
            problems.extend(defects.into_iter().map(defect));
        }
        problems.extend(cycles::problem(&graph, &ties));
        let instance = |name: &str| manifest.instance(name).map(|found| found.name.span());
        problems.extend(loops::problems(&graph, &ties, &origins, instance));
        let outputs = outputs.into_iter().map(|(name, document)| (name, real(&graph, document)));
        let outputs = outputs.collect();
        (Expanded { graph, outputs, origins }, problems)
    }
}

/// Two resources that would be one in the cloud, since the user's names make the same names of them.
fn twins(manifest: &Manifest, (one, other): &(Address, Address)) -> Problem {
    let span = |at: &Address| manifest.instance(at.instance()).map(|found| found.name.span());
    let message = match one == other {
        true => format!("Two resources would have the address `{one}`."),
        false => format!("`{one}` and `{other}` would have the same name in the cloud."),
    };
    let code = "maas::patterns::same_name";
    let problem = match span(other) {
        Some(place) => Problem::at(place, code, message).label("one of them is here"),
        None => Problem::new(code, message),
    };
    let problem = match span(one).filter(|_| one.instance() != other.instance()) {
        Some(place) => problem.related(place, "the other one is here"),
        None => problem,
    };
    problem.help("Names of instances and of functions are joined by `-`, and a part has the names of its own resources: choose another name for one of them.")
}

/// The document with aliases replaced by what they stand for.
fn real(graph: &Graph, document: Document) -> Document {
    map_expressions(document, &mut |expr| {
        to_value(&graph.real_input(&Input::<Document>::Pending(expr)))
    })
}
