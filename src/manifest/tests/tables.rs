use insta::assert_snapshot;

use super::*;

#[test]
fn an_empty_manifest() {
    assert_snapshot!(wrong(""));
}

#[test]
fn unknown_keys_with_the_nearest_and_the_list() {
    assert_snapshot!(wrong_lines(
        "[functoins]\nmemory = \"1 GB\"\n\n[state]\npaht = \"../state\"\n\n[project.x]\n"
    ));
}

#[test]
fn names_of_projects_regions_and_tags() {
    assert_snapshot!(wrong(
        "[project]\nname = \"Shop\"\nregion = \"eu-west-1a\"\n\n[tags]\n\"aws:team\" = \"a\"\n\"maas:project\" = \"b\"\nowner = \"a|b\"\n"
    ));
}

#[test]
fn a_project_name_of_one_letter() {
    assert_snapshot!(wrong("project.name = \"s\"\n"));
}

#[test]
fn wrong_types() {
    assert_snapshot!(wrong(
        "project = \"shop\"\ntags = [\"a\"]\nfunctions.tracing = \"yes\"\npatterns.orders = 1\n\n[environments]\nprod = true\n"
    ));
}

#[test]
fn a_state_in_dynamodb_needs_a_table() {
    assert_snapshot!(wrong_lines("[state]\nbackend = \"dynamodb\"\npaht = \"x\"\n"));
}

#[test]
fn a_table_goes_with_dynamodb_only_and_a_path_with_sled() {
    assert_snapshot!(wrong_lines(
        "[state]\nbackend = \"dynamodb\"\ntable = \"states\"\npath = \"x\"\n"
    ));
    assert_snapshot!(wrong_lines("[state]\ntable = \"states\"\n"));
    assert_snapshot!(wrong_lines("[state]\nbackend = \"dynamo\"\ntable = \"t\"\n"));
}

#[test]
fn a_pattern_that_does_not_exist() {
    assert_snapshot!(wrong_lines(
        "[patterns.orders]\nuse = \"api-custom-authoriser\"\nanything = 1\n"
    ));
}

#[test]
fn an_instance_without_a_pattern() {
    assert_snapshot!(wrong_lines("[patterns.orders]\n\n[patterns.jobs]\nuse = 3\n"));
}

#[test]
fn names_of_instances() {
    assert_snapshot!(wrong_lines(
        "[patterns.Orders]\nuse = \"api-custom-authorizer\"\n\
         [patterns.env]\nuse = \"api-custom-authorizer\"\n\
         [patterns.a-name-that-is-much-too-long-to-be-used]\nuse = \"api-custom-authorizer\"\n"
    ));
}

#[test]
fn a_key_below_the_wrong_header() {
    assert_snapshot!(wrong_function(
        "cors = { origins = [] }\nfunctions = 1\n[patterns.orders.cors]\nroutes = {}\n"
    ));
}

#[test]
fn too_many_tags() {
    let tags: Vec<String> = (0..46).map(|i| format!("tag{i} = \"x\"\n")).collect();
    let problems =
        read_with(&format!("project.name = \"shop\"\n[tags]\n{}", tags.concat()), &context());
    let problems = problems.unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(problem.code(), "maas::manifest::count");
    assert_eq!(problem.label_text(), Some("at most 45 are allowed, not 46"));
}
