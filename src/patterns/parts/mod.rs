//! The pieces that several patterns are made of.

mod api;
mod bucket;
mod consumer;
mod cors;
mod database;
mod events;
mod function;
mod labels;
mod network;
mod queue;
mod role_policy;
mod subscription;
mod supplied;
mod topic;

pub(super) use api::{CorsKeys, Throttling, api, check_authorizer, lambda_route, route};
pub(super) use bucket::{BucketKeys, bucket, check_prefix, objects, private};
pub(super) use consumer::{ConsumerKeys, consume};
pub(super) use database::{GivenDatabase, PORT, TAKEN, database, owner, refuse_network};
pub(super) use events::{Event, notify_function, notify_queue, notify_topic, sources};
pub(super) use function::{Failing, Lambda, NewFunction, allow_invoke};
pub(super) use labels::label;
pub(super) use network::{
    GivenNetwork, Needs, NetworkKeys, bare_network, ingress, ingress_of, join, network,
};
pub(super) use queue::{Fed, dead_letter_queue, queue};
pub(super) use role_policy::{Purpose, role_policy};
pub(super) use subscription::{Delivery, TopicArn, subscribe, subscribe_function, subscribe_queue};
pub(super) use supplied::Supplied;
pub(super) use topic::{TopicKeys, topic};
