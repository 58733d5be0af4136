use super::*;

#[test]
fn the_schema_of_a_manifest() {
    insta::assert_snapshot!(schema_text(&patterns()));
}

#[test]
fn every_reference_in_the_schema_leads_somewhere() {
    let schema = schema(&patterns());
    let mut references = Vec::new();
    collect(&schema, &mut references);
    assert!(references.len() > 3, "{references:?}");
    for reference in references {
        let target = reference.strip_prefix('#').unwrap();
        assert!(schema.pointer(target).is_some(), "{reference}");
    }
}

fn collect(json: &serde_json::Value, into: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(object) => {
            let reference = object.get("$ref").and_then(|target| target.as_str());
            into.extend(reference.map(str::to_owned));
            object.values().for_each(|value| collect(value, into));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        _ => {}
    }
}

#[test]
fn gaps_of_a_schema_are_found() {
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Loose {
        undescribed: bool,
    }
    let gaps = PatternSchema::of::<Loose>("loose").gaps();
    let expected =
        ["loose: takes keys that it does not know", "loose.undescribed: has no description"];
    assert_eq!(gaps, expected);
}

#[test]
fn the_tables_of_functions_and_of_the_manifest_have_no_gaps() {
    let whole = PatternSchema::of::<super::super::tables::ManifestTable>("manifest").gaps();
    assert_eq!(whole, [""; 0]);
    let given = PatternSchema::of::<FunctionTable>("given").gaps();
    let supplied = PatternSchema::of::<SuppliedFunctionTable>("supplied").gaps();
    assert_eq!([given, supplied].concat(), [""; 0]);
}
