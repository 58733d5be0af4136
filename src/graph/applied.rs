//! Whether nothing changed: inputs that are wanted against the text of those that were applied.

use serde_json::Value;

use super::document::{self, EXPRESSION, SECRET, Tie};
use super::expr::Piece;
use super::{Address, Document};

/// Whether `applied`, as it was recorded in compact JSON, is what [`resolve`](document::resolve) and
/// [`seal`](document::seal) make of `wanted`. It makes neither and reads no JSON, so it is the quick
/// way to see that nothing changed. Text of another form, of the same meaning, counts as another one.
pub fn is_applied(
    wanted: &Document,
    applied: &str,
    salt: &str,
    account: Option<&str>,
    lookup: &impl Fn(&Address, &str, Tie) -> Option<Value>,
) -> bool {
    Comparison { salt, account, lookup }.behind(wanted, applied) == Some("")
}

struct Comparison<'a, L> {
    salt: &'a str,
    account: Option<&'a str>,
    lookup: &'a L,
}

/// Each of these answers with what comes behind `value` in the text, if the text begins with it.
impl<L: Fn(&Address, &str, Tie) -> Option<Value>> Comparison<'_, L> {
    fn behind<'t>(&self, value: &Value, text: &'t str) -> Option<&'t str> {
        match value {
            Value::Object(map) if map.len() == 1 && map.contains_key(EXPRESSION) => {
                let pieces = map[EXPRESSION].as_array()?;
                self.behind_expression(pieces, text).or_else(|| self.behind_made(value, text))
            }
            Value::Object(map) if map.len() == 1 && map.contains_key(SECRET) => {
                self.behind_made(value, text)
            }
            Value::Object(map) => {
                let mut text = text.strip_prefix('{')?;
                for (at, (key, value)) in map.iter().enumerate() {
                    text = if at > 0 { text.strip_prefix(',')? } else { text };
                    text = self.behind(value, behind_string(key, text)?.strip_prefix(':')?)?;
                }
                text.strip_prefix('}')
            }
            Value::Array(items) => {
                let mut text = text.strip_prefix('[')?;
                for (at, value) in items.iter().enumerate() {
                    text = if at > 0 { text.strip_prefix(',')? } else { text };
                    text = self.behind(value, text)?;
                }
                text.strip_prefix(']')
            }
            Value::String(string) => behind_string(string, text),
            Value::Null => text.strip_prefix("null"),
            Value::Bool(_) | Value::Number(_) => text.strip_prefix(value.to_string().as_str()),
        }
    }

    /// Only of what is made of plain text in the end.
    fn behind_expression<'t>(&self, pieces: &[Value], text: &'t str) -> Option<&'t str> {
        let mut text = text.strip_prefix('"')?;
        for piece in pieces {
            text = match Piece::of(piece)? {
                Piece::Text(piece) => behind_piece(piece, text)?,
                Piece::Output { node, output, tie } => {
                    let value = (self.lookup)(&node.parse().ok()?, output, tie)?;
                    behind_piece(value.as_str()?, text)?
                }
                Piece::Account => behind_piece(self.account?, text)?,
                Piece::Secret(_) => return None,
            }
        }
        text.strip_prefix('"')
    }

    fn behind_made<'t>(&self, value: &Value, text: &'t str) -> Option<&'t str> {
        let resolved = document::resolve(value.clone(), self.account, self.lookup);
        text.strip_prefix(document::seal(resolved, self.salt).to_string().as_str())
    }
}

fn behind_string<'t>(string: &str, text: &'t str) -> Option<&'t str> {
    behind_piece(string, text.strip_prefix('"')?)?.strip_prefix('"')
}

fn behind_piece<'t>(piece: &str, text: &'t str) -> Option<&'t str> {
    if piece.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        return text.strip_prefix(piece);
    }
    let written = Value::from(piece).to_string();
    text.strip_prefix(&written[1..written.len() - 1])
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn lookup(_: &Address, output: &str, _: Tie) -> Option<Value> {
        match output {
            "arn" => Some(json!({"$expr": ["arn:", {"account": true}, ":q"]})),
            "port" => Some(json!(5432)),
            "key" => Some(json!({"$secret": "hunter2"})),
            "url" => Some(json!("https://a\"b\\c\n")),
            "empty" => Some(json!("")),
            _ => None,
        }
    }

    fn made(wanted: &Value) -> String {
        document::seal(document::resolve(wanted.clone(), Some("1"), &lookup), "salt").to_string()
    }

    fn is(wanted: &Value, applied: &str) -> bool {
        is_applied(wanted, applied, "salt", Some("1"), &lookup)
    }

    fn value() -> impl Strategy<Value = Value> {
        let output = prop::sample::select(vec!["arn", "port", "key", "url", "empty"]);
        let piece = prop_oneof![
            ".{0,3}".prop_map(Value::from),
            output.prop_map(|output| json!({"node": "x/q", "output": output})),
            Just(json!({"account": true})),
            Just(json!({"secret": "s"})),
        ];
        let leaf = prop_oneof![
            ".{0,4}".prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            ".{0,3}".prop_map(|secret| json!({"$secret": secret})),
            prop::collection::vec(piece, 1..4).prop_map(|pieces| json!({"$expr": pieces})),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c\"]{1,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn is_applied_where_resolving_and_sealing_make_the_same(one in value(), other in value()) {
            prop_assert!(is(&one, &made(&one)));
            prop_assert_eq!(is(&one, &made(&other)), made(&one) == made(&other));
        }
    }

    #[test]
    fn what_is_not_known_yet_is_not_applied() {
        let wanted = json!({"a": {"$expr": ["x", {"node": "x/q", "output": "id"}]}});
        assert!(!is(&wanted, r#"{"a":"x"}"#));
        assert!(!is(&wanted, r#"{"a":"x1"}"#));
        let whole = "1".parse::<Value>().unwrap();
        assert!(is(&whole, "1") && !is(&whole, "12") && !is(&whole, ""));
    }
}
