//! Inputs and outputs as documents: JSON in which references, and secrets, are marked.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::expr::Piece;
use super::{Address, Expr, Input, Part};

/// Inputs or outputs of a resource, as JSON.
pub type Document = Value;

/// The key that marks a value still to be made: `{"$expr": [pieces]}`.
pub const EXPRESSION: &str = "$expr";
/// The key that marks a secret in memory: `{"$secret": value}`.
pub const SECRET: &str = "$secret";
/// The key that marks a secret of which only the digest is kept: `{"$sealed": digest}`.
pub const SEALED: &str = "$sealed";

fn marked<'a>(value: &'a Value, mark: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) if map.len() == 1 => map.get(mark),
        _ => None,
    }
}

/// The expression that this value is, if it is one.
pub fn expression(value: &Value) -> Option<Expr> {
    marked(value, EXPRESSION).and_then(Expr::read)
}

/// Whether this value is a secret, in the open or sealed.
pub fn is_secret(value: &Value) -> bool {
    marked(value, SECRET).is_some() || marked(value, SEALED).is_some()
}

/// Whether any part of this value is still to be made.
pub fn is_pending(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key(EXPRESSION) || map.values().any(is_pending),
        Value::Array(items) => items.iter().any(is_pending),
        _ => false,
    }
}

/// Whether an expression holds a secret, which [`seal`] leaves as it is.
pub fn has_open_secret(value: &Value) -> bool {
    if let Some(pieces) = marked(value, EXPRESSION).and_then(Value::as_array) {
        return pieces.iter().any(|piece| matches!(Piece::of(piece), Some(Piece::Secret(_))));
    }
    match value {
        Value::Object(map) => map.values().any(has_open_secret),
        Value::Array(items) => items.iter().any(has_open_secret),
        _ => false,
    }
}

/// How a document refers to an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// It needs the other resource to exist.
    Real,
    /// What is foretold of the other resource is enough.
    Foretold,
}

/// Every output that the document refers to.
pub fn references(document: &Value) -> BTreeSet<(Address, String, Tie)> {
    let mut found = BTreeSet::new();
    each_reference(document, &mut |node, output, tie| {
        found.insert((node, output, tie));
    });
    let owned =
        |(node, output, tie): (&str, &str, Tie)| Some((node.parse().ok()?, output.to_owned(), tie));
    found.into_iter().filter_map(owned).collect()
}

/// The addresses of the resources that the document needs to exist.
pub fn needs(document: &Value) -> BTreeSet<Address> {
    let mut needs = BTreeSet::new();
    each_reference(document, &mut |node, _, tie| {
        if tie == Tie::Real {
            needs.insert(node);
        }
    });
    needs.into_iter().filter_map(|node| node.parse().ok()).collect()
}

/// Visits every output that the document refers to, as often as it does: the resource's address, the
/// output's name, and how it is referred to.
pub fn each_reference<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str, &'a str, Tie)) {
    if let Some(pieces) = marked(value, EXPRESSION).and_then(Value::as_array) {
        for piece in pieces {
            if let Some(Piece::Output { node, output, tie }) = Piece::of(piece) {
                visit(node, output, tie);
            }
        }
        return;
    }
    match value {
        Value::Object(map) => map.values().for_each(|value| each_reference(value, visit)),
        Value::Array(items) => items.iter().for_each(|value| each_reference(value, visit)),
        _ => {}
    }
}

/// The document with every expression rewritten by `rewrite`.
pub fn map_expressions(value: Value, rewrite: &mut impl FnMut(Expr) -> Value) -> Value {
    if let Some(expr) = expression(&value) {
        return rewrite(expr);
    }
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter().map(|(key, value)| (key, map_expressions(value, rewrite))).collect(),
        ),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|value| map_expressions(value, rewrite)).collect())
        }
        other => other,
    }
}

/// The document with every reference replaced by its value, where `lookup` knows it.
///
/// `lookup` may answer with a value that is itself an expression (an ARN in an account that is not
/// known yet, say); what remains unknown stays an expression.
pub fn resolve(
    document: Value,
    account: Option<&str>,
    lookup: &impl Fn(&Address, &str, Tie) -> Option<Value>,
) -> Value {
    map_expressions(document, &mut |expr| resolve_expression(expr, account, lookup))
}

fn resolve_expression(
    expr: Expr,
    account: Option<&str>,
    lookup: &impl Fn(&Address, &str, Tie) -> Option<Value>,
) -> Value {
    let value_of = |part: &Part| match part {
        Part::Output { node, output } => lookup(node, output, Tie::Real),
        Part::Foretold { node, foretold } => lookup(node, foretold, Tie::Foretold),
        _ => None,
    };
    if let [part @ (Part::Output { .. } | Part::Foretold { .. })] = expr.parts.as_slice() {
        return match value_of(part) {
            Some(value) => resolve_account(value, account),
            None => pending(expr),
        };
    }
    let mut parts: Vec<Part> = Vec::with_capacity(expr.parts.len());
    for part in expr.parts {
        match part {
            Part::Output { .. } | Part::Foretold { .. } => match value_of(&part) {
                Some(value) => parts.extend(pieces(resolve_account(value, account))),
                None => parts.push(part),
            },
            Part::Account { .. } => {
                parts.push(account.map_or(Part::ACCOUNT, |id| Part::Text(id.to_owned())))
            }
            text => parts.push(text),
        }
    }
    to_value(&join(parts))
}

