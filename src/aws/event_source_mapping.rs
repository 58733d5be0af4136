//! `aws:lambda/event-source-mapping`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Cx;
use crate::graph::{Arn, Created, Fault, FaultKind, Held, Input, Resource, Seen, Tags};
use crate::outputs;

/// A mapping from a queue or a stream to the function that Lambda invokes with its records.
#[derive(Debug)]
pub struct EventSourceMapping;

/// What an event source mapping is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSourceMappingInputs {
    /// The function's name.
    pub function: Input<String>,
    /// The ARN of the queue or the stream.
    pub source: Input<Arn>,
    /// Records in one invocation at most; 1 to 10,000.
    pub batch_size: i32,
    /// Seconds to gather a batch; 0 to 300.
    #[serde(default)]
    pub window: i32,
    /// Whether it polls.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Where in a stream it starts: `LATEST` or `TRIM_HORIZON`; a queue has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starting_position: Option<String>,
    /// Event patterns, of which a record has to match one; without any, every record passes.
    #[serde(default)]
    pub filters: Vec<Value>,
    /// Whether the function tells which records of a batch failed.
    #[serde(default)]
    pub report_batch_item_failures: bool,
    /// Whether a stream's failed batch is split in two and tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bisect_on_error: Option<bool>,
    /// How often a stream's failed batch is tried again; 0 to 10,000, -1 for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<i32>,
    /// Seconds after which a stream's record is given up; 60 to 604,800, -1 never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i32>,
    /// The ARN of the queue or the topic that hears of a stream's records that were given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<Input<Arn>>,
    /// Batches of one shard that are worked on at once; 1 to 10, for streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallelization: Option<i32>,
    /// Concurrent invocations at most; 2 to 1,000, for queues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<i32>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

fn yes() -> bool {
    true
}

impl Default for EventSourceMappingInputs {
    fn default() -> Self {
        Self {
            function: Input::default(),
            source: Input::default(),
            batch_size: 10,
            window: 0,
            enabled: true,
            starting_position: None,
            filters: Vec::new(),
            report_batch_item_failures: false,
            bisect_on_error: None,
            max_retries: None,
            max_age: None,
            on_failure: None,
            parallelization: None,
            max_concurrency: None,
            tags: Tags::new(),
        }
    }
}

outputs! {
    /// What an event source mapping gives back.
    EventSourceMapping => EventSourceMappingOutputs {
        /// Its UUID.
        id: String,
        /// Its ARN.
        arn: Arn,
    }
}

impl Resource for EventSourceMapping {
    type Cloud = super::Aws;
    type Inputs = EventSourceMappingInputs;
    type Outputs = EventSourceMappingOutputs;

    const KIND: &'static str = "aws:lambda/event-source-mapping";
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["source", "starting_position"];
    const ONE_AT_A_TIME: bool = true;
    const SECONDS: u32 = 2;

    async fn create(_cx: &Cx, _want: &EventSourceMappingInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
