//! The functions that patterns have themselves.

use crate::manifest::{Runtime, SuppliedCode};

/// A function that a pattern has itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supplied {
    /// Stores what is posted to a webhook.
    Receiver,
    /// Signs uploads.
    Signer,
    /// Sends failed payloads to their function again.
    Redrive,
}

impl Supplied {
    /// The files of its code.
    pub fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Receiver => &[("index.py", include_str!("../functions/receiver/index.py"))],
            Self::Signer => &[("index.py", include_str!("../functions/signer/index.py"))],
            Self::Redrive => &[("index.py", include_str!("../functions/redrive/index.py"))],
        }
    }

    /// Its handler and runtime.
    pub fn code(self) -> SuppliedCode {
        SuppliedCode { handler: "index.handler".to_owned(), runtime: Runtime::PYTHON }
    }
}
