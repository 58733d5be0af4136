//! The resource types, one file each; the only room that knows the SDK.
//!
//! To add a type: write its file in the shape of `queue.rs`, then add its two lines here.

mod behaviour;
mod call;
mod clients;
mod log_group;
mod pace;
mod policy;
mod queue;
mod tags;

pub use clients::{Archives, Aws, account, configuration};
pub use log_group::{LogGroup, LogGroupInputs, LogGroupOutputs};
pub use policy::{Condition, Effect, Policy, Principal, Statement};
pub use queue::{Queue, QueueInputs, QueueOutputs, Redrive};

use crate::graph::Catalogue;

/// The context of a call to AWS.
pub type Cx = crate::graph::Cx<Aws>;

/// All resource types.
pub fn catalogue() -> Catalogue {
    Catalogue::new().with::<LogGroup>().with::<Queue>()
}
