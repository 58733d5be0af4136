//! IAM's resource types.

mod role;
mod role_policies;
mod role_policy;

pub use role::{Role, RoleInputs, RoleOutputs};
pub use role_policy::{RolePolicy, RolePolicyInputs, RolePolicyOutputs};
