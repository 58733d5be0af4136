//! Names and tags: EC2's things have no names but the tag `Name`.

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};

use crate::aws::{Cx, tags};
use crate::graph::{Fault, Id, Input, Naming, Tags};

/// The tag that EC2's consoles show as the name.
const NAME: &str = "Name";

/// How things are named that have a tag for it: a tag's value takes 256 characters.
pub(super) const NAMING: Naming =
    Naming { input: "name", longest: 255, charset: crate::graph::Charset::Word, global: false };

/// The name and the tags of one thing.
#[derive(Clone, Copy)]
pub(super) struct Labels<'a> {
    pub name: &'a Input<String>,
    pub tags: &'a Tags,
}

/// The labels in the inputs of a type.
macro_rules! labels {
    ($inputs:expr) => {{
        let inputs = $inputs;
        $crate::aws::ec2::labels::Labels { name: &inputs.name, tags: &inputs.tags }
    }};
}
pub(super) use labels;

impl Labels<'_> {
    /// All tags. A tag `Name` of the manifest's own is kept.
    fn all(self) -> Result<Tags, Fault> {
        let mut all = self.tags.clone();
        if !all.contains_key(NAME) {
            all.insert(NAME.to_owned(), self.name.get()?.clone());
        }
        Ok(all)
    }

    /// The tags for a create of that type.
    pub fn specification(self, kind: ResourceType) -> Result<TagSpecification, Fault> {
        let tags = to_aws(&self.all()?);
        Ok(TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build())
    }

    /// What finds the thing by its tags. A replacement has another name than what it replaces, unless
    /// the manifest gives the tag `Name` itself.
    pub fn filters(self) -> Result<Vec<Filter>, Fault> {
        let filter = |(key, value): (&String, &String)| filter(&format!("tag:{key}"), [value]);
        Ok(self.owners()?.iter().map(filter).collect())
    }

    /// The first of `found` with these labels that is no older copy, which a replacement replaces: its
    /// id.
    pub fn first<'t, T>(
        self,
        cx: &Cx,
        found: &'t [T],
        tags: impl Fn(&'t T) -> &'t [Tag],
        id: impl Fn(&'t T) -> Option<&'t str>,
    ) -> Result<Option<Id>, Fault> {
        let owners = self.owners()?;
        let is_ours = |thing: &&'t T| {
            let found = from_aws(tags(thing));
            owners.iter().all(|(key, value)| found.get(key) == Some(value))
        };
        let mut ids = found.iter().filter(is_ours).filter_map(id).map(Id::from);
        Ok(ids.find(|id| !cx.hooks().is_older(id)))
    }

    fn owners(self) -> Result<Tags, Fault> {
        let mut all = self.all()?;
        all.retain(|key, _| {
            [NAME, "maas:project", "maas:environment", "maas:address"].contains(&key.as_str())
        });
        Ok(all)
    }

    /// The name and the tags as they are now, of a thing that was labelled so.
    pub fn seen(self, found: &[Tag]) -> (Input<String>, Tags) {
        let mut tags = from_aws(found);
        if self.tags.contains_key(NAME) {
            return (self.name.clone(), tags);
        }
        let name = tags.remove(NAME).unwrap_or_default();
        (name.into(), tags)
    }

    /// Makes these labels of `id` from what they were.
    pub async fn change(
        self,
        cx: &Cx,
        id: &str,
        finished: bool,
        was: Labels<'_>,
    ) -> Result<(), Fault> {
        let (gone, put) = tags::due(finished, &was.all()?, &self.all()?);
        if !put.is_empty() {
            let tags = to_aws(&put);
            cx.call("ec2:CreateTags", || {
                cx.ec2().create_tags().resources(id).set_tags(Some(tags.clone())).send()
            })
            .await?;
        }
        if !gone.is_empty() {
            let tags: Vec<Tag> = gone.iter().map(|key| Tag::builder().key(key).build()).collect();
            cx.call("ec2:DeleteTags", || {
                cx.ec2().delete_tags().resources(id).set_tags(Some(tags.clone())).send()
            })
            .await?;
        }
        Ok(())
    }
}

/// A filter of a list.
pub(in crate::aws) fn filter<V: Into<String>>(
    name: &str,
    values: impl IntoIterator<Item = V>,
) -> Filter {
    let values = values.into_iter().map(Into::into).collect();
    Filter::builder().name(name).set_values(Some(values)).build()
}

/// Tags as EC2 has them, without AWS's own.
pub(in crate::aws) fn from_aws(found: &[Tag]) -> Tags {
    tags::ours(found.iter().filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default()))))
}

fn to_aws(all: &Tags) -> Vec<Tag> {
    all.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
