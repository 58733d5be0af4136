//! The graph itself: nodes, typed handles to them, and how patterns build it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use super::document::{self, Tie, to_value};
use super::{
    Address, Cycle, Document, Expr, Input, Naming, Part, Resource, Scope, Traits, layers,
    physical_name,
};

/// A resource in the graph, known by its type.
pub struct Handle<R> {
    address: Address,
    resource: PhantomData<fn() -> R>,
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self::at(self.address.clone())
    }
}

impl<R> fmt::Debug for Handle<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl<R> Handle<R> {
    /// The resource at that address, which need not be in the graph yet.
    pub fn at(address: Address) -> Self {
        Self { address, resource: PhantomData }
    }

    /// Its address.
    pub fn address(&self) -> &Address {
        &self.address
    }
}

/// Where a resource's physical name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameOrigin {
    /// It has none.
    Nameless,
    /// The manifest or the pattern fixed it; a replacement has to wait until the old one is gone.
    Pinned,
    /// Made from this stem; a replacement gets the next generation's.
    Generated(String),
}

/// One resource that is wanted.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it is.
    pub address: Address,
    /// Its type's constants.
    pub traits: Traits,
    /// Its wanted inputs.
    pub wanted: Document,
    /// Where its name comes from.
    pub name: NameOrigin,
    /// Resources that have to be there before it although its inputs do not mention them.
    pub after: BTreeSet<Address>,
    /// Those, and what its inputs mention.
    needs: BTreeSet<Address>,
}

impl Node {
    /// The addresses that it needs: those that its inputs mention, and `after`. Known once the graph
    /// is finished.
    pub fn needs(&self) -> &BTreeSet<Address> {
        &self.needs
    }

    /// The resources that it needs by inputs that cannot be changed in place.
    pub fn fixed_needs(&self) -> BTreeSet<Address> {
        if self.traits.replace_on == super::ALL {
            return document::needs(&self.wanted);
        }
        let inputs = self.traits.replace_on.iter().filter_map(|input| self.wanted.get(*input));
        inputs.flat_map(document::needs).collect()
    }

    /// The resource with which the cloud deletes it.
    pub fn owner(&self) -> Option<Address> {
        let input = self.wanted.get(self.traits.dies_with?)?;
        document::needs(input).into_iter().next()
    }

    /// The wanted inputs of its nth generation; replacements with a generated name have another one.
    pub fn wanted_at(&self, generation: u32) -> Cow<'_, Document> {
        let mut wanted = Cow::Borrowed(&self.wanted);
        if let (NameOrigin::Generated(stem), Some(naming), 1..) =
            (&self.name, self.traits.name, generation)
        {
            wanted.to_mut()[naming.input] = naming.generated(stem, generation);
        }
        wanted
    }
}

const ACCOUNT_DIGITS: usize = 12;

impl Naming {
    /// The name that the nth generation of a resource gets, as a document: the account may be still
    /// to come.
    pub fn generated(self, stem: &str, generation: u32) -> Document {
        if self.global {
            let longest = self.longest - ACCOUNT_DIGITS - 1;
            let name: Input<String> =
                crate::text!(physical_name(stem, generation, longest), "-", Part::ACCOUNT);
            return to_value(&name);
        }
        Value::String(physical_name(stem, generation, self.longest))
    }
}

type Amendment = Box<dyn FnOnce(Document) -> Result<Document, String> + Send>;

/// The resources that are wanted, and what refers to what.
#[derive(Default)]
pub struct Graph {
    scope: Scope,
    nodes: BTreeMap<Address, Node>,
    aliases: BTreeMap<Address, Address>,
    amendments: Vec<(Address, &'static str, Amendment)>,
    defects: Vec<String>,
    /// Addresses that were added twice.
    twins: Vec<(Address, Address)>,
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.nodes.iter().map(|(address, node)| (address, &node.wanted)))
            .finish()
    }
}

impl Graph {
    /// An empty graph.
    pub fn new(scope: Scope) -> Self {
        Self { scope, ..Self::default() }
    }

