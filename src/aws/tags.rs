//! Tags: what has to be removed and what has to be put.

use crate::graph::Tags;

/// The keys to remove and the tags to put so that `was` becomes `want`. Tags that are in the cloud
/// but were never ours are left alone.
pub fn difference(was: &Tags, want: &Tags) -> (Vec<String>, Tags) {
    let gone = was.keys().filter(|key| !want.contains_key(*key)).cloned().collect();
    let put = want.iter().filter(|(key, value)| was.get(*key) != Some(value));
    (gone, put.map(|(key, value)| (key.clone(), value.clone())).collect())
}
