//! Names and other texts that RDS takes.

use crate::aws::check::Check;

/// How many characters an identifier has at most.
pub const LONGEST: usize = 63;

/// Objects to an identifier that RDS would refuse, or would store in lower case (*Amazon RDS API
/// Reference*, "CreateDBCluster").
pub fn check(check: Check, name: Option<&String>) -> Check {
    let fits = |name: &String| {
        let charset = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=LONGEST).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(charset)
            && !name.ends_with('-')
            && !name.contains("--")
    };
    check.that(
        name.is_none_or(fits),
        "name",
        format!(
            "an identifier of RDS has 1 to 63 lower-case letters, digits and single `-`, begins with a \
             letter and does not end with `-`, unlike `{}`; the project's, the environment's and the \
             instance's name are in it",
            name.map(String::as_str).unwrap_or_default()
        ),
    )
}

/// Objects to a way of the master user to prove who it is that RDS does not know.
pub fn check_authentication(check: Check, way: &str, iam: bool) -> Check {
    check.one_of("master_user_authentication", way, &[super::PASSWORD, super::IAM]).that(
        way != super::IAM || iam,
        "iam_authentication",
        "a master user that IAM authenticates needs IAM authentication",
    )
}
