//! Resources that wait for each other.

use std::collections::BTreeSet;

use crate::graph::{Address, Graph};
use crate::manifest::Problem;
use crate::patterns::expansion::Tie;

/// The problem of a cycle in the graph, at the references that make it, if there is one.
pub(in crate::patterns) fn problem(graph: &Graph, ties: &[Tie]) -> Option<Problem> {
    let around = graph.in_order().err()?.0;
    let way: Vec<&str> = around.iter().chain(around.first()).map(Address::as_str).collect();
    let is_part = |tie: &&Tie| {
        let next = around.iter().cycle().skip(1);
        around.iter().zip(next).any(|(from, to)| *from == tie.from && *to == tie.to)
    };
    let mut seen = BTreeSet::new();
    let mut found = ties.iter().filter(is_part).filter(|tie| seen.insert(tie.place));
    let message = "Resources wait for each other.";
    let code = "maas::patterns::cycle";
    let Some(first) = found.next() else {
        return Some(Problem::new(code, format!("{message} {}.", way.join(" → "))));
    };
    let problem = Problem::at(first.place, code, message)
        .label(format!("`{}` waits for `{}`", first.from, first.to))
        .help(format!(
            "The way round is {}. Take one of these references away; `${{account}}`, `${{region}}`, \
             `${{project}}` and `${{env}}` make names that need not be waited for.",
            way.join(" → ")
        ));
    let label = |tie: &Tie| format!("`{}` waits for `{}`", tie.from, tie.to);
    Some(found.fold(problem, |problem, tie| problem.related(tie.place, label(tie))))
}
