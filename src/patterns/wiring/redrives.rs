//! Dead-letter queues and the functions whose payloads end in them: a redrive serves all of them,
//! whichever instances they are of.

use super::Outside;
use crate::aws::{Function, Role, Statement};
use crate::graph::{Address, Expr, Handle, Input, Part};
use crate::manifest::{Problem, Span};
use crate::patterns::expansion::Expansion;

/// The variable with the names of all functions that a redrive serves.
pub(in crate::patterns) const FUNCTIONS: &str = "FUNCTIONS";
/// The variable with the longest of their timeouts, in seconds.
pub(in crate::patterns) const LONGEST: &str = "FUNCTION_TIMEOUT_SECONDS";

/// A function whose failed payloads go to a queue.
pub(in crate::patterns) struct NewFailing {
    pub queue: Address,
    pub function: Handle<Function>,
    /// Seconds that it may take.
    pub timeout: u32,
    /// The place that asks for it.
    pub place: Span,
}

/// A function that tries again what is in a queue.
pub(in crate::patterns) struct NewRedrive {
    pub queue: Address,
    pub function: Handle<Function>,
    pub role: Handle<Role>,
    /// Seconds that a run may take.
    pub timeout: u32,
}

/// Tells each redrive of the functions whose payloads are in its queue, and lets it invoke exactly
/// those.
pub(in crate::patterns) fn connect(all: &mut Expansion<'_>) {
    let failing = std::mem::take(&mut all.failing);
    for redrive in std::mem::take(&mut all.redrives) {
        let queue = all.graph.real(&redrive.queue);
        let at = redrive.function.address();
        if let Some(instance) = all.manifest.instance(at.instance()) {
            let (function, place) = (at.clone(), instance.name.span());
            all.outside.push(Outside { function, service: "SQS and Lambda", place });
        }
        let served = failing.iter().filter(|one| all.graph.real(&one.queue) == queue);
        let served: Vec<&NewFailing> = served.collect();
        let short = served.iter().filter(|one| redrive.timeout < one.timeout);
        all.problems.extend(short.map(|one| too_short(one, redrive.timeout)));
        let mut again = Statement::allow(["lambda:InvokeFunction"]);
        let mut names: Vec<Part> = Vec::new();
        for NewFailing { function, .. } in &served {
            again = again.on(function.arn().foretold());
            if !names.is_empty() {
                names.push(Part::Text(",".to_owned()));
            }
            names
                .push(Part::Output { node: function.address().clone(), output: "name".to_owned() });
        }
        let names: Input<String> = Expr::text(names);
        let longest = served.iter().map(|one| one.timeout).max().unwrap_or_default();
        all.graph.amend(&redrive.role, move |inputs| inputs.policy.insert("Again", again));
        all.graph.amend(&redrive.function, move |inputs| {
            inputs.environment.insert(FUNCTIONS.to_owned(), names);
            inputs.environment.insert(LONGEST.to_owned(), longest.to_string().into());
        });
    }
}

fn too_short(failing: &NewFailing, timeout: u32) -> Problem {
    let message = "A redrive is shorter than what it tries again.";
    Problem::at(failing.place, "maas::patterns::redrive", message)
        .label(format!(
            "a run ends after {timeout} s, and the function may take {} s",
            failing.timeout
        ))
        .help("Give the redrive a `timeout` that is as long as the function's.")
}
