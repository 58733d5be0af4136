//! One deployment through its life, with a fault here and there; and what must hold after each.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::changes::Pattern;
use crate::fault::{Fault, Kind, Life, Operation};
use crate::inventory::Inventory;
use crate::proxy::{Act, Call, Rule};
use crate::subject::{Ended, Subject};

/// No run takes so long that does not hang.
const HANGS: Duration = Duration::from_secs(600);

/// What an undisturbed run leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct After {
    /// Everything in the account.
    cloud: Vec<String>,
    /// What `maas state list` says.
    recorded: Vec<String>,
}

/// An undisturbed life: what is there after each operation, and the calls that it takes.
#[derive(Debug, Default)]
pub struct Undisturbed {
    pub after: BTreeMap<Operation, After>,
    pub calls: BTreeMap<Operation, Vec<Call>>,
}

/// What a life took.
#[derive(Clone, Debug, Default)]
pub struct Took {
    pub runs: usize,
    pub calls: usize,
    /// Faults whose call did not come: how often some calls are made is up to the emulator's haste.
    pub missed: Vec<Fault>,
    /// Those of them that did not come in any life.
    pub never: Vec<Fault>,
}

/// A deployment under test.
struct Trial {
    pattern: &'static Pattern,
    subject: Subject,
    took: Took,
}

impl Undisturbed {
    /// Lives the pattern's life without trouble.
    pub async fn of(pattern: &str) -> Result<Self, String> {
        Self::under(pattern, calm).await
    }

    /// The same, each operation under such a rule, that it has to get over by itself.
    pub async fn under(pattern: &str, rule: impl Fn() -> Rule) -> Result<Self, String> {
        let mut trial = Trial::of(pattern).await;
        let mut undisturbed = Self::default();
        for operation in Operation::ALL {
            let command = trial.command(operation).await?;
            trial.succeeds(&command, rule()).await?;
            undisturbed.calls.insert(operation, trial.subject.proxy.calls());
            trial.settled(operation).await?;
            undisturbed.after.insert(operation, trial.after().await?);
        }
        match undisturbed.after.get(&Operation::Destroy) {
            Some(after) if *after == After::default() => Ok(undisturbed),
            left => Err(format!("an undisturbed destroy leaves {left:#?}")),
        }
    }
}

/// Lives it, and compares with the undisturbed one after each fault.
pub async fn live(life: &Life, undisturbed: &Undisturbed) -> Result<Took, String> {
    let mut trial = Trial::of(&life.pattern).await;
    for operation in Operation::ALL {
        let command = trial.command(operation).await?;
        let fault = life.faults.iter().find(|fault| fault.operation == operation);
        let Some(fault) = fault else {
            trial.succeeds(&command, calm()).await?;
            continue;
        };
        let told = |wrong: String| format!("after {fault}: {wrong}");
        let ended = trial.suffers(&command, fault).await?;
        if fault.destroy {
            trial.goes_at_once().await.map_err(told)?;
            continue;
        }
        if !ended {
            trial.succeeds(&command, calm()).await.map_err(told)?;
        }
        trial.settled(operation).await.map_err(told)?;
        let found = trial.after().await.map_err(told)?;
        same(&undisturbed.after[&operation], &found).map_err(told)?;
    }
    let left = trial.after().await?;
    same(&After::default(), &left).map_err(|wrong| format!("after all of it: {wrong}"))?;
    Ok(trial.took)
}

/// A rule that disturbs nothing.
fn calm() -> Rule {
    Box::new(|_| Act::Pass)
}

impl Trial {
    async fn of(pattern: &str) -> Self {
        let subject = Subject::of(pattern).await;
        Self { pattern: Pattern::of(pattern), subject, took: Took::default() }
    }

    /// The command of that operation; the manifest is as it needs it then.
    async fn command(&self, operation: Operation) -> Result<Vec<String>, String> {
        let mut command = vec!["--yes".to_owned()];
        match operation {
            Operation::Apply | Operation::Destroy => {}
            Operation::Change => {
                self.subject.edit(self.pattern.second);
            }
            Operation::Replace => {
                for resource in self.subject.recorded().await? {
                    command.extend(["--replace".to_owned(), resource.address]);
                }
            }
        }
        let verb = if operation == Operation::Destroy { "destroy" } else { "apply" };
        command.insert(0, verb.to_owned());
        Ok(command)
    }

    async fn maas(&mut self, command: &[&str], more: &[&str]) -> Result<Ended, String> {
        let ran = tokio::time::timeout(HANGS, self.subject.maas(command, more)).await;
        self.took.runs += 1;
        self.took.calls += self.subject.proxy.calls().len();
        ran.map_err(|_| format!("maas {command:?} {more:?} hangs"))
    }

