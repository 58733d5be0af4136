//! Every pattern proven by traffic: its manifest deployed by the binary, called, settled, destroyed.

mod api_async;
mod api_custom_authorizer;
mod api_database_data_api;
mod api_database_postgres;
mod catalogue;
mod dead_letter_queue;
mod network;
mod queues_only;
mod s3_multiple_subscriptions;
mod s3_single_subscription;
mod s3_upload;
mod secrets;
mod webhook_proxy;
