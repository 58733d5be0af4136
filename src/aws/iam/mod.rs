//! IAM's resource types.

mod role;
mod role_policies;

pub use role::{Role, RoleInputs, RoleOutputs};
