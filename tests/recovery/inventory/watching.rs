use aws_config::SdkConfig;

use super::{Inventory, sorted, unordered};

impl Inventory {
    pub(super) async fn logs(&mut self, config: &SdkConfig) {
        let logs = aws_sdk_cloudwatchlogs::Client::new(config);
        let groups = logs.describe_log_groups().into_paginator().items().send();
        for group in groups.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let arn = group.arn().unwrap_or_default().trim_end_matches(":*");
            let tags = logs.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
            let settings = (group.retention_in_days(), group.kms_key_id());
            self.thing("log group", group.log_group_name(), &[&settings, &sorted(tags.tags())]);
        }
    }

    pub(super) async fn alarms(&mut self, config: &SdkConfig) {
        let watch = aws_sdk_cloudwatch::Client::new(config);
        let alarms = watch.describe_alarms().send().await.unwrap();
        for alarm in alarms.metric_alarms() {
            let arn = alarm.alarm_arn().unwrap();
            let tags = watch.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
            let tags = unordered(tags.tags());
            let metric = (alarm.namespace(), alarm.metric_name(), alarm.dimensions());
            let rule = (
                (alarm.threshold(), alarm.comparison_operator(), alarm.statistic()),
                (alarm.period(), alarm.evaluation_periods(), alarm.treat_missing_data()),
            );
            let actions = (alarm.alarm_actions(), alarm.ok_actions(), alarm.alarm_description());
            self.thing("alarm", alarm.alarm_name(), &[&metric, &rule, &actions, &tags]);
        }
    }

    pub(super) async fn schedules(&mut self, config: &SdkConfig) {
        let client = aws_sdk_scheduler::Client::new(config);
        let groups = client.list_schedule_groups().send().await.unwrap();
        for group in groups.schedule_groups().iter().filter(|it| it.name() != Some("default")) {
            let tags = client.list_tags_for_resource().resource_arn(group.arn().unwrap());
            let tags = tags.send().await.unwrap();
            let tags = unordered(tags.tags());
            self.thing("schedule group", group.name(), &[&tags]);
        }
        for listed in client.list_schedules().send().await.unwrap().schedules() {
            let asked = client.get_schedule().set_group_name(listed.group_name().map(Into::into));
            let schedule = asked.name(listed.name().unwrap()).send().await.unwrap();
            let when = (schedule.schedule_expression(), schedule.state());
            let how = (schedule.group_name(), schedule.flexible_time_window(), schedule.target());
            self.thing("schedule", schedule.name(), &[&when, &how]);
        }
    }
}
