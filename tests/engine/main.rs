//! The engine (plan, execute, state) on a cloud in memory that fails as it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cloud;
mod found;
mod operations;
mod plans;
mod rebuilds;
mod settles;
mod stage;
