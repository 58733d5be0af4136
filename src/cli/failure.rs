//! Why a command could not do what it should.

use super::Exit;
use crate::graph::{Address, Fault, FaultKind};
use crate::manifest::{Manifest, Problem, Problems};
use crate::patterns::Origins;
use crate::plan::PlanError;
use crate::report::{Complaint, Console, sentence};
use crate::state::StateError;

/// Why a command could not do what it should, and what it has to say about it.
#[derive(Debug)]
pub struct Failure(Box<What>);

#[derive(Debug)]
enum What {
    Problems(Problems),
    Complaint(Exit, Complaint),
}

impl Failure {
    /// The manifest or the command line is wrong.
    pub fn wrong(complaint: Complaint) -> Self {
        Self(Box::new(What::Complaint(Exit::Wrong, complaint)))
    }

    /// The program or the machine is at fault.
    pub fn fault(complaint: Complaint) -> Self {
        Self(Box::new(What::Complaint(Exit::Fault, complaint)))
    }

    /// A failure of the disk, while `doing` something.
    pub fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("Could not {doing} {}: {error}.", path.display());
        Self::fault(Complaint::new("maas::disk", message))
    }

    /// It was stopped.
    pub fn stopped(what: &str) -> Self {
        let complaint = Complaint::new("maas::stopped", what);
        Self(Box::new(What::Complaint(Exit::Stopped, complaint)))
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match &*self.0 {
            What::Problems(_) => Exit::Wrong,
            What::Complaint(exit, _) => *exit,
        }
    }

    /// Says what is wrong, and what to do about it.
    pub fn show(&self, console: Console) {
        match &*self.0 {
            What::Problems(problems) => console.problem(problems),
            What::Complaint(_, complaint) => console.problem(complaint),
        }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self(Box::new(What::Problems(problems)))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Problems::from(problem).into()
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        let exit = match &error {
            StateError::Busy(_) => Exit::Busy,
            StateError::BadName { .. }
            | StateError::BadExport(_)
            | StateError::NotEmpty { .. }
            | StateError::OtherDeployment { .. }
            | StateError::NoSuchRecord(_)
            | StateError::Taken(_)
            | StateError::Unsettled(_) => Exit::Wrong,
            _ => Exit::Fault,
        };
        Self(Box::new(What::Complaint(exit, Complaint::of_state(&error))))
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let exit = match fault.kind {
            FaultKind::Stopped => Exit::Stopped,
            _ => Exit::Fault,
        };
        Self(Box::new(What::Complaint(exit, Complaint::of_fault(None, "", &fault))))
    }
}

impl From<Vec<(Address, Fault)>> for Failure {
    fn from(faults: Vec<(Address, Fault)>) -> Self {
        let stopped = faults.iter().any(|(_, fault)| fault.kind == FaultKind::Stopped);
        let exit = if stopped { Exit::Stopped } else { Exit::Fault };
        let causes = faults.iter().map(|(at, fault)| Complaint::of_fault(Some(at), "read", fault));
        let complaint = Complaint::several(causes.collect(), "The cloud could not be read.");
        Self(Box::new(What::Complaint(exit, complaint)))
    }
}

impl Failure {
    /// Why there is no plan for this manifest; what is wrong with an instance at its place.
    pub fn of_plan(errors: Vec<PlanError>, manifest: &Manifest, origins: &Origins) -> Self {
        let placed: Vec<Option<Problem>> =
            errors.iter().map(|error| refused(error, manifest, origins)).collect();
        match placed.into_iter().collect::<Option<Vec<Problem>>>() {
            Some(problems) if !problems.is_empty() => manifest.explain(problems).into(),
            _ => errors.into(),
        }
    }
}

/// What a resource type refuses, at the key that its input comes from, else at the instance; none
/// for other errors.
pub(super) fn refused(
    error: &PlanError,
    manifest: &Manifest,
    origins: &Origins,
) -> Option<Problem> {
    let PlanError::Refused { address, path, message } = error else { return None };
    let instance = manifest.instance(address.instance())?;
    let at = origins.place(address, path).unwrap_or(instance.name.span());
    let label = match path.as_str() {
        "" => format!("its part `{}`", address.part()),
        path => format!("its part `{}`: `{path}`", address.part()),
    };
    let text = "A resource of this instance cannot be as it is wanted.";
    let problem = Problem::at(at, "maas::plan::refused", text).label(label);
    Some(problem.help(sentence(message)))
}

impl From<Vec<PlanError>> for Failure {
    fn from(errors: Vec<PlanError>) -> Self {
        let ours = |error: &PlanError| {
            matches!(error, PlanError::Flawed(_) | PlanError::UnknownKind { .. })
        };
        let exit = if errors.iter().any(ours) { Exit::Fault } else { Exit::Wrong };
        let causes = errors.iter().map(Complaint::of_plan).collect();
        let complaint = Complaint::several(causes, "There is no plan for this manifest.");
        Self(Box::new(What::Complaint(exit, complaint)))
    }
}
