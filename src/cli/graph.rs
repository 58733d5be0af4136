//! `maas graph`.

use clap::{Args, ValueEnum};

use super::args::{Global, Which};
use super::check::Checked;
use super::{Ended, Exit, validate};
use crate::graph::draw;
use crate::report::Console;

/// Draws the resources of a manifest and what needs what
///
/// An arrow goes from what has to be there first to what needs it; a dotted one to what only names
/// it.
#[derive(Args, Debug)]
pub struct GraphCommand {
    #[command(flatten)]
    which: Which,

    /// The language of the drawing
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    format: Language,
}

/// The languages of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// A Mermaid flowchart, which GitHub and many editors draw.
    Mermaid,
    /// Graphviz's language.
    Dot,
    /// A picture.
    Svg,
}

impl GraphCommand {
    pub(super) fn run(self, global: &Global, console: Console) -> Ended {
        let (_, Checked { expanded, .. }) = validate::expanded(&self.which, global)?;
        console.result(&match self.format {
            Language::Mermaid => draw::mermaid(&expanded.graph),
            Language::Dot => draw::dot(&expanded.graph),
            Language::Svg => draw::svg(&expanded.graph),
        });
        Ok(Exit::Done)
    }
}
