//! Amounts of memory and storage.

use std::fmt;
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};

/// A number of bytes, written as `256 MB`, `5 GB` or `512 KiB`; the space may be left out.
///
/// A KB is 1024 bytes, a MB 1024 KB and so on, as AWS counts Lambda's memory and S3's object
/// sizes, so `MB` and `MiB` are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

const UNITS: [(&str, &str, u64); 5] = [
    ("TB", "TiB", 1 << 40),
    ("GB", "GiB", 1 << 30),
    ("MB", "MiB", 1 << 20),
    ("KB", "KiB", 1 << 10),
    ("B", "B", 1),
];
const HELP: &str = "A size is a whole number with the unit `B`, `KB`, `MB`, `GB` or `TB`, \
                    each 1024 of the one before: `256 MB`, `5 GB`.";

impl Size {
    /// From bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// From MB of 1024 * 1024 bytes.
    pub const fn from_megabytes(megabytes: u64) -> Self {
        Self(megabytes << 20)
    }

    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// In whole MB, what is left over cut off.
    pub const fn megabytes(self) -> u64 {
        self.0 >> 20
    }
}

impl FromStr for Size {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = |label: &str| Malformed::new(label, HELP);
        let digits = text.find(|c: char| !c.is_ascii_digit());
        let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
        let unit = unit.strip_prefix(' ').unwrap_or(unit);
        if number.is_empty() {
            return Err(wrong("this is not a size"));
        }
        if unit.is_empty() {
            return Err(wrong("the number has no unit"));
        }
        if unit.starts_with(['.', ',']) {
            return Err(wrong("the number is not a whole one"));
        }
        let known = UNITS.iter().find(|(a, b, _)| unit == *a || unit == *b);
        let (_, _, factor) =
            known.ok_or_else(|| wrong(&format!("`{unit}` is not a unit of size")))?;
        let number = number.parse::<u64>().ok();
        let bytes = number.and_then(|number| number.checked_mul(*factor));
        bytes.map(Self).ok_or_else(|| wrong("this is larger than can be counted"))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |factor: u64| self.0 >= factor && self.0.is_multiple_of(factor);
        let unit = UNITS.iter().find(|(_, _, factor)| whole(*factor));
        let (name, _, factor) = unit.unwrap_or(&UNITS[4]);
        write!(f, "{} {name}", self.0 / factor)
    }
}

impl StringType for Size {
    const FORMAT: &'static str = "maas-size";
    const PATTERN: &'static str = r"^[0-9]+ ?([KMGT]i?)?B$|\$\{";
    const EXAMPLES: &'static [&'static str] = &["256 MB", "5 GB", "512 KiB"];

    fn quantity(&self) -> Option<u64> {
        Some(self.0)
    }
}
string_type!(Size);
