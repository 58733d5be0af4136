//! Creates that make a second thing when they are sent twice.

use std::future::Future;

use super::Cx;
use crate::graph::{Fault, FaultKind};

const ATTEMPTS: u32 = 3;

impl Cx {
    /// Sends a create that AWS would carry out a second time. Where its answer is lost, `look` tells
    /// whether it went through; only if it did not, it is sent again.
    pub(super) async fn once<T, S, L>(
        &self,
        mut send: impl FnMut() -> S,
        mut look: impl FnMut() -> L,
    ) -> Result<T, Fault>
    where
        S: Future<Output = Result<T, Fault>>,
        L: Future<Output = Result<Option<T>, Fault>>,
    {
        let mut attempt = 0;
        loop {
            let fault = match send().await {
                Err(fault) if fault.kind == FaultKind::Unanswered => fault,
                other => return other,
            };
            attempt += 1;
            let settled = self.settle_time();
            self.hooks().retrying(&fault, attempt, settled);
            self.stop().sleep(settled).await?;
            if let Some(made) = look().await? {
                return Ok(made);
            }
            if attempt >= ATTEMPTS {
                return Err(fault);
            }
        }
    }
}
