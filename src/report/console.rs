//! The way out: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::ColorChoice;
use miette::Diagnostic;

use super::{Complaint, problem_view};

/// When text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Whether anything that was to be written was lost.
static LOST: AtomicBool = AtomicBool::new(false);

/// Standard output and standard error, as a command writes to them.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    quiet: bool,
    width: usize,
}

const NARROWEST: usize = 40;
const WIDEST: usize = 120;
const USUAL: usize = 80;

impl Console {
    /// The process's own. Where `quiet`, only results and problems are written.
    pub fn new(color: Color, quiet: bool) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => ColorChoice::Always.write_global(),
            Color::Never => ColorChoice::Never.write_global(),
        }
        Self { quiet, width: width() }
    }

    /// How many columns a line has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether only results and problems are wanted.
    pub fn quiet(&self) -> bool {
        self.quiet
    }

    /// Whether somebody watches standard error.
    pub fn is_watched(&self) -> bool {
        std::io::stderr().is_terminal()
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// Writes a result. A reader that has gone away is no failure; whatever else hinders it is
    /// told, and remembered in [`Console::lost`].
    pub fn result(&self, text: &str) {
        let mut out = anstream::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.lose("to standard output", &error);
            }
            _ => {}
        }
    }

    /// Tells that something could not be written there.
    pub fn lose(&self, to: &str, error: &io::Error) {
        LOST.store(true, Ordering::Relaxed);
        let message = format!("Could not write {to}: {error}.");
        self.problem(&Complaint::new("maas::disk", message));
    }

    /// Whether anything that was to be written was lost, by any console of the process.
    pub fn lost() -> bool {
        LOST.load(Ordering::Relaxed)
    }

    /// Writes a remark, unless quiet.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.error(text);
        }
    }

    /// Writes a problem.
    pub fn problem(&self, problem: &dyn Diagnostic) {
        self.error(&problem_view::render(problem, self.width));
    }

    /// Writes to standard error, quiet or not.
    pub fn error(&self, text: &str) {
        let mut out = anstream::stderr().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let seen = || terminal_size::terminal_size_of(std::io::stderr()).map(|(w, _)| w.0.into());
    told.or_else(seen).unwrap_or(USUAL).clamp(NARROWEST, WIDEST)
}

/// The text without escape codes, where standard error takes none.
pub(super) fn for_stderr(text: &str) -> String {
    match anstream::AutoStream::choice(&std::io::stderr()) {
        ColorChoice::Never => anstream::adapter::strip_str(text).to_string(),
        _ => text.to_owned(),
    }
}
