//! Everything that an account holds, with the settings and the children of each thing, read with
//! AWS's own API straight from the emulator.
//!
//! One line a thing, so that what is there twice is two lines. Random ids, times and the account are
//! replaced by words, so that the clouds of two runs can be compared.

mod apis;
mod computing;
mod messaging;
mod networks;
mod storage;
mod watching;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::account::Account;

/// What is random in the names of things, and its stand-in.
static RANDOM: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"/stream/[0-9T:.\-]+", "/stream/LABEL"),
        (r"\b(vpc|vpce|subnet|sg|sgr|rtb|igw|eni|nat|eipalloc)-[0-9a-f]{8,17}\b", "$1-ID"),
        (r":secret:([^\x22]*)-[A-Za-z0-9]{6}\b", ":secret:$1"),
        (r"http://(127\.0\.0\.1|localhost):[0-9]+", "ENDPOINT"),
        (r"execute-api\.localhost:[0-9]+", "execute-api.localhost"),
        (r#"DATABASE_PORT": "[0-9]+""#, r#"DATABASE_PORT": "PORT""#),
        // What is not said and what is said to be nothing are the same.
        (r"filter_criteria: Some\(FilterCriteria \{ filters: None \}\)", "filter_criteria: None"),
        (r"bucket_key_enabled: None", "bucket_key_enabled: Some(false)"),
    ]
    .map(|(pattern, word)| (Regex::new(pattern).unwrap(), word))
    .into()
});

/// The number that a name has from its second generation on.
static GENERATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"-[2-9]\b").unwrap());

/// What an account holds.
#[derive(Default)]
pub struct Inventory {
    lines: Vec<String>,
    /// Random ids and what they stand for.
    ids: BTreeMap<String, String>,
    account: String,
}

impl Inventory {
    pub async fn of(account: &Account) -> Self {
        let mut found = Self { account: account.id.clone(), ..Self::default() };
        found.roles(&account.config).await;
        found.functions(&account.config).await;
        found.mappings(&account.config).await;
        found.apis(&account.config).await;
        found.queues(&account.config).await;
        found.topics(&account.config).await;
        found.buckets(&account.config).await;
        found.tables(&account.config).await;
        found.streams(&account.config).await;
        found.logs(&account.config).await;
        found.alarms(&account.config).await;
        found.schedules(&account.config).await;
        found.networks(&account.config).await;
        found.databases(&account.config).await;
        found
    }

    /// A thing: its kind, its name, and all that is set of it.
    fn thing(&mut self, kind: &str, name: Option<&str>, parts: &[&dyn Debug]) {
        let parts: Vec<String> = parts.iter().map(|part| format!("{part:?}")).collect();
        self.lines.push(format!("{kind} {} {}", name.unwrap_or_default(), parts.join(" ")));
    }

    /// A random id, and the words that stand for it in all lines.
    fn id(&mut self, id: Option<&str>, words: impl Into<String>) {
        if let Some(id) = id {
            self.ids.insert(id.to_owned(), words.into());
        }
    }

    /// The lines in order, without what is random in them.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.lines.iter().map(|line| self.told(line)).collect();
        lines.sort();
        lines
    }

    /// A text without what is random in it.
    pub fn told(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (id, words) in &self.ids {
            text = text.replace(id, words);
        }
        text = text.replace(&self.account, "ACCOUNT");
        for (pattern, word) in &*RANDOM {
            text = pattern.replace_all(&text, *word).into_owned();
        }
        GENERATION.replace_all(&text, "").into_owned()
    }
}

/// A map in order.
fn sorted<K: Clone + Ord, V: Clone>(map: Option<&HashMap<K, V>>) -> BTreeMap<K, V> {
    map.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Things in order, as they are told.
fn unordered<T: Debug>(things: &[T]) -> Vec<String> {
    let mut told: Vec<_> = things.iter().map(|thing| format!("{thing:?}")).collect();
    told.sort();
    told
}

/// A policy with its statements in order; they are kept in the order of the calls.
fn policy(text: &str) -> String {
    let decoded = urlencoding::decode(text).map_or(text.into(), |text| text.into_owned());
    let Ok(mut policy) = serde_json::from_str::<Value>(&decoded) else { return decoded };
    if let Some(statements) = policy["Statement"].as_array_mut() {
        statements.sort_by_key(Value::to_string);
    }
    policy.to_string()
}
