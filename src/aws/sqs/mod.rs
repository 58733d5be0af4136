//! Amazon SQS's resource types.

mod queue;

pub use queue::{Queue, QueueInputs, QueueOutputs, Redrive};
