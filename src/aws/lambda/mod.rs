//! AWS Lambda's resource types.

mod event_invoke_config;
mod event_source_mapping;
mod event_source_mapping_check;
mod event_source_mapping_seen;
mod function;
mod function_calls;
mod function_check;
pub(super) mod function_code;
mod function_make;
mod function_seen;
mod function_state;
mod permission;

pub use event_invoke_config::{
    EventInvokeConfig, EventInvokeConfigInputs, EventInvokeConfigOutputs,
};
pub use event_source_mapping::{
    EventSourceMapping, EventSourceMappingInputs, EventSourceMappingOutputs,
};
pub use function::{Function, FunctionInputs, FunctionOutputs, FunctionVpc};
pub use permission::{Permission, PermissionInputs, PermissionOutputs};
