//! The words of SQS.

use super::{Sample, at};

pub(super) const SAMPLES: &[Sample] = &[
    at(
        "sqs:GetQueueAttributes",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.",
    ),
    at(
        "sqs:CreateQueue",
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
    ),
    at(
        "sqs:CreateQueue",
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ),
    at(
        "sqs:GetQueueAttributes",
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "The queue was deleted.",
    ),
    at("sqs:CreateQueue", "InternalFailure", "We encountered an internal error. Please try again."),
    at(
        "sqs:SetQueueAttributes",
        "InternalFailure",
        "We encountered an internal error. Please try again.",
    ),
    at(
        "sqs:SetQueueAttributes",
        "InvalidAttributeValue",
        "Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
    ),
    at(
        "sqs:SetQueueAttributes",
        "InvalidAttributeValue",
        "Invalid value for the parameter Policy.",
    ),
];
