//! What functions use over the internet, and whether they have a way there.

use crate::graph::Address;
use crate::manifest::{Problem, Span};
use crate::patterns::expansion::{Expansion, Placed};

/// A service that a function uses and that no network of ours has an endpoint for.
pub(in crate::patterns) struct Outside {
    pub function: Address,
    pub service: &'static str,
    /// The place that asks for it.
    pub place: Span,
}

/// Refuses what functions in a network without NAT would wait for in vain.
pub(in crate::patterns) fn check(all: &mut Expansion<'_>) {
    for Outside { function, service, place } in std::mem::take(&mut all.outside) {
        let Some(placed) = all.placed.get(&function).filter(|placed| !placed.way_out) else {
            continue;
        };
        let problem = no_way(all, placed, &function, service, place);
        all.problems.push(problem);
    }
}

fn no_way(
    all: &Expansion<'_>,
    placed: &Placed,
    function: &Address,
    service: &str,
    place: Span,
) -> Problem {
    let owner = &placed.owner;
    let of_network = |it: &&crate::manifest::Instance| it.pattern.get_ref() == "network";
    let table = match all.manifest.instance(owner).filter(of_network) {
        Some(_) => format!("[patterns.{owner}]"),
        None => format!("[patterns.{owner}.network]"),
    };
    let message = "A function has no way to what it uses.";
    Problem::at(place, "maas::patterns::no_way_out", message)
        .label(format!(
            "`{function}` is in the network of `{owner}`, from which nothing leads to {service}"
        ))
        .help(format!(
            "Set `nat = \"one\"` in `{table}`. Without NAT, functions there reach S3, DynamoDB and databases."
        ))
}
