//! `aws:lambda/permission`

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::Cx;
use crate::aws::check::Check;
use crate::graph::{
    ALL, Created, Fault, FaultKind, Foretold, Held, Id, Input, Objection, OrAbsent, Place,
    Resource, Seen, Waited,
};
use crate::outputs;

/// A statement of a function's policy that lets a service or an account invoke it.
#[derive(Debug)]
pub struct Permission;

/// What a permission is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionInputs {
    /// The function's name.
    pub function: Input<String>,
    /// The statement's id, unique within the function; up to 100 letters, digits, `-` and `_`.
    pub statement_id: String,
    /// Who may invoke it: a service, as in `s3.amazonaws.com`, or an account's id.
    pub principal: String,
    /// The ARN of the thing on whose behalf it may be invoked; `*` and `?` stand for any characters.
    #[serde(default)]
    pub source_arn: Option<Input<String>>,
    /// The account that owns that thing; for ARNs that hold none, as buckets' do.
    #[serde(default)]
    pub source_account: Option<Input<String>>,
}

outputs! {
    /// What a permission gives back.
    Permission => PermissionOutputs {
        /// The statement's id.
        statement_id: String,
    }
}

impl Resource for Permission {
    type Cloud = crate::aws::Aws;
    type Inputs = PermissionInputs;
    type Outputs = PermissionOutputs;

    const KIND: &'static str = "aws:lambda/permission";
    const REPLACE_ON: &'static [&'static str] = ALL;
    const KNOWN_BY: &'static [&'static str] = &["function", "statement_id"];
    const DIES_WITH: Option<&'static str> = Some("function");

    fn foretell(want: &PermissionInputs, _place: &Place) -> Foretold {
        let foretold = Foretold::default().output("statement_id", &want.statement_id);
        match want.function.known() {
            Some(function) => foretold.id(format!("{function}/{}", want.statement_id)),
            None => foretold,
        }
    }

    fn check(want: &PermissionInputs) -> Vec<Objection> {
        let id = &want.statement_id;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        Check::default()
            .that(
                (1..=100).contains(&id.len()) && id.chars().all(is_word),
                "statement_id",
                format!("Lambda takes 1 to 100 letters, digits, `-` and `_`, not `{id}`"),
            )
            .done()
    }

    /// Lambda can lose a statement where two are added at once, so a function's come one by one, and
    /// each is looked for, since others may add theirs too. A statement of that id that is there
    /// already is taken over: ids are ours.
    async fn create(cx: &Cx, want: &PermissionInputs) -> Result<Created<Self>, Fault> {
        let function = want.function.get()?;
        let id = &want.statement_id;
        let created = Created {
            id: Id::from(format!("{function}/{id}")),
            outputs: PermissionOutputs { statement_id: id.clone() },
        };
        let _guard = cx.exclusive(&policy_of(function)).await;
        match add(cx, want).await {
            Err(fault) if fault.kind == FaultKind::Exists => {}
            Err(fault) => return Err(fault),
            Ok(()) => return kept(cx, function, want).await.map(|()| created),
        }
        if stated(cx, function, want).await?.is_some_and(|seen| same(&seen, want)) {
            return Ok(created);
        }
        remove(cx, function, id).await?;
        let (longest, deadline) = (Duration::from_secs(2), Duration::from_secs(60));
        cx.wait(format!("the old statement {id} to go"), longest, deadline, || async {
            match add(cx, want).await {
                Err(fault) if fault.kind == FaultKind::Exists => {
                    Ok(Waited::Still("there".to_owned()))
                }
                result => result.map(Waited::Ready),
            }
        })
        .await?;
        kept(cx, function, want).await.map(|()| created)
    }

    async fn read(cx: &Cx, held: &Held<Self>) -> Result<Option<Seen<Self>>, Fault> {
        let (function, statement_id) = held.id.halves()?;
        let outputs = PermissionOutputs { statement_id: statement_id.to_owned() };
        let inputs = stated(cx, function, &held.inputs).await?;
        Ok(inputs.map(|inputs| Seen { inputs, outputs }))
    }

    /// Only ever finishes what an interruption left behind, whose statement may be an older one.
    async fn update(
        cx: &Cx,
        _held: &Held<Self>,
        want: &PermissionInputs,
    ) -> Result<PermissionOutputs, Fault> {
        Ok(Self::create(cx, want).await?.outputs)
    }

    async fn delete(cx: &Cx, held: &Held<Self>) -> Result<(), Fault> {
        let (function, statement_id) = held.id.halves()?;
        let _guard = cx.exclusive(&policy_of(function)).await;
        remove(cx, function, statement_id).await
    }
}

