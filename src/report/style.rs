//! How things look: the only place that names colours.
//!
//! Styled text always carries its escape codes; the [`Console`](super::Console) takes them out where
//! they are not wanted.

use std::fmt::Display;

use owo_colors::{OwoColorize, Style};

use crate::plan::Action;

/// What a piece of text is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A heading.
    Title,
    /// What matters less.
    Faint,
    /// What went well, and what comes.
    Good,
    /// What went wrong, and what goes.
    Bad,
    /// What deserves a look.
    Care,
    /// A name to be recognised.
    Name,
}

impl Look {
    /// How an action looks.
    pub fn of(action: Action) -> Self {
        match action {
            Action::Create | Action::Adopt => Self::Good,
            Action::Update => Self::Care,
            Action::Replace | Action::Delete => Self::Bad,
            Action::Forget | Action::Unchanged => Self::Faint,
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Title => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => Style::new().green(),
            Self::Bad => Style::new().red(),
            Self::Care => Style::new().yellow(),
            Self::Name => Style::new().cyan(),
        }
    }
}

/// The text in that look.
pub fn paint(look: Look, text: impl Display) -> String {
    text.style(look.style()).to_string()
}

/// The sign that stands for an action: `+`, `~`, `-/+`, `-`.
pub fn sign(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "-/+",
        Action::Delete => "-",
        Action::Adopt => ">",
        Action::Forget => "x",
        Action::Unchanged => "=",
    }
}

/// What was done, in the past: `created`.
pub fn past(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Replace => "replaced",
        Action::Delete => "deleted",
        Action::Adopt => "adopted",
        Action::Forget => "forgotten",
        Action::Unchanged => "unchanged",
    }
}

/// A count with its noun: `1 resource`, `2 resources`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A span of time, short: `340 ms`, `2.4 s`, `3 min 12 s`.
pub fn elapsed(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds}.{} s", milliseconds % 1000 / 100),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_are_short() {
        let of = [340, 2_450, 59_999, 60_000, 192_000, 3_660_000].map(elapsed);
        assert_eq!(of, ["340 ms", "2.4 s", "59.9 s", "1 min 0 s", "3 min 12 s", "1 h 1 min"]);
    }
}
