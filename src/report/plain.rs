//! A run as plain lines, for logs: one line for what is done or failed, and for long waits.

use std::collections::BTreeMap;

use super::Console;
use super::progress::{Reporter, ends_step, sentence_of};
use super::style::elapsed;
use crate::execute::{Event, EventKind};

/// The plain view.
pub(super) struct Plain {
    console: Console,
    steps: usize,
    ended: usize,
    /// When the next line about a step's wait is due, in milliseconds of that wait.
    due: BTreeMap<usize, u64>,
}

const FIRST_WAIT: u64 = 5_000;
const NEXT_WAIT: u64 = 60_000;
const LONG_PAUSE: u64 = 5_000;

impl Plain {
    pub fn new(console: Console) -> Self {
        Self { console, steps: 0, ended: 0, due: BTreeMap::new() }
    }

    fn line(&mut self, text: &str, ends: bool) {
        self.ended += usize::from(ends);
        let width = self.steps.to_string().len();
        match self.steps {
            0 => self.console.say(&format!("{text}\n")),
            steps => self.console.say(&format!("[{:>width$}/{steps}] {text}\n", self.ended)),
        }
    }
}

impl Reporter for Plain {
    fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted { steps, .. } => self.steps = *steps,
            EventKind::Waiting { step, address, what, state, elapsed_ms } => {
                let due = self.due.entry(*step).or_insert(FIRST_WAIT);
                if elapsed_ms < due {
                    return;
                }
                *due = elapsed_ms + NEXT_WAIT;
                let time = elapsed(*elapsed_ms);
                self.line(&format!("    {address} waits for {what}: {state} ({time})"), false);
            }
            EventKind::Retrying { address, fault, pause_ms, .. } if *pause_ms >= LONG_PAUSE => {
                let pause = elapsed(*pause_ms);
                self.line(&format!("    {address} tries again in {pause}: {fault}"), false);
            }
            kind => {
                if let Some(text) = sentence_of(kind) {
                    self.line(&text, ends_step(kind));
                }
            }
        }
    }

    fn say(&mut self, text: &str) {
        self.console.say(text);
    }
}
