//! Databases: encrypted, in the data tier of a network, and open to its application tier alone.

mod added;
mod checked;
mod keys;
mod owner;

pub use added::{database, refuse_network};
pub use keys::GivenDatabase;
pub use owner::owner;

/// The port of PostgreSQL.
pub const PORT: u16 = 5_432;

/// What the parts of such an instance begin with, so that no route's part does.
pub const TAKEN: [&str; 9] =
    ["api", "application", "data", "database", "dynamodb", "network", "s3", "secrets", "vpc"];
