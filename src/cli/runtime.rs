//! Where a command's builds, waits and calls run.

use super::{Failure, signals};
use crate::graph::Stop;

/// Where a command's builds, waits and calls run: one for the whole command, so that no signal gets
/// lost between two of them. It starts with the first.
pub(super) struct Runtime(Option<(tokio::runtime::Runtime, Stop)>);

impl Runtime {
    /// One that has not started.
    pub fn new() -> Self {
        Self(None)
    }

    /// Runs this to its end, with the wish to stop that a signal asks for.
    ///
    /// # Errors
    /// Its own, and where the system gives no threads.
    pub fn block_on<T>(
        &mut self,
        work: impl AsyncFnOnce(Stop) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (runtime, stop) = match &mut self.0 {
            Some(started) => started,
            none => none.insert(start()?),
        };
        runtime.block_on(work(stop.clone()))
    }

    /// Fails where a signal has asked to stop.
    ///
    /// # Errors
    /// That it was stopped.
    pub fn unless_stopped(&self) -> Result<(), Failure> {
        match &self.0 {
            Some((_, stop)) if stop.is_asked() => {
                Err(Failure::stopped("Stopped; nothing was touched."))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some((runtime, _)) = self.0.take() {
            // A thread that still waits for an answer on the terminal is left behind.
            runtime.shutdown_background();
        }
    }
}

fn start() -> Result<(tokio::runtime::Runtime, Stop), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("start", "the runtime".as_ref(), &error))?;
    let within = runtime.enter();
    let stop = signals::listen();
    drop(within);
    Ok((runtime, stop))
}
