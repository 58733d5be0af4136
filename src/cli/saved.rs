//! Plans in files: what `plan --out` writes, and `apply` carries out if it still holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Failure;
use super::aim::{Aim, Made};
use super::args::{Environment, Planning, Teardown};
use crate::graph::{Address, Document, Graph, Place, document};
use crate::plan::Plan;
use crate::report::{Complaint, plan_json, write_private};
use crate::state::Snapshot;

/// A plan in a file.
///
/// It holds what the plan was made from and what it says, and of secrets only salted digests. To
/// carry it out, it is made anew; another one than this is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Saved {
    format: u32,
    /// The manifest's file.
    pub path: PathBuf,
    /// The environment.
    pub environment: String,
    /// Whether everything is to go.
    pub destroy: bool,
    /// Whether the cloud was read.
    pub refresh: bool,
    targets: Vec<String>,
    replace: Vec<Address>,
    adopt: Vec<Address>,
    ttl: Option<String>,
    teardown: Teardown,
    /// What the tag `maas:expires` says.
    pub expires: Option<String>,
    /// The account, as far as it was known.
    account: Option<String>,
    region: String,
    /// The state's lineage; none where nothing was recorded.
    lineage: Option<String>,
    /// What it says, as `plan --format json` does.
    plan: Value,
    /// What the digests are salted with.
    salt: String,
    /// The digests of what is wanted, secrets and all, by resource.
    wanted: BTreeMap<Address, String>,
}

const FORMAT: u32 = 2;

impl Saved {
    /// A plan, and what it was made from.
    pub fn of(aim: &Aim, made: &Made, place: &Place, snapshot: &Snapshot) -> Self {
        let Aim { deployment, planning, .. } = aim;
        let salt = format!("{:032x}", fastrand::u128(..));
        Self {
            format: FORMAT,
            path: deployment.path.canonicalize().unwrap_or_else(|_| deployment.path.clone()),
            environment: deployment.environment.clone(),
            destroy: aim.is_destroy(),
            refresh: planning.refresh,
            targets: planning.targets.iter().map(ToString::to_string).collect(),
            replace: planning.replace.clone(),
            adopt: planning.adopt.clone(),
            ttl: planning.ttl.map(|ttl| ttl.to_string()),
            teardown: planning.teardown,
            expires: made.expiry.tag.clone(),
            account: place.account.clone(),
            region: place.region.clone(),
            lineage: lineage(snapshot),
            plan: plan_json(&made.plan),
            wanted: digests(&made.expanded.graph, &salt),
            salt,
        }
    }

