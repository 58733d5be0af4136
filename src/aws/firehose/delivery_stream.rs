//! `aws:firehose/delivery-stream`

use aws_sdk_firehose::types::DeliveryStreamStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::delivery_stream_calls::{
    change, describe, has_failed, is_ours, make, remove, seen, settled, tags_of, to_aws,
    until_active,
};
use crate::aws::check::Check;
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Charset, Created, Fault, FaultKind, Foretold, Held, Id, Input, Listed, Naming, Objection,
    Place, Resource, Scope, Seen, Tags,
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
    type Cloud = crate::aws::Aws;
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

    fn check(want: &DeliveryStreamInputs) -> Vec<Objection> {
        Check::default()
            .range("buffer_seconds", want.buffer_seconds, 0..=900, "seconds")
            .range("buffer_mb", want.buffer_mb, 1..=128, "MB")
            .one_of("compression", &want.compression, &["GZIP", "UNCOMPRESSED"])
            .that(
                want.log_group.is_some() == want.log_stream.is_some(),
                "log_stream",
                "errors are logged to a log group and a log stream in it; name both or none",
            )
            .that(
                !want.prefix.contains("!{") || !want.error_prefix.is_empty(),
                "error_prefix",
                "a `prefix` with expressions needs an `error_prefix` as well",
            )
            .done()
    }

    async fn create(cx: &Cx, want: &DeliveryStreamInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        match make(cx, want).await {
            Err(fault) if fault.kind == FaultKind::Exists => {
                match settled(cx, name).await? {
                    Some(stream) if has_failed(&stream) && is_ours(cx, want).await? => {
                        remove(cx, name).await?;
                    }
                    Some(_) => return Err(fault),
                    None => {}
                }
                make(cx, want).await?;
            }
            made => made?,
        }
        let id = Id::from(name.as_str());
        cx.made(&id).await?;
        until_active(cx, name).await?;
        Ok(Created { id, outputs: outputs_of(name, cx.place())? })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let Some(stream) = describe(cx, name).await? else { return Ok(None) };
        if stream.delivery_stream_status == DeliveryStreamStatus::Deleting {
            return Ok(None);
        }
        let inputs = seen(name, &stream, tags_of(cx, name).await?);
        Ok(Some(Seen { inputs, outputs: outputs_of(name, cx.place())? }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &DeliveryStreamInputs,
    ) -> Result<DeliveryStreamOutputs, Fault> {
        let name = held.id.as_str();
        let outputs = outputs_of(name, cx.place())?;
        let untagged = |inputs: &DeliveryStreamInputs| DeliveryStreamInputs {
            tags: Tags::new(),
            ..inputs.clone()
        };
        if held.differs(want, untagged) {
            let failed = settled(cx, name).await?.is_none_or(|stream| has_failed(&stream));
            if failed {
                // A create that failed stays so; only another one helps.
                remove(cx, name).await?;
                make(cx, want).await?;
                until_active(cx, name).await?;
                return Ok(outputs);
            }
            change(cx, name, want).await?;
        }
        let (gone, put) = tags::due(held.finished, &held.inputs.tags, &want.tags);
        if !put.is_empty() {
            let request = cx
                .firehose()
                .tag_delivery_stream()
                .delivery_stream_name(name)
                .set_tags(Some(to_aws(&put)?));
            cx.call("firehose:TagDeliveryStream", || request.clone().send()).await?;
        }
        if !gone.is_empty() {
            let request = cx
                .firehose()
                .untag_delivery_stream()
                .delivery_stream_name(name)
                .set_tag_keys(Some(gone));
            cx.call("firehose:UntagDeliveryStream", || request.clone().send()).await?;
        }
        Ok(outputs)
    }

    /// Its name is free only when it is gone.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        remove(cx, held.id.as_str()).await
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::streams(cx, scope).await.map(Some)
    }
}

fn outputs_of(name: &str, place: &Place) -> Result<DeliveryStreamOutputs, Fault> {
    let arn: Input<Arn> = place.arn("firehose", format!("deliverystream/{name}"));
    Ok(DeliveryStreamOutputs { name: name.to_owned(), arn: arn.get()?.clone() })
}
