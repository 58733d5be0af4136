//! The words of EventBridge Scheduler.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at("scheduler:GetSchedule", "ResourceNotFoundException", "Schedule orders does not exist."),
    at("scheduler:CreateSchedule", "ConflictException", "Schedule orders already exists."),
    at(
        "scheduler:DeleteScheduleGroup",
        "ConflictException",
        "The schedule group orders is being modified.",
    ),
    at(
        "scheduler:CreateSchedule",
        "ValidationException",
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ),
    at(
        "scheduler:CreateSchedule",
        "ServiceQuotaExceededException",
        "The account has reached its quota of schedules.",
    ),
];
