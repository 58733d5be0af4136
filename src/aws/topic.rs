//! `aws:sns/topic`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cx, Policy};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Place, Resource, Seen,
    Tags,
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
    type Cloud = super::Aws;
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

    async fn create(_cx: &Cx, _want: &TopicInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
