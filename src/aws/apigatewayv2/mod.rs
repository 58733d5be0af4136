//! API Gateway's resource types.

mod api;
mod authorizer;
mod cors;
mod http_api;
mod integration;
mod route;
mod stage;
mod stage_settings;

pub use api::{Api, ApiInputs, ApiOutputs};
pub use authorizer::{Authorizer, AuthorizerInputs, AuthorizerOutputs, authorizer_uri};
pub use cors::Cors;
pub use integration::{Integration, IntegrationInputs, IntegrationOutputs};
pub use route::{Route, RouteInputs, RouteOutputs};
pub use stage::{Stage, StageInputs, StageOutputs};
pub use stage_settings::{AccessLog, Throttle};
