//! Names of parts for routes.

use sha2::{Digest, Sha256};

use crate::graph::physical_name;
use crate::manifest::{Method, Route};

const LONGEST: usize = 64;

/// The name of a route's parts: its path, after its method unless that is GET. What the route is
/// decides alone, so that no other route can take its name away.
///
/// A segment follows `-`, a variable `_`, a variable for the rest of the path `__`, and a hyphen
/// within a segment is written `--`. A route that this cannot tell from another one, or whose name
/// is `taken` by a part of the pattern, gets a hash of itself behind it.
pub fn label(route: &Route, taken: &[&str]) -> String {
    let Route::At { method, path } = route else { return "default".to_owned() };
    let mut is_plain = true;
    let mut name = match method {
        Method::Get => String::new(),
        method => method.as_str().to_ascii_lowercase(),
    };
    for (at, segment) in path.split('/').skip(1).enumerate() {
        let (sign, word) = match segment.strip_prefix('{') {
            Some(rest) if rest.ends_with("+}") => ("__", &rest[..rest.len() - 2]),
            Some(rest) => ("_", rest.trim_end_matches('}')),
            None => ("-", segment),
        };
        let is_variable = sign != "-";
        if at == 0 && (is_variable || word.is_empty()) {
            name.push_str("-root");
        }
        let last = path.split('/').count() == at + 2;
        is_plain &= match is_variable {
            // Routes of an API differ in more than the names of their variables.
            true => word.contains(|c: char| c.is_ascii_alphanumeric()),
            false if word.is_empty() => at == 0 && last,
            false => is_word(word) && !(at == 0 && is_reserved(*method, word, last)),
        };
        let words = word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
        let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        if !words.is_empty() {
            name.push_str(sign);
            name.push_str(&words.join(if is_variable { "" } else { "--" }));
        }
    }
    let name = name.trim_start_matches('-');
    if is_plain && !taken.contains(&name) {
        return physical_name(name, 0, LONGEST);
    }
    let hash = Sha256::digest(route.to_string());
    let end = format!("-{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2]);
    format!("{}{end}", physical_name(name, 0, LONGEST - end.len()))
}

/// Whether a segment is of lower-case letters, digits and single hyphens between them.
fn is_word(segment: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    segment.split('-').all(|word| !word.is_empty() && word.chars().all(fits))
}

/// Whether a first segment reads like what is no segment: `root`, `$default` or a method.
fn is_reserved(method: Method, word: &str, is_last: bool) -> bool {
    let is_method = |other: &Method| other.as_str().eq_ignore_ascii_case(word);
    let is_default = word == "default" && is_last;
    word == "root" || (method == Method::Get && (is_default || Method::ALL.iter().any(is_method)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> String {
        label(&text.parse().unwrap(), &["authorizer", "api"])
    }

    #[test]
    fn a_route_is_named_after_its_path_and_its_method_unless_get() {
        for (route, expected) in [
            ("GET /echo", "echo"),
            ("GET /", "root"),
            ("POST /", "post-root"),
            ("GET /users/id", "users-id"),
            ("POST /users/{id}", "post-users_id"),
            ("GET /users/{userId}/orders", "users_userid-orders"),
            ("ANY /files/{key+}", "any-files__key"),
            ("GET /{proxy+}", "root__proxy"),
            ("GET /health-check", "health--check"),
            ("$default", "default"),
        ] {
            assert_eq!(name(route), expected, "{route}");
        }
    }

    #[test]
    fn what_a_name_cannot_tell_has_a_hash() {
        for (route, start) in [
            ("GET /authorizer", "authorizer-"),
            ("GET /root", "root-"),
            ("GET /post/users", "post-users-"),
            ("GET /default", "default-"),
            ("GET /Users", "users-"),
            ("GET /v1.0", "v1--0-"),
            ("GET /a_b", "a--b-"),
        ] {
            let name = name(route);
            let hash = name.strip_prefix(start).unwrap_or_else(|| panic!("{name} of {route}"));
            assert!(hash.len() == 6 && hash.chars().all(|c| c.is_ascii_hexdigit()), "{name}");
        }
        let long = format!("GET /{}", "Long".repeat(40));
        assert!(name(&long).len() <= LONGEST, "{}", name(&long));
    }

    fn segment() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "a", "b", "ab", "a-b", "a--b", "-a", "A", "a_b", "a.b", "{a}", "{b}", "{a+}", "root",
            "post", "default", "api",
        ])
    }

    fn route() -> impl Strategy<Value = Route> {
        let method = proptest::sample::select(vec!["GET", "POST", "ANY"]);
        let path = proptest::collection::vec(segment(), 0..4);
        let text =
            (method, path).prop_map(|(method, path)| format!("{method} /{}", path.join("/")));
        text.prop_filter_map("a route", |text| text.parse().ok())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// So no set of routes has to be looked at to name one.
        #[test]
        fn routes_that_an_api_can_both_have_differ_in_their_names(one in route(), other in route()) {
            let (left, right) = (label(&one, &["api"]), label(&other, &["api"]));
            prop_assert!(left != "api");
            prop_assert!(left != right || one.shape() == other.shape(), "{one} and {other}: {left}");
        }
    }
}
