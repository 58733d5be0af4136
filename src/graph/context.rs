//! What a resource's calls are given beside their inputs: the cloud, the place, the way to report.

use std::any::Any;
use std::fmt::Display;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Fault, FaultKind, Id, Input, Part};

/// Where resources live: partition, region and, where it is known, the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account's id; unknown before the first call where nothing tells it.
    pub account: Option<String>,
    /// The region, as in `eu-west-1`.
    pub region: String,
}

impl Place {
    /// The partition that the region belongs to (*AWS General Reference*, "Amazon Resource Names").
    pub fn partition(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "aws-cn"
        } else if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }

    /// The account's id as a piece of text, known or not.
    pub fn account_part(&self) -> Part {
        self.account.clone().map_or(Part::ACCOUNT, Part::Text)
    }

    /// The ARN `arn:partition:service:region:account:rest`.
    pub fn arn<T: From<String>>(&self, service: &str, rest: impl super::IntoParts) -> Input<T> {
        let head = format!("arn:{}:{service}:{}:", self.partition(), self.region);
        crate::text!(head, self.account_part(), ":", rest)
    }

    /// The ARN of something that no region holds, such as a role.
    pub fn global_arn<T: From<String>>(
        &self,
        service: &str,
        rest: impl super::IntoParts,
    ) -> Input<T> {
        crate::text!(
            format!("arn:{}:{service}::", self.partition()),
            self.account_part(),
            ":",
            rest
        )
    }
}

/// How long calls that are under way have to return once a stop was asked for. What asks by signals
/// kills after 7 to 10 seconds, and what was done is to be recorded by then.
const GRACE: Duration = Duration::from_secs(5);

/// The wish that a run stops: once asked, no further call is started and waits are left.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A stop, and the sender that asks for it by sending `true`.
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it is asked for; never, where nobody can ask any more.
    pub async fn asked(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns when calls that are under way are not waited for any longer.
    pub async fn is_due(&self) {
        self.asked().await;
        tokio::time::sleep(GRACE).await;
    }

    /// Sleeps, unless it is asked for before.
    ///
    /// # Errors
    /// [`FaultKind::Stopped`].
    pub async fn sleep(&self, pause: Duration) -> Result<(), Fault> {
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.asked() => Err(Fault::new(FaultKind::Stopped, "stopped while it waited")),
        }
    }
}

/// What the engine wants to hear from a resource's calls while they run.
pub trait Hooks: Send + Sync {
    /// The resource exists from now on under this id; returns once that is on disk.
    fn made<'a>(&'a self, id: &'a Id) -> BoxFuture<'a, Result<(), Fault>>;
    /// It waits for `what`, which is in `state` now.
    fn waiting(&self, what: &str, state: &str, elapsed: Duration);
    /// A call failed and is tried again after `pause`.
    fn retrying(&self, fault: &Fault, attempt: u32, pause: Duration);
    /// A call is about to be sent.
    fn calling(&self, operation: &str);
    /// A text that is the same for all attempts of one create, and another for each other one; up
    /// to 64 letters, digits and `-`.
    fn token(&self) -> String;
    /// Whether that is the id of an older copy of the resource, which is to be replaced. It may have
    /// the tags and the settings of the new one, and is never what a create has made.
    fn is_older(&self, _id: &Id) -> bool {
        false
    }
}

/// The context of a resource's calls. It dereferences to the cloud's clients.
pub struct Cx<C> {
    cloud: Arc<C>,
    place: Place,
    hooks: Arc<dyn Hooks>,
    stop: Stop,
}

impl<C> Deref for Cx<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.cloud
    }
}

impl<C> Clone for Cx<C> {
    fn clone(&self) -> Self {
        Self {
            cloud: Arc::clone(&self.cloud),
            place: self.place.clone(),
            hooks: Arc::clone(&self.hooks),
            stop: self.stop.clone(),
        }
    }
}

impl Cx<Arc<dyn Any + Send + Sync>> {
    /// The same context for a cloud of type `C`, if it is one.
    pub fn with_cloud<C: Send + Sync + 'static>(&self) -> Option<Cx<C>> {
        Some(Cx {
            cloud: Arc::clone(&*self.cloud).downcast::<C>().ok()?,
            place: self.place.clone(),
            hooks: Arc::clone(&self.hooks),
            stop: self.stop.clone(),
        })
    }
}

/// How a thing stands that is waited for.
#[derive(Debug)]
pub enum Waited<T> {
    /// It is there.
    Ready(T),
    /// It is not; this is its state.
    Still(String),
}

impl<C> Cx<C> {
    /// A context for calls to `cloud`.
    pub fn new(cloud: Arc<C>, place: Place, hooks: Arc<dyn Hooks>, stop: Stop) -> Self {
        Self { cloud, place, hooks, stop }
    }

    /// Where the resource lives.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The way to report.
    pub fn hooks(&self) -> &dyn Hooks {
        &*self.hooks
    }

    /// The wish to stop.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Says that the resource exists from now on, before anything else is done with it, so that an
    /// interruption cannot lose it.
    ///
    /// # Errors
    /// Where the state cannot be written.
    pub async fn made(&self, id: &Id) -> Result<(), Fault> {
        self.hooks.made(id).await
    }

    /// The token of this create, for the calls that take one: AWS carries out a request once for each
    /// token, so that one whose answer was lost can be sent again.
    pub fn token(&self) -> String {
        self.hooks.token()
    }

    /// Asks `probe` again and again, densely at first and then each `longest`, until it is ready.
    ///
    /// # Errors
    /// The probe's; [`FaultKind::NotReady`] after `deadline`; [`FaultKind::Stopped`].
    pub async fn wait<T, F>(
        &self,
        what: impl Display,
        longest: Duration,
        deadline: Duration,
        mut probe: impl FnMut() -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<Waited<T>, Fault>>,
    {
        let what = what.to_string();
        let started = Instant::now();
        let mut pause = Duration::from_millis(100).min(longest);
        loop {
            let state = match probe().await? {
                Waited::Ready(value) => return Ok(value),
                Waited::Still(state) => state,
            };
            let elapsed = started.elapsed();
            if elapsed >= deadline {
                let message =
                    format!("waited {} s for {what}; it is still {state}", elapsed.as_secs());
                return Err(Fault::new(FaultKind::NotReady, message)
                    .advise("run the same command again to go on waiting"));
            }
            self.hooks.waiting(&what, &state, elapsed);
            self.stop.sleep(pause).await?;
            pause = (pause * 2).min(longest);
        }
    }
}
