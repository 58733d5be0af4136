//! A run on a terminal: a line for each step under way, what ended above them.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Console;
use super::console::for_stderr;
use super::progress::{Reporter, sentence_of};
use super::style::{Look, elapsed, paint};
use super::wrap::hang;
use crate::execute::{Event, EventKind};

/// The live view.
pub(super) struct Live {
    lines: MultiProgress,
    head: Option<ProgressBar>,
    running: BTreeMap<usize, (ProgressBar, String)>,
    console: Console,
}

const TICK: Duration = Duration::from_millis(120);
const SHOWN_WAIT: u64 = 1_000;

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Live {
    pub fn new(console: Console) -> Self {
        let lines = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { lines, head: None, running: BTreeMap::new(), console }
    }

    fn start(&mut self, step: usize, said: String) {
        let bar = self.lines.add(ProgressBar::new_spinner());
        bar.set_style(style("  {spinner} {elapsed:>4} {wide_msg}"));
        bar.set_message(for_stderr(&said));
        bar.enable_steady_tick(TICK);
        self.running.insert(step, (bar, said));
    }

    fn note(&self, step: usize, more: &str) {
        if let Some((bar, said)) = self.running.get(&step) {
            bar.set_message(for_stderr(&format!("{said}  {}", paint(Look::Faint, more))));
        }
    }

    fn end(&mut self, step: usize) {
        if let Some((bar, _)) = self.running.remove(&step) {
            bar.finish_and_clear();
            self.lines.remove(&bar);
        }
        if let Some(head) = &self.head {
            head.inc(1);
        }
    }

    fn above(&self, text: &str) {
        // Lines that the terminal breaks itself are not counted when the view is drawn again.
        let text = hang(&for_stderr(text), self.console.width());
        // Where nothing is drawn, indicatif drops the text.
        if self.head.is_none() || self.lines.println(&text).is_err() {
            self.console.say(&format!("{text}\n"));
        }
    }
}

impl Reporter for Live {
    fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted { steps, .. } if *steps > 0 => {
                let head = self.lines.insert(0, ProgressBar::new(*steps as u64));
                head.set_style(style("{pos}/{len} steps, {elapsed}"));
                head.enable_steady_tick(TICK);
                self.head = Some(head);
            }
            EventKind::StepStarted { step, address, action, .. } => {
                self.start(*step, format!("{address} {}", paint(Look::of(*action), action)));
            }
            EventKind::Waiting { step, what, state, elapsed_ms, .. } => {
                if *elapsed_ms >= SHOWN_WAIT {
                    let time = elapsed(*elapsed_ms);
                    self.note(*step, &format!("waits for {what}: {state} ({time})"));
                }
            }
            EventKind::Retrying { step, fault, attempt, pause_ms, .. } => {
                let reason = fault.code.as_deref().unwrap_or(&fault.message);
                let pause = elapsed(*pause_ms);
                self.note(*step, &format!("tries again in {pause} (attempt {attempt}): {reason}"));
            }
            EventKind::RunEnded { .. } => {
                for (_, (bar, _)) in std::mem::take(&mut self.running) {
                    bar.finish_and_clear();
                }
                if let Some(head) = self.head.take() {
                    head.finish_and_clear();
                }
            }
            kind => {
                if let EventKind::StepDone { step, .. }
                | EventKind::StepFailed { step, .. }
                | EventKind::StepSkipped { step, .. } = kind
                {
                    self.end(*step);
                }
                if let Some(text) = sentence_of(kind) {
                    self.above(&text);
                }
            }
        }
    }

    fn say(&mut self, text: &str) {
        self.lines.suspend(|| self.console.say(text));
    }
}
