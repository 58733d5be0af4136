//! The resource types, one file each, in a folder a service; the only room that knows the SDK.
//!
//! To add a type: write its file in the shape of `sqs/queue.rs`, then name it in its folder's `mod.rs`
//! and here.

mod account;
mod apigatewayv2;
mod behaviour;
mod built;
mod call;
mod check;
mod clients;
mod cloudwatch;
mod dynamodb;
mod ec2;
mod firehose;
mod iam;
mod lambda;
mod list;
mod logs;
mod once;
mod pace;
mod policy;
mod rds;
mod region;
mod s3;
mod scheduler;
mod sns;
mod sqs;
mod tags;

#[cfg(test)]
pub(crate) mod injected;
#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests;

pub use account::account;
pub use apigatewayv2::{
    AccessLog, Api, ApiInputs, ApiOutputs, Authorizer, AuthorizerInputs, AuthorizerOutputs, Cors,
    Integration, IntegrationInputs, IntegrationOutputs, Route, RouteInputs, RouteOutputs, Stage,
    StageInputs, StageOutputs, Throttle, authorizer_uri,
};
pub use clients::{Archives, Aws, configuration};
pub use cloudwatch::{Alarm, AlarmInputs, AlarmOutputs};
pub use dynamodb::{Key, Table, TableInputs, TableOutputs};
pub use ec2::{
    ElasticIp, ElasticIpInputs, ElasticIpOutputs, EndpointType, GroupRule, InternetGateway,
    InternetGatewayInputs, InternetGatewayOutputs, NatGateway, NatGatewayInputs, NatGatewayOutputs,
    NetworkOfOthers, NetworkOfOthersInputs, NetworkOfOthersOutputs, Peer, RouteTable,
    RouteTableInputs, RouteTableOutputs, SecurityGroup, SecurityGroupInputs, SecurityGroupOutputs,
    SecurityGroupRule, SecurityGroupRuleInputs, SecurityGroupRuleOutputs, Subnet, SubnetInputs,
    SubnetOutputs, Vpc, VpcEndpoint, VpcEndpointInputs, VpcEndpointOutputs, VpcInputs, VpcOutputs,
};
pub use firehose::{DeliveryStream, DeliveryStreamInputs, DeliveryStreamOutputs};
pub use iam::{Role, RoleInputs, RoleOutputs, RolePolicy, RolePolicyInputs, RolePolicyOutputs};
pub use lambda::{
    EventInvokeConfig, EventInvokeConfigInputs, EventInvokeConfigOutputs, EventSourceMapping,
    EventSourceMappingInputs, EventSourceMappingOutputs, Function, FunctionInputs, FunctionOutputs,
    FunctionVpc, Permission, PermissionInputs, PermissionOutputs,
};
pub use logs::{LogGroup, LogGroupInputs, LogGroupOutputs};
pub use policy::{Condition, Effect, Policy, Principal, Statement};
pub use rds::{
    Capacity, DbCluster, DbClusterInputs, DbClusterInstance, DbClusterInstanceInputs,
    DbClusterInstanceOutputs, DbClusterOutputs, DbClusterParameterGroup,
    DbClusterParameterGroupInputs, DbClusterParameterGroupOutputs, DbInstance, DbInstanceInputs,
    DbInstanceOutputs, DbParameterGroup, DbParameterGroupInputs, DbParameterGroupOutputs,
    DbSubnetGroup, DbSubnetGroupInputs, DbSubnetGroupOutputs, IAM, PASSWORD,
};
pub use region::region;
pub use s3::{
    Bucket, BucketInputs, BucketNotification, BucketNotificationInputs, BucketNotificationOutputs,
    BucketOutputs, CorsRule, LifecycleRule, NotificationRule, deny_insecure_transport, event_key,
    overlap,
};
pub use scheduler::{
    Schedule, ScheduleGroup, ScheduleGroupInputs, ScheduleGroupOutputs, ScheduleInputs,
    ScheduleOutputs, schedule_trust,
};
pub use sns::{
    Subscription, SubscriptionInputs, SubscriptionOutputs, Topic, TopicInputs, TopicOutputs,
};
pub use sqs::{Queue, QueueInputs, QueueOutputs, Redrive};

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
        .with::<RolePolicy>()
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
