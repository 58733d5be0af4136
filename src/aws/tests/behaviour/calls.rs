//! The calls at which answers are injected, sent by the real clients.

use aws_sdk_apigatewayv2::types as apigateway;
use aws_sdk_dynamodb::types as dynamodb;
use aws_sdk_s3::types as s3;
use aws_sdk_scheduler::types as scheduler;

use crate::aws::Cx;
use crate::graph::Fault;

/// Sends the request that each client builds, under the name of its operation.
macro_rules! sends {
    ($cx:ident, $operation:ident; $($name:literal => $request:expr,)+) => {
        match $operation {
            $($name => {
                let request = $request;
                $cx.call($name, || request.clone().send()).await.map(drop)
            })+
            other => panic!("there is no call for {other} yet"),
        }
    };
}

/// Sends one request of that operation.
pub(super) async fn send(cx: &Cx, operation: &str) -> Result<(), Fault> {
    match operation.split(':').next().unwrap_or_default() {
        "apigateway" | "lambda" | "iam" => computing(cx, operation).await,
        "ec2" => networks(cx, operation).await,
        "rds" => databases(cx, operation).await,
        "s3" | "dynamodb" | "firehose" => keeping(cx, operation).await,
        _ => messaging(cx, operation).await,
    }
}

async fn computing(cx: &Cx, operation: &str) -> Result<(), Fault> {
    let (apis, lambda, iam) = (cx.apigatewayv2(), cx.lambda(), cx.iam());
    let code = aws_sdk_lambda::types::FunctionCode::builder().build();
    sends! { cx, operation;
        "apigateway:UpdateApi" => apis.update_api().api_id("a"),
        "apigateway:GetApi" => apis.get_api().api_id("a"),
        "apigateway:DeleteApi" => apis.delete_api().api_id("a"),
        "apigateway:CreateIntegration" => apis.create_integration().api_id("a")
            .integration_type(apigateway::IntegrationType::AwsProxy),
        "apigateway:CreateRoute" => apis.create_route().api_id("a").route_key("POST /jobs"),
        "apigateway:CreateStage" => apis.create_stage().api_id("a").stage_name("$default")
            .default_route_settings(apigateway::RouteSettings::builder().build()),
        "lambda:CreateFunction" =>
            lambda.create_function().function_name("f").role("r").code(code.clone()),
        "lambda:GetFunction" => lambda.get_function().function_name("f"),
        "lambda:UpdateFunctionCode" => lambda.update_function_code().function_name("f"),
        "lambda:AddPermission" => lambda.add_permission().function_name("f").statement_id("s")
            .action("lambda:InvokeFunction").principal("apigateway.amazonaws.com"),
        "lambda:CreateEventSourceMapping" =>
            lambda.create_event_source_mapping().function_name("f"),
        "lambda:DeleteEventSourceMapping" => lambda.delete_event_source_mapping().uuid("u"),
        "lambda:PutFunctionConcurrency" =>
            lambda.put_function_concurrency().function_name("f").reserved_concurrent_executions(1),
        "lambda:PutFunctionEventInvokeConfig" =>
            lambda.put_function_event_invoke_config().function_name("f"),
        "iam:CreateRole" => iam.create_role().role_name("r").assume_role_policy_document("{}"),
        "iam:GetRole" => iam.get_role().role_name("r"),
        "iam:PutRolePolicy" =>
            iam.put_role_policy().role_name("r").policy_name("p").policy_document("{}"),
        "iam:AttachRolePolicy" => iam.attach_role_policy().role_name("r").policy_arn("p"),
        "iam:UpdateAssumeRolePolicy" =>
            iam.update_assume_role_policy().role_name("r").policy_document("{}"),
    }
}

async fn networks(cx: &Cx, operation: &str) -> Result<(), Fault> {
    let ec2 = cx.ec2();
    sends! { cx, operation;
        "ec2:AllocateAddress" => ec2.allocate_address(),
        "ec2:AssociateRouteTable" => ec2.associate_route_table().route_table_id("r"),
        "ec2:AttachInternetGateway" =>
            ec2.attach_internet_gateway().internet_gateway_id("i").vpc_id("v"),
        "ec2:AuthorizeSecurityGroupIngress" =>
            ec2.authorize_security_group_ingress().group_id("g"),
        "ec2:CreateRoute" => ec2.create_route().route_table_id("r"),
        "ec2:CreateSecurityGroup" =>
            ec2.create_security_group().group_name("g").description("d"),
        "ec2:CreateSubnet" => ec2.create_subnet().vpc_id("v"),
        "ec2:CreateVpc" => ec2.create_vpc().cidr_block("10.0.0.0/16"),
        "ec2:CreateVpcEndpoint" => ec2.create_vpc_endpoint().vpc_id("v").service_name("s"),
        "ec2:DeleteInternetGateway" => ec2.delete_internet_gateway().internet_gateway_id("i"),
        "ec2:DeleteRouteTable" => ec2.delete_route_table().route_table_id("r"),
        "ec2:DeleteVpc" => ec2.delete_vpc().vpc_id("v"),
        "ec2:DetachInternetGateway" =>
            ec2.detach_internet_gateway().internet_gateway_id("i").vpc_id("v"),
        "ec2:ModifyVpcAttribute" => ec2.modify_vpc_attribute().vpc_id("v"),
        "ec2:ReleaseAddress" => ec2.release_address().allocation_id("a"),
        "ec2:ReplaceRoute" => ec2.replace_route().route_table_id("r"),
    }
}

