//! Keys that nothing would come of.

use super::Params;
use crate::manifest::{Either, Problem, Reference, Span, Spanned};
use crate::patterns::Cx;

/// Refuses keys that others beside them, or missing ones, make useless.
pub(super) fn check(cx: &mut Cx<'_, '_>, params: &Params) {
    if params.route.is_none() {
        let of_route = [
            ("receiver", params.receiver.as_ref().map(Spanned::span)),
            ("cors", params.cors.as_ref().map(Spanned::span)),
            ("throttle", params.throttle.as_ref().map(Spanned::span)),
            ("api", params.api.as_ref().map(|api| api.span)),
            ("public", params.public.as_ref().map(Spanned::span)),
            ("ttl", params.ttl.as_ref().map(Spanned::span)),
        ];
        for (key, place) in of_route {
            let help = "Add `route = \"POST /hook\"`, or leave it out: the instance that has the route has this key.";
            refuse(cx, key, place, "without a `route`, nothing is stored here", help);
        }
    }
    let help = "Leave one of the two out.";
    if params.stream_arn.is_some() {
        let place = params.table.as_ref().map(Spanned::span);
        refuse(cx, "table", place, "`stream_arn` stands in its place", help);
        let place = params.stream_arn.as_ref().filter(|_| params.route.is_some());
        let label = "an instance with a `route` has a table of its own";
        refuse(cx, "stream_arn", place.map(Spanned::span), label, help);
    }
    if params.topic_arn.is_some() {
        let place = params.topic.as_ref().map(Spanned::span);
        refuse(cx, "topic", place, "`topic_arn` stands in its place", help);
    }
    if params.topic_arn.is_some() || is_reference(params.topic.as_ref()) {
        let own = params.bucket.as_ref().filter(|bucket| !is_reference(Some(*bucket)));
        let label = "the topic of another instance tells of another bucket";
        let help = "Name that bucket, as `bucket = \"${inbox.bucket}\"`, or leave the key out.";
        refuse(cx, "bucket", own.map(Spanned::span), label, help);
    }
}

fn is_reference<T>(given: Option<&Spanned<Either<Reference, T>>>) -> bool {
    given.is_some_and(|given| matches!(given.get_ref(), Either::Short(_)))
}

fn refuse(cx: &mut Cx<'_, '_>, key: &str, place: Option<Span>, why: &str, help: &str) {
    let Some(place) = place else { return };
    let problem = Problem::at(place, "maas::patterns::ignored", "A key has no effect here.")
        .label(format!("nothing comes of `{key}`: {why}"))
        .help(help);
    cx.problem(problem);
}
