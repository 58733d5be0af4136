//! EventBridge Scheduler's resource types.

mod common;
mod expression;
mod schedule;
mod schedule_group;

pub use common::schedule_trust;
pub use schedule::{Schedule, ScheduleInputs, ScheduleOutputs};
pub use schedule_group::{ScheduleGroup, ScheduleGroupInputs, ScheduleGroupOutputs};