    /// What all its resources share.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Adds a resource. An empty name is generated from the address; tags are added where the type
    /// takes them.
    pub fn add<R: Resource>(&mut self, address: Address, inputs: R::Inputs) -> Handle<R> {
        let traits = Traits::of::<R>();
        let mut wanted = to_value(&inputs);
        let mut name = NameOrigin::Nameless;
        if let Some(naming) = traits.name {
            name = NameOrigin::Pinned;
            if matches!(wanted.get(naming.input), None | Some(Value::Null))
                || wanted[naming.input] == ""
            {
                let stem = self.scope.stem(&address);
                wanted[naming.input] = naming.generated(&stem, 0);
                name = NameOrigin::Generated(stem);
            }
        }
        if traits.tagged {
            wanted["tags"] = to_value(&self.scope.tags(&address));
        }
        let (after, needs) = (BTreeSet::new(), BTreeSet::new());
        let node = Node { address: address.clone(), traits, wanted, name, after, needs };
        if self.nodes.insert(address.clone(), node).is_some() {
            self.twins.push((address.clone(), address.clone()));
        }
        Handle::at(address)
    }

    /// The resource at that address, added with `inputs` unless it is there already. For resources
    /// that several instances share, such as a bucket's one notification document.
    pub fn ensure<R: Resource>(
        &mut self,
        address: Address,
        inputs: impl FnOnce() -> R::Inputs,
    ) -> Handle<R> {
        if self.nodes.contains_key(&address) {
            Handle::at(address)
        } else {
            self.add(address, inputs())
        }
    }

    /// Changes a resource's inputs once all instances were expanded, in the order of these calls.
    /// The way to add a statement to the policy of another instance's queue, say.
    pub fn amend<R: Resource>(
        &mut self,
        handle: &Handle<R>,
        change: impl FnOnce(&mut R::Inputs) + Send + 'static,
    ) {
        let amendment = move |document: Document| {
            let mut inputs: R::Inputs =
                serde_json::from_value(document).map_err(|error| error.to_string())?;
            change(&mut inputs);
            Ok(to_value(&inputs))
        };
        self.amendments.push((handle.address.clone(), R::KIND, Box::new(amendment)));
    }

    /// Makes a resource wait for another one that its inputs do not mention.
    pub fn order<R, S>(&mut self, later: &Handle<R>, earlier: &Handle<S>) {
        if let Some(node) = self.nodes.get_mut(&later.address) {
            node.after.insert(earlier.address.clone());
        }
    }

    /// Lets an instance's part stand for another instance's.
    pub fn alias(&mut self, alias: Address, target: Address) {
        self.aliases.insert(alias, target);
    }

    /// The address that this one stands for: its own, unless it is an alias.
    pub fn real(&self, address: &Address) -> Address {
        let mut address = address;
        for _ in 0..=self.aliases.len() {
            match self.aliases.get(address) {
                Some(target) => address = target,
                None => break,
            }
        }
        address.clone()
    }

    /// The value with the addresses that its aliases stand for.
    pub fn real_input<T: Clone>(&self, input: &Input<T>) -> Input<T> {
        let mut input = input.clone();
        if let Input::Pending(expr) = &mut input {
            self.unalias(expr);
        }
        input
    }

    fn unalias(&self, expr: &mut Expr) {
        for part in &mut expr.parts {
            if let Part::Output { node, .. } | Part::Foretold { node, .. } = part {
                *node = self.real(node);
            }
        }
    }

    /// The node at that address, or at the one it stands for.
    pub fn get(&self, address: &Address) -> Option<&Node> {
        self.nodes.get(&self.real(address))
    }

    /// All nodes, by address.
    pub fn nodes(&self) -> &BTreeMap<Address, Node> {
        &self.nodes
    }

    /// The addresses of all nodes, each behind all that it needs. The graph is finished.
    ///
    /// # Errors
    /// A [`Cycle`].
    pub fn in_order(&self) -> Result<Vec<Address>, Cycle> {
        Ok(self.layers()?.into_iter().flatten().collect())
    }

    /// The same in layers: the first needs nothing, each other only what is before it.
    ///
    /// # Errors
    /// A [`Cycle`].
    pub fn layers(&self) -> Result<Vec<Vec<Address>>, Cycle> {
        layers(self.nodes.iter().map(|(address, node)| (address, node.needs())))
    }

