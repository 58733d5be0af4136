//! What no emulator shows, one case a row of AWS's documented behaviour.

mod call;
mod event_invoke_config;
mod event_source_mapping;
mod function;
mod permission;
mod role;
mod wire;
