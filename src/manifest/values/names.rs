//! Names that manifests give.

use std::fmt;
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};
use crate::manifest::template::{SINGLE, is_variable};

/// Declares a type that holds a checked string.
macro_rules! name_type {
    ($(#[$doc:meta])* $vis:vis $name:ident, $format:literal, $pattern:expr, $examples:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(String);

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let check: fn(&str) -> Result<(), Malformed> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl StringType for $name {
            const FORMAT: &'static str = $format;
            const PATTERN: &'static str = $pattern;
            const EXAMPLES: &'static [&'static str] = $examples;
        }
        string_type!($name);
    };
}

name_type!(
    /// The name of a part that the manifest names, such as a subscriber: 1 to 32 of a-z, 0-9 and -,
    /// starting with a letter. It becomes a part of addresses and of names in the cloud, which are
    /// cut with a hash where a service's limit is shorter.
    pub Name, "maas-name", r"^[a-z][a-z0-9-]{0,31}$", &["thumbnail"],
    |text| lower_case(text, 1, 32)
);
name_type!(
    /// The name of an instance: 1 to 32 of a-z, 0-9 and -, starting with a letter, and not one of
    /// the words that `${…}` keeps for itself.
    pub InstanceName, "maas-instance", r"^[a-z]([a-z0-9-]{0,31})$", &["orders"], instance
);
name_type!(
    /// The name of a project: 2 to 24 of a-z, 0-9 and -, starting with a letter.
    pub ProjectName, "maas-project", r"^[a-z][a-z0-9-]{1,23}$", &["shop"],
    |text| lower_case(text, 2, 24)
);
name_type!(
    /// The name of an environment: 1 to 24 of a-z, 0-9 and -, starting with a letter.
    pub EnvironmentName, "maas-environment", r"^[a-z][a-z0-9-]{0,23}$", &["dev", "prod", "pr-123"],
    |text| lower_case(text, 1, 24)
);
name_type!(
    /// The name of an environment, or a glob over such names.
    pub(crate) EnvironmentGlob, "maas-environment-glob", r"^[a-z0-9*?\[\]{},!-]+$", &["prod", "pr-*"],
    environment_glob
);
name_type!(
    /// The name of a variable in a function's environment, none that Lambda or maas sets: at least
    /// two characters ("Environment" in the AWS Lambda API Reference).
    pub VariableName, "maas-variable", r"^[A-Za-z][A-Za-z0-9_]+$", &["STAGE"], function_variable
);
name_type!(
    /// The name of a variable of the manifest.
    pub(crate) ManifestVariable, "maas-manifest-variable", r"^[A-Za-z]([A-Za-z0-9_]*)$", &["DOMAIN"],
    manifest_variable
);
name_type!(
    /// An AWS region.
    pub Region, "maas-region", r"^[a-z]{2,}(-[a-z]+)+-[0-9]+$|\$\{", &["eu-west-1"], region
);
name_type!(
    /// The key of a tag ("Tag naming limits and requirements" in the Tagging AWS Resources User Guide).
    pub(crate) TagKey, "maas-tag-key", r"^.{1,128}$", &["team"], tag_key
);
name_type!(
    /// The value of a tag ("Tag naming limits and requirements" in the Tagging AWS Resources User Guide).
    pub(crate) TagValue, "maas-tag-value", r"^.{0,256}$", &["payments"], tag_value
);

fn lower_case(text: &str, least: usize, most: usize) -> Result<(), Malformed> {
    let length = text.chars().count();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let label = if text.is_empty() {
        "this is empty".to_owned()
    } else if let Some(c) = text.chars().find(|c| !fits(*c)) {
        format!("{c:?} cannot be in this name")
    } else if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        "this does not start with a letter".to_owned()
    } else if length < least {
        format!("fewer than {least} characters")
    } else if length > most {
        format!("{length} characters are too many")
    } else {
        return Ok(());
    };
    let help = format!("This name is {least} to {most} of a-z, 0-9 and -, starting with a letter.");
    Err(Malformed::new(label, help))
}

