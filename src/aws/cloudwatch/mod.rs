//! CloudWatch's resource types.

mod alarm;

pub use alarm::{Alarm, AlarmInputs, AlarmOutputs};
