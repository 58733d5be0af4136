use super::super::values::Format;
use super::*;

fn parses<T: std::str::FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

#[test]
fn durations() {
    let seconds = |text: &str| text.parse::<Duration>().ok().map(Duration::seconds);
    assert_eq!(seconds("0s"), Some(0));
    assert_eq!(seconds("1h30m"), Some(5400));
    assert_eq!(seconds("14d"), Some(1_209_600));
    assert_eq!(seconds("1d1h1m1s"), Some(90_061));
    for wrong in [
        "",
        "5",
        "s",
        "1m1h",
        "1s1s",
        "1.5h",
        "-1s",
        " 1s",
        "1 s",
        "1w",
        "99999999999999999999s",
        "213503982334602d",
    ] {
        assert_eq!(seconds(wrong), None, "{wrong}");
    }
}

#[test]
fn sizes() {
    let bytes = |text: &str| text.parse::<Size>().ok().map(Size::bytes);
    assert_eq!(bytes("256 MB"), Some(268_435_456));
    assert_eq!(bytes("256MiB"), Some(268_435_456));
    assert_eq!(bytes("512 KiB"), Some(524_288));
    assert_eq!(bytes("7 B"), Some(7));
    for wrong in ["", "256", "MB", "1.5 GB", "256  MB", "256 mb", "-1 MB", "99999999999 TB"] {
        assert_eq!(bytes(wrong), None, "{wrong}");
    }
}

#[test]
fn routes() {
    for right in ["GET /", "ANY /{proxy+}", "POST /a/{id}/b.c~d", "$default", "GET /users/"] {
        let route: Route = right.parse().unwrap();
        assert_eq!(route.to_string(), right);
    }
    for wrong in [
        "",
        "GET",
        "GET  /",
        "get /",
        "GET x",
        "GET //",
        "GET /{",
        "GET /{}",
        "GET /?a",
        "CONNECT /",
        "$other",
    ] {
        assert!(!parses::<Route>(wrong), "{wrong}");
    }
}

#[test]
fn routes_that_differ_in_names_of_variables_have_one_shape() {
    let shape = |text: &str| text.parse::<Route>().unwrap().shape();
    assert_eq!(shape("GET /users/{id}"), shape("GET /users/{name}"));
    assert_ne!(shape("GET /users/{id}"), shape("GET /users/{id+}"));
    assert_ne!(shape("GET /users/{id}"), shape("POST /users/{id}"));
}

#[test]
fn names() {
    assert!(parses::<Name>("a") && parses::<Name>("a-1") && parses::<Name>(&"a".repeat(32)));
    assert!(!parses::<Name>("") && !parses::<Name>("1a") && !parses::<Name>(&"a".repeat(33)));
    assert!(!parses::<Name>("a_b") && !parses::<Name>("Aa") && !parses::<Name>("ä"));
    assert!(parses::<ProjectName>(&"a".repeat(24)) && !parses::<ProjectName>(&"a".repeat(25)));
    assert!(parses::<EnvironmentName>("a") && !parses::<EnvironmentName>(&"a".repeat(25)));
    assert!(!parses::<InstanceName>("var") && parses::<InstanceName>("variable"));
    assert!(parses::<Region>("us-gov-west-1") && !parses::<Region>("eu-west"));
    assert!(parses::<Region>("eusc-de-east-1") && !parses::<Region>("us-east-1a"));
}

#[test]
fn retention_is_one_of_the_periods() {
    for days in Retention::DAYS {
        assert_eq!(format!("{days}d").parse::<Retention>().unwrap().days(), days);
    }
    assert_eq!("24h".parse::<Retention>().unwrap().days(), 1);
    assert!(!parses::<Retention>("2d") && !parses::<Retention>("25h"));
}

#[test]
fn each_format_has_a_name_and_a_pattern_of_its_own() {
    let mut names = std::collections::BTreeSet::new();
    for format in super::super::values::formats() {
        assert!(names.insert(format.name), "{}", format.name);
        let by_name = Format::by_name(format.name).unwrap();
        assert_eq!(by_name.pattern, format.pattern);
        let by_pattern = Format::by_pattern(format.pattern).unwrap();
        assert_eq!(by_pattern.name, format.name);
    }
}

#[test]
fn examples_are_right_and_match_their_patterns() {
    for format in super::super::values::formats() {
        let pattern = regex::Regex::new(format.pattern).unwrap();
        for example in format.examples {
            assert!((format.check)(example).is_ok(), "{} {example}", format.name);
            assert!(pattern.is_match(example), "{} {example}", format.name);
        }
    }
}

/// An editor goes by the pattern: Lambda takes two characters or more.
#[test]
fn the_pattern_of_a_functions_variable_and_its_check_agree() {
    let format = Format::by_name("maas-variable").unwrap();
    let pattern = regex::Regex::new(format.pattern).unwrap();
    let right = ["AB", "a1", "A_", "STAGE"];
    let wrong = ["A", "", "1A", "_A", "A-B", "A.B"];
    for (names, fits) in [(&right[..], true), (&wrong, false)] {
        for name in names {
            let both = (pattern.is_match(name), (format.check)(name).is_ok());
            assert_eq!(both, (fits, fits), "{name}");
        }
    }
}
