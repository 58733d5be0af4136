//! Tags: what has to be removed and what has to be put.

use super::Cx;
use crate::graph::{Fault, Tags};

/// The keys to remove and the tags to put so that `was` becomes `want`. Tags that are in the cloud
/// but were never ours are left alone.
pub fn difference(was: &Tags, want: &Tags) -> (Vec<String>, Tags) {
    let gone = was.keys().filter(|key| !want.contains_key(*key)).cloned().collect();
    let put = want.iter().filter(|(key, value)| was.get(*key) != Some(value));
    (gone, put.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// The same for a recorded thing: where nobody knows whether its tags got there, all of them are put.
pub fn due(finished: bool, was: &Tags, want: &Tags) -> (Vec<String>, Tags) {
    if finished { difference(was, want) } else { (Vec::new(), want.clone()) }
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

/// Makes the tags of one of Lambda's things what they should be.
///
/// # Errors
/// Lambda's refusals.
pub async fn change_lambda(cx: &Cx, arn: &str, was: &Tags, want: &Tags) -> Result<(), Fault> {
    let (gone, put) = difference(was, want);
    if !put.is_empty() {
        cx.call("lambda:TagResource", || {
            let tags = put.clone().into_iter().collect();
            cx.lambda().tag_resource().resource(arn).set_tags(Some(tags)).send()
        })
        .await?;
    }
    if !gone.is_empty() {
        cx.call("lambda:UntagResource", || {
            cx.lambda().untag_resource().resource(arn).set_tag_keys(Some(gone.clone())).send()
        })
        .await?;
    }
    Ok(())
}