/// Whether an output is not empty. What is half made may not have it yet, as a database has no endpoint
/// before it runs; in what is whole, empty is a value.
pub fn is_told(output: &Value) -> bool {
    !output.is_null() && output.as_str() != Some("")
}

fn resolve_account(value: Value, account: Option<&str>) -> Value {
    match (account, is_pending(&value)) {
        (Some(_), true) => resolve(value, account, &|_, _, _| None),
        _ => value,
    }
}

fn pieces(value: Value) -> Vec<Part> {
    if let Some(expr) = expression(&value) {
        return expr.parts;
    }
    if let Some(secret) = marked(&value, SECRET) {
        return vec![Part::Secret { secret: plain(secret) }];
    }
    vec![Part::Text(plain(&value))]
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn join(parts: Vec<Part>) -> Input<String> {
    let mut joined = Vec::with_capacity(parts.len());
    for part in parts {
        super::IntoParts::append_to(part, &mut joined);
    }
    Expr::text(joined)
}

fn pending(expr: Expr) -> Value {
    to_value(&Input::<Value>::Pending(expr))
}

/// Any of our own types as a document. They serialise to JSON by construction.
pub fn to_value<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// The document with every secret replaced by its digest under `salt`, fit to be stored and shown.
pub fn seal(document: Value, salt: &str) -> Value {
    if let Some(secret) = marked(&document, SECRET) {
        return sealed(secret, salt);
    }
    match document {
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (key, seal(value, salt))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|v| seal(v, salt)).collect()),
        other => other,
    }
}

/// The sealed form of one secret value: equal secrets under one salt have equal digests.
pub fn sealed(secret: &Value, salt: &str) -> Value {
    let digest =
        Sha256::new().chain_update(salt).chain_update("\0").chain_update(plain(secret)).finalize();
    let mut map = Map::new();
    map.insert(SEALED.to_owned(), Value::String(hex(&digest)));
    Value::Object(map)
}

/// The stored document with those of its secrets put back that `wanted` has too.
pub fn unseal(stored: Value, wanted: &Value, salt: &str) -> Value {
    if marked(&stored, SEALED).is_some() {
        let same = marked(wanted, SECRET).is_some_and(|secret| sealed(secret, salt) == stored);
        return if same { wanted.clone() } else { stored };
    }
    match stored {
        Value::Object(map) => {
            let unsealed = |(key, value)| {
                let wanted = wanted.get(&key).unwrap_or(&Value::Null);
                (key, unseal(value, wanted, salt))
            };
            Value::Object(map.into_iter().map(unsealed).collect())
        }
        other => other,
    }
}

/// The document with those of its values sealed that are sealed in `pattern`: what the cloud
/// reports of secrets, made comparable with what was recorded.
pub fn seal_like(document: Value, pattern: &Value, salt: &str) -> Value {
    if marked(pattern, SEALED).is_some() {
        return if is_secret(&document) { seal(document, salt) } else { sealed(&document, salt) };
    }
    match document {
        Value::Object(map) => {
            let like = |(key, value)| {
                let pattern = pattern.get(&key).unwrap_or(&Value::Null);
                (key, seal_like(value, pattern, salt))
            };
            Value::Object(map.into_iter().map(like).collect())
        }
        other => other,
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn arn(_: &Address, output: &str, _: Tie) -> Option<Value> {
        (output == "arn").then(|| json!({"$expr": ["arn:", {"account": true}, ":q"]}))
    }

    #[test]
    fn resolves_what_is_known_and_leaves_the_rest() {
        let document = json!({"a": {"$expr": [{"node": "x/q", "output": "arn"}, "/*"]},
            "b": {"$expr": [{"node": "x/q", "output": "id"}]}});
        assert_eq!(
            resolve(document.clone(), None, &arn),
            json!({"a": {"$expr": ["arn:", {"account": true}, ":q/*"]}, "b": {"$expr": [{"node": "x/q", "output": "id"}]}})
        );
        let known = resolve(document, Some("1"), &arn);
        assert_eq!(known["a"], json!("arn:1:q/*"));
        assert_eq!(references(&known).len(), 1);
    }

    #[test]
    fn a_single_output_keeps_its_type() {
        let document = json!({"$expr": [{"node": "x/q", "output": "port"}]});
        assert_eq!(resolve(document, None, &|_, _, _| Some(json!(5432))), json!(5432));
    }

    #[test]
    fn a_secret_in_an_expression_is_noticed() {
        let with =
            |piece: Value| json!({"a": [{"$expr": [{"node": "x/q", "output": "id"}, piece]}]});
        assert!(has_open_secret(&with(json!({"secret": "hunter2"}))));
        assert!(!has_open_secret(&with(json!("plain"))));
        assert!(!has_open_secret(&json!({"a": {"$sealed": "x"}})));
    }

    #[test]
    fn seals_secrets_wherever_they_are() {
        let document = json!({"environment": {"KEY": {"$secret": "hunter2"}, "PLAIN": "x"}});
        let stored = seal(document.clone(), "salt");
        assert!(!stored.to_string().contains("hunter2"));
        assert_eq!(stored["environment"]["PLAIN"], "x");
        assert_eq!(seal(document.clone(), "salt"), stored);
        assert_ne!(seal(document.clone(), "other"), stored);
        assert_eq!(unseal(stored.clone(), &document, "salt"), document);
        let seen = json!({"environment": {"KEY": "hunter2", "PLAIN": "x"}});
        assert_eq!(seal_like(seen, &stored, "salt"), stored);
    }
}
