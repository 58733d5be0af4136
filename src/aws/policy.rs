//! IAM policies: typed, with references inside, and compared by meaning.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::graph::{Fault, FaultKind, Input, NotYetKnown};

type Values = BTreeSet<Input<String>>;

/// A policy: its statements by `Sid`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Policy {
    statements: BTreeMap<String, Statement>,
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the words are AWS's")]
pub enum Effect {
    Allow,
    Deny,
}

/// Who a statement is about: AWS's kinds (`Service`, `AWS`, `*`) with their members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Principal(BTreeMap<String, Values>);

/// Conditions: operator, key, values.
pub type Condition = BTreeMap<String, BTreeMap<String, Values>>;

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Who; none in the policy of a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// Which actions.
    pub actions: BTreeSet<String>,
    /// On what; empty in a trust policy.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: Values,
    /// Under which conditions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: Condition,
}

impl Principal {
    /// An AWS service, as in `sns.amazonaws.com`.
    pub fn service(name: &str) -> Self {
        Self::of("Service", name)
    }

    /// Everybody; for denials, and where conditions narrow it.
    pub fn everybody() -> Self {
        Self::of("*", "*")
    }

    /// A role or an account, by its ARN.
    pub fn aws(arn: impl Into<Input<String>>) -> Self {
        Self::of("AWS", arn)
    }

    fn of(kind: &str, member: impl Into<Input<String>>) -> Self {
        Self(BTreeMap::from([(kind.to_owned(), BTreeSet::from([member.into()]))]))
    }
}

impl Statement {
    /// Allows these actions.
    pub fn allow<const N: usize>(actions: [&str; N]) -> Self {
        Self::new(Effect::Allow, actions)
    }

    /// Denies these actions.
    pub fn deny<const N: usize>(actions: [&str; N]) -> Self {
        Self::new(Effect::Deny, actions)
    }

    fn new<const N: usize>(effect: Effect, actions: [&str; N]) -> Self {
        Self {
            effect,
            principal: None,
            actions: actions.map(str::to_owned).into(),
            resources: BTreeSet::new(),
            conditions: BTreeMap::new(),
        }
    }

    /// On this resource too.
    #[must_use]
    pub fn on(mut self, resource: impl Into<Input<String>>) -> Self {
        self.resources.insert(resource.into());
        self
    }

    /// For this principal.
    #[must_use]
    pub fn by(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Only where `key` compares by `operator` with this value too.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: impl Into<Input<String>>) -> Self {
        let keys = self.conditions.entry(operator.to_owned()).or_default();
        keys.entry(key.to_owned()).or_default().insert(value.into());
        self
    }
}

impl Policy {
    /// A policy without statements.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one statement more; one of the same `Sid` is replaced.
    #[must_use]
    pub fn with(mut self, sid: &str, statement: Statement) -> Self {
        self.insert(sid, statement);
        self
    }

    /// Adds a statement; one of the same `Sid` is replaced.
    pub fn insert(&mut self, sid: &str, statement: Statement) {
        self.statements.insert(sid.to_owned(), statement);
    }

    /// Whether it has no statements.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The trust policy that lets one AWS service assume a role, whatever it does with it: for
    /// Lambda, API Gateway and SNS, of which AWS documents no `aws:SourceArn` and
    /// `aws:SourceAccount` for that call. Only who may pass the role (`iam:PassRole`, in the role's
    /// own account) can have them use it.
    pub fn trust(service: &str) -> Self {
        Self::new()
            .with("Trust", Statement::allow(["sts:AssumeRole"]).by(Principal::service(service)))
    }

    /// The document as AWS reads it.
    ///
    /// # Errors
    /// Where a value in it is not known yet.
    pub fn to_json(&self) -> Result<String, NotYetKnown> {
        let statements: Result<Vec<Value>, NotYetKnown> =
            self.statements.iter().map(|(sid, statement)| statement.to_json(sid)).collect();
        Ok(json!({"Version": "2012-10-17", "Statement": statements?}).to_string())
    }

