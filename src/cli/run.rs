//! One run: its name, its events, the question before it, and its end.

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::aim::Made;
use super::args::{Format, Showing};
use super::confirm::Ask;
use super::converge::{Wish, exit, leaves_nothing, since};
use super::{Ended, Exit, Failure, stored};
use crate::execute::{self, Bench, EventKind, Events, Outcome, Tally};
use crate::report::{
    Complaint, Console, Detail, EventsFile, Progress, count, elapsed, outputs_json, outputs_view,
    past, plan_json, plan_markdown, plan_view, summary_line, tally_line,
};
use crate::state::{self, Batch, MetaChange, State};

/// How often others are told how far a run is.
const TOLD_EACH: Duration = Duration::from_secs(1);

/// A run's name and where its events go.
pub(super) struct Run {
    pub events: Events,
    pub progress: Progress,
    started: Instant,
}

impl Run {
    /// Names a run and opens its file of events.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn start(command: &str, file: Option<&Path>, console: Console) -> Result<Self, Failure> {
        let file = file
            .map(|path| EventsFile::create(path).map_err(|e| Failure::io("write", path, &e)))
            .transpose()?;
        Ok(Self::with(command, file, console))
    }

    /// The same whose events go where those of another run went.
    pub fn with(command: &str, file: Option<EventsFile>, console: Console) -> Self {
        let progress = Progress::new(console, file);
        let at = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S");
        let id = format!("{command}-{at}-{:06x}", fastrand::u32(0..1 << 24));
        let listener = progress.clone();
        let events = Events::new(id, move |event| listener.event(event));
        Self { events, progress, started: Instant::now() }
    }

    /// The run as the state is told of it.
    pub fn as_holder(&self, command: &str) -> state::Run {
        state::Run { id: self.events.run().to_owned(), command: command.to_owned() }
    }

    /// Tells the end of a run that did not come to its steps.
    pub fn end(&self, ended: &Ended) {
        if self.progress.ended() {
            return;
        }
        let outcome = match ended {
            Ok(Exit::Done | Exit::Changes) => Outcome::Done,
            Ok(Exit::Stopped | Exit::Declined) => Outcome::Stopped,
            Err(failure) if failure.exit() == Exit::Stopped => Outcome::Stopped,
            _ => Outcome::Failed,
        };
        self.events.tell(EventKind::RunEnded {
            outcome,
            tally: Tally::default(),
            calls: self.events.calls(),
            elapsed_ms: since(self.started),
        });
    }
}

/// A plan that is ready to be approved.
pub(super) struct Settled<'a> {
    pub wish: &'a Wish,
    pub bench: &'a Bench,
    pub state: &'a State,
    pub made: Made,
    pub console: Console,
}

