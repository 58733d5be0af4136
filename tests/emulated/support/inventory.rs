//! Everything that an account holds.

use super::{Cloud, Emulator, until};

impl Cloud {
    /// Waits until the account is empty.
    pub async fn is_empty(&self) {
        let mut left = Vec::new();
        until(&format!("nothing left in {}", self.account), async || {
            let now = self.inventory().await;
            if now != left {
                left.clone_from(&now);
                #[expect(clippy::print_stderr, reason = "what is left tells why the test fails")]
                {
                    eprintln!("left in {}: {left:?}", self.account);
                }
            }
            now.is_empty().then_some(())
        })
        .await;
    }

    /// What there is, one line each. LocalStack has these services only.
    pub async fn inventory(&self) -> Vec<String> {
        let mut found = self.messaging().await;
        if self.emulator == Emulator::MiniStack {
            found.extend(self.computing().await);
            found.extend(self.watching().await);
            found.extend(self.storing().await);
        }
        found
    }

    async fn messaging(&self) -> Vec<String> {
        let mut found = Vec::new();
        let buckets = self.s3().list_buckets().send().await.unwrap();
        found.extend(buckets.buckets().iter().map(|it| format!("bucket {:?}", it.name)));
        let queues = self.sqs().list_queues().send().await.unwrap();
        found.extend(queues.queue_urls().iter().map(|it| format!("queue {it}")));
        let sns = aws_sdk_sns::Client::new(&self.config);
        let topics = sns.list_topics().send().await.unwrap();
        found.extend(topics.topics().iter().map(|it| format!("topic {:?}", it.topic_arn)));
        let subscriptions = sns.list_subscriptions().send().await.unwrap();
        let endpoints = subscriptions.subscriptions().iter();
        found.extend(endpoints.map(|it| format!("subscription of {:?}", it.endpoint)));
        let iam = aws_sdk_iam::Client::new(&self.config);
        let roles = iam.list_roles().send().await.unwrap();
        found.extend(roles.roles().iter().map(|it| format!("role {}", it.role_name)));
        found
    }

    async fn computing(&self) -> Vec<String> {
        let mut found = Vec::new();
        let functions = self.lambda().list_functions().send().await.unwrap();
        found.extend(
            functions.functions().iter().map(|it| format!("function {:?}", it.function_name)),
        );
        let mappings = self.lambda().list_event_source_mappings().send().await.unwrap();
        let sources = mappings.event_source_mappings().iter();
        found.extend(sources.map(|it| format!("mapping of {:?}", it.event_source_arn)));
        let tables =
            aws_sdk_dynamodb::Client::new(&self.config).list_tables().send().await.unwrap();
        found.extend(tables.table_names().iter().map(|it| format!("table {it}")));
        let apis = aws_sdk_apigatewayv2::Client::new(&self.config).get_apis().send().await.unwrap();
        found.extend(apis.items().iter().map(|it| format!("API {:?}", it.name)));
        let streams = aws_sdk_firehose::Client::new(&self.config);
        let streams = streams.list_delivery_streams().send().await.unwrap();
        found.extend(streams.delivery_stream_names().iter().map(|it| format!("stream {it}")));
        found
    }

    async fn storing(&self) -> Vec<String> {
        let mut found = Vec::new();
        let rds = aws_sdk_rds::Client::new(&self.config);
        let clusters = rds.describe_db_clusters().send().await.unwrap();
        let clusters = clusters.db_clusters().iter();
        found.extend(clusters.map(|it| format!("cluster {:?}", it.db_cluster_identifier)));
        let instances = rds.describe_db_instances().send().await.unwrap();
        let instances = instances.db_instances().iter();
        found.extend(instances.map(|it| format!("database {:?}", it.db_instance_identifier)));
        let snapshots = rds.describe_db_cluster_snapshots().send().await.unwrap();
        let snapshots = snapshots.db_cluster_snapshots().iter();
        found.extend(
            snapshots.map(|it| format!("snapshot {:?}", it.db_cluster_snapshot_identifier)),
        );
        let snapshots = rds.describe_db_snapshots().send().await.unwrap();
        let snapshots = snapshots.db_snapshots().iter();
        found.extend(snapshots.map(|it| format!("snapshot {:?}", it.db_snapshot_identifier)));
        let groups = rds.describe_db_subnet_groups().send().await.unwrap();
        let groups = groups.db_subnet_groups().iter();
        found.extend(groups.map(|it| format!("subnet group {:?}", it.db_subnet_group_name)));
        let parameters = rds.describe_db_cluster_parameter_groups().send().await.unwrap();
        found.extend(
            parameters
                .db_cluster_parameter_groups()
                .iter()
                .map(|it| format!("parameter group {:?}", it.db_cluster_parameter_group_name)),
        );
        let parameters = rds.describe_db_parameter_groups().send().await.unwrap();
        let parameters = parameters.db_parameter_groups().iter();
        found.extend(
            parameters.map(|it| format!("parameter group {:?}", it.db_parameter_group_name)),
        );
        let ec2 = aws_sdk_ec2::Client::new(&self.config);
        let addresses = ec2.describe_addresses().send().await.unwrap();
        found.extend(addresses.addresses().iter().map(|it| format!("address {:?}", it.public_ip)));
        let vpcs = ec2.describe_vpcs().send().await.unwrap();
        let vpcs = vpcs.vpcs().iter().filter(|it| it.is_default() != Some(true));
        found.extend(vpcs.map(|it| format!("VPC {:?}", it.vpc_id)));
        found
    }

    async fn watching(&self) -> Vec<String> {
        let mut found = Vec::new();
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.config);
        let groups = logs.describe_log_groups().send().await.unwrap();
        found.extend(
            groups.log_groups().iter().map(|it| format!("log group {:?}", it.log_group_name)),
        );
        let watch = aws_sdk_cloudwatch::Client::new(&self.config);
        let alarms = watch.describe_alarms().send().await.unwrap();
        found.extend(alarms.metric_alarms().iter().map(|it| format!("alarm {:?}", it.alarm_name)));
        let scheduler = aws_sdk_scheduler::Client::new(&self.config);
        let schedules = scheduler.list_schedules().send().await.unwrap();
        found.extend(schedules.schedules().iter().map(|it| format!("schedule {:?}", it.name)));
        let groups = scheduler.list_schedule_groups().send().await.unwrap();
        let own = groups.schedule_groups().iter().filter(|it| it.name() != Some("default"));
        found.extend(own.map(|it| format!("schedule group {:?}", it.name)));
        found
    }
}
