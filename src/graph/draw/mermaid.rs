//! Mermaid flowcharts.

use std::fmt::Write;

use super::Sketch;
use crate::graph::Graph;
use crate::graph::document::Tie;

/// The graph as a Mermaid flowchart, with a box around each instance.
pub fn mermaid(graph: &Graph) -> String {
    let sketch = Sketch::of(graph);
    let mut text = String::from("flowchart LR\n");
    for (at, (instance, numbers)) in sketch.instances().into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph i{at}[\"{instance}\"]");
        for number in numbers {
            let one = &sketch.squares[number];
            let _ = writeln!(text, "    n{number}[\"{}<br>{}\"]", one.address.part(), one.kind);
        }
        text.push_str("  end\n");
    }
    for ((from, to), tie) in &sketch.arrows {
        let arrow = if *tie == Tie::Real { "-->" } else { "-.->" };
        let _ = writeln!(text, "  n{from} {arrow} n{to}");
    }
    text
}
