//! Faults, and how they are written: `apply!sqs:CreateQueue#2!killed-after`, with `!destroy` behind it
//! where a destroy comes next.

use std::fmt;
use std::str::FromStr;

use crate::proxy::Act;

/// What is done to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// From nothing.
    Apply,
    /// The second version of the manifest.
    Change,
    /// Every resource at once.
    Replace,
    Destroy,
}

impl Operation {
    pub const ALL: [Self; 4] = [Self::Apply, Self::Change, Self::Replace, Self::Destroy];

    fn name(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Change => "change",
            Self::Replace => "replace",
            Self::Destroy => "destroy",
        }
    }
}

/// What happens at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    KilledBefore,
    KilledAfter,
    AnswerLost,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::KilledBefore, Self::KilledAfter, Self::AnswerLost];

    pub fn name(self) -> &'static str {
        match self {
            Self::KilledBefore => "killed-before",
            Self::KilledAfter => "killed-after",
            Self::AnswerLost => "answer-lost",
        }
    }

    pub fn act(self) -> Act {
        match self {
            Self::KilledBefore => Act::KillBefore,
            Self::KilledAfter => Act::KillAfter,
            Self::AnswerLost => Act::LoseAnswer,
        }
    }
}

/// One fault of one run. A call is told by its name and by which of that name it is, since several
/// are under way at once and their order differs from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub operation: Operation,
    pub call: String,
    pub nth: usize,
    pub kind: Kind,
    /// Whether what comes after it is no second attempt but a destroy.
    pub destroy: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, call, nth, kind, destroy } = self;
        let next = if *destroy { "!destroy" } else { "" };
        write!(f, "{}!{call}#{nth}!{}{next}", operation.name(), kind.name())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} does not read OPERATION!CALL#NTH!KIND or …!destroy");
        let mut parts = text.split('!');
        let mut next = || parts.next().ok_or_else(wrong);
        let (operation, call, kind) = (next()?, next()?, next()?);
        let destroy = match parts.next() {
            None => false,
            Some("destroy") => true,
            Some(_) => return Err(wrong()),
        };
        let operation = Operation::ALL.into_iter().find(|it| it.name() == operation);
        let kind = Kind::ALL.into_iter().find(|it| it.name() == kind);
        let (call, nth) = call.rsplit_once('#').ok_or_else(wrong)?;
        Ok(Self {
            operation: operation.ok_or_else(wrong)?,
            call: call.to_owned(),
            nth: nth.parse().map_err(|_| wrong())?,
            kind: kind.ok_or_else(wrong)?,
            destroy,
        })
    }
}

/// The life of one deployment: all four operations, some of them with a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    pub pattern: String,
    pub faults: Vec<Fault>,
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)?;
        self.faults.iter().try_for_each(|fault| write!(f, " {fault}"))
    }
}

impl FromStr for Life {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let pattern = words.next().unwrap_or_default().to_owned();
        let faults = words.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { pattern, faults })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_read_as_it_is_written() {
        let text = "s3-upload apply!s3:PUT?notification#1!killed-after!destroy destroy!iam:DeleteRole#2!answer-lost";
        assert_eq!(text.parse::<Life>().unwrap().to_string(), text);
        assert!("s3-upload apply!s3:PUT".parse::<Life>().is_err());
    }
}
