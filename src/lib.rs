//! `maas` deploys AWS serverless patterns: a TOML manifest in, working deployments out.
//!
//! The rooms, in the order in which data flows through them:
//!
//! 1. [`manifest`]: TOML text to a manifest, with the place of every value.
//! 2. [`package`]: code directories to archives that are the same on every machine.
//! 3. [`patterns`]: a manifest to a graph of resources.
//! 4. [`graph`]: the typed graph, and the contract of a resource type.
//! 5. [`plan`]: the graph against what is known to exist, to ordered steps with reasons.
//! 6. [`execute`]: the steps to calls; events out.
//! 7. [`state`]: what is known to exist.
//! 8. [`aws`]: the resource types; the only room that knows the SDK.
//! 9. [`report`]: plans, events and problems to text.
//! 10. [`cli`]: one file per command; wires the rooms together.

pub mod aws;
pub mod cli;
pub mod execute;
pub mod graph;
pub mod manifest;
pub mod package;
pub mod patterns;
pub mod plan;
pub mod report;
pub mod state;
