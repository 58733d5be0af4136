//! The words of SQS.

use super::{Sample, absent, exists, not_ready, waits};

pub(super) const SAMPLES: &[Sample] = &[
    absent(
        "sqs:GetQueueAttributes",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.",
    ),
    exists(
        "sqs:CreateQueue",
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
    ),
    waits(
        "sqs:CreateQueue",
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ),
    absent(
        "sqs:GetQueueAttributes",
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "The queue was deleted.",
    ),
    not_ready(
        "sqs:CreateQueue",
        "InternalFailure",
        "We encountered an internal error. Please try again.",
    ),
    not_ready(
        "sqs:SetQueueAttributes",
        "InternalFailure",
        "We encountered an internal error. Please try again.",
    ),
    not_ready(
        "sqs:SetQueueAttributes",
        "InvalidAttributeValue",
        "Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
    ),
    not_ready(
        "sqs:SetQueueAttributes",
        "InvalidAttributeValue",
        "Invalid value for the parameter Policy.",
    ),
];
