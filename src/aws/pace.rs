//! Rate budgets per API family, so that a wide apply does not run into throttling.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
    /// The calls that are left, as of then.
    left: tokio::sync::Mutex<(f64, Instant)>,
    /// The calls a second that AWS seemed to take when it last refused one, and when that was.
    slowed: Mutex<Option<(f64, Instant)>>,
}

/// How much of its rate a family gets back a second.
const RECOVERY: f64 = 0.05;

/// The least of its rate that a family keeps.
const LEAST: f64 = 1.0 / 16.0;

/// Refusals within this time are of calls that were sent at the same rate.
const AT_ONCE: Duration = Duration::from_secs(1);

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
            let left = tokio::sync::Mutex::new((burst, Instant::now()));
            Bucket { operations, per_second, burst, left, slowed: Mutex::new(None) }
        };
        Self { buckets: QUOTAS.iter().map(bucket).collect() }
    }

    /// No budgets at all.
    pub fn unlimited() -> Self {
        Self { buckets: Vec::new() }
    }

    /// Waits until a call of that operation fits into its family's budget.
    pub async fn wait(&self, operation: &str) {
        if let Some(bucket) = self.bucket(operation) {
            bucket.take().await;
        }
    }

    /// Halves the rate of that operation's family for a while: AWS throttled a call, since others use
    /// the account's quota too, or it is smaller than the published one.
    pub fn slow(&self, operation: &str) {
        if let Some(bucket) = self.bucket(operation) {
            bucket.slow();
        }
    }

    fn bucket(&self, operation: &str) -> Option<&Bucket> {
        let begins = |name: &str| {
            let head = name.strip_suffix('*').or(name.ends_with(':').then_some(name));
            head.is_some_and(|head| operation.starts_with(head))
        };
        let fits = |bucket: &&Bucket| {
            bucket.operations.iter().any(|name| *name == operation || begins(name))
        };
        self.buckets.iter().find(fits)
    }
}

impl Bucket {
    async fn take(&self) {
        let mut left = self.left.lock().await;
        let slowed = *self.slowed.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = self.rate(slowed);
        // What AWS refused shows that the burst is used up.
        let (calls, since) = match slowed {
            Some((_, at)) if at >= left.1 => (0.0, at),
            _ => *left,
        };
        let refilled = calls + since.elapsed().as_secs_f64() * rate;
        *left = (refilled.min(self.burst), Instant::now());
        if left.0 < 1.0 {
            let pause = Duration::from_secs_f64((1.0 - left.0) / rate);
            tokio::time::sleep(pause).await;
            *left = (1.0, Instant::now());
        }
        left.0 -= 1.0;
    }

    /// The calls a second of now, where AWS refused one before.
    fn rate(&self, slowed: Option<(f64, Instant)>) -> f64 {
        let Some((rate, at)) = slowed else { return self.per_second };
        let regained = at.elapsed().as_secs_f64() * RECOVERY * self.per_second;
        (rate + regained).min(self.per_second)
    }

    fn slow(&self) {
        let mut slowed = self.slowed.lock().unwrap_or_else(PoisonError::into_inner);
        if slowed.is_none_or(|(_, at)| at.elapsed() >= AT_ONCE) {
            let rate = (self.rate(*slowed) / 2.0).max(LEAST * self.per_second);
            *slowed = Some((rate, Instant::now()));
        }
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

    async fn take(pace: &Pace, operation: &str, calls: u32) -> f64 {
        let started = Instant::now();
        for _ in 0..calls {
            pace.wait(operation).await;
        }
        started.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn a_family_that_aws_throttles_goes_slower_for_a_while() {
        let pace = Pace::quotas();
        // Refusals of the same moment count once.
        (0..9).for_each(|_| pace.slow("iam:CreateRole"));
        let slow = take(&pace, "iam:PutRolePolicy", 10).await;
        assert!((0.7..1.0).contains(&slow), "ten calls at ten a second or a little more: {slow} s");
        assert!(take(&pace, "lambda:GetFunction", 100).await < 0.01, "it is another family");
        for _ in 0..20 {
            tokio::time::sleep(AT_ONCE).await;
            pace.slow("iam:CreateRole");
        }
        let slowest = take(&pace, "iam:CreateRole", 1).await;
        assert!((0.3..0.9).contains(&slowest), "it never stops: {slowest} s");
        tokio::time::sleep(Duration::from_secs(25)).await;
        take(&pace, "iam:CreateRole", 40).await;
        let again = take(&pace, "iam:CreateRole", 20).await;
        assert!((0.9..1.1).contains(&again), "twenty a second again: {again} s");
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
