//! `aws:lambda/event-source-mapping`

use std::time::Duration;

use aws_sdk_lambda::types::{
    DestinationConfig, EventSourcePosition, Filter, FilterCriteria, FunctionResponseType,
    OnFailure, ScalingConfig,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event_source_mapping_check::check;
use super::event_source_mapping_seen as seen;
use crate::aws::{Cx, list, tags};
use crate::graph::{
    Arn, Created, Fault, FaultKind, Held, Id, Input, Listed, Objection, OrAbsent, Place, Resource,
    Scope, Seen, Tags, Waited,
};
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
    #[serde(default)]
    pub starting_position: Option<String>,
    /// Event patterns, of which a record has to match one; without any, every record passes.
    #[serde(default)]
    pub filters: Vec<Value>,
    /// Whether the function tells which records of a batch failed.
    #[serde(default)]
    pub report_batch_item_failures: bool,
    /// Whether a stream's failed batch is split in two and tried again.
    #[serde(default)]
    pub bisect_on_error: Option<bool>,
    /// How often a stream's failed batch is tried again; 0 to 10,000, -1 for ever.
    #[serde(default)]
    pub max_retries: Option<i32>,
    /// Seconds after which a stream's record is given up; 60 to 604,800, -1 never.
    #[serde(default)]
    pub max_age: Option<i32>,
    /// The ARN of the queue or the topic that hears of a stream's records that were given up.
    #[serde(default)]
    pub on_failure: Option<Input<Arn>>,
    /// Batches of one shard that are worked on at once; 1 to 10, for streams.
    #[serde(default)]
    pub parallelization: Option<i32>,
    /// Concurrent invocations at most; 2 to 1,000, for queues.
    #[serde(default)]
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
    type Cloud = crate::aws::Aws;
    type Inputs = EventSourceMappingInputs;
    type Outputs = EventSourceMappingOutputs;

    const KIND: &'static str = "aws:lambda/event-source-mapping";
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["source", "starting_position"];
    const ONE_AT_A_TIME: bool = true;
    const SECONDS: u32 = 2;

    fn check(want: &EventSourceMappingInputs) -> Vec<Objection> {
        check(want)
    }

    /// Lambda refuses a second mapping of the same source and function. One that is still being
    /// deleted is waited for; any other is left for [`Resource::find`].
    async fn create(cx: &Cx, want: &EventSourceMappingInputs) -> Result<Created<Self>, Fault> {
        let what = "the old mapping of this source and function to go";
        let (longest, deadline) = (Duration::from_secs(5), Duration::from_secs(300));
        let id = cx
            .wait(what, longest, deadline, || async {
                match create(cx, want).await {
                    Err(fault) if fault.kind == FaultKind::Exists => {
                        let mappings = mappings(cx, want).await?;
                        if mappings.iter().any(|(_, state)| state != DELETING) {
                            return Err(fault);
                        }
                        Ok(Waited::Still(DELETING.to_owned()))
                    }
                    result => result.map(Waited::Ready),
                }
            })
            .await?;
        Ok(Created { outputs: outputs_of(&id, cx.place())?, id: Id(id) })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let id = held.id.as_str();
        let answer = cx
            .call("lambda:GetEventSourceMapping", || {
                cx.lambda().get_event_source_mapping().uuid(id).send()
            })
            .await
            .or_absent()?;
        let Some(answer) = answer.filter(|mapping| mapping.state() != Some(DELETING)) else {
            return Ok(None);
        };
        let outputs = outputs_of(id, cx.place())?;
        let arn = outputs.arn.as_str();
        let tags = cx
            .call("lambda:ListTags", || cx.lambda().list_tags().resource(arn).send())
            .await
            .or_absent()?;
        let tags = tags::ours(tags.and_then(|answer| answer.tags).unwrap_or_default());
        let inputs = EventSourceMappingInputs { tags, ..seen::inputs(&answer, &held.inputs)? };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &EventSourceMappingInputs,
    ) -> Result<EventSourceMappingOutputs, Fault> {
        if held.differs(want, settings) {
            update(cx, held, want).await?;
        }
        let outputs = outputs_of(held.id.as_str(), cx.place())?;
        tags::change_lambda(cx, outputs.arn.as_str(), &held.inputs.tags, &want.tags).await?;
        Ok(outputs)
    }

    /// Returns once Lambda has accepted it. The mapping is then gone in up to some minutes, whatever
    /// happens to its function and its source meanwhile; only a mapping that is made anew has to
    /// wait for that.
    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let id = held.id.as_str();
        cx.call("lambda:DeleteEventSourceMapping", || {
            cx.lambda().delete_event_source_mapping().uuid(id).send()
        })
        .await
        .or_absent()?;
        Ok(())
    }

    async fn find(cx: &Cx, want: &EventSourceMappingInputs) -> Result<Option<Id>, Fault> {
        let mappings = mappings(cx, want).await?;
        let mut live = mappings.into_iter().filter(|(_, state)| state != DELETING);
        Ok(live.next().map(|(id, _)| Id(id)))
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::mappings(cx, scope).await.map(Some)
    }
}

