//! What can go wrong with a call to the cloud, in the terms that the engine decides by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What the engine decides by.
    pub kind: FaultKind,
    /// The operation in AWS's words, as in `sqs:CreateQueue`; empty where none was called.
    pub operation: String,
    /// AWS's error code.
    pub code: Option<String>,
    /// AWS's message, or ours where AWS said nothing.
    pub message: String,
    /// AWS's request id, for its support.
    pub request_id: Option<Box<str>>,
    /// What to do about it.
    pub advice: Option<String>,
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// AWS refused the request; the same request will be refused again.
    Refused,
    /// A thing of that name exists already.
    Exists,
    /// The thing is not there.
    Absent,
    /// Too many requests.
    Throttled,
    /// Something that the request needs is not ready yet.
    NotReady,
    /// The request may or may not have been carried out: no answer, or an answer of 500 and above.
    Unanswered,
    /// No credentials, or credentials that AWS does not accept.
    Credentials,
    /// The run was asked to stop while it waited.
    Stopped,
    /// An input that was asked for is not known yet; nothing was called for it.
    NotKnown,
    /// A defect of this program.
    Defect,
}

impl Fault {
    /// A fault of that kind, found without a call.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            operation: String::new(),
            code: None,
            message: message.into(),
            request_id: None,
            advice: None,
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Whether AWS's code is one of these.
    pub fn is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.operation.is_empty() {
            write!(f, "{}: ", self.operation)?;
        }
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

impl From<super::NotYetKnown> for Fault {
    fn from(unknown: super::NotYetKnown) -> Self {
        Self::new(FaultKind::NotKnown, unknown.to_string())
    }
}

/// Turns an absent thing into `None`.
pub trait OrAbsent<T> {
    /// `None` where the fault says that the thing is not there.
    ///
    /// # Errors
    /// Every other fault.
    fn or_absent(self) -> Result<Option<T>, Fault>;
}

impl<T> OrAbsent<T> for Result<T, Fault> {
    fn or_absent(self) -> Result<Option<T>, Fault> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.kind == FaultKind::Absent => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
