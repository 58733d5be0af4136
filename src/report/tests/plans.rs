use super::*;
use crate::report::{Detail, plan_json, plan_markdown, plan_view};

#[test]
fn a_plan_for_people() {
    insta::assert_snapshot!(plain(&plan_view(&plan(), Detail::Changes)));
}

#[test]
fn a_plan_with_the_inputs_of_what_is_new() {
    let text = plain(&plan_view(&plan(), Detail::Everything));
    let lines: Vec<&str> =
        text.lines().skip_while(|line| !line.contains("table")).take(4).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    + table        aws:dynamodb/table  create shop-dev-hooks-table
        name: "shop-dev-hooks-table"
        stream: true
    "#);
}

#[test]
fn a_plan_without_changes() {
    let plan = Plan { steps: Vec::new(), ..plan() };
    insta::assert_snapshot!(plain(&plan_view(&plan, Detail::Changes)), @"No changes. The one resource of shop/dev is as it is wanted.");
    insta::assert_snapshot!(plan_markdown(&plan, 60_000), @r"
    <!-- maas plan shop/dev -->
    ### maas plan: `shop/dev`

    No changes. The one resource of shop/dev is as it is wanted.
    ");
}

#[test]
fn a_plan_for_programs() {
    insta::assert_json_snapshot!(plan_json(&plan()));
}

#[test]
fn a_plan_for_a_pull_request() {
    insta::assert_snapshot!(plan_markdown(&plan(), 60_000));
}

#[test]
fn a_pull_request_gets_no_more_than_it_can_take() {
    let plan = plan();
    let whole = plan_markdown(&plan, usize::MAX);
    let outline = plan_markdown(&plan, whole.len() - 1);
    let table = plan_markdown(&plan, outline.len() - 1);
    assert!(outline.len() < whole.len() && outline.contains("hooks"), "{outline}");
    assert!(!outline.contains("environment.QUEUE"));
    assert!(table.len() < outline.len() && table.contains("| 1 | 2 | 1 | 1 | 1 |"), "{table}");
    assert!(!table.contains("<details>"));
}

#[test]
fn no_secret_is_shown_anywhere() {
    let all = [
        plan_view(&plan(), Detail::Everything),
        plan_json(&plan()).to_string(),
        plan_markdown(&plan(), usize::MAX),
    ];
    for text in all {
        assert!(!text.contains("$sealed") && !text.contains("$expr"), "{text}");
    }
}
