//! CloudWatch Logs's resource types.

mod log_group;

pub use log_group::{LogGroup, LogGroupInputs, LogGroupOutputs};
