use insta::assert_snapshot;

use super::*;

fn given(pairs: &[(&str, &str)]) -> Context {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Context {
        environment: "dev".into(),
        variables: pairs.collect(),
        region: Some("eu-north-1".into()),
        ..Context::default()
    }
}

fn function(lines: &str) -> String {
    format!(
        "[project]\nname = \"shop\"\n[functions]\nruntime = \"python3.12\"\n\
         [patterns.a]\nuse = \"api-custom-authorizer\"\n[patterns.a.routes.\"GET /\"]\n\
         code = \"functions/${{env}}\"\nhandler = \"a.b\"\n{lines}"
    )
}

fn environment(text: &str, context: &Context) -> BTreeMap<String, Text> {
    let manifest = read_with(text, context).map_err(|problems| report(&problems)).unwrap();
    let api: Api = manifest.instance("a").unwrap().parameters().unwrap();
    let route = api.routes.into_values().next().unwrap();
    let environment = route.function.keys.environment.into_iter();
    environment.map(|(name, text)| (name.to_string(), text)).collect()
}

#[test]
fn values_are_put_in() {
    let text = function(
        "environment = { AA = \"${env}.${project}.${region}.${var.X}\", BB = \"$${env} $x $\" }\n\
         memory = \"${var.MEMORY}\"\n[variables.X]\n",
    );
    let context = given(&[("X", "1"), ("MEMORY", "512 MB")]);
    let environment = environment(&text, &context);
    assert_eq!(environment["AA"].literal(), Some("dev.shop.eu-north-1.1"));
    assert_eq!(environment["BB"].literal(), Some("${env} $x $"));
    let api = read_with(&text, &context).unwrap();
    assert_eq!(api.code[0].get_ref(), "functions/dev");
}

#[test]
fn what_is_known_later_stays_in_a_text() {
    let text = function("environment = { AA = \"arn:${account}:${up.bucket.name}-${env}\" }\n");
    let environment = environment(&text, &given(&[]));
    let parts = &environment["AA"].parts;
    let TextPart::Reference(reference) = &parts[3] else {
        panic!("{parts:?}");
    };
    assert_eq!(reference.to_string(), "up.bucket.name");
    assert_eq!(reference.attribute.as_deref(), Some("name"));
    assert_eq!(&text[reference.span.start..reference.span.end], "${up.bucket.name}");
    assert_eq!(parts.len(), 5);
    assert_eq!(parts[4], TextPart::Literal("-dev".into()));
}

#[test]
fn malformed_expressions_have_their_exact_place() {
    assert_snapshot!(wrong_function(
        r#"description = "a ${} b ${a b} c ${environment} d ${x..y} e ${var} f ${var.1x} g ${env.HOME} h ${open"
"#
    ));
}

#[test]
fn places_in_strings_with_escapes_and_lines() {
    assert_snapshot!(wrong_function(
        "description = \"\"\"\nfirst \\\n   \\t ${nope}\n$${fine} ${also nope}\"\"\"\nhandler2 = '${lit}'\n"
    ));
    assert_snapshot!(wrong_function("description = \"\\u0024{nope}\"\n"));
}

#[test]
fn a_variable_without_a_value() {
    let text = "[project]\nname = \"shop\"\nregion = \"${var.REGION}\"\n[variables.REGIONS]\n";
    assert_snapshot!(wrong(text));
}

#[test]
fn a_region_that_is_not_known() {
    assert_snapshot!(wrong_lines("[tags]\nwhere = \"${region}\"\n"));
}

#[test]
fn values_that_go_round_in_a_circle() {
    assert_snapshot!(wrong(
        "[project]\nname = \"${project}\"\n[variables.A]\ndefault = \"${var.B}\"\n[variables.B]\ndefault = \"b\"\n"
    ));
}

#[test]
fn what_is_known_later_cannot_be_in_a_plain_value() {
    assert_snapshot!(wrong_function(
        "handler = \"x\"\ntimeout = \"${account}\"\ndescription = \"${up.bucket.name}\"\n"
            .replace("handler = \"x\"\n", "")
            .as_str()
    ));
}

#[test]
fn what_is_known_later_cannot_be_in_a_free_table() {
    assert_snapshot!(wrong_jobs(
        "recipients.billing.filter = { kind = [\"${up.bucket.name}\"] }\n"
    ));
}

