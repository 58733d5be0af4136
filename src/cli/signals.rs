//! Signals: the first asks a run to stop, the second ends the program.

use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use crate::graph::Stop;

/// The wish to stop that the first SIGINT or SIGTERM asks for. The second ends the program at once;
/// what was done is recorded all the same, and the next run settles what was under way.
pub(super) fn listen() -> Stop {
    let (sender, stop) = Stop::new();
    tokio::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            // Without handlers a signal ends the program, as the system does by itself.
            std::future::pending::<()>().await;
            return;
        };
        for _ in 0..2 {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if sender.is_closed() || sender.send_replace(true) {
                std::process::exit(Exit::Stopped.status().into());
            }
        }
    });
    stop
}
