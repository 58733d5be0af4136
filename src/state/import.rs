//! Making a store anew from an export.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::lock::{self, Lock, Mark};
use super::place::Place;
use super::session::{settle, up_to_date_after};
use super::sled_store::SledStore;
use super::{
    Batch, Holder, Intent, Operation, Run, Snapshot, State, StateError, Store, disk, integrity,
    witness,
};
use crate::graph::{Address, document};

/// How many records one transaction takes.
const SHARE: usize = 500;

/// A state that is to be replaced, held until it is, or until this is dropped and it stays.
pub struct Replacing {
    place: Place,
    /// What it holds; none where that cannot be found out.
    held: Option<Snapshot>,
    mark: Mark,
    _lock: Lock,
}

impl State {
    /// Replaces the state by what an export holds, and tells what it holds then. The store that was
    /// there is kept beside it as `store.before-import`.
    ///
    /// # Errors
    /// Those of [`State::replace`] and [`Replacing::by`].
    pub fn import(
        folder: &Path,
        project: &str,
        environment: &str,
        run: &Run,
        export: &Snapshot,
        force: bool,
    ) -> Result<Arc<Snapshot>, StateError> {
        same_deployment(project, environment, export)?;
        Self::replace(folder, project, environment, run, force)?.by(export)
    }

    /// Takes hold of a state to replace it: nobody else can change it until then.
    ///
    /// # Errors
    /// [`StateError::NotEmpty`] where the state holds something and `force` is not given;
    /// [`StateError::Busy`], [`StateError::Newer`], and failures of the disk. A store that is
    /// damaged or missing is no hindrance.
    pub fn replace(
        folder: &Path,
        project: &str,
        environment: &str,
        run: &Run,
        force: bool,
    ) -> Result<Replacing, StateError> {
        let place = Place::new(folder, project, environment)?;
        disk::make_folder(place.root())?;
        let lock = Lock::take(&place)?;
        let holder = Holder::this(run);
        let mut mark = Mark::set(&place, &holder)?;
        let held = held(&place, mark.before().is_some())?;
        if held.is_some() {
            mark.again(&holder)?;
        }
        let records = held.as_ref().map_or(0, |held| held.records.len().max(held.intents.len()));
        if records > 0 && !force {
            return Err(StateError::NotEmpty { records });
        }
        Ok(Replacing { place, held, mark, _lock: lock })
    }
}

impl Replacing {
    /// Replaces it by what an export holds, and tells what it holds then: calls of which nobody
    /// knows whether they arrived stay open, since what they made may be known nowhere else.
    ///
    /// # Errors
    /// [`StateError::OtherDeployment`] and failures of the disk.
    pub fn by(self, export: &Snapshot) -> Result<Arc<Snapshot>, StateError> {
        // The lock goes last.
        let Self { _lock, place, held, mark } = self;
        let place = &place;
        same_deployment(&place.project, &place.environment, export)?;
        // From here on only the store tells what there is.
        mark.keep();
        let new = place.importing();
        disk::remove_folder(&new)?;
        let serial = beyond(place, held.as_ref(), export)?;
        fill(&new, &held.map_or_else(|| export.clone(), |held| carried(&held, export)), serial)?;
        let before = place.root().join("store.before-import");
        if disk::exists(&place.store())? {
            disk::remove_folder(&before)?;
            disk::rename(&place.store(), &before)?;
        }
        // Until here the old snapshot stays: without a store it tells that one is missing.
        disk::rename(&new, &place.store())?;
        let fresh = Snapshot::new(&place.project, &place.environment);
        settle(place, &SledStore::open(&place.store(), fresh)?)
    }
}

fn same_deployment(project: &str, environment: &str, export: &Snapshot) -> Result<(), StateError> {
    let wanted = Snapshot::new(project, environment).meta.deployment();
    match export.meta.deployment() {
        found if found != wanted => Err(StateError::OtherDeployment { found, wanted }),
        _ => Ok(()),
    }
}