#[test]
fn a_value_put_in_is_checked_at_the_place_of_its_string() {
    let text = function("memory = \"${var.MEMORY}\"\n");
    assert_snapshot!(wrong_with(&text, &given(&[("MEMORY", "64 MB")])));
}

#[test]
fn a_default_holds_where_nothing_is_given() {
    let text = function(
        "environment.AA = \"${var.X}\"\n[variables.X]\ndefault = \"x-${env}\"\ndescription = \"What.\"\n",
    );
    assert_eq!(environment(&text, &given(&[]))["AA"].literal(), Some("x-dev"));
    assert_eq!(environment(&text, &given(&[("X", "y")]))["AA"].literal(), Some("y"));
}

#[test]
fn a_sensitive_value_is_kept_apart_and_never_shown() {
    let text = function("environment.AA = \"p=${var.P}\"\n[variables.P]\nsensitive = true\n");
    let context = given(&[("P", "hunter2")]);
    let environment = environment(&text, &context);
    let TextPart::Secret { variable, value } = &environment["AA"].parts[1] else {
        panic!("not a secret");
    };
    assert_eq!((variable.as_str(), value.reveal()), ("P", "hunter2"));
    assert_eq!(environment["AA"].to_string(), "p=${var.P}");
    let manifest = read_with(&text, &context).unwrap();
    let api: Api = manifest.instance("a").unwrap().parameters().unwrap();
    assert!(!format!("{manifest:?} {api:?}").contains("hunter2"));
}

/// Nobody has to remember to declare a secret; who wants to see a value in plans declares it.
#[test]
fn what_an_environment_is_given_is_a_secret_unless_it_is_declared() {
    let undeclared = function("description = \"${var.P}\"\nenvironment.KEY = \"${var.P}\"\n");
    let context = given(&[("P", "hunter2")]);
    let secret = &environment(&undeclared, &context)["KEY"];
    assert!(matches!(secret.parts.as_slice(), [TextPart::Secret { .. }]), "{secret:?}");
    let declared = format!("{undeclared}[variables.P]\n");
    assert_eq!(environment(&declared, &context)["KEY"].literal(), Some("hunter2"));
}

#[test]
fn a_sensitive_value_can_only_be_in_a_text() {
    let text = function("description = \"${var.P}\"\n[variables.P]\nsensitive = true\n");
    let report = wrong_with(&text, &given(&[("P", "hunter2")]));
    assert!(!report.contains("hunter2"));
    assert_snapshot!(report);
}

#[test]
fn a_default_of_a_sensitive_variable_is_refused_and_not_shown() {
    let text = function(
        "[variables.P]\nsensitive = true\ndefault = \"hunter2\"\n\n[environments.prod.variables.P]\ndefault = \"hunter3\"\n",
    );
    let problems = read_with(&text, &given(&[])).unwrap_err();
    assert_snapshot!(report(&problems));
    assert!(!format!("{problems:?}").contains("hunter"));
}

#[test]
fn names_of_variables() {
    assert_snapshot!(wrong_lines("[variables.\"A-B\"]\ndefault = 1\n"));
}

#[test]
fn a_variable_whose_sensitivity_is_malformed_is_kept_as_sensitive() {
    let text = function(
        "timeout = \"${var.P}\"\n[variables.P]\nsensitive = \"yes\"\ndefault = \"hunter3\"\n",
    );
    let report = wrong_with(&text, &given(&[("P", "hunter2")]));
    assert!(!report.contains("hunter"), "{report}");
    assert!(report.contains("`P` is sensitive"), "{report}");
}

#[test]
fn a_variable_given_by_a_flag_has_to_be_one_of_the_manifest() {
    let mut context = given(&[("STAGE", "x"), ("STGE", "y"), ("OTHER", "z")]);
    context.named = ["STAGE", "STGE"].map(str::to_owned).into();
    let text = function("description = \"${var.STAGE}\"");
    let problems = parse(Path::new("maas.toml"), text, &context, &patterns()).unwrap_err();
    let said: Vec<&str> = problems.iter().map(Problem::message).collect();
    let nearest = "The manifest has no variable `STGE`, which `--var` gives; did you mean `STAGE`?";
    assert_eq!(said, [nearest]);
}
