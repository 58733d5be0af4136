//! Amazon Data Firehose's resource types.

mod delivery_stream;
pub(super) mod delivery_stream_calls;

pub use delivery_stream::{DeliveryStream, DeliveryStreamInputs, DeliveryStreamOutputs};