/// The state of a mapping that is on its way out.
const DELETING: &str = "Deleting";

/// The ids and states of the mappings of that source and function.
async fn mappings(
    cx: &Cx,
    want: &EventSourceMappingInputs,
) -> Result<Vec<(String, String)>, Fault> {
    let (function, source) = (want.function.get()?, want.source.get()?.as_str());
    let answer = cx
        .call("lambda:ListEventSourceMappings", || {
            let request = cx.lambda().list_event_source_mappings();
            request.function_name(function).event_source_arn(source).send()
        })
        .await
        .or_absent()?;
    let mappings = answer.and_then(|answer| answer.event_source_mappings).unwrap_or_default();
    let id_and_state = mappings.into_iter().filter_map(|it| Some((it.uuid?, it.state?)));
    Ok(id_and_state.collect())
}

async fn create(cx: &Cx, want: &EventSourceMappingInputs) -> Result<String, Fault> {
    let (function, source) = (want.function.get()?, want.source.get()?.as_str());
    let on_failure = want.on_failure.as_ref().map(Input::get).transpose()?;
    let position = want.starting_position.as_deref().map(EventSourcePosition::from);
    let answer = cx
        .call("lambda:CreateEventSourceMapping", || {
            cx.lambda()
                .create_event_source_mapping()
                .function_name(function)
                .event_source_arn(source)
                .batch_size(want.batch_size)
                .maximum_batching_window_in_seconds(want.window)
                .enabled(want.enabled)
                .set_starting_position(position.clone())
                .set_filter_criteria((!want.filters.is_empty()).then(|| criteria(&want.filters)))
                .set_function_response_types(
                    want.report_batch_item_failures.then(|| response_types(true)),
                )
                .set_bisect_batch_on_function_error(want.bisect_on_error)
                .set_maximum_retry_attempts(want.max_retries)
                .set_maximum_record_age_in_seconds(want.max_age)
                .set_destination_config(on_failure.map(|arn| destination(arn.as_str())))
                .set_parallelization_factor(want.parallelization)
                .set_scaling_config(want.max_concurrency.map(|most| scaling(Some(most))))
                .set_tags(Some(want.tags.clone().into_iter().collect()))
                .send()
        })
        .await?;
    answer.uuid.ok_or_else(|| {
        Fault::new(FaultKind::Defect, "lambda:CreateEventSourceMapping gave no UUID")
    })
}