    /// The addresses of an instance's parts, aliases included.
    pub fn parts<'a>(&'a self, instance: &'a str) -> impl Iterator<Item = &'a Address> {
        self.nodes
            .keys()
            .chain(self.aliases.keys())
            .filter(move |address| address.instance() == instance)
    }

    /// Pairs of resources that would be one in the cloud: of the same address, or of the same type and
    /// generated name.
    pub fn twins(&self) -> Vec<(Address, Address)> {
        let mut names: BTreeMap<(&str, &str), &Address> = BTreeMap::new();
        let mut twins = self.twins.clone();
        for node in self.nodes.values() {
            let NameOrigin::Generated(stem) = &node.name else { continue };
            if let Some(other) = names.insert((node.traits.kind, stem), &node.address) {
                twins.push((other.clone(), node.address.clone()));
            }
        }
        twins
    }

    /// Carries out the amendments and replaces aliases by what they stand for.
    ///
    /// # Errors
    /// Defects of the patterns.
    pub fn finish(self) -> Result<Self, Vec<String>> {
        match self.settle() {
            (graph, defects) if defects.is_empty() => Ok(graph),
            (_, defects) => Err(defects),
        }
    }

    /// The same with what is defective left as it is: an amendment of one that is not there or is of
    /// another type, a reference to one that is not there or to an output that it does not have.
    pub fn settle(mut self) -> (Self, Vec<String>) {
        let mut defects = std::mem::take(&mut self.defects);
        for (address, kind, amendment) in std::mem::take(&mut self.amendments) {
            let real = self.real(&address);
            match self.nodes.get_mut(&real) {
                Some(node) if node.traits.kind == kind => match amendment(node.wanted.take()) {
                    Ok(wanted) => node.wanted = wanted,
                    Err(error) => defects.push(format!("{real}: {error}")),
                },
                Some(node) => {
                    defects.push(format!("{real} is a {}, not a {kind}", node.traits.kind))
                }
                None => defects.push(format!("there is no {real} to amend")),
            }
        }
        self.rewrite_aliases();
        defects.extend(self.connect());
        (self, defects)
    }

    fn rewrite_aliases(&mut self) {
        if self.aliases.is_empty() {
            return;
        }
        let mut nodes = std::mem::take(&mut self.nodes);
        for node in nodes.values_mut() {
            node.after = node.after.iter().map(|after| self.real(after)).collect();
            node.wanted = document::map_expressions(node.wanted.take(), &mut |mut expr: Expr| {
                self.unalias(&mut expr);
                to_value(&Input::<Value>::Pending(expr))
            });
        }
        self.nodes = nodes;
    }

    /// Finds out what each node needs, and what it refers to that is not there.
    fn connect(&mut self) -> Vec<String> {
        let mut defects = Vec::new();
        let needs: Vec<_> =
            self.nodes.values().map(|node| self.needs_of(node, &mut defects)).collect();
        self.nodes.values_mut().zip(needs).for_each(|(node, needs)| node.needs = needs);
        defects
    }

    fn needs_of(&self, node: &Node, defects: &mut Vec<String>) -> BTreeSet<Address> {
        let mut needs = node.after.clone();
        for after in node.after.iter().filter(|after| !self.nodes.contains_key(*after)) {
            defects.push(format!("{} waits for {after}, which is not there", node.address));
        }
        document::each_reference(&node.wanted, &mut |target, output, tie| {
            let found = self.nodes.get_key_value(target);
            match found {
                None => {
                    defects.push(format!("{} refers to {target}, which is not there", node.address))
                }
                Some((_, found)) if !found.traits.outputs.contains(&output) => {
                    defects.push(format!(
                        "{} refers to {target}.{output}; it has {}",
                        node.address,
                        found.traits.outputs.join(", ")
                    ))
                }
                Some(_) => {}
            }
            if tie == Tie::Real && !needs.contains(target) {
                needs.extend(found.map(|(at, _)| at.clone()).or_else(|| target.parse().ok()));
            }
        });
        needs
    }
}
