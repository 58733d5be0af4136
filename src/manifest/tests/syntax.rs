use insta::assert_snapshot;

use super::*;

#[test]
fn every_recoverable_error_of_the_syntax_is_reported() {
    assert_snapshot!(wrong(
        "[project\nname = \"shop\"\n\n[tags]\nteam = payments\nteam = \"again\"\n\n[patterns.a]\nuse = \"api-asink\"\nx = [1, 2\n"
    ));
}

#[test]
fn a_key_or_table_given_twice() {
    assert_snapshot!(wrong_lines("[tags]\nteam = \"a\"\nteam = \"b\"\n\n[tags]\nteam = \"c\"\n"));
}

#[test]
fn what_a_broken_line_takes_with_it_is_not_reported_as_missing() {
    let report = wrong("[project]\nname = shop\n");
    assert!(!report.contains("missing"), "{report}");
}

#[test]
fn reserved_keys() {
    assert_snapshot!(wrong_jobs(
        "recipients.billing.filter = { \"$expr\" = 1, deep = [{ \"$secret\" = \"x\" }] }\n"
    ));
}

#[test]
fn numbers_that_cannot_be_used() {
    assert_snapshot!(wrong_jobs("capacity = { min = nan, max = 99999999999999999999 }\n"));
}

#[test]
fn a_byte_order_mark_does_not_move_places() {
    let text = "\u{feff}[project]\nname = \"shop\"\nreggion = \"x\"\n";
    let problems = read_with(text, &context()).unwrap_err();
    let at = problems.iter().next().unwrap().span().unwrap();
    assert_eq!(&text[at.start..at.end], "reggion");
}

#[test]
fn a_key_without_end_has_a_place() {
    for (open, close) in [("", " = 1"), ("[", "]")] {
        let key = vec!["a"; 20_000].join(".");
        let text = format!("[project]\nname = \"shop\"\n  {open}{key}{close}\n");
        let problems = read_with(&text, &context()).unwrap_err();
        let problem = problems.iter().next().unwrap();
        let at = problem.span().unwrap();
        assert_eq!(&text[at.start..at.end], format!("{open}a"));
        assert_eq!(problem.label_text(), Some("this key has too many parts"));
        assert!(problem.help_text().unwrap().contains("79"));
    }
}
