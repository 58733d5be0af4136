//! The resource types, one file each; the only room that knows the SDK.
//!
//! To add a type: write its file in the shape of `queue.rs`, then add its two lines here.

mod alarm;
mod api;
mod authorizer;
mod behaviour;
mod bucket;
mod bucket_check;
mod bucket_empty;
mod bucket_notification;
mod bucket_notification_calls;
mod bucket_parts;
mod bucket_rules;
mod built;
mod call;
mod check;
mod clients;
mod cors;
mod delivery_stream;
mod delivery_stream_calls;
mod ec2;
mod event_invoke_config;
mod event_source_mapping;
mod event_source_mapping_check;
mod event_source_mapping_seen;
mod function;
mod function_calls;
mod function_check;
mod function_code;
mod function_seen;
mod function_state;
mod http_api;
mod integration;
mod list;
mod log_group;
mod once;
mod pace;
mod permission;
mod policy;
mod queue;
mod rds;
mod region;
mod role;
mod role_policies;
mod route;
mod schedule;
mod schedule_group;
mod scheduler;
mod stage;
mod stage_settings;
mod subscription;
mod table;
mod table_calls;
mod tags;
mod topic;

#[cfg(test)]
mod injected;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;

pub use alarm::{Alarm, AlarmInputs, AlarmOutputs};
pub use api::{Api, ApiInputs, ApiOutputs};
pub use authorizer::{Authorizer, AuthorizerInputs, AuthorizerOutputs, authorizer_uri};
pub use bucket::{
    Bucket, BucketInputs, BucketOutputs, CorsRule, LifecycleRule, deny_insecure_transport,
};
pub use bucket_notification::{
    BucketNotification, BucketNotificationInputs, BucketNotificationOutputs, NotificationRule,
    overlap,
};
pub use clients::{Archives, Aws, account, configuration};
pub use cors::Cors;
pub use delivery_stream::{DeliveryStream, DeliveryStreamInputs, DeliveryStreamOutputs};
pub use ec2::{
    ElasticIp, ElasticIpInputs, ElasticIpOutputs, EndpointType, GroupRule, InternetGateway,
    InternetGatewayInputs, InternetGatewayOutputs, NatGateway, NatGatewayInputs, NatGatewayOutputs,
    NetworkOfOthers, NetworkOfOthersInputs, NetworkOfOthersOutputs, Peer, RouteTable,
    RouteTableInputs, RouteTableOutputs, SecurityGroup, SecurityGroupInputs, SecurityGroupOutputs,
    SecurityGroupRule, SecurityGroupRuleInputs, SecurityGroupRuleOutputs, Subnet, SubnetInputs,
    SubnetOutputs, Vpc, VpcEndpoint, VpcEndpointInputs, VpcEndpointOutputs, VpcInputs, VpcOutputs,
};
pub use event_invoke_config::{
    EventInvokeConfig, EventInvokeConfigInputs, EventInvokeConfigOutputs,
};
pub use event_source_mapping::{
    EventSourceMapping, EventSourceMappingInputs, EventSourceMappingOutputs,
};
pub use function::{Function, FunctionInputs, FunctionOutputs, FunctionVpc};
pub use integration::{Integration, IntegrationInputs, IntegrationOutputs};
pub use log_group::{LogGroup, LogGroupInputs, LogGroupOutputs};
pub use permission::{Permission, PermissionInputs, PermissionOutputs};
pub use policy::{Condition, Effect, Policy, Principal, Statement};
pub use queue::{Queue, QueueInputs, QueueOutputs, Redrive};
pub use rds::{
    Capacity, DbCluster, DbClusterInputs, DbClusterInstance, DbClusterInstanceInputs,
    DbClusterInstanceOutputs, DbClusterOutputs, DbClusterParameterGroup,
    DbClusterParameterGroupInputs, DbClusterParameterGroupOutputs, DbInstance, DbInstanceInputs,
    DbInstanceOutputs, DbParameterGroup, DbParameterGroupInputs, DbParameterGroupOutputs,
    DbSubnetGroup, DbSubnetGroupInputs, DbSubnetGroupOutputs, IAM, PASSWORD,
};
pub use region::region;
pub use role::{Role, RoleInputs, RoleOutputs};
pub use route::{Route, RouteInputs, RouteOutputs};
pub use schedule::{Schedule, ScheduleInputs, ScheduleOutputs};
pub use schedule_group::{ScheduleGroup, ScheduleGroupInputs, ScheduleGroupOutputs};
pub use scheduler::schedule_trust;
pub use stage::{Stage, StageInputs, StageOutputs};
pub use stage_settings::{AccessLog, Throttle};
pub use subscription::{Subscription, SubscriptionInputs, SubscriptionOutputs};
pub use table::{Key, Table, TableInputs, TableOutputs};
pub use topic::{Topic, TopicInputs, TopicOutputs};

use crate::graph::Catalogue;

/// The context of a call to AWS.
pub type Cx = crate::graph::Cx<Aws>;

/// All resource types.
pub fn catalogue() -> Catalogue {
    Catalogue::new()
        .with::<Alarm>()
        .with::<Api>()
        .with::<Authorizer>()
        .with::<Bucket>()
        .with::<BucketNotification>()
        .with::<DbCluster>()
        .with::<DbClusterInstance>()
        .with::<DbClusterParameterGroup>()
        .with::<DbInstance>()
        .with::<DbParameterGroup>()
        .with::<DbSubnetGroup>()
        .with::<DeliveryStream>()
        .with::<ElasticIp>()
        .with::<EventInvokeConfig>()
        .with::<EventSourceMapping>()
        .with::<Function>()
        .with::<Integration>()
        .with::<InternetGateway>()
        .with::<LogGroup>()
        .with::<NatGateway>()
        .with::<NetworkOfOthers>()
        .with::<Permission>()
        .with::<Queue>()
        .with::<Role>()
        .with::<Route>()
        .with::<RouteTable>()
        .with::<Schedule>()
        .with::<ScheduleGroup>()
        .with::<SecurityGroup>()
        .with::<SecurityGroupRule>()
        .with::<Stage>()
        .with::<Subnet>()
        .with::<Subscription>()
        .with::<Table>()
        .with::<Topic>()
        .with::<Vpc>()
        .with::<VpcEndpoint>()
}
