//! Drawings of a graph as Mermaid or DOT text.
