//! The life of every resource type, against MiniStack and against moto: made, read without a
//! difference, updated, read again, deleted, gone, and deleted again.
//!
//! A type that needs others first makes them with [`Life::given`].

mod apigatewayv2;
mod cloudwatch;
mod dynamodb;
mod ec2;
mod firehose;
mod iam;
mod lambda;
mod logs;
mod rds;
mod s3;
mod scheduler;
mod sns;
mod sqs;

use maas::graph::document::resolve;
use maas::graph::{
    Address, AnyResource, Catalogue, Document, Graph, HeldDocument, Resource, Scope,
};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::support::{Cloud, Emulator};

/// What an emulator may lack of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What is read right after a create is as it was wanted.
    ReadAfterCreate,
    /// What was made is found and listed.
    Find,
    Update,
    /// Another one takes its place.
    Replace,
    /// What is gone can be deleted once more.
    DeleteAgain,
}

/// One type's life in one account.
pub struct Life {
    pub cloud: Cloud,
    /// What is left out, for an emulator that lacks it.
    lacks: &'static [Step],
    catalogue: Catalogue,
    held: BTreeMap<Address, (Arc<dyn AnyResource>, HeldDocument)>,
    given: Vec<Address>,
}

/// What all of a deployment share, with these tags of the manifest.
fn scope<const N: usize>(tags: [(&str, &str); N]) -> Scope {
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    Scope { project: "life".into(), environment: "test".into(), tags, ..Scope::default() }
}

/// What is shared at first.
fn first_scope() -> Scope {
    scope([("team", "orders"), ("cost centre", "K-7/1")])
}

/// What is shared later: one tag is gone, and another is changed.
fn second_scope() -> Scope {
    scope([("team", "payments + more")])
}

impl Life {
    pub async fn new(emulator: Emulator) -> Self {
        Self::of(Cloud::fresh(emulator).await)
    }

    pub fn of(cloud: Cloud) -> Self {
        Self {
            cloud,
            lacks: &[],
            catalogue: maas::aws::catalogue(),
            held: BTreeMap::new(),
            given: Vec::new(),
        }
    }

    /// The inputs as the graph of that scope would have them: named, tagged, references resolved.
    fn wanted<R: Resource>(&self, part: &str, inputs: R::Inputs, scope: Scope) -> Document {
        self.wanted_at::<R>(part, inputs, scope, 0)
    }

    /// The same of the nth generation.
    fn wanted_at<R: Resource>(
        &self,
        part: &str,
        inputs: R::Inputs,
        scope: Scope,
        generation: u32,
    ) -> Document {
        let mut graph = Graph::new(scope);
        let address = Address::new("it", part);
        graph.add::<R>(address.clone(), inputs);
        let wanted = graph.nodes()[&address].wanted_at(generation).into_owned();
        let wanted = resolve(wanted, Some(&self.cloud.account), &|node, output, _| {
            self.held.get(node)?.1.outputs.as_ref()?.get(output).cloned()
        });
        let resource = self.resource::<R>();
        assert_eq!(resource.check(&wanted), [], "{part} is refused");
        resource.normal(wanted).unwrap()
    }

    fn resource<R: Resource>(&self) -> Arc<dyn AnyResource> {
        Arc::clone(self.catalogue.get(R::KIND).expect("the catalogue has the type"))
    }

    /// Makes a resource that the one to be tested needs; it is referred to as `it/PART`.
    pub async fn given<R: Resource>(&mut self, part: &str, inputs: R::Inputs) -> &HeldDocument {
        let wanted = self.wanted::<R>(part, inputs, first_scope());
        let resource = self.resource::<R>();
        let created = resource
            .create(self.cloud.cx(), wanted.clone())
            .await
            .unwrap_or_else(|f| panic!("{part}: {f}"));
        let held = HeldDocument {
            id: created.id,
            inputs: wanted,
            outputs: Some(created.outputs),
            finished: true,
        };
        self.held.insert(Address::new("it", part), (resource, held));
        self.given.push(Address::new("it", part));
        &self.held[&Address::new("it", part)].1
    }

    /// Leaves these steps out.
    pub fn lacks(&mut self, steps: &'static [Step]) {
        self.lacks = steps;
    }

    /// Leaves these steps out on moto.
    pub fn moto_lacks(&mut self, steps: &'static [Step]) {
        if self.cloud.emulator == Emulator::Moto {
            self.lacks(steps);
        }
    }

    fn has(&self, step: Step) -> bool {
        !self.lacks.contains(&step)
    }

