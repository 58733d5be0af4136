//! Plans in files: what `plan --out` writes, and `apply` carries out if it still holds.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Failure;
use super::args::{Planning, Teardown};
use super::deployment::Deployment;
use super::expiry::Expiry;
use crate::graph::{Address, Place};
use crate::plan::Plan;
use crate::report::{Complaint, plan_json, write_private};
use crate::state::Snapshot;

/// A plan in a file.
///
/// It holds what the plan was made from and what it says, without secrets. To carry it out, it is
/// made anew; another one than this is refused.
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
    ttl: Option<String>,
    #[serde(default)]
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
}

const FORMAT: u32 = 1;

impl Saved {
    /// A plan, and what it was made from.
    pub fn of(
        deployment: &Deployment,
        planning: &Planning,
        destroy: bool,
        expiry: &Expiry,
        place: &Place,
        snapshot: &Snapshot,
        plan: &Plan,
    ) -> Self {
        Self {
            format: FORMAT,
            path: deployment.path.canonicalize().unwrap_or_else(|_| deployment.path.clone()),
            environment: deployment.environment.clone(),
            destroy,
            refresh: planning.refresh,
            targets: planning.targets.iter().map(ToString::to_string).collect(),
            replace: planning.replace.clone(),
            ttl: planning.ttl.map(|ttl| ttl.to_string()),
            teardown: planning.teardown,
            expires: expiry.tag.clone(),
            account: place.account.clone(),
            region: place.region.clone(),
            lineage: lineage(snapshot),
            plan: plan_json(plan),
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
            ttl: self.ttl.as_ref().and_then(|ttl| ttl.parse().ok()),
            teardown: self.teardown,
        }
    }

    /// Where it was made for, which has to be where it is carried out.
    ///
    /// # Errors
    /// Where it is not.
    pub fn place_in(&self, now: &Place) -> Result<Place, Failure> {
        if self.region != now.region || (self.account.is_some() && self.account != now.account) {
            return Err(stale("it was made for another account or region"));
        }
        Ok(Place { account: self.account.clone(), region: self.region.clone() })
    }

    /// Refuses where this plan, made now in the same way, says something else.
    ///
    /// # Errors
    /// What is not as it was.
    pub fn agrees(&self, now: &Plan, snapshot: &Snapshot) -> Result<(), Failure> {
        let now = plan_json(now);
        let why = if lineage(snapshot) != self.lineage {
            "the state is another one"
        } else if now["state_serial"] != self.plan["state_serial"] {
            "the state was changed since"
        } else if now["manifest"] != self.plan["manifest"] {
            "the manifest was changed since"
        } else if now != self.plan {
            "code, a variable, or the cloud was changed since"
        } else {
            return Ok(());
        };
        Err(stale(why))
    }
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

    fn saved(plan: &Plan, snapshot: &Snapshot) -> Saved {
        let place = Place { account: None, region: "eu-west-1".into() };
        let deployment = Deployment::recorded(Path::new("/s"), "shop", "dev");
        let planning = Planning { targets: vec!["jobs".parse().unwrap()], ..Planning::default() };
        Saved::of(&deployment, &planning, false, &Expiry::default(), &place, snapshot, plan)
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
        assert!(saved.agrees(&agreed, &snapshot).is_ok());
        assert!(saved.agrees(&plan(4, "m"), &snapshot).is_err());
        assert!(saved.agrees(&plan(3, "n"), &snapshot).is_err());
        assert!(saved.agrees(&agreed, &recorded(3)).is_err(), "another lineage");
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
