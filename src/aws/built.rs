//! Parts of requests that the SDK builds.

use aws_smithy_types::error::operation::BuildError;

use crate::graph::{Fault, FaultKind};

/// Turns a part of a request that lacks something, which is a defect of ours, into a fault.
pub trait OrDefect<T> {
    /// The part.
    ///
    /// # Errors
    /// [`FaultKind::Defect`].
    fn or_defect(self) -> Result<T, Fault>;
}

impl<T> OrDefect<T> for Result<T, BuildError> {
    fn or_defect(self) -> Result<T, Fault> {
        self.map_err(|error| Fault::new(FaultKind::Defect, error.to_string()))
    }
}
