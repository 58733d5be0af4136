//! `aws:sns/topic`

use std::collections::HashMap;

use aws_sdk_sns::types::Tag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::built::OrDefect;
use crate::aws::check::Check;
use crate::aws::{Cx, Policy, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming, Objection,
    OrAbsent, Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// A standard SNS topic.
#[derive(Debug)]
pub struct Topic;

/// What a topic is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicInputs {
    /// Its name; up to 256 letters, digits, `-` and `_`.
    pub name: Input<String>,
    /// The sender's name that emails and text messages show; up to 100 characters.
    #[serde(default)]
    pub display_name: String,
    /// Who may publish and subscribe; empty for SNS's own policy, which admits the topic's account.
    #[serde(default)]
    pub policy: Policy,
    /// The KMS key that encrypts the messages: an id, an ARN or an alias. None leaves SNS's
    /// server-side encryption off.
    ///
    /// A topic that S3, EventBridge or CloudWatch publishes to needs a customer managed key whose
    /// policy admits that service: the policy of `alias/aws/sns` cannot be changed and does not
    /// (*Amazon SNS Developer Guide*, "Enable compatibility between event sources from AWS services
    /// and encrypted topics").
    #[serde(default)]
    pub kms_key: Option<Input<String>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a topic gives back.
    Topic => TopicOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for Topic {
    type Cloud = crate::aws::Aws;
    type Inputs = TopicInputs;
    type Outputs = TopicOutputs;

    const KIND: &'static str = "aws:sns/topic";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 256, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];

    fn foretell(want: &TopicInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("sns", name);
        let foretold = Foretold::default().output("name", name).output("arn", &arn);
        match arn.known() {
            Some(arn) => foretold.id(arn.as_str()),
            None => foretold,
        }
    }

    fn check(want: &TopicInputs) -> Vec<Objection> {
        let fits = |name: &String| {
            let charset = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            (1..=256).contains(&name.len()) && name.bytes().all(charset)
        };
        Check::default()
            .that(
                want.name.known().is_none_or(fits),
                "name",
                "a topic's name has 1 to 256 letters, digits, `-` and `_`",
            )
            .that(
                want.display_name.chars().count() <= 100,
                "display_name",
                "SNS takes up to 100 characters",
            )
            .done()
    }

    /// SNS answers with the topic that is there where its attributes and tags are the same, and
    /// refuses otherwise. Since the tags say whose it is, nothing foreign is taken over.
    async fn create(cx: &Cx, want: &TopicInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        let attributes: HashMap<String, String> = attributes(want, None)?
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let tags = tags_of(&want.tags)?;
        let topic = cx
            .call("sns:CreateTopic", || {
                cx.sns()
                    .create_topic()
                    .name(name)
                    .set_attributes(Some(attributes.clone()))
                    .set_tags(Some(tags.clone()))
                    .send()
            })
            .await?;
        let arn = topic
            .topic_arn
            .ok_or_else(|| Fault::new(FaultKind::Defect, "sns:CreateTopic gave no ARN"))?;
        Ok(Created { id: Id::from(arn.as_str()), outputs: outputs_of(&arn) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let arn = held.id.as_str();
        let answer = cx
            .call("sns:GetTopicAttributes", || {
                cx.sns().get_topic_attributes().topic_arn(arn).send()
            })
            .await
            .or_absent()?;
        let Some(attributes) = answer.map(|answer| answer.attributes.unwrap_or_default()) else {
            return Ok(None);
        };
        let tags = cx
            .call("sns:ListTagsForResource", || {
                cx.sns().list_tags_for_resource().resource_arn(arn).send()
            })
            .await?;
        let text = |name: &str| attributes.get(name).filter(|text| !text.is_empty());
        let outputs = outputs_of(arn);
        let inputs = TopicInputs {
            name: Input::from(outputs.name.as_str()),
            display_name: text("DisplayName").cloned().unwrap_or_default(),
            policy: text("Policy").map_or(Ok(Policy::new()), |text| policy_of(text, arn))?,
            kms_key: text("KmsMasterKeyId").cloned().map(Input::from),
            tags: tags::ours(tags.tags().iter().map(|tag| (tag.key(), tag.value()))),
        };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(cx: &Cx, held: &Held<Self>, want: &TopicInputs) -> Result<TopicOutputs, Fault> {
        let arn = held.id.as_str();
        let was = attributes(&held.inputs, Some(arn))?;
        for (name, value) in attributes(want, Some(arn))? {
            if !held.finished || !was.contains(&(name, value.clone())) {
                cx.call("sns:SetTopicAttributes", || {
                    cx.sns()
                        .set_topic_attributes()
                        .topic_arn(arn)
                        .attribute_name(name)
                        .attribute_value(value.as_str())
                        .send()
                })
                .await?;
            }
        }
        let (gone, put) = tags::due(held.finished, &held.inputs.tags, &want.tags);
        if !put.is_empty() {
            let put = tags_of(&put)?;
            cx.call("sns:TagResource", || {
                cx.sns().tag_resource().resource_arn(arn).set_tags(Some(put.clone())).send()
            })
            .await?;
        }
        if !gone.is_empty() {
            cx.call("sns:UntagResource", || {
                cx.sns().untag_resource().resource_arn(arn).set_tag_keys(Some(gone.clone())).send()
            })
            .await?;
        }
        Ok(outputs_of(arn))
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let arn = held.id.as_str();
        cx.call("sns:DeleteTopic", || cx.sns().delete_topic().topic_arn(arn).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::topics(cx, scope).await.map(Some)
    }
}

fn outputs_of(arn: &str) -> TopicOutputs {
    let name = arn.rsplit(':').next().unwrap_or_default();
    TopicOutputs { name: name.to_owned(), arn: Arn::from(arn) }
}

fn tags_of(tags: &Tags) -> Result<Vec<Tag>, Fault> {
    let tag = |(key, value)| Tag::builder().key(key).value(value).build().or_defect();
    tags.iter().map(tag).collect()
}

/// The attributes as SNS takes them. A topic that exists is given SNS's own policy in the place of
/// an empty one, since SNS keeps no topic without a policy.
fn attributes(
    want: &TopicInputs,
    exists: Option<&str>,
) -> Result<Vec<(&'static str, String)>, Fault> {
    let policy = match exists {
        Some(arn) if want.policy.is_empty() => own_policy(arn),
        _ if want.policy.is_empty() => String::new(),
        _ => want.policy.to_json()?,
    };
    let key = want.kms_key.as_ref().map(Input::get).transpose()?.cloned();
    Ok(vec![
        ("DisplayName", want.display_name.clone()),
        ("Policy", policy),
        ("KmsMasterKeyId", key.unwrap_or_default()),
    ])
}

const OWN_SID: &str = "__default_statement_ID";

fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

/// The policy that SNS gives a topic that is created without one.
fn own_policy(arn: &str) -> String {
    let actions = [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];
    json!({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
        "Sid": OWN_SID,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": actions.map(|action| format!("SNS:{action}")),
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account_of(arn)}},
    }]})
    .to_string()
}

/// A policy as SNS gives it; SNS's own is none of ours.
fn policy_of(text: &str, arn: &str) -> Result<Policy, Fault> {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let own = document["Statement"].as_array().is_some_and(|statements| match &statements[..] {
        [one] => {
            let owner = &one["Condition"]["StringEquals"]["AWS:SourceOwner"];
            one["Sid"] == OWN_SID && owner == account_of(arn)
        }
        _ => false,
    });
    if own { Ok(Policy::new()) } else { Policy::from_json(text) }
}
