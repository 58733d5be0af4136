use insta::assert_snapshot;

use super::*;

/// One file with a mistake of nearly every kind.
#[test]
fn all_problems_of_a_manifest_are_reported_at_once() {
    let text = r#"[project]
name = "Shop"

[state]
backend = "slede"

[functions]
runtime = "python3.1"
memory = "256"
log_retention = "15d"

[environments.prod]
protected = true

[environments.prod.patterns.order]
cors.origins = []

[patterns.orders]
use = "api-custom-authorizer"
cors = { origin = ["https://shop.example"] }
[patterns.orders.authorizer]
code = "functions/authorizer"
identity = "$request.header.Authorization"
cache = "5 min"
[patterns.orders.routes."GET /echo/"]
code = "functions/echo"
handler = "index.handler"
environment = { TOPIC = "${images.topic.arn", STAGE = "${envv}", AWS_REGION = "x" }
access = ["uploads.bucket"]
timeout = "20m"
[patterns.orders.routes."FETCH /health"]
code = "functions/health"
handler = "index.handler"
public = "yes"

[patterns.jobs]
use = "api-asynch"

[patterns.more]
use = "api-async"
capacity = { min = 0.5, max = 1000 }
consumer = { code = "functions/consumer", handler = "index.handler", batch = "${var.BATCH}" }
"#;
    let problems = read_with(text, &context()).unwrap_err();
    assert_eq!(problems.to_string(), "The manifest has 23 problems.");
    assert_snapshot!(report(&problems));
}
