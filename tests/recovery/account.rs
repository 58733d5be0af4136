//! Accounts: one for each case, on one of a few emulators.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;

use crate::support::{self, Emulator};

/// An emulator is one process, so there are two, for two cores.
const EMULATORS: usize = 2;

/// An account that nobody else uses.
pub struct Account {
    pub endpoint: String,
    pub id: String,
    pub config: SdkConfig,
}

impl Account {
    pub async fn fresh() -> Self {
        static STARTED: [OnceLock<String>; EMULATORS] = [const { OnceLock::new() }; EMULATORS];
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let emulator = &STARTED[NEXT.fetch_add(1, Ordering::Relaxed) % EMULATORS];
        let start = || emulator.get_or_init(|| Emulator::MiniStack.start());
        let endpoint = tokio::task::spawn_blocking(start).await.unwrap().clone();
        let id = support::account();
        let credentials = Credentials::new(&id, "test", None, None, "test");
        let config = support::config_at(&endpoint, credentials);
        Self { endpoint, id, config }
    }
}
