//! Each service's code and message arrive, whatever its protocol.

use crate::aws::Cx;
use crate::aws::injected::{Injected, refuse};
use crate::graph::Fault;

async fn ask(cx: &Cx, operation: &'static str) -> Fault {
    macro_rules! fault {
        ($($call:tt)+) => { cx.call(operation, || cx.$($call)+.send()).await.map(|_| ()).unwrap_err() };
    }
    match operation {
        "apigateway:GetApi" => fault!(apigatewayv2().get_api().api_id("a")),
        "cloudwatch:DescribeAlarms" => fault!(cloudwatch().describe_alarms()),
        "dynamodb:DescribeTable" => fault!(dynamodb().describe_table().table_name("t")),
        "ec2:DescribeVpcs" => fault!(ec2().describe_vpcs()),
        "firehose:DescribeDeliveryStream" => {
            fault!(firehose().describe_delivery_stream().delivery_stream_name("s"))
        }
        "iam:GetRole" => fault!(iam().get_role().role_name("r")),
        "lambda:GetFunction" => fault!(lambda().get_function().function_name("f")),
        "logs:DescribeLogGroups" => fault!(logs().describe_log_groups()),
        "rds:DescribeDBClusters" => fault!(rds().describe_db_clusters()),
        "s3:GetBucketPolicy" => fault!(s3().get_bucket_policy().bucket("b")),
        "scheduler:GetSchedule" => fault!(scheduler().get_schedule().name("s")),
        "sns:GetTopicAttributes" => fault!(sns().get_topic_attributes().topic_arn("t")),
        "sqs:GetQueueUrl" => fault!(sqs().get_queue_url().queue_name("q")),
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_keeps_its_code_and_its_message() {
    for operation in [
        "apigateway:GetApi",
        "cloudwatch:DescribeAlarms",
        "dynamodb:DescribeTable",
        "ec2:DescribeVpcs",
        "firehose:DescribeDeliveryStream",
        "iam:GetRole",
        "lambda:GetFunction",
        "logs:DescribeLogGroups",
        "rds:DescribeDBClusters",
        "s3:GetBucketPolicy",
        "scheduler:GetSchedule",
        "sns:GetTopicAttributes",
        "sqs:GetQueueUrl",
    ] {
        let aws = Injected::new().answers(operation, [refuse("Teapot", "short and stout")]);
        let fault = ask(&aws.cx(), operation).await;
        assert_eq!(fault.code.as_deref(), Some("Teapot"), "{operation}");
        assert_eq!(fault.message, "short and stout", "{operation}");
        assert!(fault.request_id.is_some(), "{operation}");
    }
}
