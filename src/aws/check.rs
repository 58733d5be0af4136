//! Objections to inputs, collected.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::graph::Objection;

/// What is wrong with the inputs of one resource.
#[derive(Debug, Default)]
pub(super) struct Check(Vec<Objection>);

impl Check {
    /// Objects to an input unless `holds`; the message says what would be right.
    pub fn that(mut self, holds: bool, path: &str, message: impl Into<String>) -> Self {
        if !holds {
            self.0.push(Objection { path: path.to_owned(), message: message.into() });
        }
        self
    }

    /// Objects to a number outside of AWS's range for it.
    pub fn range<T: PartialOrd + Display>(
        self,
        path: &str,
        value: T,
        range: RangeInclusive<T>,
        unit: &str,
    ) -> Self {
        let holds = range.contains(&value);
        let (least, most) = range.into_inner();
        self.that(holds, path, format!("{value} is not among the {least} to {most} {unit} allowed"))
    }

    /// Objects to a word that is not one of AWS's.
    pub fn one_of(self, path: &str, value: &str, words: &[&str]) -> Self {
        let message = format!("`{value}` is none of {}", words.join(", "));
        self.that(words.contains(&value), path, message)
    }

    /// The objections.
    pub fn done(self) -> Vec<Objection> {
        self.0
    }
}
