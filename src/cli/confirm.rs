//! Asking before something is done.

use std::io::IsTerminal;

use super::Failure;
use crate::graph::Stop;
use crate::report::{Complaint, Console};

/// Whether somebody is asked before something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Somebody is asked.
    First,
    /// The answer was given with `--yes`.
    Answered,
}

impl Ask {
    /// Asks on a terminal, unless `--yes` was given.
    ///
    /// # Errors
    /// Where there is no terminal to ask on.
    pub fn of(yes: bool, command: &str) -> Result<Self, Failure> {
        if yes {
            return Ok(Self::Answered);
        }
        if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            return Ok(Self::First);
        }
        let message =
            format!("`maas {command}` asks before it changes anything, and there is no terminal.");
        let complaint = Complaint::new("maas::command_line::no_terminal", message);
        Err(Failure::wrong(complaint.help("Give the answer with `--yes`.")))
    }

    /// Asks that question; false for every answer but `yes`, for none, and where a stop is asked
    /// for.
    pub async fn allows(self, question: &str, console: Console, stop: &Stop) -> bool {
        if self == Self::Answered {
            return true;
        }
        console.error(&format!("{question} Only `yes` is taken for one: "));
        let answer = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map(|_| line)
        });
        let answer = tokio::select! {
            answer = answer => answer,
            () = stop.asked() => {
                console.error("\n");
                return false;
            }
        };
        let line = answer.ok().and_then(Result::ok).unwrap_or_default();
        if !line.ends_with('\n') {
            // What follows begins on a line of its own.
            console.error("\n");
        }
        line.trim().eq_ignore_ascii_case("yes")
    }
}
