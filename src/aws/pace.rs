//! Rate budgets per API family, so that a wide apply does not run into throttling.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// Token buckets for the families of APIs that share a quota.
#[derive(Debug)]
pub struct Pace {
    buckets: Vec<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    operations: &'static [&'static str],
    per_second: f64,
    burst: f64,
    state: Mutex<(f64, Instant)>,
}

/// Families in order: the first that names an operation, its service (`lambda:`), or how it begins
/// (`ec2:Describe*`), holds it.
/// *Lambda quotas*, "API requests"; *Quotas for configuring and running an HTTP API*; *Amazon EC2
/// API throttling* and the like; CloudWatch Logs has one for each operation. IAM publishes none; what is
/// here has been seen to pass.
const QUOTAS: &[(&[&str], f64, f64)] = &[
    (&["ec2:Describe*"], 20.0, 100.0),
    (&["ec2:"], 5.0, 50.0),
    (&["lambda:GetFunction"], 100.0, 100.0),
    (&["lambda:GetPolicy"], 15.0, 15.0),
    (&["lambda:"], 15.0, 15.0),
    (&["apigateway:"], 10.0, 40.0),
    (&["iam:"], 20.0, 40.0),
    (&["sns:Subscribe", "sns:Unsubscribe"], 100.0, 100.0),
    (&["sns:CreateTopic", "sns:DeleteTopic"], 30.0, 30.0),
    (&["logs:CreateLogGroup"], 10.0, 10.0),
    (&["logs:DeleteLogGroup"], 10.0, 10.0),
    (&["logs:PutRetentionPolicy"], 10.0, 10.0),
    (&["firehose:"], 5.0, 5.0),
];

impl Pace {
    /// AWS's published quotas.
    pub fn quotas() -> Self {
        let bucket = |&(operations, per_second, burst): &(&'static [&'static str], f64, f64)| {
            Bucket { operations, per_second, burst, state: Mutex::new((burst, Instant::now())) }
        };
        Self { buckets: QUOTAS.iter().map(bucket).collect() }
    }

    /// No budgets at all.
    pub fn unlimited() -> Self {
        Self { buckets: Vec::new() }
    }

    /// Waits until a call of that operation fits into its family's budget.
    pub async fn wait(&self, operation: &str) {
        let begins = |name: &str| {
            let head = name.strip_suffix('*').or(name.ends_with(':').then_some(name));
            head.is_some_and(|head| operation.starts_with(head))
        };
        let fits = |bucket: &&Bucket| {
            bucket.operations.iter().any(|name| *name == operation || begins(name))
        };
        if let Some(bucket) = self.buckets.iter().find(fits) {
            bucket.take().await;
        }
    }
}

impl Bucket {
    async fn take(&self) {
        let mut state = self.state.lock().await;
        let refilled = state.0 + state.1.elapsed().as_secs_f64() * self.per_second;
        *state = (refilled.min(self.burst), Instant::now());
        if state.0 < 1.0 {
            let pause = Duration::from_secs_f64((1.0 - state.0) / self.per_second);
            tokio::time::sleep(pause).await;
            *state = (1.0, Instant::now());
        }
        state.0 -= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_operation_of_its_own_quota_shares_it_with_no_other() {
        let pace = Pace::quotas();
        let started = Instant::now();
        for _ in 0..100 {
            pace.wait("lambda:GetFunction").await;
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
        for _ in 0..30 {
            pace.wait("lambda:GetFunctionEventInvokeConfig").await;
        }
        assert!(started.elapsed() >= Duration::from_millis(990));
    }

    #[tokio::test(start_paused = true)]
    async fn the_burst_passes_at_once_and_the_rest_at_the_rate() {
        let pace = Pace::quotas();
        let started = Instant::now();
        for _ in 0..40 {
            pace.wait("apigateway:CreateRoute").await;
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
        for _ in 0..10 {
            pace.wait("apigateway:CreateRoute").await;
        }
        let rest = started.elapsed().as_millis();
        assert!((990..=1100).contains(&rest), "{rest} ms");
    }
}
