//! Tags: what has to be removed and what has to be put.

use crate::graph::Tags;

/// The keys to remove and the tags to put so that `was` becomes `want`. Tags that are in the cloud
/// but were never ours are left alone.
pub fn difference(was: &Tags, want: &Tags) -> (Vec<String>, Tags) {
    let gone = was.keys().filter(|key| !want.contains_key(*key)).cloned().collect();
    let put = want.iter().filter(|(key, value)| was.get(*key) != Some(value));
    (gone, put.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Tags as the cloud reports them, without those that AWS itself gives (`aws:…`).
pub fn ours<K: Into<String>, V: Into<String>>(seen: impl IntoIterator<Item = (K, V)>) -> Tags {
    let tags = seen.into_iter().map(|(key, value)| (key.into(), value.into()));
    tags.filter(|(key, _): &(String, String)| !key.starts_with("aws:")).collect()
}

/// Whether a thing with the tags `found` is the one that is wanted with the tags `want`: of the same
/// project and environment, and at the same address.
pub fn same_owner(found: &Tags, want: &Tags) -> bool {
    let same = |key: &str| want.get(key).is_some_and(|wanted| found.get(key) == Some(wanted));
    ["maas:project", "maas:environment", "maas:address"].into_iter().all(same)
}