    /// The id of what was given as `part`.
    pub fn id_of(&self, part: &str) -> String {
        self.held[&Address::new("it", part)].1.id.to_string()
    }

    /// The context of calls to a type itself.
    pub fn aws_cx(&self) -> maas::aws::Cx {
        self.cloud.cx().with_cloud().unwrap()
    }

    /// The whole life of a resource: made as `first`, changed to `second` with other tags, replaced
    /// by another one, and deleted.
    pub async fn whole<R: Resource>(&mut self, part: &str, first: R::Inputs, second: R::Inputs) {
        let resource = self.resource::<R>();
        let kind = R::KIND;
        let next = self.wanted_at::<R>(part, second.clone(), second_scope(), 1);
        let first = self.wanted::<R>(part, first, first_scope());
        let second = self.wanted::<R>(part, second, second_scope());
        let found = match self.has(Step::Find) {
            true => resource.find(self.cloud.cx(), first.clone()).await.unwrap(),
            false => None,
        };
        let created = resource
            .create(self.cloud.cx(), first.clone())
            .await
            .unwrap_or_else(|f| panic!("{kind}: create: {f}"));
        let foretold = resource.foretell(&first, &self.cloud.place());
        assert!(
            foretold.id.as_ref().is_none_or(|id| *id == created.id),
            "{kind}: another id than foretold"
        );
        for (name, value) in &foretold.outputs {
            assert_eq!(
                Some(value),
                created.outputs.get(name),
                "{kind}: another {name} than foretold"
            );
        }
        let mut held = HeldDocument {
            id: created.id.clone(),
            inputs: first.clone(),
            outputs: Some(created.outputs.clone()),
            finished: true,
        };
        if self.has(Step::ReadAfterCreate) {
            self.reads_as::<R>(&held, &first, "after create").await;
        }
        let is_found = found.is_none() || foretold.id.is_some();
        if self.has(Step::Find) && is_found {
            let found = resource.find(self.cloud.cx(), first.clone()).await.unwrap();
            assert_eq!(
                found,
                Some(created.id.clone()),
                "{kind}: find does not find what create made"
            );
        }
        // What has a name of its own is in no list: lists go by the names that are generated.
        let own = |name: &str| !name.contains(&first_scope().prefix());
        let own = R::NAME.is_some_and(|naming| first[naming.input].as_str().is_some_and(own));
        let lists = self.has(Step::Find) && !own;
        let scope = first_scope();
        if lists && let Some(listed) = resource.list(self.cloud.cx(), &scope).await.unwrap() {
            let listed = listed.iter().find(|listed| listed.id == created.id);
            let listed = listed.unwrap_or_else(|| panic!("{kind}: it is not listed"));
            assert_eq!(listed.inputs["tags"], first["tags"], "{kind}: tags in the list");
        }
        if R::REPLACE_ON != maas::graph::ALL && self.has(Step::Update) {
            // A create that stopped half way is finished by an update that sends everything.
            let half = HeldDocument { outputs: None, finished: false, ..held.clone() };
            resource
                .update(self.cloud.cx(), half, first.clone())
                .await
                .unwrap_or_else(|f| panic!("{kind}: finish: {f}"));
            self.reads_as::<R>(&held, &first, "after finishing").await;
            let outputs = resource
                .update(self.cloud.cx(), held.clone(), second.clone())
                .await
                .unwrap_or_else(|f| panic!("{kind}: update: {f}"));
            held = HeldDocument { inputs: second.clone(), outputs: Some(outputs), ..held };
            self.reads_as::<R>(&held, &second, "after update").await;
        }
        if self.has(Step::Replace) {
            held = self.replaced::<R>(held, next).await;
        }
        self.deleted::<R>(&held).await;
        if self.has(Step::DeleteAgain) {
            resource
                .delete(self.cloud.cx(), held)
                .await
                .unwrap_or_else(|f| panic!("{kind}: delete again: {f}"));
        }
    }

