//! The catalogue's patterns: a manifest to a graph of resources.
//!
//! In: a [`Manifest`](crate::manifest::Manifest) and the [`Packages`](crate::package::Packages) of
//! its code. Out: [`Expanded`], a finished graph and the instances' outputs, or every problem at
//! once. Makes no call.
//!
//! To add a pattern: write its file in the shape of `api_async.rs`, then add its line to
//! [`PATTERNS`] here.
//!
//! # Addresses
//!
//! A part of its own has a plain name (`orders/api`, `jobs/queue`, `uploads/bucket`). What belongs
//! to another part follows it after a dot: `orders/api.stage`, `uploads/bucket.notification`. What
//! has a name in the manifest, such as a route or a subscriber, begins with that name:
//! `images/thumbnail.function`, `.role`, `.log-group`, `.permission`, `.subscription`, `.mapping`.
//! A route's name is its path, after its method unless that is GET: `GET /echo` is `echo`,
//! `POST /users/{id}` is `post-users_id`; what it is does not depend on other routes.
//!
//! # How an expansion goes
//!
//! Each instance is expanded alone ([`expansion`]); what it wants of other instances is noted down.
//! When all are there, [`wiring`] checks the references, connects functions to what they use,
//! gathers the routes of each API, and merges the rules of each bucket into its one notification.

mod api_async;
mod api_custom_authorizer;
mod api_database_data_api;
mod api_database_postgres;
mod builds;
mod cx;
mod dead_letter_queue;
mod describe;
mod expansion;
mod exports;
mod network;
mod origins;
mod parts;
mod pattern;
mod s3_multiple_subscriptions;
mod s3_single_subscription;
mod s3_upload;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;
mod webhook_proxy;
mod wiring;

pub use builds::{Build, builds};
pub use cx::Cx;
pub use describe::{Description, Parameter, describe, descriptions};
pub use expansion::{Expanded, examine, expand};
pub use exports::Exports;
pub use origins::Origins;
pub use pattern::Pattern;

use crate::manifest::{PatternSchema, Problem};

/// A pattern without its type.
struct Entry {
    name: &'static str,
    schema: fn() -> PatternSchema,
    expand: fn(&mut Cx<'_, '_>) -> Result<Exports, Problem>,
    describe: fn() -> Description,
}

impl Entry {
    const fn of<P: Pattern>() -> Self {
        Self {
            name: P::NAME,
            schema: || PatternSchema::of::<P::Params>(P::NAME),
            expand: |cx| cx.instance.parameters().map(|params| P::expand(cx, params)),
            describe: describe::of::<P>,
        }
    }
}

/// The patterns, in the order of the catalogue, and behind them what is shared by several.
const PATTERNS: [Entry; 10] = [
    Entry::of::<api_custom_authorizer::ApiCustomAuthorizer>(),
    Entry::of::<api_database_postgres::ApiDatabasePostgres>(),
    Entry::of::<api_database_data_api::ApiDatabaseDataApi>(),
    Entry::of::<api_async::ApiAsync>(),
    Entry::of::<webhook_proxy::WebhookProxy>(),
    Entry::of::<s3_multiple_subscriptions::S3MultipleSubscriptions>(),
    Entry::of::<s3_single_subscription::S3SingleSubscription>(),
    Entry::of::<s3_upload::S3Upload>(),
    Entry::of::<dead_letter_queue::DeadLetterQueue>(),
    Entry::of::<network::Network>(),
];

/// What the manifest room has to know of the patterns.
pub fn schemas() -> Vec<PatternSchema> {
    PATTERNS.iter().map(|pattern| (pattern.schema)()).collect()
}