/// A serial beyond all that was ever confirmed here, so that nothing counts as lost.
fn beyond(place: &Place, held: Option<&Snapshot>, export: &Snapshot) -> Result<u64, StateError> {
    let held = held.map_or(0, |held| held.meta.serial);
    let head = integrity::readable_head(place)?.map_or(0, |head| head.meta.serial);
    let witnessed = witness::confirmed(place, None).unwrap_or(0);
    Ok(held.max(head).max(witnessed).max(export.meta.serial) + 1)
}

/// What the state holds now; none where that cannot be found out.
fn held(place: &Place, crashed: bool) -> Result<Option<Snapshot>, StateError> {
    match integrity::check(place).and_then(|_| up_to_date_after(place, crashed)) {
        Ok(held) => Ok(Some(held)),
        Err(StateError::Damaged { .. } | StateError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The export with the open intents of what was held, under numbers that neither has used.
fn carried(held: &Snapshot, export: &Snapshot) -> Snapshot {
    let mut all = export.clone();
    let mut last = export.meta.last_intent.max(held.meta.last_intent);
    let mut raised = BTreeMap::new();
    for intent in held.intents.values() {
        if export.intents.get(&intent.seq) == Some(intent) {
            continue;
        }
        let mut intent = intent.clone();
        if export.intents.contains_key(&intent.seq) {
            last += 1;
            intent.seq = last;
        }
        resolve(&mut intent, held);
        let generation = intent.generation;
        beside(&mut intent, export);
        raised.insert((intent.key.address.clone(), generation), intent.generation);
        all.intents.insert(intent.seq, intent);
    }
    for intent in all.intents.values_mut() {
        for (at, generation) in &mut intent.refers_to {
            if let Some(raised) = raised.get(&(at.clone(), *generation)) {
                *generation = *raised;
            }
        }
    }
    all.meta.last_intent = last;
    all
}

/// Puts what is recorded in the place of references: what they refer to may be known nowhere else.
fn resolve(intent: &mut Intent, held: &Snapshot) {
    let of = |at: &Address| {
        let generation = intent.refers_to.get(at)?;
        let made = held.copies(at).find(|copy| copy.generation == *generation);
        made?.outputs.as_ref()
    };
    let inputs = document::resolve(intent.inputs.clone(), None, &|at, output, _| {
        of(at)?.get(output).cloned()
    });
    let left = document::needs(&inputs);
    intent.inputs = inputs;
    intent.refers_to.retain(|at, _| left.contains(at));
}

/// What is recorded at a create's address is what the export says, and none of what the call made.
fn beside(intent: &mut Intent, export: &Snapshot) {
    let address = &intent.key.address;
    let next = export.next_generation(address);
    if intent.operation == Operation::Create && next > 0 {
        intent.absent_before = intent.absent_before.map(|_| false);
        intent.generation = intent.generation.max(next);
    }
}

/// A store in a folder of its own that holds what the export does, and ends at this serial or,
/// where it takes more transactions than that, beyond it.
fn fill(folder: &Path, export: &Snapshot, serial: u64) -> Result<(), StateError> {
    let mut fresh = export.clone();
    let records = std::mem::take(&mut fresh.records);
    let intents = std::mem::take(&mut fresh.intents);
    let shares = records.len().div_ceil(SHARE) as u64;
    fresh.meta.serial = serial.saturating_sub(shares + 1);
    let store = SledStore::open(folder, fresh)?;
    let mut records = records.into_values().peekable();
    while records.peek().is_some() {
        let puts = records.by_ref().take(SHARE).collect();
        store.commit(Batch { puts, ..Batch::default() })?;
    }
    let open = intents.into_values().collect();
    store.commit(Batch { open, ..Batch::default() })?;
    store.close()?;
    lock::is_released(&folder.join("db")).map(drop)
}
