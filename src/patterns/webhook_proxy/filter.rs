//! Filters on payloads, in the languages of Lambda's event filters and of SNS.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::aws::event_key;
use crate::manifest::{Problem, Span, Spanned};

/// The fields of the payload that a filter is on, each with what it may be.
pub(super) type Fields = BTreeMap<Spanned<String>, Spanned<Value>>;

type Filter = Spanned<Fields>;

fn unfit(place: impl Into<Span>, label: String, help: &str) -> Problem {
    Problem::at(place, "maas::patterns::filter", "A filter cannot be used.").label(label).help(help)
}

const FORMS: &str = "A field's values are an array of strings, numbers, `true` and `false`, of \
                     `{ prefix = \"…\" }`, `{ suffix = \"…\" }`, `{ equals-ignore-case = \"…\" }` and \
                     `{ anything-but = […] }`; or they are `{ exists = true }` alone.";

/// The event filter of a stream's records: new deliveries whose payload matches. Which fields there are
/// is in the attribute `has`, a map of `true` by their names, since `exists` is for leaves and a field
/// may be of any type.
///
/// *AWS Lambda Developer Guide*, "Control which events Lambda sends to your function" and "Using event
/// filtering with a DynamoDB event source".
pub(super) fn of_stream(filter: Option<&Filter>) -> Result<Value, Problem> {
    let inserted = json!({ "eventName": ["INSERT"] });
    let Some(filter) = filter.filter(|filter| !filter.is_empty()) else { return Ok(inserted) };
    let (mut payload, mut has) = (Map::new(), Map::new());
    for (field, wanted) in filter.get_ref() {
        let name = field.get_ref().clone();
        match existence(field, wanted)? {
            Some(true) => has.insert(name, json!({ "BOOL": [true] })),
            Some(false) => has.insert(name, json!({ "BOOL": [{ "exists": false }] })),
            None => payload.insert(name, typed(wanted.span(), field, wanted)?),
        };
    }
    let given = [("payload", payload), ("has", has)].into_iter().filter(|(_, it)| !it.is_empty());
    let image: Map<_, _> =
        given.map(|(name, fields)| (name.to_owned(), json!({ "M": fields }))).collect();
    Ok(json!({ "eventName": ["INSERT"], "dynamodb": { "NewImage": image } }))
}

fn values_of(wanted: &Value) -> &[Value] {
    match wanted {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    }
}

/// Whether the field has to be there, where that is asked.
fn existence(field: &Spanned<String>, wanted: &Spanned<Value>) -> Result<Option<bool>, Problem> {
    let values = values_of(wanted);
    let asked = |value: &Value| operator(value).is_some_and(|(name, _)| name == "exists");
    if !values.iter().any(asked) {
        return Ok(None);
    }
    match values {
        [one] => match one["exists"].as_bool() {
            Some(exists) => Ok(Some(exists)),
            None => {
                let label =
                    format!("`exists` of `{}` is neither `true` nor `false`", field.get_ref());
                Err(unfit(wanted, label, FORMS))
            }
        },
        _ => {
            let label = format!("`exists` of `{}` stands beside other values", field.get_ref());
            Err(unfit(wanted, label, FORMS))
        }
    }
}

/// What a field may be, below the names of DynamoDB's types.
fn typed(place: Span, field: &str, wanted: &Value) -> Result<Value, Problem> {
    match wanted {
        Value::Object(inner) if operator(wanted).is_none() => {
            let each = inner.iter().map(|(name, wanted)| {
                Ok((name.clone(), typed(place, &format!("{field}.{name}"), wanted)?))
            });
            let fields = each.collect::<Result<Map<_, _>, Problem>>()?;
            Ok(json!({ "M": fields }))
        }
        wanted => field_of(place, field, values_of(wanted)),
    }
}

/// The operators of Lambda's filters, and at the end those that other languages of filters have beside
/// them.
const OPERATORS: [&str; 8] = [
    "prefix",
    "suffix",
    "equals-ignore-case",
    "anything-but",
    "exists",
    "numeric",
    "wildcard",
    "cidr",
];

