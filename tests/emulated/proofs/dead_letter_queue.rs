use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_lambda::types::InvocationType;
use serde_json::{Value, json};

use crate::support::{Announced, Deployment, http, until};

#[tokio::test]
async fn what_fails_is_kept_and_tried_again() {
    let it = Deployment::applied("dead-letter-queue").await;
    let cloud = &it.cloud;
    let (queue, results) =
        (it.output("mailer", "dead_letter_queue_url"), it.output("results", "bucket"));
    let mail = json!({"to": "ada@example.com", "template": "welcome", "values": {"name": "Ada"}});
    alarm_is(&it, StateValue::Ok).await;

    let payload = aws_sdk_lambda::primitives::Blob::new(mail.to_string());
    let call =
        cloud.lambda().invoke().function_name(it.output_of("mailer", "functions", "function"));
    let answer = call.invocation_type(InvocationType::Event).payload(payload).send().await.unwrap();
    assert_eq!(answer.status_code(), 202);
    let kept: Value = serde_json::from_str(&peek(&it, &queue).await).unwrap();
    assert_eq!(kept["requestPayload"], mail);
    assert_eq!(kept["requestContext"]["approximateInvokeCount"], 3, "two retries");
    alarm_is(&it, StateValue::Alarm).await;

    // There is no template yet, so it fails again and stays.
    redrive(&it).await;
    until("a redrive that kept it", async || (cloud.depth(&queue).await == 1).then_some(())).await;
    assert_eq!(cloud.keys(&results).await, Vec::<String>::new());

    cloud.put(&results, "templates/welcome.txt", "Hello $name").await;
    let mut outbox = Announced::by(cloud, it.output("results", "queue_url"));
    until("an empty queue", async || {
        redrive(&it).await;
        (cloud.depth(&queue).await == 0).then_some(())
    })
    .await;
    let sent: Vec<_> =
        cloud.keys(&results).await.into_iter().filter(|key| key.starts_with("outbox/")).collect();
    assert!(!sent.is_empty());
    outbox.all(&sent).await;
    let mail_sent = cloud.result(&results, &sent[0]).await;
    assert_eq!((&mail_sent["text"], &mail_sent["payload"]), (&json!("Hello Ada"), &mail));
    alarm_is(&it, StateValue::Ok).await;
    it.ends_clean().await;
}

/// Two instances with one queue: what either fails at is tried again by the function that failed.
#[tokio::test]
async fn a_redrive_serves_the_functions_of_other_instances_too() {
    let mut it = Deployment::of("dead-letter-queue").await;
    it.append(
        "[patterns.other]\nuse = \"dead-letter-queue\"\nqueue = \"${mailer.dead-letter-queue}\"\n\
         [patterns.other.function]\ncode = \"functions/other\"\nhandler = \"index.handler\"\n\
         retries = 0\naccess = [\"results.bucket:read\", \"results.bucket:write\"]\n",
    );
    it.write(
        "functions/other/index.py",
        "import json, os, boto3\ns3 = boto3.client('s3')\nbucket = os.environ['RESULTS_BUCKET_NAME']\n\
         def handler(event, _context):\n    s3.get_object(Bucket=bucket, Key='templates/welcome.txt')\n\
        \x20   s3.put_object(Bucket=bucket, Key='outbox/other.json', Body=json.dumps(event))\n",
    );
    it.apply(&[]).await;
    let (cloud, results) = (&it.cloud, it.output("results", "bucket"));
    let queue = it.output("mailer", "dead_letter_queue_url");
    assert_eq!(it.output("other", "dead_letter_queue_url"), queue);
    let mail = json!({"to": "ada@example.com", "template": "welcome", "values": {"name": "Ada"}});
    for (instance, to) in [("mailer", &mail), ("other", &json!({"n": 1}))] {
        let payload = aws_sdk_lambda::primitives::Blob::new(to.to_string());
        let name = it.output_of(instance, "functions", "function");
        let call = cloud.lambda().invoke().function_name(name);
        call.invocation_type(InvocationType::Event).payload(payload).send().await.unwrap();
    }
    until("both", async || (cloud.depth(&queue).await == 2).then_some(())).await;
    cloud.put(&results, "templates/welcome.txt", "Hello $name").await;
    until("an empty queue", async || {
        redrive(&it).await;
        (cloud.depth(&queue).await == 0).then_some(())
    })
    .await;
    let mut sent = cloud.keys(&results).await;
    sent.retain(|key| key.starts_with("outbox/"));
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_eq!(cloud.result(&results, "outbox/other.json").await, json!({"n": 1}));
    it.ends_clean().await;
}

/// What the queue holds, left where it is.
async fn peek(it: &Deployment, queue: &str) -> String {
    let sqs = it.cloud.sqs();
    until("a dead letter", async || {
        let received = sqs.receive_message().queue_url(queue).visibility_timeout(0).send().await;
        received.unwrap().messages.unwrap_or_default().pop()?.body
    })
    .await
}

async fn alarm_is(it: &Deployment, state: StateValue) {
    let watch = aws_sdk_cloudwatch::Client::new(&it.cloud.config);
    let name = it.output("mailer", "alarm");
    until(&format!("an alarm in {state:?}"), async || {
        let found = watch.describe_alarms().alarm_names(&name).send().await.unwrap();
        let alarm = found.metric_alarms().first()?;
        (alarm.state_value() == Some(&state)).then_some(())
    })
    .await;
}

/// Lets the account's schedules fire now.
async fn redrive(it: &Deployment) {
    let endpoint = it.cloud.emulator.endpoint();
    let url = format!("{endpoint}/_maas/schedules/run?account={}", it.cloud.account);
    let fired = http("POST", &url, &[], &[]).await.json();
    assert_eq!(fired["fired"].as_array().unwrap().len(), 1, "{fired}");
}
