//! A proxy between `maas` and an emulator, which counts the calls and makes trouble at any of them.

mod answers;
mod call;
mod http;

pub use answers::Refusal;
pub use call::Call;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Pass,
    /// The program is killed before the call goes on.
    KillBefore,
    /// The call goes through; the program is killed before it hears of it.
    KillAfter,
    /// The call goes through; the connection is closed without an answer.
    LoseAnswer,
    /// The connection is closed, and the call goes nowhere.
    Reset,
    /// It is refused like this.
    Refuse(Refusal),
    /// The call goes through; its answer waits until [`Proxy::release`].
    HoldAnswer,
    /// It goes through after that time.
    Delay(Duration),
}

/// Decides about each call.
pub type Rule = Box<dyn FnMut(&Call) -> Act + Send>;

/// Tells that the program is dead.
pub type Dead = oneshot::Sender<()>;

/// The proxy of one account.
pub struct Proxy {
    pub endpoint: String,
    shared: Arc<Shared>,
    kills: tokio::sync::Mutex<mpsc::UnboundedReceiver<Dead>>,
}

struct Shared {
    upstream: String,
    run: Mutex<Run>,
    kill: mpsc::UnboundedSender<Dead>,
    /// How many connections are open.
    open: watch::Sender<usize>,
    /// How many answers are held.
    held: watch::Sender<usize>,
    released: watch::Sender<bool>,
}

/// One run of the program.
struct Run {
    rule: Rule,
    calls: Vec<Call>,
    counts: BTreeMap<String, usize>,
}

impl Run {
    fn with(rule: Rule) -> Self {
        Self { rule, calls: Vec::new(), counts: BTreeMap::new() }
    }
}

/// What a request to the proxy itself begins with.
const MARK: &[u8] = b"MARK / HTTP/1.1\r\n\r\n";

impl Proxy {
    /// A proxy in front of that endpoint.
    pub async fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (kill, kills) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            run: Mutex::new(Run::with(Box::new(|_| Act::Pass))),
            kill,
            open: watch::Sender::new(0),
            held: watch::Sender::new(0),
            released: watch::Sender::new(false),
        });
        let served = Arc::downgrade(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Some(shared) = served.upgrade() else { break };
                shared.open.send_modify(|open| *open += 1);
                tokio::spawn(async move {
                    // A client that is gone needs no answer.
                    drop(shared.serve(stream).await);
                    shared.open.send_modify(|open| *open -= 1);
                });
            }
        });
        Self { endpoint, shared, kills: tokio::sync::Mutex::new(kills) }
    }

    /// Begins to count anew, with that rule.
    pub fn rule(&self, rule: impl FnMut(&Call) -> Act + Send + 'static) {
        self.shared.released.send_replace(false);
        *self.shared.run.lock().unwrap() = Run::with(Box::new(rule));
    }

    /// The calls since then.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.run.lock().unwrap().calls.clone()
    }

    /// The next wish that the program be killed.
    pub async fn kill(&self) -> Dead {
        self.kills.lock().await.recv().await.unwrap()
    }

    /// Waits until so many answers are held.
    pub async fn holds(&self, count: usize) {
        self.shared.held.subscribe().wait_for(|held| *held >= count).await.unwrap();
    }

    /// Lets go what is held.
    pub fn release(&self) {
        self.shared.released.send_replace(true);
    }

    /// Waits until every request that was sent is through.
    pub async fn quiet(&self) {
        // Connections are taken in order: behind this one, none of a dead client is left.
        let mut mark =
            TcpStream::connect(self.endpoint.trim_start_matches("http://")).await.unwrap();
        mark.write_all(MARK).await.unwrap();
        mark.read_to_end(&mut Vec::new()).await.unwrap();
        self.shared.open.subscribe().wait_for(|open| *open == 0).await.unwrap();
    }
}

impl Shared {
    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut client = BufStream::new(stream);
        let Some(request) = http::request(&mut client).await? else { return Ok(()) };
        if request.start().starts_with("MARK") {
            return Ok(());
        }
        let (call, act) = self.decide(Call::of(&request));
        match &act {
            Act::Pass | Act::KillAfter | Act::LoseAnswer | Act::HoldAnswer => {}
            Act::KillBefore => return self.kill().await,
            Act::Reset => return Ok(()),
            Act::Delay(time) => tokio::time::sleep(*time).await,
            Act::Refuse(refusal) => {
                client.write_all(&refusal.answer(call.protocol).to_bytes()).await?;
                return client.flush().await;
            }
        }
        let answer = self.forward(&request).await?;
        match act {
            Act::LoseAnswer => return Ok(()),
            Act::KillAfter => return self.kill().await,
            Act::HoldAnswer => {
                self.held.send_modify(|held| *held += 1);
                let released =
                    self.released.subscribe().wait_for(|released| *released).await.is_ok();
                self.held.send_modify(|held| *held -= 1);
                assert!(released);
            }
            _ => {}
        }
        client.write_all(&answer.to_bytes()).await?;
        client.flush().await
    }

    fn decide(&self, mut call: Call) -> (Call, Act) {
        let mut run = self.run.lock().unwrap();
        let count = run.counts.entry(call.name.clone()).or_default();
        *count += 1;
        call.nth = *count;
        run.calls.push(call.clone());
        let act = (run.rule)(&call);
        (call, act)
    }

    async fn kill(&self) -> std::io::Result<()> {
        let (dead, is_dead) = oneshot::channel();
        if self.kill.send(dead).is_ok() {
            drop(is_dead.await);
        }
        Ok(())
    }

    async fn forward(&self, request: &http::Message) -> std::io::Result<http::Message> {
        let stream = TcpStream::connect(&self.upstream).await?;
        let mut server = BufStream::new(stream);
        server.write_all(&request.to_bytes()).await?;
        server.flush().await?;
        http::answer(&mut server, request.start().starts_with("HEAD")).await
    }
}