    /// Destroys what an interrupted run has left, which leaves nothing; and makes it anew.
    async fn goes_at_once(&mut self) -> Result<(), String> {
        let told = |wrong: String| format!("a destroy at once: {wrong}");
        let [destroy, apply] = ["destroy", "apply"].map(|it| [it.to_owned(), "--yes".to_owned()]);
        self.succeeds(&destroy, calm()).await.map_err(told)?;
        same(&After::default(), &self.after().await.map_err(told)?).map_err(told)?;
        self.succeeds(&apply, calm()).await.map_err(|wrong| format!("made anew: {wrong}"))
    }

    /// Runs it with that fault; whether it came to its good end all the same.
    async fn suffers(&mut self, command: &[String], fault: &Fault) -> Result<bool, String> {
        let (name, nth, act) = (fault.call.clone(), fault.nth, fault.kind.act());
        let meant = move |call: &Call| call.name == name && call.nth == nth;
        let at = meant.clone();
        self.subject.proxy.rule(move |call| if at(call) { act.clone() } else { Act::Pass });
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let ended = self.maas(&words[..1], &words[1..]).await?;
        if !self.subject.proxy.calls().iter().any(meant) {
            self.took.missed.push(fault.clone());
            return Ok(false);
        }
        match (fault.kind, ended.code) {
            // It asks again, or looks for what was made.
            (Kind::AnswerLost, Some(0)) => Ok(true),
            (Kind::KilledBefore | Kind::KilledAfter, None) => Ok(false),
            _ => Err(format!("with {fault} it ended otherwise: {ended:?}")),
        }
    }

    /// Runs it under that rule to its good end.
    async fn succeeds(&mut self, command: &[String], rule: Rule) -> Result<(), String> {
        self.subject.proxy.rule(rule);
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let ended = self.maas(&words[..1], &words[1..]).await?;
        match ended.code {
            Some(0) => Ok(()),
            _ => Err(format!("maas {} failed:\n{}\n{}", words[0], ended.out, ended.err)),
        }
    }

    /// There is nothing left to do: not by the state, and not by the cloud.
    async fn settled(&mut self, operation: Operation) -> Result<(), String> {
        if operation == Operation::Destroy {
            return Ok(());
        }
        for more in [&["--detailed-exitcode"][..], &["--detailed-exitcode", "--refresh"]] {
            self.subject.proxy.rule(|_| Act::Pass);
            let ended = self.maas(&["plan"], more).await?;
            if ended.code != Some(0) {
                return Err(format!("plan {more:?} is not empty:\n{}\n{}", ended.out, ended.err));
            }
        }
        Ok(())
    }

    async fn after(&self) -> Result<After, String> {
        let cloud = Inventory::of(&self.subject.account).await;
        let mut recorded = Vec::new();
        for resource in self.subject.recorded().await? {
            if !resource.finished {
                return Err(format!("{} is recorded half made", resource.address));
            }
            let id = cloud.told(&resource.id.unwrap_or_default());
            recorded.push(format!("{} {} {id}", resource.address, resource.kind));
        }
        let state = self.subject.state("snapshot.json").unwrap_or_default();
        let state: Value = serde_json::from_str(&state).map_err(|e| format!("{e}: {state}"))?;
        match state["intents"].as_array() {
            Some(open) if open.is_empty() => Ok(After { cloud: cloud.lines(), recorded }),
            _ => Err(format!("intents are left open: {:#}", state["intents"])),
        }
    }
}

/// Tells what is too much and what is missing.
pub fn same(expected: &After, found: &After) -> Result<(), String> {
    let differences = |what: &str, expected: &[String], found: &[String]| {
        let (mut missing, mut more) = (expected.to_vec(), Vec::new());
        for line in found {
            match missing.iter().position(|other| other == line) {
                Some(at) => drop(missing.swap_remove(at)),
                None => more.push(line.clone()),
            }
        }
        let told = missing.iter().map(|line| format!("  missing {what}: {line}"));
        told.chain(more.iter().map(|line| format!("  too much {what}: {line}"))).collect::<Vec<_>>()
    };
    let mut told = differences("in the cloud", &expected.cloud, &found.cloud);
    told.extend(differences("in the state", &expected.recorded, &found.recorded));
    match told.is_empty() {
        true => Ok(()),
        false => Err(format!("it is not as after an undisturbed run\n{}", told.join("\n"))),
    }
}