/// Sends what differs. What is left out stays, so what goes is sent as what AWS has by default;
/// what was never set is left out, since it may be a setting of the other kind of source.
async fn update(
    cx: &Cx,
    held: &Held<EventSourceMapping>,
    want: &EventSourceMappingInputs,
) -> Result<(), Fault> {
    fn change<T: Copy + PartialEq>(
        held: &Held<EventSourceMapping>,
        want: &EventSourceMappingInputs,
        part: impl Fn(&EventSourceMappingInputs) -> Option<T>,
        default: T,
    ) -> Option<T> {
        let (was, want) = (part(&held.inputs), part(want));
        let changes = !held.finished || was != want;
        changes.then_some(want.or(was.and(Some(default)))).flatten()
    }
    let (id, was) = (held.id.as_str(), &held.inputs);
    let function = want.function.get()?;
    let on_failure = want.on_failure.as_ref().map(Input::get).transpose()?.map(Arn::as_str);
    let on_failure = on_failure.or(was.on_failure.as_ref().map(|_| ""));
    let limits = |inputs: &EventSourceMappingInputs| inputs.max_concurrency.map(Some);
    cx.call("lambda:UpdateEventSourceMapping", || {
        let mut request = cx.lambda().update_event_source_mapping().uuid(id);
        if held.differs(want, |inputs| &inputs.function) {
            request = request.function_name(function);
        }
        if held.differs(want, |inputs| inputs.batch_size) {
            request = request.batch_size(want.batch_size);
        }
        if held.differs(want, |inputs| inputs.window) {
            request = request.maximum_batching_window_in_seconds(want.window);
        }
        if held.differs(want, |inputs| inputs.enabled) {
            request = request.enabled(want.enabled);
        }
        if held.differs(want, |inputs| &inputs.filters) {
            request = request.filter_criteria(criteria(&want.filters));
        }
        if held.differs(want, |inputs| inputs.report_batch_item_failures) {
            let types = response_types(want.report_batch_item_failures);
            request = request.set_function_response_types(Some(types));
        }
        if held.differs(want, |inputs| &inputs.on_failure) {
            request = request.set_destination_config(on_failure.map(destination));
        }
        request
            .set_bisect_batch_on_function_error(change(held, want, |it| it.bisect_on_error, false))
            .set_maximum_retry_attempts(change(held, want, |it| it.max_retries, -1))
            .set_maximum_record_age_in_seconds(change(held, want, |it| it.max_age, -1))
            .set_parallelization_factor(change(held, want, |it| it.parallelization, 1))
            .set_scaling_config(change(held, want, limits, None).map(scaling))
            .send()
    })
    .await?;
    Ok(())
}

/// The inputs that UpdateEventSourceMapping takes.
fn settings(inputs: &EventSourceMappingInputs) -> impl PartialEq + '_ {
    let batch = (inputs.batch_size, inputs.window, inputs.enabled, &inputs.filters);
    let failure = (inputs.report_batch_item_failures, inputs.bisect_on_error, &inputs.on_failure);
    let limits =
        (inputs.max_retries, inputs.max_age, inputs.parallelization, inputs.max_concurrency);
    (&inputs.function, batch, failure, limits)
}

fn criteria(patterns: &[Value]) -> FilterCriteria {
    let filter = |pattern: &Value| Filter::builder().pattern(pattern.to_string()).build();
    let filters: Vec<Filter> = patterns.iter().map(filter).collect();
    FilterCriteria::builder().set_filters((!filters.is_empty()).then_some(filters)).build()
}

fn response_types(report: bool) -> Vec<FunctionResponseType> {
    if report { vec![FunctionResponseType::ReportBatchItemFailures] } else { Vec::new() }
}

fn destination(arn: &str) -> DestinationConfig {
    DestinationConfig::builder().on_failure(OnFailure::builder().destination(arn).build()).build()
}

fn scaling(most: Option<i32>) -> ScalingConfig {
    ScalingConfig::builder().set_maximum_concurrency(most).build()
}

fn outputs_of(id: &str, place: &Place) -> Result<EventSourceMappingOutputs, Fault> {
    let arn: Input<Arn> = place.arn("lambda", format!("event-source-mapping:{id}"));
    Ok(EventSourceMappingOutputs { id: id.to_owned(), arn: arn.get()?.clone() })
}