    /// The next generation, in the place of the old one: made beside it first where AWS lets both be.
    async fn replaced<R: Resource>(&self, old: HeldDocument, next: Document) -> HeldDocument {
        let (resource, kind) = (self.resource::<R>(), R::KIND);
        let same_name =
            R::NAME.is_some_and(|naming| old.inputs[naming.input] == next[naming.input]);
        let old_first = R::ONE_AT_A_TIME || same_name || !R::KNOWN_BY.is_empty();
        let mut older = Vec::new();
        if old_first {
            self.deleted::<R>(&old).await;
        } else {
            older.push(old.id.clone());
        }
        let created = resource
            .create(self.cloud.cx_beside(&older), next.clone())
            .await
            .unwrap_or_else(|f| panic!("{kind}: create the next: {f}"));
        let new = HeldDocument {
            id: created.id,
            inputs: next.clone(),
            outputs: Some(created.outputs),
            finished: true,
        };
        if !old_first {
            assert_ne!(new.id, old.id, "{kind}: it is the old one");
            // Not all of it: what a subnet's routes are may be the new one's say now.
            let read = resource.read(self.cloud.cx(), old.clone()).await.unwrap();
            assert!(read.is_some(), "{kind}: gone beside the new one");
            self.deleted::<R>(&old).await;
        }
        if self.has(Step::ReadAfterCreate) {
            self.reads_as::<R>(&new, &next, "in the place of the old one").await;
        }
        if self.has(Step::Find) {
            let found = resource.find(self.cloud.cx_beside(&older), next).await.unwrap();
            assert!(found.is_none_or(|id| id == new.id), "{kind}: finds another");
        }
        new
    }

    /// It is deleted, and gone.
    async fn deleted<R: Resource>(&self, held: &HeldDocument) {
        let (resource, kind) = (self.resource::<R>(), R::KIND);
        resource
            .delete(self.cloud.cx(), held.clone())
            .await
            .unwrap_or_else(|f| panic!("{kind}: delete: {f}"));
        let read = resource.read(self.cloud.cx(), held.clone()).await.unwrap();
        assert!(read.is_none(), "{kind}: still there after delete: {read:?}");
    }

    /// Made as `first` and changed to `second`, a resource has lost the input of that name. (The
    /// cloud's own defaults are no difference, so [`Life::whole`] does not look for what is not
    /// wanted.)
    pub async fn loses<R: Resource>(
        &mut self,
        part: &str,
        first: R::Inputs,
        second: R::Inputs,
        input: &str,
    ) {
        if !self.has(Step::Update) {
            return;
        }
        let (resource, kind) = (self.resource::<R>(), R::KIND);
        let first = self.wanted::<R>(part, first, first_scope());
        let second = self.wanted::<R>(part, second, second_scope());
        let created = resource.create(self.cloud.cx(), first.clone()).await.unwrap();
        let held = HeldDocument {
            id: created.id,
            inputs: first,
            outputs: Some(created.outputs),
            finished: true,
        };
        let before = resource.read(self.cloud.cx(), held.clone()).await.unwrap().unwrap();
        assert!(before.inputs.get(input).is_some(), "{kind}: no {input} at first");
        resource.update(self.cloud.cx(), held.clone(), second).await.unwrap();
        let after = resource.read(self.cloud.cx(), held.clone()).await.unwrap().unwrap();
        assert_eq!(after.inputs.get(input), None, "{kind}: {input} is still there");
        resource.delete(self.cloud.cx(), held).await.unwrap();
    }

    async fn reads_as<R: Resource>(&self, held: &HeldDocument, inputs: &Document, when: &str) {
        let resource = self.resource::<R>();
        let seen = resource
            .read(self.cloud.cx(), held.clone())
            .await
            .unwrap_or_else(|f| panic!("{}: read {when}: {f}", R::KIND));
        let seen = seen.unwrap_or_else(|| panic!("{}: not there {when}", R::KIND));
        for (key, value) in inputs.as_object().unwrap() {
            if !R::UNREAD.contains(&key.as_str()) {
                assert_eq!(seen.inputs.get(key), Some(value), "{}: {key} {when}", R::KIND);
            }
        }
        assert_eq!(Some(&seen.outputs), held.outputs.as_ref(), "{}: outputs {when}", R::KIND);
    }

    /// Deletes what was given, the last first.
    pub async fn end(self) {
        for (resource, held) in self.given.iter().rev().map(|address| &self.held[address]) {
            resource.delete(self.cloud.cx(), held.clone()).await.unwrap();
        }
    }
}

/// Runs a life against MiniStack and against moto.
#[macro_export]
macro_rules! life {
    ($name:ident, |$life:ident| $body:expr) => {
        mod $name {
            use super::*;

            async fn live(emulator: $crate::support::Emulator) {
                let mut $life = $crate::life::Life::new(emulator).await;
                $body
            }

            #[tokio::test]
            async fn on_ministack() {
                live($crate::support::Emulator::MiniStack).await;
            }

            #[tokio::test]
            async fn on_moto() {
                live($crate::support::Emulator::Moto).await;
            }
        }
    };
}
