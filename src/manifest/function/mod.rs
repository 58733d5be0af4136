//! The tables of functions, which every pattern shares, and what they come to with the manifest's
//! defaults.

mod optional;
mod resolve;
mod runtime;
mod tables;

pub use optional::OptionalFunctionTable;
pub(crate) use resolve::missing_runtime;
pub use resolve::{Function, FunctionCode, SuppliedCode};
pub use runtime::Runtime;
pub use tables::{
    Architecture, CodeKeys, FunctionDefaults, FunctionKeys, FunctionTable, OwnCodeKeys,
    SuppliedFunctionTable,
};
