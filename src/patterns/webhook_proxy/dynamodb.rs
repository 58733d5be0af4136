//! The webhook proxy with a table and its stream.

use super::filter;
use super::{Params, Recipient, Start, TableKeys, filter_of, no_route, receive};
use crate::aws::{
    EventSourceMapping, EventSourceMappingInputs, Key, Queue, Statement, Table, TableInputs,
};
use crate::graph::{Arn, Handle, Input};
use crate::manifest::{Duration, Either, Name, Spanned};
use crate::patterns::parts::{Fed, NewFunction, dead_letter_queue};
use crate::patterns::{Cx, Exports};
use crate::text;

/// The stream that recipients take deliveries from: as it will be, and as roles name it.
struct Stream {
    arn: Input<Arn>,
    pattern: Input<String>,
}

pub(super) fn expand(cx: &mut Cx<'_, '_>, params: &Params) -> Exports {
    let exports = Exports::default();
    let (stream, exports) = match &params.stream_arn {
        Some(arn) if params.route.is_none() => {
            let text = arn.get_ref().as_str();
            (Stream { arn: Arn::from(text).into(), pattern: text.into() }, exports)
        }
        _ => {
            let is_given =
                params.table.as_ref().is_some_and(|t| matches!(t.get_ref(), Either::Short(_)));
            if params.route.is_none() && !is_given {
                no_route(cx, "`table = \"${hooks.table}\"` or `stream_arn`");
            }
            let table = table(cx, params);
            let exports = stored(cx, params, &table, exports);
            let arn = Input::<String>::from(table.stream_arn());
            let exports = exports.with("table", table.name()).with("stream_arn", arn.clone());
            (
                Stream { arn: arn_of(arn), pattern: text!(table.arn().foretold(), "/stream/*") },
                exports,
            )
        }
    };
    if params.recipients.is_empty() {
        return exports;
    }
    let dead = dead_letter_queue(cx, "dead-letter-queue", Fed::Role);
    for (name, recipient) in &params.recipients {
        add(cx, name, recipient, &stream, &dead);
    }
    exports.with("dead_letter_queue_url", dead.url())
}

fn arn_of(text: Input<String>) -> Input<Arn> {
    match text {
        Input::Known(text) => Input::Known(text.into()),
        Input::Secret(text) => Input::Secret(text.into()),
        Input::Sealed(digest) => Input::Sealed(digest),
        Input::Pending(expr) => Input::Pending(expr),
    }
}

/// The time-to-live attribute that the receiver writes.
const EXPIRES: &str = "expires_at";

fn table(cx: &mut Cx<'_, '_>, params: &Params) -> Handle<Table> {
    let keys = match params.table.as_ref().map(Spanned::get_ref) {
        Some(Either::Short(reference)) => return cx.borrow("table", reference),
        Some(Either::Long(keys)) => keys.clone(),
        None => TableKeys::default(),
    };
    cx.add(
        "table",
        TableInputs {
            hash_key: Key { name: "id".to_owned(), kind: "S".to_owned() },
            stream: Some("NEW_IMAGE".to_owned()),
            ttl_attribute: Some(EXPIRES.to_owned()),
            point_in_time_recovery: keys.point_in_time_recovery,
            deletion_protection: keys.deletion_protection,
            ..TableInputs::default()
        },
    )
}

fn stored(
    cx: &mut Cx<'_, '_>,
    params: &Params,
    table: &Handle<Table>,
    exports: Exports,
) -> Exports {
    let ttl = params.ttl.as_ref().map(|ttl| ttl.seconds().to_string());
    let put = Statement::allow(["dynamodb:PutItem"]).on(table.arn().foretold());
    let give = |receiver: NewFunction| {
        receiver.variable("TABLE", table.name()).maybe("TTL_SECONDS", ttl).may("Store", put)
    };
    receive(cx, params, give, exports)
}

fn add(
    cx: &mut Cx<'_, '_>,
    name: &Spanned<Name>,
    recipient: &Recipient,
    stream: &Stream,
    dead: &Handle<Queue>,
) {
    let label = name.get_ref().as_ref();
    let filter = filter::of_stream(filter_of(recipient));
    let function = recipient.function.resolve(cx.defaults());
    let (Some(filter), Some(function)) = (cx.ok(filter), cx.ok(function)) else { return };
    let read = Statement::allow([
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ]);
    let list = Statement::allow(["dynamodb:ListStreams"]).on("*");
    let fail = Statement::allow(["sqs:SendMessage"]).on(dead.arn().foretold());
    let lambda = NewFunction::new(label, function)
        .may("Stream", read.on(stream.pattern.clone()))
        .may("Streams", list)
        .may("Fail", fail)
        .add(cx);
    let keys = &recipient.keys;
    let (batch_size, window) = gather(keys.batch.as_ref(), keys.window.as_ref());
    let seconds =
        |duration: &Spanned<Duration>| i32::try_from(duration.seconds()).unwrap_or(i32::MAX);
    let start = keys.start.as_ref().map_or(Start::Oldest, |start| *start.get_ref());
    let retries = keys.retries.as_ref().map_or(5, |retries| *retries.get_ref());
    let mapping = cx.add::<EventSourceMapping>(
        &format!("{label}.mapping"),
        EventSourceMappingInputs {
            function: lambda.function.name().into(),
            source: stream.arn.clone(),
            batch_size,
            window,
            starting_position: Some(start.position().to_owned()),
            filters: vec![filter],
            bisect_on_error: Some(true),
            max_retries: Some(i32::try_from(retries).unwrap_or(i32::MAX)),
            max_age: Some(keys.max_age.as_ref().map_or(86_400, seconds)),
            on_failure: Some(dead.arn().into()),
            ..EventSourceMappingInputs::default()
        },
    );
    if let Some(filter) = filter_of(recipient) {
        cx.origin(&mapping, "filters", filter);
    }
}

/// The batch size and the window in seconds. A stream needs no window for large batches.
fn gather(batch: Option<&Spanned<u32>>, window: Option<&Spanned<Duration>>) -> (i32, i32) {
    let size = batch.map_or(10, |batch| *batch.get_ref());
    let window = window.map_or(0, |window| window.seconds());
    (i32::try_from(size).unwrap_or(i32::MAX), i32::try_from(window).unwrap_or(i32::MAX))
}
