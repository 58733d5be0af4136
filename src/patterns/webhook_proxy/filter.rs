//! Filters on payloads, in the languages of Lambda's event filters and of SNS.

use serde_json::{Map, Value, json};

use crate::aws::event_key;
use crate::manifest::{Problem, Spanned};

type Filter = Spanned<Map<String, Value>>;

fn unfit(filter: &Filter, label: String, help: &str) -> Problem {
    Problem::at(filter, "maas::patterns::filter", "A filter cannot be used.")
        .label(label)
        .help(help)
}

const FORMS: &str = "A field's values are an array of strings, numbers, `true` and `false`, of \
                     `{ prefix = \"…\" }`, `{ anything-but = […] }` and `{ exists = true }`.";

/// The event filter of a stream's records: new deliveries whose payload matches.
///
/// *AWS Lambda Developer Guide*, "Using event filtering with a DynamoDB event source".
pub(super) fn of_stream(filter: Option<&Filter>) -> Result<Value, Problem> {
    let inserted = json!({ "eventName": ["INSERT"] });
    let Some(filter) = filter.filter(|filter| !filter.is_empty()) else { return Ok(inserted) };
    let fields = fields(filter, filter.get_ref())?;
    let image = json!({ "NewImage": { "payload": { "M": fields } } });
    Ok(json!({ "eventName": ["INSERT"], "dynamodb": image }))
}

fn fields(filter: &Filter, table: &Map<String, Value>) -> Result<Value, Problem> {
    let each = table.iter().map(|(field, wanted)| {
        let typed = match wanted {
            Value::Object(inner) if !is_operator(inner) => json!({ "M": fields(filter, inner)? }),
            Value::Array(values) => field_of(filter, field, values)?,
            value => field_of(filter, field, std::slice::from_ref(value))?,
        };
        Ok((field.clone(), typed))
    });
    each.collect::<Result<Map<_, _>, Problem>>().map(Value::Object)
}

const OPERATORS: [&str; 8] = [
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "equals-ignore-case",
    "numeric",
    "wildcard",
    "cidr",
];

fn is_operator(table: &Map<String, Value>) -> bool {
    table.len() == 1 && table.keys().all(|key| OPERATORS.contains(&key.as_str()))
}

/// A field's values under the names of DynamoDB's types; values of several types are alternatives.
fn field_of(filter: &Filter, field: &str, values: &[Value]) -> Result<Value, Problem> {
    let mut types: [(&str, Vec<Value>); 3] = [("S", vec![]), ("N", vec![]), ("BOOL", vec![])];
    let mut alternatives = Vec::new();
    for value in values {
        match value {
            Value::String(_) => types[0].1.push(value.clone()),
            Value::Number(number) => types[1].1.push(json!(number.to_string())),
            Value::Bool(_) => types[2].1.push(value.clone()),
            Value::Object(operator) if is_operator(operator) => match operator.get("exists") {
                Some(Value::Bool(true)) => alternatives
                    .extend(["S", "N", "BOOL"].map(|kind| json!({ kind: [{ "exists": true }] }))),
                Some(Value::Bool(false)) => {
                    let none = json!([{ "exists": false }]);
                    alternatives.push(json!({ "S": none, "N": none, "BOOL": none }));
                }
                Some(_) => {
                    let label = format!("`exists` of `{field}` is neither `true` nor `false`");
                    return Err(unfit(filter, label, FORMS));
                }
                None if operator.contains_key("numeric") => {
                    let label =
                        format!("numbers such as `{field}` can only be compared for equality");
                    let help =
                        "DynamoDB's streams hold numbers as text: name the numbers themselves.";
                    return Err(unfit(filter, label, help));
                }
                None => types[0].1.push(value.clone()),
            },
            other => {
                let label = format!("`{field}` cannot be compared with `{other}`");
                return Err(unfit(filter, label, FORMS));
            }
        }
    }
    let given = types.into_iter().filter(|(_, values)| !values.is_empty());
    alternatives.extend(given.map(|(kind, values)| json!({ kind: values })));
    match alternatives.as_slice() {
        [] => Err(unfit(filter, format!("`{field}` has no values"), FORMS)),
        [one] => Ok(one.clone()),
        several => Ok(json!({ "$or": several })),
    }
}

/// The one field that a filter of the store `s3` is on.
pub(super) fn field_of_bucket(filter: &Filter) -> Result<&str, Problem> {
    let help = "With the store `s3`, a filter is on one field of the payload, which is written into \
                the object's key: `filter = { kind = [\"invoice\"] }`.";
    let mut fields = filter.keys();
    match (fields.next(), fields.next()) {
        (Some(field), None) => Ok(field),
        (Some(_), Some(_)) => Err(unfit(filter, "this is on several fields".to_owned(), help)),
        _ => Err(unfit(filter, "this is on no field".to_owned(), help)),
    }
}

