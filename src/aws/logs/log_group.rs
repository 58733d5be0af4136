//! `aws:logs/log-group`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::check::Check;
use crate::aws::{Cx, list};
use crate::graph::{
    Arn, Charset, Created, Fault, Foretold, Held, Id, Input, Listed, Naming, Objection, OrAbsent,
    Place, Resource, Scope, Seen, Tags,
};
use crate::outputs;

/// A CloudWatch Logs log group.
#[derive(Debug)]
pub struct LogGroup;

/// What a log group is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogGroupInputs {
    /// Its name, as in `/aws/lambda/shop-dev-orders-echo-function`.
    pub name: Input<String>,
    /// Days that it keeps events; one of the values that CloudWatch Logs knows.
    pub retention_days: i32,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
}

outputs! {
    /// What a log group gives back.
    LogGroup => LogGroupOutputs {
        /// Its name.
        name: String,
        /// Its ARN, without the `:*` that some of AWS's answers append.
        arn: Arn,
    }
}

/// The days that CloudWatch Logs knows (*Amazon CloudWatch Logs API Reference*,
/// "PutRetentionPolicy").
const RETENTIONS: [i32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

fn outputs_of(name: &str, place: &Place) -> Result<LogGroupOutputs, Fault> {
    let arn: Input<Arn> = place.arn("logs", format!("log-group:{name}"));
    Ok(LogGroupOutputs { name: name.to_owned(), arn: arn.get()?.clone() })
}

impl Resource for LogGroup {
    type Cloud = crate::aws::Aws;
    type Inputs = LogGroupInputs;
    type Outputs = LogGroupOutputs;

    const KIND: &'static str = "aws:logs/log-group";
    const NAME: Option<Naming> =
        Some(Naming { input: "name", longest: 512, charset: Charset::Path, global: false });
    const TAGGED: bool = true;
    const REPLACE_ON: &'static [&'static str] = &["name"];

    fn foretell(want: &LogGroupInputs, place: &Place) -> Foretold {
        let Some(name) = want.name.known() else { return Foretold::default() };
        let arn: Input<Arn> = place.arn("logs", format!("log-group:{name}"));
        Foretold::default().id(name.as_str()).output("name", name).output("arn", arn)
    }

    fn check(want: &LogGroupInputs) -> Vec<Objection> {
        let fits = |name: &String| {
            let charset = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
            (1..=512).contains(&name.len())
                && name.bytes().all(charset)
                && !name.starts_with("aws/")
        };
        let days = want.retention_days;
        let nearest = RETENTIONS.iter().min_by_key(|known| (**known - days).abs());
        Check::default()
            .that(
                want.name.known().is_none_or(fits),
                "name",
                "a log group's name has 1 to 512 letters, digits and `.-_/#`, and does not start with `aws/`",
            )
            .that(
                RETENTIONS.contains(&days),
                "retention_days",
                format!(
                    "CloudWatch Logs does not keep events for {days} days; the nearest that it knows is {}",
                    nearest.copied().unwrap_or_default()
                ),
            )
            .done()
    }

    async fn create(cx: &Cx, want: &LogGroupInputs) -> Result<Created<Self>, Fault> {
        let name = want.name.get()?;
        cx.call("logs:CreateLogGroup", || {
            cx.logs()
                .create_log_group()
                .log_group_name(name)
                .set_tags(Some(want.tags.clone().into_iter().collect()))
                .send()
        })
        .await?;
        let id = Id::from(name.as_str());
        cx.made(&id).await?;
        put_retention(cx, name, want.retention_days).await?;
        Ok(Created { id, outputs: outputs_of(name, cx.place())? })
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let name = held.id.as_str();
        let page = cx
            .call("logs:DescribeLogGroups", || {
                cx.logs().describe_log_groups().log_group_name_prefix(name).send()
            })
            .await?;
        let Some(group) =
            page.log_groups().iter().find(|group| group.log_group_name() == Some(name))
        else {
            return Ok(None);
        };
        let outputs = outputs_of(name, cx.place())?;
        let tags = cx
            .call("logs:ListTagsForResource", || {
                cx.logs().list_tags_for_resource().resource_arn(outputs.arn.as_str()).send()
            })
            .await?;
        let inputs = LogGroupInputs {
            name: Input::from(name),
            retention_days: group.retention_in_days().unwrap_or_default(),
            tags: crate::aws::tags::ours(tags.tags.unwrap_or_default()),
        };
        Ok(Some(Seen { inputs, outputs }))
    }

    async fn update(
        cx: &Cx,
        held: &Held<Self>,
        want: &LogGroupInputs,
    ) -> Result<LogGroupOutputs, Fault> {
        let name = held.id.as_str();
        if held.differs(want, |inputs| inputs.retention_days) {
            put_retention(cx, name, want.retention_days).await?;
        }
        let outputs = outputs_of(name, cx.place())?;
        let (gone, put) = crate::aws::tags::due(held.finished, &held.inputs.tags, &want.tags);
        if !put.is_empty() {
            cx.call("logs:TagResource", || {
                cx.logs()
                    .tag_resource()
                    .resource_arn(outputs.arn.as_str())
                    .set_tags(Some(put.clone().into_iter().collect()))
                    .send()
            })
            .await?;
        }
        if !gone.is_empty() {
            cx.call("logs:UntagResource", || {
                cx.logs()
                    .untag_resource()
                    .resource_arn(outputs.arn.as_str())
                    .set_tag_keys(Some(gone.clone()))
                    .send()
            })
            .await?;
        }
        Ok(outputs)
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let name = held.id.as_str();
        cx.call("logs:DeleteLogGroup", || cx.logs().delete_log_group().log_group_name(name).send())
            .await
            .or_absent()?;
        Ok(())
    }

    async fn list(cx: &Cx, scope: &Scope) -> Result<Option<Vec<Listed<Self>>>, Fault> {
        list::log_groups(cx, scope).await.map(Some)
    }
}

async fn put_retention(cx: &Cx, name: &str, days: i32) -> Result<(), Fault> {
    cx.call("logs:PutRetentionPolicy", || {
        cx.logs().put_retention_policy().log_group_name(name).retention_in_days(days).send()
    })
    .await?;
    Ok(())
}