async fn databases(cx: &Cx, operation: &str) -> Result<(), Fault> {
    let rds = cx.rds();
    sends! { cx, operation;
        "rds:CreateDBCluster" => rds.create_db_cluster().db_cluster_identifier("c").engine("e"),
        "rds:CreateDBInstance" =>
            rds.create_db_instance().db_instance_identifier("i").db_instance_class("c").engine("e"),
        "rds:CreateDBSubnetGroup" =>
            rds.create_db_subnet_group().db_subnet_group_name("g")
                .db_subnet_group_description("d").subnet_ids("s"),
        "rds:DeleteDBCluster" => rds.delete_db_cluster().db_cluster_identifier("c"),
        "rds:DeleteDBInstance" => rds.delete_db_instance().db_instance_identifier("i"),
        "rds:DeleteDBParameterGroup" =>
            rds.delete_db_parameter_group().db_parameter_group_name("g"),
        "rds:DeleteDBSubnetGroup" => rds.delete_db_subnet_group().db_subnet_group_name("g"),
        "rds:DescribeDBClusters" => rds.describe_db_clusters(),
        "rds:EnableHttpEndpoint" => rds.enable_http_endpoint().resource_arn("a"),
        "rds:ModifyDBCluster" => rds.modify_db_cluster().db_cluster_identifier("c"),
        "rds:ModifyDBInstance" => rds.modify_db_instance().db_instance_identifier("i"),
        "rds:ModifyDBSubnetGroup" =>
            rds.modify_db_subnet_group().db_subnet_group_name("g").subnet_ids("s"),
    }
}

async fn keeping(cx: &Cx, operation: &str) -> Result<(), Fault> {
    let (dynamodb, firehose, s3) = (cx.dynamodb(), cx.firehose(), cx.s3());
    let ttl = dynamodb::TimeToLiveSpecification::builder().enabled(true).attribute_name("t");
    let ttl = ttl.build().unwrap();
    sends! { cx, operation;
        "dynamodb:CreateTable" => dynamodb.create_table().table_name("t"),
        "dynamodb:DeleteTable" => dynamodb.delete_table().table_name("t"),
        "dynamodb:DescribeTable" => dynamodb.describe_table().table_name("t"),
        "dynamodb:UpdateTable" => dynamodb.update_table().table_name("t"),
        "dynamodb:UpdateTimeToLive" =>
            dynamodb.update_time_to_live().table_name("t").time_to_live_specification(ttl.clone()),
        "firehose:CreateDeliveryStream" =>
            firehose.create_delivery_stream().delivery_stream_name("s"),
        "firehose:DeleteDeliveryStream" =>
            firehose.delete_delivery_stream().delivery_stream_name("s"),
        "firehose:DescribeDeliveryStream" =>
            firehose.describe_delivery_stream().delivery_stream_name("s"),
        "s3:CreateBucket" => s3.create_bucket().bucket("b"),
        "s3:DeleteBucket" => s3.delete_bucket().bucket("b"),
        "s3:GetBucketPolicy" => s3.get_bucket_policy().bucket("b"),
        "s3:PutBucketPolicy" => s3.put_bucket_policy().bucket("b").policy("{}"),
        "s3:PutBucketNotification" => s3.put_bucket_notification_configuration().bucket("b")
            .notification_configuration(s3::NotificationConfiguration::builder().build()),
    }
}

async fn messaging(cx: &Cx, operation: &str) -> Result<(), Fault> {
    let (alarms, logs, schedules) = (cx.cloudwatch(), cx.logs(), cx.scheduler());
    let (sns, sqs) = (cx.sns(), cx.sqs());
    let tag = aws_sdk_sns::types::Tag::builder().key("k").value("v").build().unwrap();
    let window = scheduler::FlexibleTimeWindow::builder();
    let window = window.mode(scheduler::FlexibleTimeWindowMode::Off).build().unwrap();
    let target = scheduler::Target::builder().arn("a").role_arn("r").build().unwrap();
    sends! { cx, operation;
        "cloudwatch:ListTagsForResource" => alarms.list_tags_for_resource().resource_arn("a"),
        "cloudwatch:PutMetricAlarm" => alarms.put_metric_alarm().alarm_name("a"),
        "logs:CreateLogGroup" => logs.create_log_group().log_group_name("g"),
        "logs:PutRetentionPolicy" =>
            logs.put_retention_policy().log_group_name("g").retention_in_days(1),
        "scheduler:CreateSchedule" => schedules.create_schedule().name("s")
            .schedule_expression("rate(1 day)").flexible_time_window(window.clone())
            .target(target.clone()),
        "scheduler:DeleteScheduleGroup" => schedules.delete_schedule_group().name("g"),
        "scheduler:GetSchedule" => schedules.get_schedule().name("s"),
        "sns:CreateTopic" => sns.create_topic().name("t"),
        "sns:GetTopicAttributes" => sns.get_topic_attributes().topic_arn("t"),
        "sns:SetTopicAttributes" =>
            sns.set_topic_attributes().topic_arn("t").attribute_name("Policy"),
        "sns:Subscribe" => sns.subscribe().topic_arn("t").protocol("sqs"),
        "sns:TagResource" => sns.tag_resource().resource_arn("t").tags(tag.clone()),
        "sns:Unsubscribe" => sns.unsubscribe().subscription_arn("s"),
        "sqs:CreateQueue" => sqs.create_queue().queue_name("q"),
        "sqs:GetQueueAttributes" => sqs.get_queue_attributes().queue_url("q"),
        "sqs:SetQueueAttributes" => sqs.set_queue_attributes().queue_url("q")
            .set_attributes(Some(std::collections::HashMap::new())),
    }
}
