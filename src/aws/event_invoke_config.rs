//! `aws:lambda/event-invoke-config`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::graph::{Arn, Created, Fault, FaultKind, Foretold, Held, Input, Place, Resource, Seen};
use crate::outputs;

/// What Lambda does with a function's asynchronous invocations that fail.
#[derive(Debug)]
pub struct EventInvokeConfig;

/// What an event invoke configuration is given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInvokeConfigInputs {
    /// The function's name.
    pub function: Input<String>,
    /// How often a failed invocation is tried again; 0 to 2.
    pub max_retries: i32,
    /// Seconds after which an event is given up; 60 to 21,600.
    pub max_age: i32,
    /// The ARN of the queue, topic, bus or function that gets what failed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<Input<Arn>>,
    /// The ARN of the queue, topic, bus or function that gets what went through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_success: Option<Input<Arn>>,
}

impl Default for EventInvokeConfigInputs {
    fn default() -> Self {
        Self {
            function: Input::default(),
            max_retries: 2,
            max_age: 21_600,
            on_failure: None,
            on_success: None,
        }
    }
}

outputs! {
    /// What an event invoke configuration gives back.
    EventInvokeConfig => EventInvokeConfigOutputs {
        /// The name of the function that it belongs to.
        function: String,
    }
}

impl Resource for EventInvokeConfig {
    type Cloud = super::Aws;
    type Inputs = EventInvokeConfigInputs;
    type Outputs = EventInvokeConfigOutputs;

    const KIND: &'static str = "aws:lambda/event-invoke-config";
    const REPLACE_ON: &'static [&'static str] = &["function"];
    const DIES_WITH: Option<&'static str> = Some("function");

    fn foretell(want: &EventInvokeConfigInputs, _place: &Place) -> Foretold {
        let Some(function) = want.function.known() else { return Foretold::default() };
        Foretold::default().id(function.as_str()).output("function", function)
    }

    async fn create(_cx: &Cx, _want: &EventInvokeConfigInputs) -> Result<Created<Self>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn read(_cx: &Cx, _held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }

    async fn delete(_cx: &Cx, _held: &Held<Self>) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Defect, "not written yet"))
    }
}
