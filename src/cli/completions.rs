//! `maas completions`.

use clap::Args;
use clap_complete::Shell;

use super::{Ended, Exit};
use crate::report::Console;

/// Prints a shell's completions
///
/// For bash: `maas completions bash > ~/.local/share/bash-completion/completions/maas`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, console: Console, root: &mut clap::Command) -> Ended {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, root, "maas", &mut text);
        console.result(&String::from_utf8_lossy(&text));
        Ok(Exit::Done)
    }
}
