//! Amazon S3's resource types.

mod bucket;
mod bucket_check;
mod bucket_empty;
mod bucket_notification;
mod bucket_notification_calls;
pub(super) mod bucket_parts;
mod bucket_rules;
mod event_key;
mod on_bucket;

pub use bucket::{
    Bucket, BucketInputs, BucketOutputs, CorsRule, LifecycleRule, deny_insecure_transport,
};
pub use bucket_notification::{
    BucketNotification, BucketNotificationInputs, BucketNotificationOutputs, NotificationRule,
    overlap,
};
pub use event_key::event_key;
