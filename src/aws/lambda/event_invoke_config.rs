//! `aws:lambda/event-invoke-config`

use aws_sdk_lambda::types::{DestinationConfig, OnFailure, OnSuccess};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Function;
use crate::aws::Cx;
use crate::aws::check::Check;
use crate::aws::list::is_arn_named;
use crate::graph::{
    Arn, Created, Fault, Foretold, Held, Id, Input, Listed, Objection, OrAbsent, Place, Resource,
    Scope, Seen,
};
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
    #[serde(default)]
    pub on_failure: Option<Input<Arn>>,
    /// The ARN of the queue, topic, bus or function that gets what went through.
    #[serde(default)]
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
    type Cloud = crate::aws::Aws;
    type Inputs = EventInvokeConfigInputs;
    type Outputs = EventInvokeConfigOutputs;

    const KIND: &'static str = "aws:lambda/event-invoke-config";
    const REPLACE_ON: &'static [&'static str] = &["function"];
    // A function has one, which every call overwrites.
    const KNOWN_BY: &'static [&'static str] = &["function"];
    const DIES_WITH: Option<&'static str> = Some("function");
    const PART_OF: Option<&'static str> = Some(Function::KIND);

    fn foretell(want: &EventInvokeConfigInputs, _place: &Place) -> Foretold {
        let Some(function) = want.function.known() else { return Foretold::default() };
        Foretold::default().id(function.as_str()).output("function", function)
    }

    fn check(want: &EventInvokeConfigInputs) -> Vec<Objection> {
        Check::default()
            .range("max_retries", want.max_retries, 0..=2, "retries")
            .range("max_age", want.max_age, 60..=21_600, "s")
            .done()
    }

    /// A function has one such configuration, and each call replaces it as a whole; so one that is
    /// there already needs no look.
    async fn create(cx: &Cx, want: &EventInvokeConfigInputs) -> Result<Created<Self>, Fault> {
        let outputs = put(cx, want).await?;
        Ok(Created { id: Id::from(outputs.function.as_str()), outputs })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let function = held.id.as_str();
        let answer = cx
            .call("lambda:GetFunctionEventInvokeConfig", || {
                cx.lambda().get_function_event_invoke_config().function_name(function).send()
            })
            .await
            .or_absent()?;
        let Some(seen) = answer else { return Ok(None) };
        // Destinations that are not set come as empty objects.
        let arn = |text: Option<&str>| {
            text.filter(|text| !text.is_empty()).map(|text| Input::Known(Arn::from(text)))
        };
        let destinations = seen.destination_config();
        let inputs = EventInvokeConfigInputs {
            function: Input::from(function),
            max_retries: seen.maximum_retry_attempts().unwrap_or(2),
            max_age: seen.maximum_event_age_in_seconds().unwrap_or(21_600),
            on_failure: arn(destinations.and_then(|to| to.on_failure()?.destination())),
            on_success: arn(destinations.and_then(|to| to.on_success()?.destination())),
        };
        let outputs = EventInvokeConfigOutputs { function: function.to_owned() };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(
        cx: &Cx,
        _held: &Held<Self>,
        want: &EventInvokeConfigInputs,
    ) -> Result<EventInvokeConfigOutputs, Fault> {
        put(cx, want).await
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let function = held.id.as_str();
        cx.call("lambda:DeleteFunctionEventInvokeConfig", || {
            cx.lambda().delete_function_event_invoke_config().function_name(function).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    /// A function has one; the deployment's sends what failed to its own things.
    async fn parts(cx: &Cx, scope: &Scope, function: &Id) -> Result<Vec<Listed<Self>>, Fault> {
        let inputs =
            EventInvokeConfigInputs { function: function.as_str().into(), ..Default::default() };
        let held = Held { id: function.clone(), inputs, outputs: None, finished: true };
        let Some(seen) = Self::read(cx, &held).await? else { return Ok(Vec::new()) };
        let is_ours = |arn: &Option<Input<Arn>>| {
            let arn = arn.as_ref().and_then(Input::known);
            arn.is_some_and(|arn| is_arn_named(scope, arn.as_str()))
        };
        let ours = is_ours(&seen.inputs.on_failure) || is_ours(&seen.inputs.on_success);
        Ok(if ours { vec![Listed { id: held.id, inputs: seen.inputs }] } else { Vec::new() })
    }
}

/// Lambda checks that the function's role may send to the destinations.
async fn put(cx: &Cx, want: &EventInvokeConfigInputs) -> Result<EventInvokeConfigOutputs, Fault> {
    let function = want.function.get()?;
    let known = |arn: &Option<Input<Arn>>| -> Result<Option<String>, Fault> {
        Ok(arn.as_ref().map(Input::get).transpose()?.map(|arn| arn.0.clone()))
    };
    let on_failure = known(&want.on_failure)?;
    let on_success = known(&want.on_success)?;
    let destinations = DestinationConfig::builder()
        .set_on_failure(on_failure.map(|arn| OnFailure::builder().destination(arn).build()))
        .set_on_success(on_success.map(|arn| OnSuccess::builder().destination(arn).build()))
        .build();
    cx.call("lambda:PutFunctionEventInvokeConfig", || {
        cx.lambda()
            .put_function_event_invoke_config()
            .function_name(function)
            .maximum_retry_attempts(want.max_retries)
            .maximum_event_age_in_seconds(want.max_age)
            .destination_config(destinations.clone())
            .send()
    })
    .await?;
    Ok(EventInvokeConfigOutputs { function: function.clone() })
}
