//! `--target`: only some of the resources, with what they need.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::graph::{Address, Graph};
use crate::state::Snapshot;

/// An instance, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    instance: String,
    part: Option<String>,
}

/// A target that fits nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the target `{target}` fits no resource; there are {known}")]
pub struct BadTarget {
    /// The target.
    pub target: Target,
    /// What there is instead.
    pub known: String,
}

impl FromStr for Target {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('/') {
            Some((instance, part)) => {
                Self { instance: instance.to_owned(), part: Some(part.to_owned()) }
            }
            None => Self { instance: text.to_owned(), part: None },
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.instance)?;
        self.part.iter().try_for_each(|part| write!(f, "/{part}"))
    }
}

impl Target {
    fn fits(&self, address: &Address) -> bool {
        self.instance == address.instance()
            && self.part.as_deref().is_none_or(|part| part == address.part())
    }
}

/// The addresses that a plan may touch: none given means all of them, as `None`.
pub(super) fn select(
    graph: &Graph,
    snapshot: &Snapshot,
    targets: &[Target],
) -> Result<Option<BTreeSet<Address>>, BadTarget> {
    if targets.is_empty() {
        return Ok(None);
    }
    let recorded = || snapshot.records.values().map(|record| &record.address);
    let mut selected = BTreeSet::new();
    for target in targets {
        let fitting: Vec<Address> =
            graph.nodes().keys().chain(recorded()).filter(|a| target.fits(a)).cloned().collect();
        if fitting.is_empty() {
            let instances: BTreeSet<&str> =
                graph.nodes().keys().chain(recorded()).map(Address::instance).collect();
            let known = instances.into_iter().collect::<Vec<_>>().join(", ");
            return Err(BadTarget { target: target.clone(), known });
        }
        selected.extend(fitting);
    }
    grow(&mut selected, |address| graph.get(address).map(|node| node.needs()).unwrap_or_default());
    // What is deleted takes along what needs it and is wanted no more.
    grow(&mut selected, |address| {
        let unwanted =
            |record: &&crate::state::Record| !graph.nodes().contains_key(&record.address);
        let users = snapshot
            .records
            .values()
            .filter(unwanted)
            .filter(|record| record.needs.contains(address));
        users.map(|record| record.address.clone()).collect()
    });
    Ok(Some(selected))
}

fn grow(selected: &mut BTreeSet<Address>, more: impl Fn(&Address) -> BTreeSet<Address>) {
    let mut open: Vec<Address> = selected.iter().cloned().collect();
    while let Some(address) = open.pop() {
        for next in more(&address) {
            if selected.insert(next.clone()) {
                open.push(next);
            }
        }
    }
}
