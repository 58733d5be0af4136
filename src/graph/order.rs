//! Orders over addresses: topological order, layers, cycles.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use super::Address;

/// What each address needs.
pub type Needs = BTreeMap<Address, BTreeSet<Address>>;

/// Addresses that wait for each other: each needs the next, the last needs the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these wait for each other: {}", .0.iter().map(Address::as_str).collect::<Vec<_>>().join(" → "))]
pub struct Cycle(pub Vec<Address>);

/// The addresses in layers: the first needs nothing, each other only what is before it. Addresses
/// that are needed but have no entry count as being there.
///
/// # Errors
/// A [`Cycle`].
pub fn layers<'a>(
    needs: impl IntoIterator<Item = (&'a Address, &'a BTreeSet<Address>)>,
) -> Result<Vec<Vec<Address>>, Cycle> {
    let needs: Vec<(&Address, &BTreeSet<Address>)> = needs.into_iter().collect();
    let numbers: HashMap<&Address, usize> =
        needs.iter().enumerate().map(|(number, (address, _))| (*address, number)).collect();
    let mut missing = vec![0; needs.len()];
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (user, (_, wants)) in needs.iter().enumerate() {
        for want in wants.iter().filter_map(|want| numbers.get(want)) {
            missing[user] += 1;
            needed_by[*want].push(user);
        }
    }
    let mut layers = Vec::new();
    let mut layer: Vec<usize> = (0..needs.len()).filter(|number| missing[*number] == 0).collect();
    let mut done = 0;
    while !layer.is_empty() {
        done += layer.len();
        let mut next = Vec::new();
        for user in layer.iter().flat_map(|number| &needed_by[*number]) {
            missing[*user] -= 1;
            if missing[*user] == 0 {
                next.push(*user);
            }
        }
        next.sort_by_key(|number| needs[*number].0);
        layers.push(layer.into_iter().map(|number| needs[number].0.clone()).collect());
        layer = next;
    }
    if done == needs.len() { Ok(layers) } else { Err(cycle(needs).unwrap_or(Cycle(Vec::new()))) }
}

/// The addresses, each behind all that it needs.
///
/// # Errors
/// A [`Cycle`].
pub fn topological<'a>(
    needs: impl IntoIterator<Item = (&'a Address, &'a BTreeSet<Address>)>,
) -> Result<Vec<Address>, Cycle> {
    Ok(layers(needs)?.into_iter().flatten().collect())
}

/// A cycle, if there is one.
fn cycle<'a>(
    needs: impl IntoIterator<Item = (&'a Address, &'a BTreeSet<Address>)>,
) -> Option<Cycle> {
    let mut graph: DiGraphMap<&str, ()> = DiGraphMap::new();
    for (address, wants) in needs {
        wants.iter().for_each(|want| {
            graph.add_edge(address.as_str(), want.as_str(), ());
        });
    }
    let component = tarjan_scc(&graph).into_iter().find(|component| {
        component.len() > 1 || component.iter().any(|a| graph.contains_edge(a, a))
    })?;
    let inside: BTreeSet<&str> = component.iter().copied().collect();
    let mut path: Vec<&str> = vec![*inside.first()?];
    loop {
        let here = *path.last()?;
        let mut ways: Vec<&str> =
            graph.neighbors(here).filter(|next| inside.contains(next)).collect();
        ways.sort_unstable();
        if let Some(at) = ways.iter().find_map(|way| path.iter().position(|passed| passed == way)) {
            let found = path.split_off(at);
            return Some(Cycle(found.iter().filter_map(|text| text.parse().ok()).collect()));
        }
        path.push(ways.first()?);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn needs(edges: &[(&str, &[&str])]) -> Needs {
        let address = |name: &str| Address::new("x", name);
        edges.iter().map(|(a, bs)| (address(a), bs.iter().map(|b| address(b)).collect())).collect()
    }

    #[test]
    fn orders_by_need_then_by_name() {
        let order = topological(&needs(&[("c", &["a", "gone"]), ("a", &[]), ("b", &[])])).unwrap();
        assert_eq!(order.iter().map(Address::part).collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn names_the_cycle() {
        let wants = needs(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"]), ("d", &[])]);
        assert_eq!(
            topological(&wants).unwrap_err().to_string(),
            "these wait for each other: x/b → x/c"
        );
    }

    proptest! {
        #[test]
        fn everything_comes_behind_what_it_needs(edges in prop::collection::vec((0_u8..30, 0_u8..30), 0..80)) {
            let mut wants: Needs = BTreeMap::new();
            for (one, other) in edges {
                let (low, high) = (one.min(other), one.max(other));
                wants.entry(Address::new("x", &low.to_string())).or_default();
                let entry = wants.entry(Address::new("x", &high.to_string())).or_default();
                if low != high { entry.insert(Address::new("x", &low.to_string())); }
            }
            let order = topological(&wants).unwrap();
            prop_assert_eq!(order.len(), wants.len());
            for (at, address) in order.iter().enumerate() {
                prop_assert!(wants[address].iter().all(|want| order[..at].contains(want)));
            }
        }
    }
}