/// An operator and its operand.
fn operator(value: &Value) -> Option<(&str, &Value)> {
    let table = value.as_object().filter(|table| table.len() == 1)?;
    let (name, operand) = table.iter().next()?;
    OPERATORS.contains(&name.as_str()).then_some((name.as_str(), operand))
}

/// A field's values under the names of DynamoDB's types; values of several types are alternatives.
fn field_of(place: Span, field: &str, values: &[Value]) -> Result<Value, Problem> {
    let mut types: [(&str, Vec<Value>); 3] = [("S", vec![]), ("N", vec![]), ("BOOL", vec![])];
    for value in values {
        match value {
            Value::String(_) => types[0].1.push(value.clone()),
            Value::Number(number) => types[1].1.push(json!(number.to_string())),
            Value::Bool(_) => types[2].1.push(value.clone()),
            value => {
                let (kind, value) = operated(place, field, value)?;
                types[kind].1.push(value);
            }
        }
    }
    let given = types.into_iter().filter(|(_, values)| !values.is_empty());
    let alternatives: Vec<Value> = given.map(|(kind, values)| json!({ kind: values })).collect();
    match alternatives.as_slice() {
        [] => Err(unfit(place, format!("`{field}` has no values"), FORMS)),
        [one] => Ok(one.clone()),
        several => Ok(json!({ "$or": several })),
    }
}

