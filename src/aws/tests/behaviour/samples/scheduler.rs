//! The words of EventBridge Scheduler.

use super::{Sample, absent, exists, not_ready, terminal};

pub(super) const SAMPLES: &[Sample] = &[
    absent("scheduler:GetSchedule", "ResourceNotFoundException", "Schedule orders does not exist."),
    exists("scheduler:CreateSchedule", "ConflictException", "Schedule orders already exists."),
    not_ready(
        "scheduler:DeleteScheduleGroup",
        "ConflictException",
        "The schedule group orders is being modified.",
    ),
    not_ready(
        "scheduler:CreateSchedule",
        "ValidationException",
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ),
    terminal(
        "scheduler:CreateSchedule",
        "ServiceQuotaExceededException",
        "The account has reached its quota of schedules.",
    ),
];
