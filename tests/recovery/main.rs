//! The proof that nothing is orphaned and nothing lost: `maas` is killed at any call, loses any
//! answer, is stopped, throttled and started twice, and still leads to the same cloud.
//!
//! A proxy between the binary and MiniStack makes the trouble. The emulators start by themselves
//! and end with the tests; each case works in an account of its own.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod account;
mod changes;
mod fault;
mod inventory;
mod life;
mod matrix;
#[path = "../emulated/moto.rs"]
mod moto;
mod proxy;
mod signals;
mod subject;
#[path = "../emulated/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "it is shared with the other tests on emulators")]
mod support;
mod transient;
mod writers;

#[tokio::test(flavor = "multi_thread")]
async fn it_converges_wherever_it_was_interrupted() {
    matrix::run(std::env::var("MAAS_RECOVERY").ok()).await;
}
