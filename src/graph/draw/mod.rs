//! Drawings of a graph: Mermaid, DOT and SVG.
//!
//! An arrow goes from what has to be there first to what needs it. A dotted one goes to a resource
//! that only names another, and does not wait for it.

mod dot;
mod mermaid;
mod svg;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

use super::document::{Tie, references};
use super::{Address, Graph};

/// A graph, reduced to what is drawn.
struct Sketch<'a> {
    /// The resources, by address.
    squares: Vec<Square<'a>>,
    /// The arrows, by the squares' numbers.
    arrows: BTreeMap<(usize, usize), Tie>,
}

struct Square<'a> {
    address: &'a Address,
    kind: &'static str,
}

impl<'a> Sketch<'a> {
    fn of(graph: &'a Graph) -> Self {
        let numbers: BTreeMap<&Address, usize> =
            graph.nodes().keys().enumerate().map(|(number, address)| (address, number)).collect();
        let mut arrows = BTreeMap::new();
        for (user, node) in graph.nodes().values().enumerate() {
            for (used, _, tie) in references(&node.wanted) {
                if let Some(&used) = numbers.get(&used).filter(|used| **used != user) {
                    let arrow = arrows.entry((used, user)).or_insert(tie);
                    *arrow = tie.min(*arrow);
                }
            }
            for before in node.after.iter().filter_map(|before| numbers.get(before)) {
                arrows.insert((*before, user), Tie::Real);
            }
        }
        let squares = graph.nodes().values();
        let squares = squares.map(|node| Square { address: &node.address, kind: node.traits.kind });
        Self { squares: squares.collect(), arrows }
    }

    /// The numbers of the squares of each instance.
    fn instances(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut instances: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, one) in self.squares.iter().enumerate() {
            instances.entry(one.address.instance()).or_default().push(number);
        }
        instances
    }

    /// The squares in columns: each behind all that it needs.
    fn columns(&self) -> Vec<Vec<usize>> {
        let numbers: BTreeMap<&Address, usize> =
            self.squares.iter().enumerate().map(|(number, one)| (one.address, number)).collect();
        let mut needs: BTreeMap<Address, BTreeSet<Address>> =
            numbers.keys().map(|address| ((*address).clone(), BTreeSet::new())).collect();
        for ((from, to), _) in self.arrows.iter().filter(|(_, tie)| **tie == Tie::Real) {
            let needed = self.squares[*from].address.clone();
            needs.entry(self.squares[*to].address.clone()).or_default().insert(needed);
        }
        let layers =
            super::layers(&needs).unwrap_or_else(|_| vec![needs.keys().cloned().collect()]);
        let number = |address: &Address| numbers.get(address).copied();
        layers.iter().map(|layer| layer.iter().filter_map(number).collect()).collect()
    }
}
