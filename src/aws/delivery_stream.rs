//! `aws:firehose/delivery-stream`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Input, Naming, Objection, Place,
    Resource, Seen, Tags,
};
use crate::outputs;

/// A Firehose stream to an S3 bucket, encrypted with a key that AWS owns.
#[derive(Debug)]
pub struct DeliveryStream;

/// What a stream is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryStreamInputs {
    /// Its name; up to 64 letters, digits, `-`, `_` and `.`.
    pub name: Input<String>,
    /// The role that it writes with.
    pub role: Input<Arn>,
    /// The bucket that it writes to.
    pub bucket: Input<Arn>,
    /// What the keys of its objects begin with.
    #[serde(default)]
    pub prefix: String,
    /// What the keys of objects begin with that hold what could not be delivered.
    #[serde(default)]
    pub error_prefix: String,
    /// Seconds that it collects records for one object; 0 to 900.
    pub buffer_seconds: i32,
    /// Megabytes after which it does not collect any longer; 1 to 128.
    pub buffer_mb: i32,
    /// `GZIP` or `UNCOMPRESSED`.
    pub compression: String,
    /// The log group that its errors go to; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group: Option<Input<String>>,
    /// The log stream in that group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_stream: Option<Input<String>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

impl Default for DeliveryStreamInputs {
    fn default() -> Self {
        Self {
            name: Input::default(),
            role: Input::default(),
            bucket: Input::default(),
            prefix: String::new(),
            error_prefix: String::new(),
            buffer_seconds: 300,
            buffer_mb: 5,
            compression: "UNCOMPRESSED".to_owned(),
            log_group: None,
            log_stream: None,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What a stream gives back.
    DeliveryStream => DeliveryStreamOutputs {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for DeliveryStream {
    type Cloud = super::Aws;
    type Inputs = DeliveryStreamInputs;
    type Outputs = DeliveryStreamOutputs;

    const KIND: &'static str = "aws:firehose/delivery-stream";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 64, charset: Charset::Word, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];
    const SECONDS: u32 = 30;

    fn foretell(want: &DeliveryStreamInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("firehose", format!("deliverystream/{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    fn check(_want: &DeliveryStreamInputs) -> Vec<Objection> {
        Vec::new()
    }

    async fn create(_cx: &Cx, _want: &DeliveryStreamInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