impl Settled<'_> {
    /// Shows the plan, asks, carries it out, and records the outputs.
    pub async fn approve_and_run(self, run: &Run) -> Ended {
        self.show();
        if !self.made.plan.is_empty() && !self.is_approved().await? {
            if self.bench.stop.is_asked() {
                return Err(Failure::stopped("Stopped; nothing was touched."));
            }
            self.console.say("Nothing was touched.\n");
            return Ok(Exit::Declined);
        }
        if !self.made.plan.is_empty() {
            self.state.keep_export()?;
        }
        self.commit(self.meta_before()).await?;
        self.tell_others(run);
        run.progress.follow(&self.made.plan);
        run.events.tell(EventKind::RunStarted {
            command: self.wish.command.to_owned(),
            project: self.made.plan.project.clone(),
            environment: self.made.plan.environment.clone(),
            steps: self.made.plan.steps.len(),
        });
        let started = Instant::now();
        let report = tokio::select! {
            report = execute::run(self.bench, &self.made.plan, &self.made.expanded.graph) => report?,
            never = self.keep_telling_others(run) => match never {},
        };
        let outputs = self.record_outputs().await?;
        self.tell(run, since(started), &report, &outputs);
        Ok(exit(report.outcome))
    }

    fn show(&self) {
        let Showing { format, full } = self.wish.showing;
        let detail = if full { Detail::Everything } else { Detail::Changes };
        let asked = self.wish.ask == Ask::First;
        let view = || format!("{}\n", plan_view(&self.made.plan, detail));
        match shown(format, self.console.quiet(), asked, self.made.plan.is_empty()) {
            Shown::Nothing => {}
            Shown::Summary => self.console.result(&format!("{}\n", summary_line(&self.made.plan))),
            Shown::Plan => self.console.result(&view()),
            Shown::Aside => self.console.error(&view()),
            Shown::Markdown => self.console.result(&plan_markdown(&self.made.plan, usize::MAX)),
        }
    }

    /// Tells whoever wants the state which step the run is at, again and again.
    async fn keep_telling_others(&self, run: &Run) -> Infallible {
        loop {
            tokio::time::sleep(TOLD_EACH).await;
            self.tell_others(run);
        }
    }

    fn tell_others(&self, run: &Run) {
        let steps = self.made.plan.steps.len();
        let at = (run.progress.ended_steps() + 1).min(steps);
        // It only informs, and the run's own words go to the disk by another way.
        if let Err(error) = self.state.doing(format!("at step {at} of {steps}")) {
            tracing::warn!(%error, "others are not told");
        }
    }

    async fn is_approved(&self) -> Result<bool, Failure> {
        let name = self.wish.aim.deployment.name();
        let question = match self.wish.aim.is_destroy() {
            true => format!("Destroy all of this in {name}?"),
            false => format!("Apply this to {name}?"),
        };
        if self.wish.ask == Ask::First {
            self.state.doing("waiting for somebody to approve the plan")?;
        }
        Ok(self.wish.ask.allows(&question, self.console, &self.bench.stop).await)
    }

    /// Commits what changes of the deployment as a whole, where anything does.
    async fn commit(&self, change: MetaChange) -> Result<(), Failure> {
        if change != MetaChange::default() {
            self.bench.keeper.commit(Batch::new().meta(change)).await?;
        }
        Ok(())
    }

    fn meta_before(&self) -> MetaChange {
        fn new<T: PartialEq>(old: &T, new: T) -> Option<T> {
            (*old != new).then_some(new)
        }
        let snapshot = self.bench.keeper.snapshot();
        let meta = &snapshot.meta;
        let place = &self.bench.place;
        let nothing_yet = leaves_nothing(&snapshot) && self.made.plan.is_empty();
        if nothing_yet {
            return MetaChange::default();
        }
        MetaChange {
            account: new(&meta.account, place.account.clone()),
            region: new(&meta.region, Some(place.region.clone())),
            expires: new(&meta.expires, self.made.expiry.at.clone()),
            ttl: new(&meta.ttl, self.made.expiry.ttl.clone()),
            protect: new(&meta.protect, self.wish.aim.protects()),
            outputs: None,
        }
    }

    async fn record_outputs(&self) -> Result<serde_json::Map<String, Value>, Failure> {
        let snapshot = self.bench.keeper.snapshot();
        let account = self.bench.place.account.as_deref();
        let outputs = match self.wish.aim.is_destroy() {
            // What is left keeps what it had.
            true => stored::recorded(&snapshot),
            false => stored::resolved(&self.made.expanded.outputs, &snapshot, account),
        };
        let outputs = stored::present(outputs, &snapshot);
        let mut change = MetaChange::default();
        let recorded = match outputs.is_empty() {
            true => Value::Null,
            false => Value::Object(outputs.clone()),
        };
        if crate::graph::document::seal(recorded.clone(), &snapshot.meta.salt)
            != snapshot.meta.outputs
        {
            change.outputs = Some(recorded);
        }
        if leaves_nothing(&snapshot)
            && self.wish.aim.is_destroy()
            && snapshot.meta.expires.is_some()
        {
            (change.expires, change.ttl) = (Some(None), Some(None));
        }
        self.commit(change).await?;
        Ok(stored::recorded(&self.bench.keeper.snapshot()))
    }

    fn tell(
        &self,
        run: &Run,
        took: u64,
        report: &execute::Report,
        outputs: &serde_json::Map<String, Value>,
    ) {
        for failed in &report.faults {
            let action = past(failed.action);
            self.console.problem(&Complaint::of_fault(
                Some(&failed.address),
                action,
                &failed.fault,
            ));
        }
        let tally = report.tally;
        let done = run.progress.done();
        let said = tally_line(&done);
        let time = elapsed(took);
        // A plan in a file holds for the state that it was made from.
        let again = match self.wish.aim.approved {
            Some(_) => "make a new plan to go on",
            None => "run the same command again to go on",
        };
        match report.outcome {
            Outcome::Done => {}
            Outcome::Failed => self.console.error(&format!(
                "{} failed, {} skipped; {said} in {time}. What was done is recorded: \
                 {again}.\n",
                tally.failed, tally.skipped
            )),
            Outcome::Stopped => self.console.error(&format!(
                "Stopped with {} left; {said} in {time}. What was done is recorded: \
                 {again}.\n",
                count(tally.left, "step")
            )),
        }
        match self.wish.showing.format {
            Format::Json => self.console.result(&format!("{:#}\n", self.json(report, outputs))),
            Format::Text | Format::Markdown if report.outcome == Outcome::Done => {
                if !self.made.plan.is_empty() {
                    let calls: u64 = run.events.calls().values().sum();
                    let calls = count(calls.try_into().unwrap_or(usize::MAX), "call");
                    self.console.result(&format!("Done: {said} in {time}, {calls}.\n"));
                }
                if !outputs.is_empty() && !self.console.quiet() {
                    self.console.result(&format!("\n{}", outputs_view(outputs)));
                }
            }
            Format::Text | Format::Markdown => {}
        }
    }

    fn json(&self, report: &execute::Report, outputs: &serde_json::Map<String, Value>) -> Value {
        let mut value = plan_json(&self.made.plan);
        let fault = |failed: &execute::StepFault| json!({"address": failed.address, "action": failed.action, "fault": failed.fault});
        value["outcome"] = json!(report.outcome);
        value["tally"] = json!(report.tally);
        value["faults"] = report.faults.iter().map(fault).collect();
        value["outputs"] = outputs_json(outputs);
        value
    }
}