/// The filter policy of a subscription: the keys of deliveries whose field matches. See the
/// receiver for how keys are made.
pub(super) fn of_keys(filter: &Filter, field: &str, prefix: &str) -> Result<Value, Problem> {
    let wanted = filter.get(field).unwrap_or(&Value::Null);
    let values = match wanted {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    // Events have their keys encoded; labels are the same in both forms.
    let start = format!("{}{}/", event_key(prefix), label(field));
    let mut prefixes = Vec::new();
    for value in values {
        prefixes.push(match value {
            Value::String(text) => format!("{start}{}/", label(text)),
            Value::Number(number) => format!("{start}{}/", label(&number.to_string())),
            Value::Bool(yes) => format!("{start}{yes}/"),
            Value::Object(operator) if operator.len() == 1 => match operator.iter().next() {
                Some((name, Value::String(text))) if name == "prefix" => {
                    format!("{start}{}", label(text))
                }
                Some((name, Value::Bool(true))) if name == "exists" => start.clone(),
                _ => return Err(no_such(filter, value)),
            },
            value => return Err(no_such(filter, value)),
        });
    }
    if prefixes.is_empty() {
        return Err(unfit(filter, format!("`{field}` has no values"), FORMS));
    }
    let keys: Vec<Value> = prefixes.iter().map(|prefix| json!({ "prefix": prefix })).collect();
    Ok(json!({ "Records": { "s3": { "object": { "key": keys } } } }))
}

fn no_such(filter: &Filter, value: &Value) -> Problem {
    let help = "With the store `s3`, a field is compared with strings, numbers, `true`, `false`, \
                `{ prefix = \"…\" }` and `{ exists = true }`.";
    unfit(filter, format!("deliveries cannot be found by `{value}`"), help)
}

const LONGEST_LABEL: usize = 150;

/// A field or a value as the receiver writes it into keys.
fn label(text: &str) -> String {
    let bytes = text.bytes().take(LONGEST_LABEL);
    bytes
        .map(|byte| match byte {
            b'.' | b'_' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("-{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn filter(value: Value) -> Filter {
        Spanned::nowhere(value.as_object().unwrap().clone())
    }

    fn stream(value: Value) -> Value {
        let made = of_stream(Some(&filter(value))).unwrap();
        made["dynamodb"]["NewImage"]["payload"]["M"].clone()
    }

    #[test]
    fn a_stream_without_a_filter_still_tells_only_of_new_deliveries() {
        assert_eq!(of_stream(None).unwrap(), json!({ "eventName": ["INSERT"] }));
    }

    #[test]
    fn values_go_below_the_names_of_their_types() {
        let made = stream(json!({ "kind": ["invoice", { "prefix": "inv" }], "n": [7], "b": true }));
        let wanted = json!({
            "kind": { "S": ["invoice", { "prefix": "inv" }] }, "n": { "N": ["7"] }, "b": { "BOOL": [true] },
        });
        assert_eq!(made, wanted);
        assert_eq!(
            stream(json!({ "who": { "country": ["fi"] } })),
            json!({ "who": { "M": { "country": { "S": ["fi"] } } } })
        );
        assert_eq!(
            stream(json!({ "n": ["7", 7] })),
            json!({ "n": { "$or": [{ "S": ["7"] }, { "N": ["7"] }] } })
        );
    }

    #[test]
    fn streams_cannot_compare_numbers() {
        let numeric = filter(json!({ "n": [{ "numeric": [">", 7] }] }));
        let problem = of_stream(Some(&numeric)).unwrap_err();
        assert_eq!(
            problem.label_text().unwrap(),
            "numbers such as `n` can only be compared for equality"
        );
    }

    #[test]
    fn keys_are_found_by_the_labels_of_field_and_value() {
        let keys = |value: Value| {
            let policy = of_keys(&filter(json!({ "a b": value })), "a b", "hooks/").unwrap();
            let keys = policy["Records"]["s3"]["object"]["key"].as_array().unwrap().clone();
            keys.iter().map(|key| key["prefix"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(keys(json!(["in/voice", 7])), ["hooks/a-20b/in-2Fvoice/", "hooks/a-20b/7/"]);
        assert_eq!(keys(json!([{ "prefix": "é" }])), ["hooks/a-20b/-C3-A9"]);
        assert_eq!(keys(json!({ "exists": true })), ["hooks/a-20b/"]);
        let policy = of_keys(&filter(json!({ "a": ["b"] })), "a", "year=2026/our hooks/").unwrap();
        let wanted = json!({ "prefix": "year%3D2026/our+hooks/a/b/" });
        assert_eq!(policy["Records"]["s3"]["object"]["key"][0], wanted);
        assert_eq!(label(&"ä".repeat(100)).len(), 3 * LONGEST_LABEL);
    }
}
