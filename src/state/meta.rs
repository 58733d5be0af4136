//! What is known of a deployment as a whole.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::record::now;
use super::upgrade::FORMAT;
use crate::graph::Document;
use crate::graph::document::hex;

/// A deployment: one environment of one project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Meta {
    /// The format of the state.
    pub format: u32,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// How many batches were committed; 0 where nothing was ever recorded.
    pub serial: u64,
    /// A random text that every later version of this state shares.
    pub lineage: String,
    /// A random text under which secrets are digested.
    pub salt: String,
    /// The highest number that an intent had.
    pub last_intent: u64,
    /// The account that it is deployed to.
    pub account: Option<String>,
    /// The region that it is deployed to.
    pub region: Option<String>,
    /// When it expires, as RFC 3339 text.
    pub expires: Option<String>,
    /// The time to live that was asked for, as in `72h`.
    pub ttl: Option<String>,
    /// Whether destroy refuses.
    pub protect: bool,
    /// The instances' outputs as of the last apply, secrets as digests.
    pub outputs: Document,
    /// When it was first recorded, as RFC 3339 text.
    pub created_at: String,
    /// When it was last recorded, as RFC 3339 text.
    pub updated_at: String,
    /// The version of maas that recorded it last.
    pub written_by: String,
    /// What a newer version recorded beside these, kept as it is.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Meta {
    /// A deployment of which nothing is recorded yet.
    pub fn new(project: &str, environment: &str) -> Self {
        let now = now();
        Self {
            format: FORMAT,
            project: project.to_owned(),
            environment: environment.to_owned(),
            serial: 0,
            lineage: random_text(),
            salt: random_text(),
            last_intent: 0,
            account: None,
            region: None,
            expires: None,
            ttl: None,
            protect: false,
            outputs: Value::Null,
            created_at: now.clone(),
            updated_at: now,
            written_by: env!("CARGO_PKG_VERSION").to_owned(),
            rest: Map::new(),
        }
    }

    /// `project/environment`.
    pub fn deployment(&self) -> String {
        format!("{}/{}", self.project, self.environment)
    }

    pub(super) fn change(&mut self, change: MetaChange) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut self.account, change.account);
        set(&mut self.region, change.region);
        set(&mut self.expires, change.expires);
        set(&mut self.ttl, change.ttl);
        set(&mut self.protect, change.protect);
        set(&mut self.outputs, change.outputs);
    }
}

/// What is to change of a [`Meta`]; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetaChange {
    /// The account.
    pub account: Option<Option<String>>,
    /// The region.
    pub region: Option<Option<String>>,
    /// When it expires, as RFC 3339 text.
    pub expires: Option<Option<String>>,
    /// The time to live that was asked for.
    pub ttl: Option<Option<String>>,
    /// Whether destroy refuses.
    pub protect: Option<bool>,
    /// The instances' outputs.
    pub outputs: Option<Document>,
}

/// 32 hexadecimal digits that nobody can foretell: the standard library seeds its hash maps from
/// the system's random numbers.
fn random_text() -> String {
    let mut digest = Sha256::new();
    for part in 0..4_u64 {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(part);
        digest.update(hasher.finish().to_le_bytes());
    }
    hex(&digest.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_deployments_share_lineage_or_salt() {
        let (one, other) = (Meta::new("shop", "dev"), Meta::new("shop", "dev"));
        assert_ne!(one.lineage, other.lineage);
        assert_ne!(one.salt, other.salt);
        assert_ne!(one.salt, one.lineage);
    }

    #[test]
    fn a_change_touches_only_what_it_names() {
        let mut meta = Meta::new("shop", "dev");
        meta.region = Some("eu-west-1".into());
        meta.ttl = Some("72h".into());
        meta.change(MetaChange { ttl: Some(None), protect: Some(true), ..Default::default() });
        assert_eq!((meta.region.as_deref(), meta.ttl.as_deref()), (Some("eu-west-1"), None));
        assert!(meta.protect);
    }
}