/// What is shown of a plan before it is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    /// That there is nothing to do.
    Summary,
    Plan,
    /// The plan, on standard error: the result comes at the end.
    Aside,
    Markdown,
}

/// Whoever is asked is shown the plan in any case.
fn shown(format: Format, quiet: bool, asked: bool, is_empty: bool) -> Shown {
    match format {
        Format::Text if is_empty => Shown::Summary,
        Format::Text if asked || !quiet => Shown::Plan,
        Format::Json if asked && !is_empty => Shown::Aside,
        Format::Markdown => Shown::Markdown,
        Format::Text | Format::Json => Shown::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_without_seeing_the_plan() {
        for quiet in [false, true] {
            assert_eq!(shown(Format::Text, quiet, true, false), Shown::Plan);
            assert_eq!(shown(Format::Json, quiet, true, false), Shown::Aside);
            assert_eq!(shown(Format::Markdown, quiet, true, false), Shown::Markdown);
        }
    }

    #[test]
    fn where_nobody_is_asked_the_result_is_alone() {
        assert_eq!(shown(Format::Text, true, false, false), Shown::Nothing);
        assert_eq!(shown(Format::Text, false, false, false), Shown::Plan);
        for (asked, is_empty) in [(false, false), (false, true), (true, true)] {
            assert_eq!(shown(Format::Json, false, asked, is_empty), Shown::Nothing);
        }
    }
}
