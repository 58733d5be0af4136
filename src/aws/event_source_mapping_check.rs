//! What Lambda would refuse of an event source mapping's inputs, as far as it shows without a call.

use super::EventSourceMappingInputs;
use crate::graph::Objection;

/// *Lambda API Reference*, "CreateEventSourceMapping".
pub(super) fn check(want: &EventSourceMappingInputs) -> Vec<Objection> {
    let mut objections = Vec::new();
    let mut object = |path: &str, message: String| {
        objections.push(Objection { path: path.to_owned(), message });
    };
    let ranges = [
        ("batch_size", Some(want.batch_size), 1..=10_000, "records"),
        ("window", Some(want.window), 0..=300, "s"),
        ("max_retries", want.max_retries, -1..=10_000, "retries (-1: for ever)"),
        ("parallelization", want.parallelization, 1..=10, "batches"),
        ("max_concurrency", want.max_concurrency, 2..=1_000, "invocations"),
    ];
    for (path, value, range, unit) in ranges {
        if let Some(value) = value
            && !range.contains(&value)
        {
            let (least, most) = range.into_inner();
            object(path, format!("Lambda takes {least} to {most} {unit}, not {value}"));
        }
    }
    if want.max_age.is_some_and(|age| age != -1 && !(60..=604_800).contains(&age)) {
        object("max_age", "Lambda takes 60 to 604,800 s, or -1 for ever".to_owned());
    }
    if let Some(position) = &want.starting_position
        && !["LATEST", "TRIM_HORIZON"].contains(&position.as_str())
    {
        let message = format!("a stream is read from `LATEST` or `TRIM_HORIZON`, not `{position}`");
        object("starting_position", message);
    }
    if want.filters.len() > 10 {
        let message = "Lambda takes five patterns, and ten where the quota was raised";
        object("filters", message.to_owned());
    }
    match want.starting_position {
        None => {
            for (path, is_set) in [
                ("bisect_on_error", want.bisect_on_error.is_some()),
                ("max_retries", want.max_retries.is_some()),
                ("max_age", want.max_age.is_some()),
                ("on_failure", want.on_failure.is_some()),
                ("parallelization", want.parallelization.is_some()),
            ] {
                if is_set {
                    object(path, "only streams have this, and they have a `starting_position`; a queue has its own redrive policy".to_owned());
                }
            }
            queue(want, &mut object);
        }
        Some(_) if want.max_concurrency.is_some() => {
            object(
                "max_concurrency",
                "only queues have this; a stream has `parallelization`".to_owned(),
            );
        }
        Some(_) => {}
    }
    objections
}

fn queue(want: &EventSourceMappingInputs, object: &mut impl FnMut(&str, String)) {
    let is_fifo = want.source.known().is_some_and(|arn| arn.as_str().ends_with(".fifo"));
    if is_fifo && (want.batch_size > 10 || want.window > 0) {
        let message = "a FIFO queue gives batches of ten messages at most, and without a window";
        object("batch_size", message.to_owned());
    } else if want.batch_size > 10 && want.window == 0 {
        let message = "a queue's batches of more than ten messages need a window of 1 s or more";
        object("window", message.to_owned());
    }
}
