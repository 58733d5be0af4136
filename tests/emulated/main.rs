//! What needs an emulator: the life of every resource type, and every pattern's proof by traffic.
//!
//! The emulators start by themselves (`localstack/start`) and end with the tests. Each test works
//! in an account of its own, so all of them run side by side.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod first_start;
mod kept;
mod life;
mod moto;
mod proofs;
mod rebuilt;
mod support;
