//! Tags of RDS's resources.

use aws_sdk_rds::types::Tag;

use crate::aws::{Cx, tags};
use crate::graph::{Fault, Tags};

/// Tags as RDS takes them.
pub fn of(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags as RDS tells them.
pub fn ours(found: &[Tag]) -> Tags {
    tags::ours(found.iter().filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default()))))
}

/// The tags of a thing whose description has none.
///
/// # Errors
/// RDS's refusals.
pub async fn read(cx: &Cx, arn: &str) -> Result<Tags, Fault> {
    let answer = cx
        .call("rds:ListTagsForResource", || {
            cx.rds().list_tags_for_resource().resource_name(arn).send()
        })
        .await?;
    Ok(ours(answer.tag_list()))
}

/// Makes the tags of a thing what they should be.
///
/// # Errors
/// RDS's refusals.
pub async fn change(
    cx: &Cx,
    arn: &str,
    finished: bool,
    was: &Tags,
    want: &Tags,
) -> Result<(), Fault> {
    let (gone, put) = tags::due(finished, was, want);
    if !put.is_empty() {
        let put = of(&put);
        cx.call("rds:AddTagsToResource", || {
            cx.rds().add_tags_to_resource().resource_name(arn).set_tags(Some(put.clone())).send()
        })
        .await?;
    }
    if !gone.is_empty() {
        cx.call("rds:RemoveTagsFromResource", || {
            cx.rds()
                .remove_tags_from_resource()
                .resource_name(arn)
                .set_tag_keys(Some(gone.clone()))
                .send()
        })
        .await?;
    }
    Ok(())
}
