//! Amazon SQS's resource types.

mod queue;
mod queue_calls;

pub use queue::{Queue, QueueInputs, QueueOutputs, Redrive};
