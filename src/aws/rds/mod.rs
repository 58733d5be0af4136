//! Databases: Amazon RDS and Aurora, for PostgreSQL.

mod cluster;
mod cluster_calls;
mod cluster_instance;
mod describe;
mod identifier;
mod instance;
mod instance_calls;
mod parameter_group;
pub(super) mod state;
mod subnet_group;
pub(super) mod tags;
mod teardown;
mod version;

pub use cluster::{Capacity, DbCluster, DbClusterInputs, DbClusterOutputs};
pub use cluster_instance::{DbClusterInstance, DbClusterInstanceInputs, DbClusterInstanceOutputs};
pub use instance::{DbInstance, DbInstanceInputs, DbInstanceOutputs};
pub use parameter_group::{
    DbClusterParameterGroup, DbClusterParameterGroupInputs, DbClusterParameterGroupOutputs,
    DbParameterGroup, DbParameterGroupInputs, DbParameterGroupOutputs,
};
pub use subnet_group::{DbSubnetGroup, DbSubnetGroupInputs, DbSubnetGroupOutputs};

/// How a master user proves who it is: with a password that RDS keeps in Secrets Manager.
pub const PASSWORD: &str = "password";
/// The same with a token that IAM signs.
pub const IAM: &str = "iam-db-auth";
