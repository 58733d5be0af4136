//! `--target`: only some of the resources, with what they need.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::PlanError;
use crate::graph::{Address, Graph, document};
use crate::state::Snapshot;

/// An instance, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    instance: String,
    part: Option<String>,
}

/// A flag that names what is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{flag} {given}` fits no resource{among}")]
pub struct BadTarget {
    /// The flag.
    pub flag: &'static str,
    /// What it names.
    pub given: String,
    /// Of which resources, where not of all.
    pub among: &'static str,
    /// What it could name.
    pub known: BTreeSet<String>,
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

    /// The error that it fits none of these: what there is of its instance, else the instances.
    fn misses<'a>(&self, all: impl Iterator<Item = &'a Address> + Clone) -> BadTarget {
        let parts: BTreeSet<String> = all
            .clone()
            .filter(|address| address.instance() == self.instance)
            .map(ToString::to_string)
            .collect();
        let known = match parts.is_empty() {
            true => all.map(|address| address.instance().to_owned()).collect(),
            false => parts,
        };
        BadTarget { flag: "--target", given: self.to_string(), among: "", known }
    }
}

/// Refuses flags that name what is not wanted, or what `--target` leaves out.
pub(super) fn check<const N: usize>(
    graph: &Graph,
    targeted: &Targeted,
    flags: [(&'static str, &BTreeSet<Address>); N],
) -> Result<(), Vec<PlanError>> {
    let is_wanted =
        |address: &&Address| graph.nodes().contains_key(*address) && targeted.contains(address);
    let wanted = || graph.nodes().keys().filter(is_wanted).map(ToString::to_string).collect();
    let named = flags.iter().flat_map(|(flag, named)| named.iter().map(|one| (*flag, one)));
    let among = if targeted.0.is_some() { " of those that `--target` selects" } else { "" };
    let missing = named.filter(|(_, address)| !is_wanted(address)).map(|(flag, address)| {
        let given = address.to_string();
        PlanError::from(BadTarget { flag, given, among, known: wanted() })
    });
    let missing: Vec<PlanError> = missing.collect();
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}

/// The addresses that a plan may touch; none means all of them.
#[derive(Clone, Debug)]
pub(super) struct Targeted(Option<BTreeSet<Address>>);

/// What these targets fit, with what that needs.
pub(super) fn select(
    graph: &Graph,
    snapshot: &Snapshot,
    targets: &[Target],
) -> Result<Targeted, BadTarget> {
    if targets.is_empty() {
        return Ok(Targeted(None));
    }
    let recorded = || snapshot.records.values().map(|record| &record.address);
    let mut selected = BTreeSet::new();
    for target in targets {
        let fitting: Vec<Address> =
            graph.nodes().keys().chain(recorded()).filter(|a| target.fits(a)).cloned().collect();
        if fitting.is_empty() {
            return Err(target.misses(graph.nodes().keys().chain(recorded())));
        }
        selected.extend(fitting);
    }
    grow(&mut selected, |address| needs(graph, address));
    Ok(Targeted(Some(selected)))
}

impl Targeted {
    pub fn contains(&self, address: &Address) -> bool {
        self.0.as_ref().is_none_or(|selected| selected.contains(address))
    }

    /// The same with what uses something that goes, and what that needs in its turn: left alone, it
    /// would point at what is not there any more. None where there is no more.
    pub fn drawn_in(
        &self,
        graph: &Graph,
        snapshot: &Snapshot,
        is_made_anew: impl Fn(&Address) -> bool,
    ) -> Option<Self> {
        let before = self.0.as_ref()?;
        let mut selected = before.clone();
        let mut users: BTreeMap<Address, BTreeSet<&Address>> = BTreeMap::new();
        for record in snapshot.records.values() {
            for need in &record.needs {
                users.entry(need.clone()).or_default().insert(&record.address);
            }
        }
        for node in graph.nodes().values() {
            for (used, ..) in document::references(&node.wanted) {
                users.entry(used).or_default().insert(&node.address);
            }
        }
        grow(&mut selected, |address| {
            let mut more = needs(graph, address);
            let goes = is_made_anew(address)
                || !graph.nodes().contains_key(address)
                || snapshot.copies(address).any(|copy| copy.deposed);
            if goes {
                more.extend(users.get(address).into_iter().flatten().copied().cloned());
            }
            more
        });
        (selected.len() > before.len()).then_some(Self(Some(selected)))
    }
}

fn needs(graph: &Graph, address: &Address) -> BTreeSet<Address> {
    graph.get(address).map(|node| node.needs().clone()).unwrap_or_default()
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
