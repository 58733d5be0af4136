//! What is known to exist: records of resources, and intents of calls that were not confirmed.
//!
//! In: batches of changes, from the run that holds the state. Out: a [`Snapshot`] of all that is
//! known. Imports `graph` only.
//!
//! A state folder holds a folder for each project, and in it one for each environment:
//!
//! | file | what |
//! |---|---|
//! | `store/` | the truth: a sled database, written before and after every call to the cloud |
//! | `snapshot.json` | what the store held at the end of the last run; reading commands need no more |
//! | `running` | the marker of a run: who holds the state. Without it, the snapshot is up to date |
//! | `lock` | the file whose lock the run holds; the system frees it when the process ends. In it: the last serial |
//! | `exports/` | what was known before each of the last ten applies |

mod batch;
mod checksum;
mod copies;
mod disk;
mod entries;
mod environments;
mod error;
mod export;
mod guard;
mod holder;
mod import;
mod integrity;
mod keeper;
mod lock;
mod meta;
mod place;
mod record;
mod recorded;
mod session;
mod sled_store;
mod snapshot;
mod snapshot_file;
mod sound;
mod store;
#[cfg(test)]
mod tests;
mod upgrade;
mod witness;

pub use batch::Batch;
pub use copies::{copies, names_another, owner_of};
pub use environments::{EnvironmentSummary, Known, environments};
pub use error::StateError;
pub use holder::{Holder, Run};
pub use import::Replacing;
pub use keeper::Keeper;
pub use meta::{Meta, MetaChange};
pub use place::state_folder;
pub use record::{Intent, Key, Operation, Record, now};
pub use recorded::Recorded;
pub use session::State;
pub use sled_store::SledStore;
pub use snapshot::Snapshot;
pub use store::{CommitFault, MemoryStore, Store};
pub use upgrade::FORMAT;