    /// Reads AWS's document back. Single values and lists of one mean the same, and so do an
    /// account's id and the ARN of its root (*IAM User Guide*, "IAM JSON policy elements").
    ///
    /// # Errors
    /// Where it is no policy.
    pub fn from_json(text: &str) -> Result<Self, Fault> {
        let unreadable = |what: &str| {
            Fault::new(FaultKind::Refused, format!("AWS gave a policy without {what}: {text}"))
        };
        let document: Value = serde_json::from_str(text).map_err(|_| unreadable("JSON"))?;
        let mut policy = Self::new();
        for (at, statement) in list(document.get("Statement")).into_iter().enumerate() {
            let sid =
                statement["Sid"].as_str().map_or_else(|| format!("Statement{at}"), str::to_owned);
            let effect = if statement["Effect"] == "Deny" { Effect::Deny } else { Effect::Allow };
            policy.insert(
                &sid,
                Statement {
                    effect,
                    principal: statement.get("Principal").map(principal),
                    actions: list(statement.get("Action")).iter().map(text_of).collect(),
                    resources: values(statement.get("Resource")),
                    conditions: conditions(statement.get("Condition")),
                },
            );
        }
        Ok(policy)
    }
}

impl Statement {
    fn to_json(&self, sid: &str) -> Result<Value, NotYetKnown> {
        let mut object = Map::new();
        object.insert("Sid".into(), sid.into());
        object.insert("Effect".into(), format!("{:?}", self.effect).into());
        if let Some(Principal(kinds)) = &self.principal {
            let principal = if kinds.contains_key("*") { "*".into() } else { known_map(kinds)? };
            object.insert("Principal".into(), principal);
        }
        object.insert("Action".into(), self.actions.iter().cloned().collect::<Vec<_>>().into());
        if !self.resources.is_empty() {
            object.insert("Resource".into(), known(&self.resources)?);
        }
        if !self.conditions.is_empty() {
            let conditions: Result<Map<String, Value>, NotYetKnown> = self
                .conditions
                .iter()
                .map(|(operator, keys)| Ok((operator.clone(), known_map(keys)?)))
                .collect();
            object.insert("Condition".into(), Value::Object(conditions?));
        }
        Ok(Value::Object(object))
    }
}

fn known(values: &Values) -> Result<Value, NotYetKnown> {
    let known: Result<BTreeSet<&String>, NotYetKnown> = values.iter().map(Input::get).collect();
    Ok(match known?.into_iter().collect::<Vec<_>>().as_slice() {
        [single] => Value::String((*single).clone()),
        several => several.iter().map(|value| Value::String((*value).clone())).collect(),
    })
}

fn known_map(map: &BTreeMap<String, Values>) -> Result<Value, NotYetKnown> {
    let entries: Result<Map<String, Value>, NotYetKnown> =
        map.iter().map(|(key, values)| Ok((key.clone(), known(values)?))).collect();
    Ok(Value::Object(entries?))
}

fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(single) => vec![single.clone()],
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn values(value: Option<&Value>) -> Values {
    list(value).iter().map(|value| Input::Known(text_of(value))).collect()
}

fn principal(value: &Value) -> Principal {
    let Value::Object(kinds) = value else { return Principal::everybody() };
    let member = |kind: &str, value: &Value| {
        let text = text_of(value);
        let is_account =
            kind == "AWS" && text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        Input::Known(if is_account { format!("arn:aws:iam::{text}:root") } else { text })
    };
    let kind = |(kind, members): (&String, &Value)| {
        (kind.clone(), list(Some(members)).iter().map(|value| member(kind, value)).collect())
    };
    Principal(kinds.iter().map(kind).collect())
}

fn conditions(value: Option<&Value>) -> Condition {
    let keys = |keys: &Value| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(|(key, found)| (key.clone(), values(Some(found)))).collect()
    };
    let operators = value.and_then(Value::as_object).into_iter().flatten();
    operators.map(|(operator, found)| (operator.clone(), keys(found))).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sample() -> Policy {
        let statement = Statement::allow(["sqs:SendMessage"])
            .by(Principal::service("sns.amazonaws.com"))
            .on("arn:aws:sqs:eu-west-1:1:q")
            .when("ArnEquals", "aws:SourceArn", "arn:aws:sns:eu-west-1:1:t");
        Policy::new().with("Topic", statement)
    }

    #[test]
    fn survives_the_way_through_aws() {
        let policy = sample();
        assert_eq!(Policy::from_json(&policy.to_json().unwrap()).unwrap(), policy);
    }

    #[test]
    fn reads_lists_of_one_and_accounts_as_what_they_mean() {
        let written = r#"{"Statement": {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": ["123456789012"]},
            "Action": "sns:Publish", "Resource": ["r"], "Condition": {"Bool": {"aws:SecureTransport": true}}}}"#;
        let expected = Statement::allow(["sns:Publish"])
            .by(Principal::aws("arn:aws:iam::123456789012:root"))
            .on("r")
            .when("Bool", "aws:SecureTransport", "true");
        assert_eq!(Policy::from_json(written).unwrap(), Policy::new().with("A", expected));
    }
}
