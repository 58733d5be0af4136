//! What a pattern works with while it expands one instance.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::expansion::{Expansion, PartUse};
use crate::graph::document::to_value;
use crate::graph::{Address, Graph, Handle, Input, Place, Resource};
use crate::manifest::{CodePath, FunctionDefaults, Instance, Problem, Reference, Span, Spanned};
use crate::text;

/// One instance, while it is expanded.
pub struct Cx<'e, 'a> {
    pub(super) instance: &'a Instance,
    pub(super) all: &'e mut Expansion<'a>,
    pub(super) of_parts: BTreeMap<&'static str, Map<String, Value>>,
}

impl<'e, 'a> Cx<'e, 'a> {
    pub(super) fn new(instance: &'a Instance, all: &'e mut Expansion<'a>) -> Self {
        Self { instance, all, of_parts: BTreeMap::new() }
    }

    /// The instance's name.
    pub fn name(&self) -> &'a str {
        self.instance.name.get_ref()
    }

    /// The place of the instance's name.
    pub fn span(&self) -> Span {
        self.instance.name.span()
    }

    /// The address of a part of this instance.
    pub fn address(&self, part: &str) -> Address {
        Address::new(self.name(), part)
    }

    /// Adds a part of this instance.
    pub fn add<R: Resource>(&mut self, part: &str, inputs: R::Inputs) -> Handle<R> {
        let address = self.address(part);
        self.all.graph.add(address, inputs)
    }

    /// Notes that an input of a resource comes from a key at that place, so that what is wrong with it
    /// is told there; `""` is the whole resource.
    pub fn origin<R>(&mut self, of: &Handle<R>, input: &str, place: impl Into<Span>) {
        self.all.origins.note(of.address().clone(), input, place.into());
    }

    /// The graph.
    pub fn graph(&mut self) -> &mut Graph {
        &mut self.all.graph
    }

    /// Where everything lives.
    pub fn place(&self) -> &'a Place {
        self.all.place
    }

    /// The account's id, known or not.
    pub fn account(&self) -> Input<String> {
        text!(self.all.place.account_part())
    }

    /// `[functions]`.
    pub fn defaults(&self) -> &'a FunctionDefaults {
        &self.all.manifest.functions
    }

    /// Whether the environment is one that is made to go: with a time to live, which the manifest or
    /// an apply gave it, and not protected.
    pub fn is_passing(&self) -> bool {
        let environment = &self.all.manifest.environment;
        let expires = environment.ttl.is_some() || self.all.graph.scope().expires.is_some();
        expires && !environment.protect
    }

    /// Whether the environment is protected.
    pub fn is_protected(&self) -> bool {
        self.all.manifest.environment.protect
    }

    /// Leaves the routes that this instance adds to another one's API open to everyone.
    pub fn open_routes(&mut self) {
        self.all.public.insert(self.name().to_owned());
    }

    /// Whether there is nothing at this path of code.
    pub(super) fn is_missing(&self, path: &Spanned<CodePath>) -> bool {
        self.all.manifest.code.iter().any(|known| known.span() == path.span())
            && !path.in_folder(&self.all.manifest.folder).exists()
    }

    /// Reports a problem.
    pub fn problem(&mut self, problem: Problem) {
        self.all.problems.push(problem);
    }

    /// The value, or none where there was a problem, which is reported.
    pub fn ok<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problem(problem)).ok()
    }

    /// Lets a part of another instance stand for this instance's own. Whether it is there and of
    /// the right type is checked when all instances are expanded.
    pub fn borrow<R: Resource>(&mut self, part: &str, reference: &Reference) -> Handle<R> {
        Handle::at(self.borrow_one_of(part, reference, const { &[R::KIND] }))
    }

    /// The same where the part may be of one of several types; its address within this instance.
    pub fn borrow_one_of(
        &mut self,
        part: &str,
        reference: &Reference,
        kinds: &'static [&'static str],
    ) -> Address {
        let own = self.address(part);
        let target = Address::new(&reference.instance, &reference.part);
        self.all.graph.alias(own.clone(), target);
        let reference = reference.clone();
        self.all.uses.push(PartUse { own: own.clone(), reference, kinds });
        own
    }

    /// Tells something of a part among the outputs: by the part, in the object of that name.
    pub(super) fn export_part(
        &mut self,
        object: &'static str,
        part: &str,
        value: impl Into<Input<String>>,
    ) {
        let value = to_value(&value.into());
        self.of_parts.entry(object).or_default().insert(part.to_owned(), value);
    }
}
