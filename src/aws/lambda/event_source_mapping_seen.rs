//! An event source mapping as Lambda reports it.

use aws_sdk_lambda::operation::get_event_source_mapping::GetEventSourceMappingOutput;
use aws_sdk_lambda::types::FunctionResponseType;
use serde_json::Value;

use super::EventSourceMappingInputs;
use crate::graph::{Arn, Fault, FaultKind, Input};

/// What Lambda tells, without what it filled in where `held` has nothing.
pub(super) fn inputs(
    seen: &GetEventSourceMappingOutput,
    held: &EventSourceMappingInputs,
) -> Result<EventSourceMappingInputs, Fault> {
    let enabled = match seen.state() {
        Some("Disabled" | "Disabling") => false,
        Some("Enabled" | "Enabling") => true,
        // Creating and Updating do not tell what comes of it.
        _ => held.enabled,
    };
    let on_failure = seen.destination_config().and_then(|to| to.on_failure()?.destination());
    let on_failure = on_failure.filter(|arn| !arn.is_empty());
    let report = FunctionResponseType::ReportBatchItemFailures;
    Ok(EventSourceMappingInputs {
        function: function(seen.function_arn().unwrap_or_default()).into(),
        source: Arn::from(seen.event_source_arn().unwrap_or_default()).into(),
        batch_size: seen.batch_size().unwrap_or_default(),
        window: seen.maximum_batching_window_in_seconds().unwrap_or_default(),
        enabled,
        starting_position: seen.starting_position().map(|position| position.as_str().to_owned()),
        filters: filters(seen, &held.filters)?,
        report_batch_item_failures: seen.function_response_types().contains(&report),
        bisect_on_error: set(seen.bisect_batch_on_function_error(), held.bisect_on_error, false),
        max_retries: set(seen.maximum_retry_attempts(), held.max_retries, -1),
        max_age: set(seen.maximum_record_age_in_seconds(), held.max_age, -1),
        on_failure: on_failure.map(|arn| Input::Known(Arn::from(arn))),
        parallelization: set(seen.parallelization_factor(), held.parallelization, 1),
        max_concurrency: seen.scaling_config().and_then(|scaling| scaling.maximum_concurrency()),
        ..EventSourceMappingInputs::default()
    })
}

/// The name in a function's ARN.
fn function(arn: &str) -> String {
    let name = arn.split(":function:").last().unwrap_or(arn);
    name.split(':').next().unwrap_or(name).to_owned()
}

/// A setting, unless it is the default and nobody asked for it.
fn set<T: Copy + PartialEq>(seen: Option<T>, held: Option<T>, default: T) -> Option<T> {
    seen.filter(|seen| held.is_some() || *seen != default)
}

/// The patterns, in the order of `held` where they are the same ones.
fn filters(seen: &GetEventSourceMappingOutput, held: &[Value]) -> Result<Vec<Value>, Fault> {
    let filters = seen.filter_criteria().map(|criteria| criteria.filters()).unwrap_or_default();
    let patterns: Result<Vec<Value>, _> = filters
        .iter()
        .filter_map(|filter| filter.pattern())
        .map(serde_json::from_str::<Value>)
        .collect();
    let patterns = patterns.map_err(|error| {
        Fault::new(FaultKind::Refused, format!("Lambda gave a filter that is no JSON: {error}"))
    })?;
    let same =
        patterns.len() == held.len() && patterns.iter().all(|pattern| held.contains(pattern));
    Ok(if same { held.to_vec() } else { patterns })
}
