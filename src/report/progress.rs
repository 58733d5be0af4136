//! What a run shows while it goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::live::Live;
use super::plain::Plain;
use super::{Console, EventsFile};
use crate::execute::{Event, EventKind};
use crate::plan::{Action, Half, Plan};

/// Shows events.
pub trait Reporter: Send {
    /// Shows one.
    fn event(&mut self, event: &Event);

    /// Writes a remark among them.
    fn say(&mut self, text: &str);
}

/// How long reading may be held up without a word, in milliseconds.
const LONG_HOLD_UP: u64 = 1_000;
/// How often it is told then.
const TOLD_EACH: Duration = Duration::from_secs(5);

/// How much was done so far, by action.
pub type Done = BTreeMap<Action, usize>;

/// All that hears of a run's events. Clones share it.
#[derive(Clone)]
pub struct Progress(Arc<Mutex<Inner>>);

struct Inner {
    console: Console,
    reporter: Option<Box<dyn Reporter>>,
    file: Option<EventsFile>,
    done: Done,
    /// Steps that are part of another step's action.
    halves: BTreeSet<usize>,
    /// Steps that are done, failed or skipped.
    ended_steps: usize,
    ended: bool,
    told: HoldUps,
}

/// When a hold-up of reading was told last: many things are read at once, and held up together.
#[derive(Default)]
pub(super) struct HoldUps(Option<Instant>);

impl HoldUps {
    pub(super) fn may_tell(&mut self, kind: &EventKind) -> bool {
        let (EventKind::ReadWaiting { elapsed_ms: long, .. }
        | EventKind::ReadRetrying { pause_ms: long, .. }) = kind
        else {
            return true;
        };
        let due = *long >= LONG_HOLD_UP && self.0.is_none_or(|last| last.elapsed() >= TOLD_EACH);
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

impl Progress {
    /// A live view where somebody watches, plain lines elsewhere, nothing where quiet; and the file.
    pub fn new(console: Console, file: Option<EventsFile>) -> Self {
        let reporter: Option<Box<dyn Reporter>> = match (console.quiet(), console.is_watched()) {
            (true, _) => None,
            (false, true) => Some(Box::new(Live::new(console))),
            (false, false) => Some(Box::new(Plain::new(console))),
        };
        Self(Arc::new(Mutex::new(Inner {
            console,
            reporter,
            file,
            done: Done::new(),
            halves: BTreeSet::new(),
            ended_steps: 0,
            ended: false,
            told: HoldUps::default(),
        })))
    }

    /// Shows an event and writes it down.
    pub fn event(&self, event: &Event) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let EventKind::StepDone { step, action, called, .. } = event.kind
            // An update may turn out to be none.
            && (called || action != Action::Update)
            && !inner.halves.contains(&step)
        {
            *inner.done.entry(action).or_default() += 1;
        }
        inner.ended_steps += usize::from(ends_step(&event.kind));
        inner.ended |= matches!(event.kind, EventKind::RunEnded { .. });
        let inner = &mut *inner;
        if let Some(file) = &mut inner.file
            && let Err(error) = file.write(event)
        {
            let to = file.path().display().to_string();
            // A file with a gap would be taken for the whole.
            inner.file = None;
            inner.console.lose(&to, &error);
        }
        if let Some(reporter) = &mut inner.reporter
            && inner.told.may_tell(&event.kind)
        {
            reporter.event(event);
        }
    }

    /// Writes a remark among the events.
    pub fn say(&self, text: &str) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reporter) = &mut inner.reporter {
            reporter.say(text);
        }
    }

    /// Tells which plan is carried out: the old half of a replacement counts with the new one.
    pub fn follow(&self, plan: &Plan) {
        let halves = plan.numbered().filter(|(_, step)| step.half == Some(Half::Old));
        let halves = halves.map(|(id, _)| id.0 + 1).collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).halves = halves;
    }

    /// Whether the run's end was told.
    pub fn ended(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ended
    }

    /// How many steps are done, failed or skipped so far.
    pub fn ended_steps(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ended_steps
    }

    /// How much was done so far.
    pub fn done(&self) -> Done {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).done.clone()
    }
}

/// Whether an event is the end of a step.
pub(super) fn ends_step(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::StepDone { .. } | EventKind::StepFailed { .. } | EventKind::StepSkipped { .. }
    )
}

/// What an event says on one line, where it says anything; the same for every view.
pub(super) fn sentence_of(kind: &EventKind) -> Option<String> {
    use super::style::{Look, count, elapsed, paint, past, sign};
    Some(match kind {
        EventKind::Recovered { address, what } => {
            format!("{} {address}: {what}", paint(Look::Care, "recovered"))
        }
        EventKind::Settling { calls } => {
            format!("finding out what became of {}", count(*calls, "interrupted call"))
        }
        EventKind::ReadWaiting { what, state, elapsed_ms } => {
            let text = format!("reading waits for {what}: {state} ({})", elapsed(*elapsed_ms));
            paint(Look::Faint, text)
        }
        EventKind::ReadRetrying { fault, attempt, pause_ms } => {
            let reason = fault.code.as_deref().unwrap_or(&fault.message);
            let again = format!("again in {} (attempt {attempt})", elapsed(*pause_ms));
            paint(Look::Faint, format!("reading tries {} {again}: {reason}", fault.operation))
        }
        EventKind::Listing { types } => {
            format!("listing {} by their tags", count(*types, "type"))
        }
        EventKind::Reading { resources } => {
            format!("reading {} in the cloud", count(*resources, "resource"))
        }
        EventKind::StepDone { address, action, called, elapsed_ms, .. } => {
            let sign = paint(Look::of(*action), format!("{:>3}", sign(*action)));
            let time = match called {
                true => elapsed(*elapsed_ms),
                false => "no call was needed".to_owned(),
            };
            format!(
                "{sign} {address} {} {}",
                past(*action),
                paint(Look::Faint, format!("({time})"))
            )
        }
        EventKind::StepFailed { address, action, fault, .. } => {
            format!("{} {address} {action} failed: {fault}", paint(Look::Bad, "  ✗"))
        }
        EventKind::StepSkipped { address, action, because, .. } => {
            paint(Look::Faint, format!("    {address} {action} skipped, since {because} failed"))
        }
        EventKind::StopAsked => {
            paint(Look::Care, "stopping after the calls under way; ask again to leave at once")
        }
        EventKind::RunStarted { .. }
        | EventKind::StepStarted { .. }
        | EventKind::Waiting { .. }
        | EventKind::Retrying { .. }
        | EventKind::RunEnded { .. } => return None,
    })
}
