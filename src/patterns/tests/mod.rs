//! Manifests to graphs.

mod applied;
mod changes;
mod composition;
mod databases;
mod manifests;
mod network;
mod orders;
mod refused;
mod schemas;
mod security;
mod stages;
mod wrong;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::*;
use crate::graph::{Graph, Place};
use crate::manifest::{Context, Manifest, Problems, parse};
use crate::package::Packages;

fn manifests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests")
}

fn place() -> Place {
    Place { account: None, region: "eu-west-1".into() }
}

fn read(text: &str) -> Result<Manifest, Problems> {
    let context = Context { environment: "dev".into(), ..Context::default() };
    parse(&manifests().join("maas.toml"), text.into(), &context, &schemas())
}

fn try_expand(text: &str) -> Result<Expanded, Problems> {
    let manifest = read(text)?;
    super::expand(&manifest, &place(), None, &Packages::new(manifest.folder.clone()))
}

fn expanded(text: &str) -> Expanded {
    try_expand(text).map_err(|problems| report(&problems)).unwrap()
}

/// The problems as they are printed, without colour.
fn report(problems: &Problems) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    let handler = handler.with_width(100).with_wrap_lines(false).with_context_lines(0);
    let mut text = String::new();
    for problem in problems.iter() {
        handler.render_report(&mut text, problem).unwrap();
    }
    let folder = format!("{}/", manifests().display());
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").replace(&folder, "")
}

/// Each node with its type and what it waits for.
fn outline(graph: &Graph) -> String {
    let mut text = String::new();
    for (address, node) in graph.nodes() {
        let needs: Vec<String> = node.needs().iter().map(ToString::to_string).collect();
        let needs =
            if needs.is_empty() { String::new() } else { format!(" <- {}", needs.join(", ")) };
        writeln!(text, "{address}: {}{needs}", node.traits.kind).unwrap();
    }
    text
}
