//! What no emulator shows, one case a row of AWS's documented behaviour.

mod alarm;
mod api;
mod behaviour;
mod bucket;
mod bucket_notification;
mod call;
mod checks;
mod delivery_stream;
mod ec2;
mod event_invoke_config;
mod event_source_mapping;
mod function;
mod lists;
mod log_group;
mod parts;
mod permission;
mod queue;
mod rds;
mod reads;
mod role;
mod scheduler;
mod stage;
mod table;
mod topic;
mod wire;
