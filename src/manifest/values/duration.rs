//! Lengths of time.

use std::fmt;
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};
use crate::manifest::words::join;

/// A length of time in whole seconds, written as `10s`, `5m`, `6h`, `14d` or `1h30m`.
///
/// Zero is a duration; where it has no meaning, bound the field with
/// `#[schemars(extend("x-minimum" = "1s"))]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
const HELP: &str = "A duration is whole numbers with the units `d`, `h`, `m` and `s`, the larger unit first: \
                    `10s`, `5m`, `6h`, `14d`, `1h30m`.";

impl Duration {
    /// From seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// In seconds.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// In whole days, what is left over cut off.
    pub const fn days(self) -> u64 {
        self.0 / 86_400
    }
}

impl FromStr for Duration {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = |label: &str| Malformed::new(label, HELP);
        let mut seconds: u64 = 0;
        let mut rest = text;
        let mut units = UNITS.iter();
        if rest.is_empty() {
            return Err(wrong("this is empty"));
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit());
            let digits = digits.ok_or_else(|| wrong("the number has no unit"))?;
            let (number, after) = rest.split_at(digits);
            if number.is_empty() {
                return Err(wrong("this is not a duration"));
            }
            let next = after.find(|c: char| c.is_ascii_digit());
            let (unit, after) = after.split_at(next.unwrap_or(after.len()));
            if unit.contains(char::is_whitespace) {
                return Err(wrong("a duration holds no spaces"));
            }
            let is_unit = |(name, _): &&(&str, u64)| *name == unit;
            if !UNITS.iter().any(|u| is_unit(&u)) {
                return Err(wrong(&format!("`{unit}` is not a unit of time")));
            }
            let (_, factor) = units
                .find(is_unit)
                .ok_or_else(|| wrong("its units are not in order, each once"))?;
            let part = number.parse::<u64>().ok().and_then(|n| n.checked_mul(*factor));
            seconds = part
                .and_then(|part| seconds.checked_add(part))
                .ok_or_else(|| wrong("this is longer than can be counted"))?;
            rest = after;
        }
        Ok(Self(seconds))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, seconds) in UNITS {
            if rest >= seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

impl StringType for Duration {
    const FORMAT: &'static str = "maas-duration";
    const PATTERN: &'static str = r"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$|\$\{";
    const EXAMPLES: &'static [&'static str] = &["10s", "5m", "1h30m", "14d"];

    fn quantity(&self) -> Option<u64> {
        Some(self.0)
    }
}
string_type!(Duration);

/// How long a log group keeps its events: one of the periods that CloudWatch Logs knows
/// (`PutRetentionPolicy` in the Amazon CloudWatch Logs API Reference).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Retention(u32);

impl Retention {
    /// The periods, in days.
    pub const DAYS: [u32; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];

    /// Two weeks, which holds where a manifest says nothing.
    pub const DEFAULT: Self = Self(14);

    /// In days.
    pub const fn days(self) -> u32 {
        self.0
    }
}

impl FromStr for Retention {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let seconds = text.parse::<Duration>()?.seconds();
        let of = |days: u32| u64::from(days) * 86_400;
        if let Some(days) = Self::DAYS.into_iter().find(|days| of(*days) == seconds) {
            return Ok(Self(days));
        }
        let below = Self::DAYS.into_iter().rev().find(|days| of(*days) < seconds);
        let above = Self::DAYS.into_iter().find(|days| of(*days) > seconds);
        let nearest = [below, above].into_iter().flatten().map(|d| format!("`{d}d`"));
        let all: Vec<String> = Self::DAYS.iter().map(|days| format!("{days}d")).collect();
        Err(Malformed::new(
            format!("CloudWatch Logs has no such period; the nearest is {}", join(nearest, "or")),
            format!("The periods are {}.", all.join(", ")),
        ))
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

impl StringType for Retention {
    const FORMAT: &'static str = "maas-retention";
    const PATTERN: &'static str = r"^([0-9]+[dhms])+$|\$\{";
    const EXAMPLES: &'static [&'static str] = &["7d", "14d", "30d", "365d"];
}
string_type!(Retention);
