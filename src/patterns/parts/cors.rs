//! What API Gateway and browsers refuse of CORS (*API Gateway Developer Guide*, "Configure CORS for
//! HTTP APIs").

use super::api::CorsKeys;
use crate::manifest::{Problem, Spanned, any_of, did_you_mean};
use crate::patterns::Cx;

const METHODS: [&str; 8] = ["*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Reports what is wrong.
pub(super) fn check(cx: &mut Cx<'_, '_>, cors: &Spanned<CorsKeys>) {
    let every = cors.origins.iter().find(|origin| *origin.get_ref() == "*");
    if let Some(every) = every.filter(|_| cors.credentials) {
        let place = every.span().or(cors);
        let problem = Problem::at(place, CODE, "Credentials are let in from every origin.")
            .label("browsers refuse `credentials` with the origin `*`")
            .help("Name the origins, as in `origins = [\"https://shop.example\"]`.");
        cx.problem(problem);
    }
    for origin in cors.origins.iter().filter(|origin| !is_origin(origin)) {
        let host = origin.split("://").last().unwrap_or_default();
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let host = if host.is_empty() { "shop.example" } else { host };
        let problem = Problem::at(origin, CODE, "An origin is malformed.")
            .label("an origin is a scheme and a host, without a path")
            .help(format!("Write `https://{host}`, or `*` for every origin."));
        cx.problem(problem);
    }
    for origin in cors.origins.iter().filter(|origin| is_origin(origin) && is_pattern(origin)) {
        let scheme = origin.split("://").next().unwrap_or_default();
        let problem = Problem::at(origin, CODE, "An origin is a pattern.")
            .label("API Gateway compares a host as a whole, and `*` in it with nothing")
            .help(format!(
                "Name each origin, as in `https://shop.example`; `{scheme}://*` is every one of that scheme."
            ));
        cx.problem(problem);
    }
    for method in &cors.methods {
        if !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method)) {
            let nearest = did_you_mean(method, METHODS);
            let problem = Problem::at(method, CODE, "A method is not known.")
                .label(format!("`{}` is no method that CORS can allow{nearest}", method.get_ref()))
                .help(format!("Methods are {}.", any_of(METHODS)));
            cx.problem(problem);
        }
    }
    for header in cors.headers.iter().chain(&cors.expose_headers) {
        if !is_header(header) {
            let problem = Problem::at(header, CODE, "The name of a header is malformed.")
                .label("a header's name is of letters, digits and signs such as `-`")
                .help("Write the name alone, as in `content-type`, or `*` for every header.");
            cx.problem(problem);
        }
    }
}

const CODE: &str = "maas::patterns::cors";

fn is_origin(text: &str) -> bool {
    if text == "*" || text == "null" {
        return text == "*";
    }
    let Some((scheme, host)) = text.split_once("://") else { return false };
    let letter = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let fits = |c: char| c.is_ascii_alphanumeric() || "-.:*[]_".contains(c);
    let known = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letter);
    known && !host.is_empty() && host.chars().all(fits)
}

/// Whether `*` is a part of the host: API Gateway knows `*`, `https://*` and `http://*` alone.
fn is_pattern(origin: &str) -> bool {
    origin.contains('*') && !["*", "https://*", "http://*"].contains(&origin)
}

/// *RFC 9110*, 5.6.2: a token.
fn is_header(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for right in ["*", "https://shop.example", "http://localhost:3000", "https://*"] {
            assert!(is_origin(right) && !is_pattern(right), "{right}");
        }
        for pattern in ["https://*.shop.example", "http://localhost:*", "https://*:3000"] {
            assert!(is_origin(pattern) && is_pattern(pattern), "{pattern}");
        }
        for wrong in
            ["", "shop.example", "https://", "https://shop.example/", "https:/shop", "null"]
        {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