/// An operator with its operand as DynamoDB writes it, and of which type they are: 0 is text, 1 numbers.
fn operated(place: Span, field: &str, value: &Value) -> Result<(usize, Value), Problem> {
    let wrong = |label: String, help: &str| Err(unfit(place, label, help));
    let Some((name, operand)) = operator(value) else {
        return wrong(format!("`{field}` cannot be compared with `{value}`"), FORMS);
    };
    match name {
        "prefix" | "suffix" | "equals-ignore-case" if operand.is_string() => Ok((0, value.clone())),
        "anything-but" => match values_of(operand) {
            all if !all.is_empty() && all.iter().all(Value::is_string) => Ok((0, value.clone())),
            all if !all.is_empty() && all.iter().all(Value::is_number) => {
                let texts: Vec<String> = all.iter().map(Value::to_string).collect();
                Ok((1, json!({ "anything-but": texts })))
            }
            _ => wrong(format!("`anything-but` of `{field}` is of strings, or of numbers"), FORMS),
        },
        "numeric" => wrong(
            format!("numbers such as `{field}` can only be compared for equality"),
            "DynamoDB's streams hold numbers as text: name the numbers themselves.",
        ),
        "exists" => wrong(
            format!("`{field}` is within another field"),
            "Whether they exist is known of the payload's own fields alone: leave it out.",
        ),
        "wildcard" | "cidr" => wrong(format!("Lambda's filters have no `{name}`"), FORMS),
        _ => wrong(format!("`{name}` of `{field}` is no string"), FORMS),
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
///
/// *Amazon SNS Developer Guide*, "String value matching".
pub(super) fn of_keys(filter: &Filter, field: &str, prefix: &str) -> Result<Value, Problem> {
    let Some(wanted) = filter.get(field) else {
        return Err(unfit(filter, format!("`{field}` has no values"), FORMS_OF_KEYS));
    };
    // Events have their keys encoded; labels are the same in both forms.
    let start = format!("{}{}/", event_key(prefix), label(field));
    let mut keys = Vec::new();
    for value in values_of(wanted) {
        let begins = |rest: &str| json!({ "prefix": format!("{start}{rest}") });
        keys.push(match value {
            Value::String(text) => begins(&format!("{}/", label(text))),
            Value::Number(number) => begins(&format!("{}/", label(&number.to_string()))),
            Value::Bool(yes) => begins(&format!("{yes}/")),
            value => match operator(value) {
                Some(("prefix", Value::String(text))) => begins(&label(text)),
                Some(("exists", Value::Bool(true))) => begins(""),
                Some(("exists", Value::Bool(false))) => json!({ "anything-but": begins("") }),
                _ => {
                    let label = format!("deliveries cannot be found by `{value}`");
                    return Err(unfit(wanted, label, FORMS_OF_KEYS));
                }
            },
        });
    }
    if keys.is_empty() {
        return Err(unfit(wanted, format!("`{field}` has no values"), FORMS_OF_KEYS));
    }
    Ok(json!({ "Records": { "s3": { "object": { "key": keys } } } }))
}

const FORMS_OF_KEYS: &str = "With the store `s3`, a field is compared with strings, numbers, `true`, \
                             `false`, `{ prefix = \"…\" }` and `{ exists = true }`.";

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
        let fields = value.as_object().unwrap().clone().into_iter();
        let spanned = |(name, value)| (Spanned::nowhere(name), Spanned::nowhere(value));
        Spanned::nowhere(fields.map(spanned).collect())
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

    fn refused(value: Value) -> String {
        let problem = of_stream(Some(&filter(value))).unwrap_err();
        problem.label_text().unwrap().to_owned()
    }

    #[test]
    fn a_stream_has_the_operators_of_lambda_alone() {
        for (operator, kind) in [
            (json!({ "suffix": "x" }), "S"),
            (json!({ "equals-ignore-case": "X" }), "S"),
            (json!({ "anything-but": ["x", "y"] }), "S"),
            (json!({ "anything-but": "x" }), "S"),
        ] {
            let wanted = json!({ "a": { kind: [operator] } });
            assert_eq!(stream(json!({ "a": [operator] })), wanted);
        }
        let numbers = stream(json!({ "a": { "anything-but": [7, 1.5] } }));
        assert_eq!(numbers, json!({ "a": { "N": [{ "anything-but": ["7", "1.5"] }] } }));
        for (value, why) in [
            (
                json!([{ "numeric": [">", 7] }]),
                "numbers such as `a` can only be compared for equality",
            ),
            (json!({ "wildcard": "x*" }), "Lambda's filters have no `wildcard`"),
            (json!([{ "cidr": "10.0.0.0/8" }]), "Lambda's filters have no `cidr`"),
            (json!({ "prefix": 7 }), "`prefix` of `a` is no string"),
            (
                json!({ "anything-but": ["x", 7] }),
                "`anything-but` of `a` is of strings, or of numbers",
            ),
            (
                json!({ "anything-but": { "prefix": "x" } }),
                "`anything-but` of `a` is of strings, or of numbers",
            ),
            (json!([]), "`a` has no values"),
        ] {
            assert_eq!(refused(json!({ "a": value })), why);
        }
    }

    #[test]
    fn whether_a_field_exists_is_asked_of_the_names_of_fields() {
        let filtered =
            filter(json!({ "a": { "exists": true }, "b": [{ "exists": false }], "c": "x" }));
        let image = of_stream(Some(&filtered)).unwrap()["dynamodb"]["NewImage"].clone();
        let wanted = json!({
            "has": { "M": { "a": { "BOOL": [true] }, "b": { "BOOL": [{ "exists": false }] } } },
            "payload": { "M": { "c": { "S": ["x"] } } },
        });
        assert_eq!(image, wanted);
        assert_eq!(
            refused(json!({ "a": [{ "exists": true }, "x"] })),
            "`exists` of `a` stands beside other values"
        );
        assert_eq!(
            refused(json!({ "a": { "b": { "exists": true } } })),
            "`a.b` is within another field"
        );
        assert_eq!(
            refused(json!({ "a": { "exists": 1 } })),
            "`exists` of `a` is neither `true` nor `false`"
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
        let none = of_keys(&filter(json!({ "a": { "exists": false } })), "a", "hooks/").unwrap();
        let wanted = json!([{ "anything-but": { "prefix": "hooks/a/" } }]);
        assert_eq!(none["Records"]["s3"]["object"]["key"], wanted);
        for unknown in [json!({ "suffix": "x" }), json!({ "wildcard": "x*" })] {
            of_keys(&filter(json!({ "a": unknown })), "a", "hooks/").unwrap_err();
        }
        let policy = of_keys(&filter(json!({ "a": ["b"] })), "a", "year=2026/our hooks/").unwrap();
        let wanted = json!({ "prefix": "year%3D2026/our+hooks/a/b/" });
        assert_eq!(policy["Records"]["s3"]["object"]["key"][0], wanted);
        assert_eq!(label(&"ä".repeat(100)).len(), 3 * LONGEST_LABEL);
    }
}
