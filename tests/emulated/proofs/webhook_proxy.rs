use serde_json::{Value, json};

use crate::support::{Announced, Deployment, FAILS, until};

/// One webhook with recipients, whose deliveries are looked at in the bucket that they write to.
struct Hook<'a> {
    it: &'a Deployment,
    announced: Announced<'a>,
    /// What every delivery so far should have led to.
    expected: Vec<String>,
}

impl<'a> Hook<'a> {
    fn of(it: &'a Deployment) -> Self {
        let announced = Announced::by(&it.cloud, it.output("results", "queue_url"));
        Self { it, announced, expected: Vec::new() }
    }

    /// Posts a payload and waits for these recipients; the delivery's id.
    async fn reaches(&mut self, payload: serde_json::Value, recipients: &[&str]) -> String {
        let headers = [("content-type", "application/json")];
        let answer = self.it.call("hooks", "POST /hook", &headers, &payload.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        self.expected.extend(recipients.iter().map(|who| format!("{who}/{id}.json")));
        self.announced.all(&self.expected).await;
        for who in recipients {
            let bucket = self.it.output("results", "bucket");
            let result = self.it.cloud.result(&bucket, &format!("{who}/{id}.json")).await;
            assert_eq!(result["payload"], payload, "{who}");
        }
        id
    }

    /// Each recipient was reached once by what it was to be reached by, and by nothing else. A
    /// recipient gets its deliveries in order, so what went astray earlier would be here by now.
    async fn and_nobody_else(mut self) {
        let counts = self.announced.all(&self.expected).await;
        let once: Vec<_> = counts.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        self.expected.sort();
        let expected: Vec<_> = self.expected.iter().map(|key| (key.as_str(), 1)).collect();
        assert_eq!(once, expected);
    }
}

/// Adds a recipient that gets what its filter on the field's being there lets through.
fn listens(it: &Deployment, name: &str, filter: &str) {
    it.write(
        &format!("functions/recipients/{name}.py"),
        &format!(
            "from deliveries import deliveries, save\n\n\ndef handler(event, _context):\n    \
             for delivery in deliveries(event):\n        save(f\"{name}/{{delivery['id']}}\", \
             {{\"payload\": delivery[\"payload\"]}})\n"
        ),
    );
    it.append(&format!(
        "[patterns.hooks.recipients.{name}]\ncode = \"functions/recipients\"\n\
         handler = \"{name}.handler\"\nfilter = {filter}\naccess = [\"results.bucket:write\"]\n"
    ));
}

/// What no filter on values would find.
#[tokio::test]
async fn a_table_reaches_who_listens_for_a_field_of_any_type() {
    let mut it = Deployment::of("webhook-proxy").await;
    listens(&it, "listed", "{ lines = { exists = true } }");
    it.apply(&[]).await;
    let mut hook = Hook::of(&it);
    for lines in [json!([]), json!([1]), json!({"a": 1}), json!(null), json!("")] {
        hook.reaches(json!({"lines": lines}), &["listed", "audit"]).await;
    }
    hook.reaches(json!({"number": 1}), &["audit"]).await;
    hook.reaches(json!({"lines": 1}), &["listed", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn a_bucket_reaches_who_listens_for_a_field_that_is_there_or_not() {
    let mut it = Deployment::of("webhook-proxy-s3").await;
    listens(&it, "kinds", "{ kind = { exists = true } }");
    listens(&it, "rest", "{ kind = { exists = false } }");
    it.apply(&[]).await;
    let mut hook = Hook::of(&it);
    for kind in [json!({"a": 1}), json!(null), json!([]), json!("order")] {
        hook.reaches(json!({"kind": kind}), &["kinds", "audit"]).await;
    }
    hook.reaches(json!({"number": 1}), &["rest", "audit"]).await;
    hook.reaches(json!({"kind": "invoice"}), &["billing", "kinds", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn a_table_reaches_who_listens_for_it() {
    let it = Deployment::applied("webhook-proxy").await;
    let mut hook = Hook::of(&it);
    let invoice = json!({"kind": "invoice", "number": "7", "lines": [{"amount": "12.50"}]});
    let id = hook.reaches(invoice.clone(), &["billing", "audit"]).await;
    let booked =
        it.cloud.result(&it.output("results", "bucket"), &format!("billing/{id}.json")).await;
    assert_eq!((&booked["invoice"], &booked["due"]), (&json!("7"), &json!("12.50")));
    hook.reaches(json!({"kind": "order", "lines": []}), &["shipping", "audit"]).await;
    hook.reaches(json!({"kind": "return", "lines": []}), &["shipping", "audit"]).await;
    hook.reaches(json!({"kind": "newsletter"}), &["audit"]).await;
    hook.reaches(json!({"number": 1}), &["audit"]).await;
    // The last of each, which everything before has to be done for.
    hook.reaches(invoice, &["billing", "audit"]).await;
    hook.reaches(json!({"kind": "order"}), &["shipping", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn a_bucket_reaches_who_listens_for_it() {
    let it = Deployment::applied("webhook-proxy-s3").await;
    let mut hook = Hook::of(&it);
    hook.reaches(json!({"kind": "invoice", "number": "7"}), &["billing", "audit"]).await;
    hook.reaches(json!({"kind": "order"}), &["audit"]).await;
    hook.reaches(json!({"number": 1}), &["audit"]).await;
    hook.reaches(json!({"kind": "invoice", "number": "8"}), &["billing", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn the_same_delivery_again_reaches_nobody() {
    once("webhook-proxy").await;
}

/// Whether the days differ is for the receiver's own tests.
#[tokio::test]
async fn the_same_delivery_again_is_in_the_bucket_once() {
    once("webhook-proxy-s3").await;
}

async fn once(manifest: &str) {
    let it = Deployment::applied(manifest).await;
    let mut hook = Hook::of(&it);
    let post = async || {
        let headers = [("content-type", "application/json"), ("webhook-id", "evt-1")];
        it.call("hooks", "POST /hook", &headers, r#"{"kind": "invoice"}"#).await.json()
    };
    let first = post().await;
    let again = post().await;
    assert_eq!((&first["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    assert_eq!(first["id"], again["id"]);
    let id = first["id"].as_str().unwrap();
    hook.expected = ["billing", "audit"].map(|who| format!("{who}/{id}.json")).to_vec();
    let last = json!({"kind": "invoice", "number": "last"});
    let last = hook.reaches(last, &["billing", "audit"]).await;
    if let Some(bucket) = it.outputs["hooks"]["bucket"].as_str() {
        let mut keys = it.cloud.keys(bucket).await;
        keys.sort();
        let mut expected = [id, &last].map(|id| format!("hooks/kind/invoice/{id}.json"));
        expected.sort();
        assert_eq!(keys, expected);
    }
    hook.and_nobody_else().await;
    it.leaves_nothing().await;
}

/// Fails at every batch with one certain delivery in it, before it does anything.
const PICKY: &str = r#"
from deliveries import deliveries, save


def handler(event, _context):
    batch = list(deliveries(event))
    if any(delivery["payload"]["number"] == "poison" for delivery in batch):
        raise RuntimeError("poison")
    for delivery in batch:
        save(f"billing/{delivery['id']}", {"payload": delivery["payload"]})
"#;

/// One of a batch fails: the batch is halved until it is alone, and what it is goes to the queue.
#[tokio::test]
async fn a_delivery_that_fails_is_kept_and_holds_up_no_other() {
    let mut it = Deployment::of("webhook-proxy").await;
    it.write("functions/recipients/billing.py", PICKY);
    it.apply(&[]).await;
    let mut hook = Hook::of(&it);
    let lambda = it.cloud.lambda();
    let billing = it.output_of("hooks", "functions", "billing.function");
    let found = lambda.list_event_source_mappings().function_name(billing).send().await.unwrap();
    let mapping = found.event_source_mappings()[0].uuid().unwrap();
    // Stopped while they come, so that they are one batch.
    let turn = async |on: bool| {
        lambda.update_event_source_mapping().uuid(mapping).enabled(on).send().await.unwrap();
    };
    turn(false).await;
    let mut good = Vec::new();
    for number in ["1", "2", "poison", "4", "5"] {
        let invoice = json!({"kind": "invoice", "number": number});
        let id = hook.reaches(invoice, &["audit"]).await;
        good.extend((number != "poison").then(|| format!("billing/{id}.json")));
    }
    turn(true).await;
    hook.expected.extend(good);
    let dead = it.cloud.next(&it.output("hooks", "dead_letter_queue_url")).await;
    let [dead] = dead.as_slice() else { panic!("{dead:?}") };
    let dead: Value = serde_json::from_str(dead).unwrap();
    assert_eq!(dead["DDBStreamBatchInfo"]["batchSize"], 1, "it is alone: {dead}");
    assert_eq!(dead["requestContext"]["condition"], "RetryAttemptsExhausted", "{dead}");
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn what_a_recipient_of_the_topic_fails_at_is_kept() {
    let mut it = Deployment::of("webhook-proxy-s3").await;
    it.write("functions/recipients/billing.py", FAILS);
    it.apply(&[]).await;
    let mut hook = Hook::of(&it);
    let id = hook.reaches(json!({"kind": "invoice"}), &["audit"]).await;
    let queue = it.output_of("hooks", "dead_letter_queues", "billing.dead-letter-queue");
    let dead = it.cloud.next(&queue).await;
    let [dead] = dead.as_slice() else { panic!("{dead:?}") };
    let dead: Value = serde_json::from_str(dead).unwrap();
    let message = dead["requestPayload"]["Records"][0]["Sns"]["Message"].as_str().unwrap();
    assert!(message.contains(&format!("hooks/kind/invoice/{id}.json")), "{dead}");
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

/// Adds another project's recipients to a webhook, whose own project is not touched by it.
async fn listened_to_from_elsewhere(manifest: &str, project: &str, own: &str, store: [&str; 2]) {
    let it = Deployment::applied(manifest).await;
    let mut other = it.beside(manifest);
    other.edit("", &format!("name = \"{project}\""), "name = \"elsewhere\"");
    other.edit("", own, "");
    let name = |key: &str| it.output("hooks", key);
    let [key, output] = store;
    let source = match key {
        "stream_arn" => format!("stream_arn = \"{}\"", name(output)),
        key => {
            other.edit("", "ttl = \"30d\"\n", "");
            let (source, bucket) = (name(output), name("bucket"));
            format!("{key} = \"{source}\"\nbucket_arn = \"arn:aws:s3:::{bucket}\"")
        }
    };
    other.edit("", "use = \"webhook-proxy\"\n", &format!("use = \"webhook-proxy\"\n{source}\n"));
    other.apply(&[]).await;
    it.ends_with(0, "plan", &["--refresh", "--detailed-exitcode"]).await;

    let (mut hook, mut heard) = (Hook::of(&it), Hook::of(&other));
    let invoice = json!({"kind": "invoice", "number": "7"});
    let first = hook.reaches(invoice.clone(), &["billing", "audit"]).await;
    let second = hook.reaches(json!({"kind": "newsletter"}), &["audit"]).await;
    let last = hook.reaches(invoice, &["billing", "audit"]).await;
    for (id, recipients) in
        [(&first, &["billing", "audit"][..]), (&second, &["audit"]), (&last, &["billing", "audit"])]
    {
        heard.expected.extend(recipients.iter().map(|who| format!("{who}/{id}.json")));
    }
    hook.and_nobody_else().await;
    heard.and_nobody_else().await;

    // The other project goes, and the webhook goes on.
    until("a settled other project", async || {
        let ended = other.maas("plan", &["--refresh", "--detailed-exitcode"]).await;
        ended.status.success().then_some(())
    })
    .await;
    other.destroy().await;
    let mut hook = Hook::of(&it);
    hook.reaches(json!({"kind": "invoice", "number": "8"}), &["billing", "audit"]).await;
    hook.and_nobody_else().await;
    it.ends_clean().await;
}

#[tokio::test]
async fn another_project_listens_to_the_stream() {
    let own = "route = \"POST /hook\"\nstore = \"dynamodb\"\nttl = \"30d\" # how long a delivery is kept\n";
    listened_to_from_elsewhere("webhook-proxy", "hooks", own, ["stream_arn", "stream_arn"]).await;
}

#[tokio::test]
async fn another_project_listens_to_the_topic() {
    let own = "route = \"POST /hook\"\n";
    let store = ["topic_arn", "topic_arn"];
    listened_to_from_elsewhere("webhook-proxy-s3", "hooks-s3", own, store).await;
}
