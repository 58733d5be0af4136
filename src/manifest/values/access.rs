//! Grants on parts of other instances.

use std::fmt;
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};

/// A grant on a part of another instance: `uploads.bucket:read`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Access {
    /// The other instance's name.
    pub instance: String,
    /// Its part, such as `bucket`.
    pub part: String,
    /// What is granted, such as `read`; which words a part knows is the part's matter.
    pub verb: String,
}

const HELP: &str =
    "A grant is an instance, its part and what may be done with it: `uploads.bucket:read`.";

impl FromStr for Access {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = |label: &str| Err(Malformed::new(label, HELP));
        if text.contains("${") {
            return wrong("a grant is written without `${` and `}`");
        }
        let (place, verb) = match text.split_once(':') {
            Some(pair) => pair,
            None => return wrong("this does not say what may be done, as `:read`"),
        };
        let Some((instance, part)) = place.split_once('.') else {
            return wrong("this names no part of an instance");
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let is_name = |name: &str| !name.is_empty() && name.chars().all(fits);
        if !is_name(instance) || !part.split('.').all(is_name) {
            return wrong("this names no part of an instance");
        }
        if !is_name(verb) {
            return wrong("this does not say what may be done, as `:read`");
        }
        Ok(Self { instance: instance.to_owned(), part: part.to_owned(), verb: verb.to_owned() })
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}:{}", self.instance, self.part, self.verb)
    }
}

impl StringType for Access {
    const FORMAT: &'static str = "maas-access";
    const PATTERN: &'static str = r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+:[A-Za-z0-9_-]+$|\$\{";
    const EXAMPLES: &'static [&'static str] = &["uploads.bucket:read"];
}
string_type!(Access);
