//! Names of parts for routes.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::graph::physical_name;
use crate::manifest::{Method, Route};

const LONGEST: usize = 64;

/// A name for each route: its path, after its method unless that is GET. Of routes that would have
/// the same name, or one that is taken, all but the first get a hash of the route.
pub fn labels<'r>(
    routes: impl IntoIterator<Item = &'r Route>,
    taken: &[&str],
) -> BTreeMap<Route, String> {
    let mut used: BTreeSet<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let mut labels = BTreeMap::new();
    for route in routes {
        let mut name = label(route);
        if !used.insert(name.clone()) {
            let hash = Sha256::digest(route.to_string());
            name = format!("{name}-{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2]);
            used.insert(name.clone());
        }
        labels.insert(route.clone(), name);
    }
    labels
}

fn label(route: &Route) -> String {
    let Route::At { method, path } = route else { return "default".to_owned() };
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    if words.is_empty() {
        words.push("root".to_owned());
    }
    if *method != Method::Get {
        words.insert(0, method.as_str().to_ascii_lowercase());
    }
    physical_name(&words.join("-"), 0, LONGEST)
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_named_after_its_path_and_its_method_unless_get() {
        let name = |text: &str| label(&text.parse().unwrap());
        assert_eq!(name("GET /echo"), "echo");
        assert_eq!(name("GET /"), "root");
        assert_eq!(name("POST /users/{id}"), "post-users-id");
        assert_eq!(name("ANY /files/{key+}"), "any-files-key");
        assert_eq!(name("$default"), "default");
    }

    #[test]
    fn names_differ_and_keep_away_from_those_that_are_taken() {
        let routes: Vec<Route> = ["GET /users/id", "GET /users/{id}", "GET /authorizer"]
            .map(|text| text.parse().unwrap())
            .into();
        let labels = labels(&routes, &["authorizer"]);
        let names: BTreeSet<&String> = labels.values().collect();
        assert_eq!(names.len(), 3);
        assert_eq!(labels[&routes[0]], "users-id");
        assert!(labels[&routes[2]].starts_with("authorizer-"));
    }
}
