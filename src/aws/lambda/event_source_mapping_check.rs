//! What Lambda would refuse of an event source mapping's inputs, as far as it shows without a call.

use super::EventSourceMappingInputs;
use crate::aws::check::Check;
use crate::graph::Objection;

/// *Lambda Developer Guide*, "Using event filtering": the characters of a pattern.
const LONGEST_FILTER: usize = 4_096;

/// *Lambda API Reference*, "CreateEventSourceMapping".
pub(super) fn check(want: &EventSourceMappingInputs) -> Vec<Objection> {
    let check = Check::default()
        .range("batch_size", want.batch_size, 1..=10_000, "records")
        .range("window", want.window, 0..=300, "s")
        .that(
            want.filters.len() <= 10,
            "filters",
            "Lambda takes five patterns, and ten where the quota was raised",
        );
    let long = |filter: &&serde_json::Value| filter.to_string().len() > LONGEST_FILTER;
    let check = check.that(
        !want.filters.iter().any(|filter| long(&filter)),
        "filters",
        "Lambda takes patterns of 4,096 characters at most; compare with fewer values, or in the function",
    );
    let check = match &want.starting_position {
        Some(position) => stream(check, want, position),
        None => queue(check, want),
    };
    check.done()
}

fn stream(check: Check, want: &EventSourceMappingInputs, position: &str) -> Check {
    let age = want.max_age.unwrap_or(-1);
    check
        .one_of("starting_position", position, &["LATEST", "TRIM_HORIZON"])
        .range("max_retries", want.max_retries.unwrap_or(-1), -1..=10_000, "retries")
        .that(
            age == -1 || (60..=604_800).contains(&age),
            "max_age",
            format!("{age} is not among the 60 to 604,800 s allowed, nor -1 for ever"),
        )
        .range("parallelization", want.parallelization.unwrap_or(1), 1..=10, "batches")
        .that(
            want.max_concurrency.is_none(),
            "max_concurrency",
            "only queues have this; a stream has `parallelization`",
        )
}

fn queue(check: Check, want: &EventSourceMappingInputs) -> Check {
    let foreign = [
        ("bisect_on_error", want.bisect_on_error.is_some()),
        ("max_retries", want.max_retries.is_some()),
        ("max_age", want.max_age.is_some()),
        ("on_failure", want.on_failure.is_some()),
        ("parallelization", want.parallelization.is_some()),
    ];
    let check = foreign.into_iter().fold(check, |check, (path, is_set)| {
        check.that(!is_set, path, "only streams have this, and they have a `starting_position`; a queue has its own redrive policy")
    });
    let is_fifo = want.source.known().is_some_and(|arn| arn.as_str().ends_with(".fifo"));
    check
        .range("max_concurrency", want.max_concurrency.unwrap_or(2), 2..=1_000, "invocations")
        .that(
            !is_fifo || (want.batch_size <= 10 && want.window == 0),
            "batch_size",
            "a FIFO queue gives batches of ten messages at most, and without a window",
        )
        .that(
            is_fifo || want.batch_size <= 10 || want.window > 0,
            "window",
            "a queue's batches of more than ten messages need a window of 1 s or more",
        )
}
