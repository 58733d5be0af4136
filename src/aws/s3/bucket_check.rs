//! What S3 would refuse of a bucket's inputs.

use super::bucket::{BucketInputs, CorsRule, LifecycleRule};
use crate::graph::Objection;

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
const STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const ENDS: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// What is wrong with them.
pub fn objections(want: &BucketInputs) -> Vec<Objection> {
    let mut objections = Vec::new();
    let mut object = |path: String, message: &str| {
        objections.push(Objection { path, message: message.to_owned() });
    };
    if let Some(wrong) = want.name.known().and_then(|name| wrong_name(name)) {
        object("name".to_owned(), wrong);
    }
    let default = BucketInputs::default();
    if want.encryption != default.encryption {
        object("encryption".to_owned(), "only `AES256`, S3's own keys, is offered here");
    }
    if want.block_public_access != default.block_public_access {
        object("block_public_access".to_owned(), "public access always stays blocked");
    }
    if want.object_ownership != default.object_ownership {
        object("object_ownership".to_owned(), "only `BucketOwnerEnforced` is offered here");
    }
    if want.cors.len() > 100 {
        object("cors".to_owned(), "S3 takes up to 100 rules");
    }
    for (at, rule) in want.cors.iter().enumerate() {
        if let Some((input, wrong)) = wrong_cors(rule) {
            object(format!("cors.{at}.{input}"), wrong);
        }
    }
    if want.lifecycle.len() > 1_000 {
        object("lifecycle".to_owned(), "S3 takes up to 1,000 rules");
    }
    for (id, rule) in &want.lifecycle {
        if let Some(wrong) = wrong_lifecycle(id, rule) {
            object(format!("lifecycle.{id}"), wrong);
        }
    }
    objections
}

/// *Amazon S3 User Guide*, "General purpose bucket naming rules".
fn wrong_name(name: &str) -> Option<&'static str> {
    let edge = |byte: Option<u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let fits = |byte: u8| edge(Some(byte)) || byte == b'-' || byte == b'.';
    if !(3..=63).contains(&name.len()) {
        Some("a bucket's name has 3 to 63 characters")
    } else if !name.bytes().all(fits) {
        Some("a bucket's name has lower-case letters, digits, `-` and `.` only")
    } else if !edge(name.bytes().next()) || !edge(name.bytes().last()) {
        Some("a bucket's name starts and ends with a letter or a digit")
    } else if name.contains("..") || name.parse::<std::net::Ipv4Addr>().is_ok() {
        Some("a bucket's name has no two dots in a row and is no IP address")
    } else if STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end))
    {
        Some("this start or end of a name is kept for S3 itself")
    } else {
        None
    }
}

/// *Amazon S3 User Guide*, "Elements of a CORS configuration".
fn wrong_cors(rule: &CorsRule) -> Option<(&'static str, &'static str)> {
    let stars = |text: &str| text.matches('*').count();
    if rule.origins.is_empty() {
        Some(("origins", "a rule names at least one origin"))
    } else if rule.origins.iter().filter_map(|origin| origin.known()).any(|one| stars(one) > 1) {
        Some(("origins", "an origin has at most one `*`"))
    } else if rule.methods.is_empty() {
        Some(("methods", "a rule names at least one method"))
    } else if !rule.methods.iter().all(|method| METHODS.contains(&method.as_str())) {
        Some(("methods", "S3 knows GET, PUT, POST, DELETE and HEAD; it answers OPTIONS by itself"))
    } else if rule.headers.iter().any(|header| stars(header) > 1) {
        Some(("headers", "a header has at most one `*`"))
    } else if rule.max_age < 0 {
        Some(("max_age", "it is a number of seconds, 0 or more"))
    } else {
        None
    }
}

/// *Amazon S3 User Guide*, "Lifecycle configuration elements".
fn wrong_lifecycle(id: &str, rule: &LifecycleRule) -> Option<&'static str> {
    let days = [rule.abort_incomplete_uploads_days, rule.expire_days, rule.noncurrent_days];
    if !(1..=255).contains(&id.len()) {
        Some("a rule's id has 1 to 255 characters")
    } else if days.iter().all(Option::is_none) {
        Some("the rule does nothing; give it one of its numbers of days")
    } else if days.iter().flatten().any(|days| *days < 1) {
        Some("days are whole and at least 1")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_s3_takes() {
        for name in ["abc", "shop-dev-uploads-bucket-123456789012", "a.b.c", "1st"] {
            assert_eq!(wrong_name(name), None, "{name}");
        }
        let wrong = ["ab", "Shop", "a_b", "-ab", "ab-", "a..b", "10.0.0.1", "xn--a", "a--x-s3"];
        for name in wrong {
            assert!(wrong_name(name).is_some(), "{name}");
        }
        assert!(wrong_name(&"a".repeat(64)).is_some());
    }

    #[test]
    fn objections_name_the_place() {
        let want = BucketInputs {
            name: "Shop".into(),
            encryption: "none".into(),
            block_public_access: false,
            object_ownership: "ObjectWriter".into(),
            cors: vec![CorsRule { methods: ["PATCH".to_owned()].into(), ..CorsRule::default() }],
            lifecycle: [("old".to_owned(), LifecycleRule::default())].into(),
            ..BucketInputs::default()
        };
        let paths: Vec<String> = objections(&want).into_iter().map(|found| found.path).collect();
        assert_eq!(
            paths,
            [
                "name",
                "encryption",
                "block_public_access",
                "object_ownership",
                "cors.0.origins",
                "lifecycle.old"
            ]
        );
        assert_eq!(
            objections(&BucketInputs { name: "shop".into(), ..BucketInputs::default() }),
            []
        );
    }
}