    /// Writes it to a file.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = format!("{:#}\n", crate::graph::document::to_value(self));
        write_private(path, &text).map_err(|error| Failure::io("write", path, &error))
    }

    /// Reads it from a file; none where the file is no plan, but perhaps a manifest.
    ///
    /// # Errors
    /// Where it is a plan that this version cannot read.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let Ok(text) = std::fs::read_to_string(path) else { return Ok(None) };
        if !text.trim_start().starts_with('{') {
            return Ok(None);
        }
        let refused = |why: String| {
            let message = format!("{} is no plan that can be applied: {why}.", path.display());
            let complaint = Complaint::new("maas::plan::file", message);
            Failure::wrong(complaint.help("Write it again with `maas plan --out FILE`."))
        };
        match serde_json::from_str::<Self>(&text) {
            Ok(saved) if saved.format == FORMAT => Ok(Some(saved)),
            Ok(saved) => Err(refused(format!("its format is {}", saved.format))),
            Err(error) => Err(refused(error.to_string())),
        }
    }

    /// What it was made from, beside the manifest.
    pub fn planning(&self) -> Planning {
        Planning {
            refresh: self.refresh,
            targets: self.targets.iter().flat_map(|target| target.parse()).collect(),
            replace: self.replace.clone(),
            adopt: self.adopt.clone(),
            ttl: self.ttl.as_ref().and_then(|ttl| ttl.parse().ok()),
            teardown: self.teardown,
        }
    }

    /// The environment that it was made for, which has to be the one that is named, if one is.
    ///
    /// # Errors
    /// Where another is named.
    pub fn environment(&self, asked: &Environment) -> Result<Environment, Failure> {
        if let Some(other) = asked.env.as_ref().filter(|env| **env != self.environment) {
            let message = format!(
                "The plan is for the environment `{}`, and `{other}` was asked for. Nothing was \
                 touched.",
                self.environment
            );
            let help = format!(
                "Leave `--env` and MAAS_ENV out, or make a plan with `maas plan --env {other} --out \
                 FILE`."
            );
            return Err(Failure::wrong(Complaint::new("maas::plan::stale", message).help(help)));
        }
        Ok(Environment { env: Some(self.environment.clone()), variables: asked.variables.clone() })
    }

    /// Where it was made for, which has to be where it is carried out.
    ///
    /// # Errors
    /// Where it is not.
    pub fn place_in(&self, now: &Place) -> Result<Place, Failure> {
        if self.region != now.region {
            return Err(stale(&format!(
                "it was made for the region {}, and this is {}",
                self.region, now.region
            )));
        }
        if let Some(account) = self.account.as_ref().filter(|_| self.account != now.account) {
            let here = now.account.as_deref().unwrap_or("unknown");
            return Err(stale(&format!(
                "it was made for the account {account}, and this is {here}"
            )));
        }
        Ok(Place { account: self.account.clone(), region: self.region.clone() })
    }

    /// Refuses where this plan, made now in the same way, says something else.
    ///
    /// # Errors
    /// What is not as it was.
    pub fn agrees(&self, now: &Plan, graph: &Graph, snapshot: &Snapshot) -> Result<(), Failure> {
        let now = plan_json(now);
        if lineage(snapshot) != self.lineage {
            return Err(stale(match self.lineage {
                Some(_) => "the state is another one",
                None => "there was no state, and there is one now",
            }));
        }
        let (was, is) = (&self.plan["state_serial"], &now["state_serial"]);
        if was != is {
            return Err(stale(&format!("the state was changed since, from serial {was} to {is}")));
        }
        if now["manifest"] != self.plan["manifest"] {
            return Err(stale("the manifest was changed since"));
        }
        let wanted = digests(graph, &self.salt);
        let addresses: BTreeSet<&Address> = wanted.keys().chain(self.wanted.keys()).collect();
        let others: Vec<&Address> = addresses
            .into_iter()
            .filter(|address| wanted.get(*address) != self.wanted.get(*address))
            .collect();
        if !others.is_empty() {
            return Err(stale(&format!(
                "code or a variable was changed since, and with it what is wanted of {}",
                few(&others)
            )));
        }
        if now != self.plan {
            return Err(stale("the cloud was changed since"));
        }
        Ok(())
    }
}

/// So many addresses are named.
const NAMED: usize = 3;

fn few(addresses: &[&Address]) -> String {
    let more = addresses.len().saturating_sub(NAMED);
    let mut named: Vec<String> = addresses.iter().take(NAMED).map(ToString::to_string).collect();
    named.extend((more > 0).then(|| format!("{more} more")));
    named.join(", ")
}

/// The digest of all that is wanted of each resource. A secret goes into it sealed.
fn digests(graph: &Graph, salt: &str) -> BTreeMap<Address, String> {
    let digest = |wanted: &Document| {
        let text = document::seal(wanted.clone(), salt).to_string();
        document::hex(&Sha256::digest(text.as_bytes()))
    };
    graph.nodes().iter().map(|(at, node)| (at.clone(), digest(&node.wanted))).collect()
}

fn stale(why: &str) -> Failure {
    let message = format!("The plan no longer fits: {why}. Nothing was touched.");
    let complaint = Complaint::new("maas::plan::stale", message);
    Failure::wrong(complaint.help("Make a new one with `maas plan --out FILE`."))
}

