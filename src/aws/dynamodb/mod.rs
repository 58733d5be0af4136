//! Amazon DynamoDB's resource types.

mod table;
pub(super) mod table_calls;

pub use table::{Key, Table, TableInputs, TableOutputs};
