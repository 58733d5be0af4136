//! Emulators, accounts, and contexts for calls; deployments by the real binary, and their traffic.

mod announced;
mod clients;
pub mod deployment;
mod inventory;
mod traffic;

pub use announced::{Announced, keys};
pub use deployment::{Calls, Deployment, mutating};
pub use traffic::{Answer, http, token, until};

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use futures::future::{BoxFuture, FutureExt};
use maas::aws::{Archives, Aws};
use maas::graph::{AnyCx, Cx, Fault, Hooks, Id, Place, Stop};

pub const REGION: &str = "eu-west-1";

/// The code of a function that fails at everything.
pub const FAILS: &str = "def handler(event, _context):\n    raise RuntimeError(\"no\")\n";

/// An emulator that runs for as long as the tests do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emulator {
    MiniStack,
    Moto,
    LocalStack,
}

impl Emulator {
    fn name(self) -> &'static str {
        match self {
            Self::MiniStack => "ministack",
            Self::Moto => "moto",
            Self::LocalStack => "localstack",
        }
    }

    /// Its endpoint; starts it at the first call.
    pub fn endpoint(self) -> &'static str {
        static ENDPOINTS: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
        ENDPOINTS[self as usize].get_or_init(|| self.start())
    }

    /// Starts one on a free port, which ends with the tests; its endpoint.
    pub fn start(self) -> String {
        let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/localstack/start"))
            .args([self.name(), "--port", "0", "--while", &std::process::id().to_string()])
            .stderr(Stdio::inherit())
            .output()
            .expect("localstack/start runs");
        assert!(output.status.success(), "localstack/start {} failed", self.name());
        String::from_utf8(output.stdout).expect("an endpoint").trim().to_owned()
    }
}

/// An account that nobody else uses.
pub fn account() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let own = u64::from(std::process::id()) * 10_000 + NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{:012}", 100_000_000_000 + own)
}

/// Of functions that have no code.
pub fn no_archives() -> Archives {
    Arc::new(|digest| Err(format!("no archive {digest}")))
}

/// Of a run that tells nobody anything, and knows these older copies.
struct Silent {
    older: Vec<Id>,
}

impl Hooks for Silent {
    fn made<'a>(&'a self, _id: &'a Id) -> BoxFuture<'a, Result<(), Fault>> {
        async { Ok(()) }.boxed()
    }

    fn waiting(&self, _what: &str, _state: &str, _elapsed: Duration) {}

    fn retrying(&self, _fault: &Fault, _attempt: u32, _pause: Duration) {}

    fn calling(&self, _operation: &str) {}

    fn token(&self) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
    }

    fn is_older(&self, id: &Id) -> bool {
        self.older.contains(id)
    }
}

/// A cloud: one account of one emulator.
pub struct Cloud {
    pub emulator: Emulator,
    pub account: String,
    pub config: SdkConfig,
    pub aws: Arc<Aws>,
}

impl Cloud {
    /// A fresh account of that emulator. For MiniStack a 12-digit access key is an account of its own.
    pub async fn fresh(emulator: Emulator) -> Self {
        Self::with_archives(emulator, no_archives()).await
    }

    /// The same, for functions with these archives.
    pub async fn with_archives(emulator: Emulator, archives: Archives) -> Self {
        Self::of(emulator, account(), archives).await
    }

    /// That account of that emulator.
    pub async fn of(emulator: Emulator, account: String, archives: Archives) -> Self {
        let mut config = config(emulator, Credentials::new(&account, "test", None, None, "test"));
        if emulator == Emulator::Moto {
            config = self::config(emulator, assumed(&config, &account).await);
        }
        let aws = Arc::new(Aws::new(config.clone(), archives));
        Self { emulator, account, config, aws }
    }

    /// The same account, held once more.
    pub fn again(&self) -> Self {
        let (account, config, aws) = (self.account.clone(), self.config.clone(), self.aws.clone());
        Self { emulator: self.emulator, account, config, aws }
    }

    pub fn place(&self) -> Place {
        Place { account: Some(self.account.clone()), region: REGION.to_owned() }
    }

    /// A context as the engine would make it.
    pub fn cx(&self) -> AnyCx {
        self.cx_beside(&[])
    }

    /// The same for what is made beside older copies of it.
    pub fn cx_beside(&self, older: &[Id]) -> AnyCx {
        let (sender, stop) = Stop::new();
        std::mem::forget(sender);
        let aws: Arc<dyn std::any::Any + Send + Sync> = self.aws.clone();
        Cx::new(Arc::new(aws), self.place(), Arc::new(Silent { older: older.to_vec() }), stop)
    }
}

fn config(emulator: Emulator, credentials: Credentials) -> SdkConfig {
    let config = config_at(emulator.endpoint(), credentials);
    match config.http_client() {
        Some(client) if emulator == Emulator::Moto => {
            let client = crate::moto::renaming(client);
            config.into_builder().http_client(client).build()
        }
        _ => config,
    }
}

/// How AWS at that endpoint is reached.
pub fn config_at(endpoint: &str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .build()
}

/// Credentials of that account. moto knows an account by the role that was assumed in it.
async fn assumed(config: &SdkConfig, account: &str) -> Credentials {
    let role = format!("arn:aws:iam::{account}:role/tests");
    let sts = aws_sdk_sts::Client::new(config);
    let answer = sts.assume_role().role_arn(role).role_session_name("tests").send().await.unwrap();
    let given = answer.credentials.unwrap();
    let token = Some(given.session_token);
    Credentials::new(given.access_key_id, given.secret_access_key, token, None, "test")
}
