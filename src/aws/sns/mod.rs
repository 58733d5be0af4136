//! Amazon SNS's resource types.

mod subscription;
mod topic;

pub use subscription::{Subscription, SubscriptionInputs, SubscriptionOutputs};
pub use topic::{Topic, TopicInputs, TopicOutputs};