fn policy_of(function: &str) -> String {
    format!("lambda/{function}/policy")
}

fn same(seen: &PermissionInputs, want: &PermissionInputs) -> bool {
    seen.principal == want.principal
        && seen.source_arn == want.source_arn
        && seen.source_account == want.source_account
}

async fn add(cx: &Cx, want: &PermissionInputs) -> Result<(), Fault> {
    let function = want.function.get()?;
    let known = |value: &Option<Input<String>>| -> Result<Option<String>, Fault> {
        Ok(value.as_ref().map(Input::get).transpose()?.cloned())
    };
    let (source_arn, source_account) = (known(&want.source_arn)?, known(&want.source_account)?);
    cx.call("lambda:AddPermission", || {
        cx.lambda()
            .add_permission()
            .function_name(function)
            .statement_id(&want.statement_id)
            .action("lambda:InvokeFunction")
            .principal(&want.principal)
            .set_source_arn(source_arn.clone())
            .set_source_account(source_account.clone())
            .send()
    })
    .await?;
    Ok(())
}

/// Adds a statement again until it is in the policy, or Lambda says that it is.
async fn kept(cx: &Cx, function: &str, want: &PermissionInputs) -> Result<(), Fault> {
    let (longest, deadline) = (Duration::from_secs(2), Duration::from_secs(60));
    let what = format!("the statement {} to stay", want.statement_id);
    cx.wait(what, longest, deadline, || async {
        if stated(cx, function, want).await?.is_some() {
            return Ok(Waited::Ready(()));
        }
        match add(cx, want).await {
            Err(fault) if fault.kind == FaultKind::Exists => Ok(Waited::Ready(())),
            result => result.map(|()| Waited::Still("lost".to_owned())),
        }
    })
    .await
}

async fn remove(cx: &Cx, function: &str, statement_id: &str) -> Result<(), Fault> {
    cx.call("lambda:RemovePermission", || {
        let request = cx.lambda().remove_permission();
        request.function_name(function).statement_id(statement_id).send()
    })
    .await
    .or_absent()?;
    Ok(())
}

/// The statement of that id in the function's policy.
async fn stated(
    cx: &Cx,
    function: &str,
    want: &PermissionInputs,
) -> Result<Option<PermissionInputs>, Fault> {
    let answer = cx
        .call("lambda:GetPolicy", || cx.lambda().get_policy().function_name(function).send())
        .await
        .or_absent()?;
    let policy = answer.and_then(|answer| answer.policy).unwrap_or_default();
    let policy: Value = serde_json::from_str(&policy).unwrap_or_default();
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let statement = statements.into_iter().find(|it| it["Sid"] == want.statement_id.as_str());
    Ok(statement.map(|statement| PermissionInputs {
        function: Input::from(function),
        statement_id: want.statement_id.clone(),
        principal: principal(&statement["Principal"], &want.principal),
        source_arn: condition(statement, "aws:SourceArn"),
        source_account: condition(statement, "aws:SourceAccount"),
    }))
}

/// A principal in the form in which it was given. Lambda writes an account as the ARN of its root.
fn principal(seen: &Value, given: &str) -> String {
    let text = match seen {
        Value::Object(kinds) => kinds.values().next().and_then(single),
        other => single(other),
    };
    let text = text.unwrap_or_default();
    match text.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next()) {
        Some(account) if account == given => account.to_owned(),
        _ => text.to_owned(),
    }
}

/// The value of a condition's key, whose case does not count.
fn condition(statement: &Value, key: &str) -> Option<Input<String>> {
    let operators = statement["Condition"].as_object()?.values();
    let mut keys = operators.filter_map(Value::as_object).flatten();
    let (_, value) = keys.find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    single(value).map(Input::from)
}

/// A text, alone or in a list of one.
fn single(value: &Value) -> Option<&str> {
    match value {
        Value::Array(items) => items.first()?.as_str(),
        other => other.as_str(),
    }
}