fn lineage(snapshot: &Snapshot) -> Option<String> {
    (snapshot.meta.serial > 0).then(|| snapshot.meta.lineage.clone())
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::aws::{Queue, QueueInputs};
    use crate::cli::aim::Wanted;
    use crate::cli::deployment::Deployment;
    use crate::cli::expiry::Expiry;
    use crate::graph::{Input, Scope};
    use crate::patterns::Expanded;

    fn aim() -> Aim {
        let deployment = Deployment::recorded(Path::new("/s"), "shop", "dev");
        let planning = Planning { targets: vec!["jobs".parse().unwrap()], ..Planning::default() };
        Aim { deployment, wanted: Wanted::Nothing, planning, approved: None }
    }

    fn saved_with(plan: &Plan, graph: Graph, snapshot: &Snapshot) -> Saved {
        let place = Place { account: None, region: "eu-west-1".into() };
        let origins = crate::patterns::Origins::default();
        let expanded = Expanded { graph, outputs: BTreeMap::new(), origins };
        let made = Made { plan: plan.clone(), expanded, expiry: Expiry::default() };
        Saved::of(&aim(), &made, &place, snapshot)
    }

    fn saved(plan: &Plan, snapshot: &Snapshot) -> Saved {
        saved_with(plan, Graph::default(), snapshot)
    }

    fn graph_with(secret: &str) -> Graph {
        let mut graph = Graph::new(Scope::default());
        let name = Input::Secret(secret.to_owned());
        let queue = QueueInputs { name, ..QueueInputs::default() };
        graph.add::<Queue>("jobs/queue".parse().unwrap(), queue);
        graph
    }

    fn plan(serial: u64, manifest: &str) -> Plan {
        Plan { state_serial: serial, manifest: manifest.to_owned(), ..Plan::default() }
    }

    fn recorded(serial: u64) -> Snapshot {
        let mut snapshot = Snapshot::new("shop", "dev");
        snapshot.meta.serial = serial;
        snapshot
    }

    #[test]
    fn a_file_gives_back_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        let saved = saved(&plan(0, "m"), &recorded(0));
        saved.write(&path).unwrap();
        let read = Saved::read(&path).unwrap().unwrap();
        assert_eq!(read, saved);
        assert_eq!(read.planning().targets.len(), 1);
        std::fs::write(&path, "[project]\nname = \"shop\"").unwrap();
        assert!(Saved::read(&path).unwrap().is_none());
        std::fs::write(&path, "{}").unwrap();
        assert!(Saved::read(&path).is_err());
    }

    #[test]
    fn only_the_same_plan_on_the_same_state_is_carried_out() {
        let (snapshot, agreed) = (recorded(3), plan(3, "m"));
        let saved = saved(&agreed, &snapshot);
        let graph = Graph::default();
        assert!(saved.agrees(&agreed, &graph, &snapshot).is_ok());
        assert!(saved.agrees(&plan(4, "m"), &graph, &snapshot).is_err());
        assert!(saved.agrees(&plan(3, "n"), &graph, &snapshot).is_err());
        assert!(saved.agrees(&agreed, &graph, &recorded(3)).is_err(), "another lineage");
    }

    #[test]
    fn a_plan_holds_for_the_secrets_that_it_was_made_with_and_has_none_of_them() {
        let (snapshot, agreed) = (recorded(0), plan(0, "m"));
        let saved = saved_with(&agreed, graph_with("hunter2"), &snapshot);
        let text = serde_json::to_string(&saved).unwrap();
        assert!(text.contains("jobs/queue") && !text.contains("hunter2"), "{text}");
        assert!(saved.agrees(&agreed, &graph_with("hunter2"), &snapshot).is_ok());
        assert!(saved.agrees(&agreed, &graph_with("hunter3"), &snapshot).is_err());
        assert!(saved.agrees(&agreed, &Graph::default(), &snapshot).is_err());
    }

    #[test]
    fn a_plan_is_for_one_environment() {
        let saved = saved(&plan(0, "m"), &recorded(0));
        let asked =
            |env: Option<&str>| Environment { env: env.map(str::to_owned), variables: Vec::new() };
        assert_eq!(saved.environment(&asked(None)).unwrap().name(), "dev");
        assert_eq!(saved.environment(&asked(Some("dev"))).unwrap().name(), "dev");
        assert!(saved.environment(&asked(Some("prod"))).is_err());
    }

    #[test]
    fn a_plan_is_for_one_region_and_one_account() {
        let mut saved = saved(&plan(0, "m"), &recorded(0));
        let place = |account: &str, region: &str| Place {
            account: Some(account.to_owned()),
            region: region.to_owned(),
        };
        assert!(saved.place_in(&place("1", "eu-west-1")).is_ok());
        assert!(saved.place_in(&place("1", "eu-west-2")).is_err());
        saved.account = Some("2".to_owned());
        assert!(saved.place_in(&place("1", "eu-west-1")).is_err());
    }
}