fn instance(text: &str) -> Result<(), Malformed> {
    if SINGLE.contains(&text) || text == "var" {
        let label = format!("`${{{text}}}` has a meaning of its own");
        return Err(Malformed::new(label, "Give the instance another name."));
    }
    lower_case(text, 1, 32)
}

fn environment_glob(text: &str) -> Result<(), Malformed> {
    if !text.contains(['*', '?', '[', ']', '{', '}', ',', '!']) {
        return lower_case(text, 1, 24);
    }
    let help = "A glob over environments is of a-z, 0-9 and -, with `*` for any text, `?` for one \
                character, `[ab]` and `{one,two}` for a choice: `pr-*`.";
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-*?[]{},!".contains(c);
    if let Some(c) = text.chars().find(|c| !fits(*c)) {
        return Err(Malformed::new(format!("{c:?} cannot be in it"), help));
    }
    match globset::Glob::new(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(Malformed::new(error.kind().to_string(), help)),
    }
}

/// "Defined runtime environment variables" in the AWS Lambda Developer Guide: those that are reserved.
const RESERVED: [&str; 16] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

fn function_variable(text: &str) -> Result<(), Malformed> {
    let help =
        "The name of a function's variable is a letter, then one or more letters, digits and `_`.";
    if RESERVED.contains(&text) {
        return Err(Malformed::new("Lambda sets this variable itself", "Choose another name."));
    }
    if text.starts_with("MAAS_") {
        let label = "names that begin with `MAAS_` are kept for maas";
        return Err(Malformed::new(label, "Choose another name."));
    }
    if text.len() == 1 && is_variable(text) {
        return Err(Malformed::new("Lambda takes no name of one letter", help));
    }
    if is_variable(text) {
        return Ok(());
    }
    Err(Malformed::new("this cannot name a variable", help))
}

fn manifest_variable(text: &str) -> Result<(), Malformed> {
    if is_variable(text) {
        return Ok(());
    }
    let help = "The name of a variable is a letter, then letters, digits and `_`.";
    Err(Malformed::new("this cannot name a variable", help))
}

fn region(text: &str) -> Result<(), Malformed> {
    let mut parts = text.split('-');
    let letters = |part: &str| part.len() >= 2 && part.chars().all(|c| c.is_ascii_lowercase());
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let number = parts.next_back().is_some_and(digits);
    let words: Vec<&str> = parts.collect();
    if number && words.len() >= 2 && words.iter().all(|word| letters(word)) {
        return Ok(());
    }
    Err(Malformed::new(
        "this is not the name of a region",
        "A region is named as `eu-west-1`, without the letter of a zone.",
    ))
}

fn tag(text: &str, least: usize, most: usize) -> Result<(), Malformed> {
    let help = format!(
        "It is {least} to {most} letters, digits, spaces and `_ . : / = + - @`, and does not begin \
         with `aws:`."
    );
    let length = text.chars().count();
    let fits = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    let label = if let Some(c) = text.chars().find(|c| !fits(*c)) {
        format!("{c:?} cannot be in a tag")
    } else if text.to_ascii_lowercase().starts_with("aws:") {
        "`aws:` is kept for AWS".to_owned()
    } else if length < least {
        "this is empty".to_owned()
    } else if length > most {
        format!("{length} characters are too many")
    } else {
        return Ok(());
    };
    Err(Malformed::new(label, help))
}

fn tag_key(text: &str) -> Result<(), Malformed> {
    if text.starts_with("maas:") {
        let label = "tags that begin with `maas:` are set by maas itself";
        return Err(Malformed::new(label, "Choose another key."));
    }
    tag(text, 1, 128)
}

fn tag_value(text: &str) -> Result<(), Malformed> {
    tag(text, 0, 256)
}
