//! Graphviz's DOT language.

use std::fmt::Write;

use super::Sketch;
use crate::graph::Graph;
use crate::graph::document::Tie;

/// The graph in DOT, with a cluster for each instance.
pub fn dot(graph: &Graph) -> String {
    let sketch = Sketch::of(graph);
    let mut text = String::from(
        "digraph {\n  rankdir = LR\n  node [shape = box, style = rounded, fontname = \"sans-serif\"]\n",
    );
    for (at, (instance, numbers)) in sketch.instances().into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph cluster_{at} {{\n    label = \"{instance}\"");
        for number in numbers {
            let one = &sketch.squares[number];
            let (address, part, kind) = (one.address, one.address.part(), one.kind);
            let _ = writeln!(text, "    \"{address}\" [label = \"{part}\\n{kind}\"]");
        }
        text.push_str("  }\n");
    }
    for ((from, to), tie) in &sketch.arrows {
        let (from, to) = (sketch.squares[*from].address, sketch.squares[*to].address);
        let style = if *tie == Tie::Real { "" } else { " [style = dotted]" };
        let _ = writeln!(text, "  \"{from}\" -> \"{to}\"{style}");
    }
    text + "}\n"
}
