//! What no emulator shows, one case a row of AWS's documented behaviour.

mod call;
mod function;
mod role;
mod wire;
