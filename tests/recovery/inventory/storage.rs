use aws_config::SdkConfig;

use super::{Inventory, policy, unordered};

impl Inventory {
    pub(super) async fn buckets(&mut self, config: &SdkConfig) {
        let s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        for bucket in s3.list_buckets().send().await.unwrap().buckets() {
            let name = bucket.name().unwrap();
            // What is not set is an error in some of these.
            macro_rules! part {
                ($($ask:ident).+ => $($take:ident)|+) => {{
                    let answer = s3.$($ask)+().bucket(name).send().await;
                    answer.ok().map(|answer| ($(format!("{:?}", answer.$take()),)+))
                }};
            }
            let notification = part!(get_bucket_notification_configuration =>
                queue_configurations | topic_configurations | lambda_function_configurations);
            let cors = part!(get_bucket_cors => cors_rules);
            let lifecycle = part!(get_bucket_lifecycle_configuration => rules);
            let encryption = part!(get_bucket_encryption => server_side_encryption_configuration);
            let versioning = part!(get_bucket_versioning => status);
            let access = part!(get_public_access_block => public_access_block_configuration);
            let allowed = s3.get_bucket_policy().bucket(name).send().await;
            let allowed = allowed.ok().and_then(|answer| answer.policy().map(policy));
            let tags = s3.get_bucket_tagging().bucket(name).send().await;
            let tags = tags.map(|answer| answer.tag_set().to_vec()).unwrap_or_default();
            let tags = unordered(&tags);
            let settings = (cors, lifecycle, encryption, versioning, access, allowed);
            self.thing("bucket", Some(name), &[&notification, &settings, &tags]);
        }
    }

    pub(super) async fn tables(&mut self, config: &SdkConfig) {
        let client = aws_sdk_dynamodb::Client::new(config);
        for name in client.list_tables().send().await.unwrap().table_names() {
            let table = client.describe_table().table_name(name).send().await.unwrap();
            let table = table.table().unwrap();
            let keys = (table.key_schema(), table.attribute_definitions());
            let settings = (
                table.billing_mode_summary().and_then(|billing| billing.billing_mode()),
                (table.stream_specification(), table.sse_description()),
                (table.deletion_protection_enabled(), table.global_secondary_indexes()),
            );
            let ttl = client.describe_time_to_live().table_name(name).send().await.unwrap();
            let tags = client.list_tags_of_resource().resource_arn(table.table_arn().unwrap());
            let tags = tags.send().await.unwrap();
            let tags = unordered(tags.tags());
            let parts: [&dyn std::fmt::Debug; 4] =
                [&keys, &settings, &ttl.time_to_live_description(), &tags];
            self.thing("table", Some(name), &parts);
        }
    }

    pub(super) async fn streams(&mut self, config: &SdkConfig) {
        let client = aws_sdk_firehose::Client::new(config);
        let names = client.list_delivery_streams().limit(1000).send().await.unwrap();
        for name in names.delivery_stream_names() {
            let stream = client.describe_delivery_stream().delivery_stream_name(name);
            let stream = stream.send().await.unwrap();
            let stream = stream.delivery_stream_description().unwrap();
            let kind = (stream.delivery_stream_type(), stream.delivery_stream_status());
            let targets: Vec<_> = stream
                .destinations()
                .iter()
                .map(|destination| destination.extended_s3_destination_description())
                .collect();
            let tags = client.list_tags_for_delivery_stream().delivery_stream_name(name);
            let tags = tags.send().await.unwrap();
            let tags = unordered(tags.tags());
            self.thing("stream", Some(name), &[&kind, &targets, &tags]);
        }
    }
}
