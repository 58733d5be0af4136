use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::problems::Problems;
use super::super::template::Template;
use super::super::values::Format;
use super::*;

/// Text in which the characters of TOML and of expressions are frequent.
fn manifestish() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        "=",
        ",",
        ".",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\n",
        " ",
        "#",
        "\\",
        "\\u00e9",
        "${",
        "$${",
        "${env}",
        "${a.b}",
        "${var.X}",
        "ä",
        "\u{feff}",
        "project",
        "name",
        "patterns",
        "use",
        "environments",
        "functions",
        "variables",
        "default",
        "sensitive",
        "true",
        "api-async",
        "consumer",
        "1",
        "0x",
        "1e9",
        "nan",
        "2026-01-01",
        "[[",
        "]]",
        "\r\n",
        "\0",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.concat())
}

fn check_places(text: &str) {
    let Err(problems) = read_with(text, &context()) else {
        return;
    };
    report(&problems);
    for span in problems.iter().filter_map(Problem::span) {
        assert!(span.start <= span.end && span.end <= text.len(), "{span:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_places_in_it(text in any::<String>()) {
        check_places(&text);
    }

    #[test]
    fn any_text_like_a_manifest_is_read_or_refused_with_places_in_it(text in manifestish()) {
        check_places(&text);
    }

    #[test]
    fn a_right_manifest_with_a_piece_cut_out_is_read_or_refused(a in 0usize..2000, b in 0usize..60) {
        let text = include_str!("shop.toml");
        let start = text.floor_char_boundary(a.min(text.len()));
        let end = text.floor_char_boundary((a + b).min(text.len())).max(start);
        check_places(&format!("{}{}", &text[..start], &text[end..]));
    }

    #[test]
    fn durations_and_sizes_print_what_they_are_read_from(number in any::<u64>()) {
        let duration = Duration::from_seconds(number);
        prop_assert_eq!(duration.to_string().parse::<Duration>().unwrap(), duration);
        let size = Size::from_bytes(number);
        prop_assert_eq!(size.to_string().parse::<Size>().unwrap(), size);
    }

    #[test]
    fn texts_print_what_they_are_read_from(pieces in prop::collection::vec(
        prop::sample::select(vec!["a", "$", "{", "}", "$${", "${account}", "${a.b.c}", "${a-b.c}", " "]), 0..12)
    ) {
        let read = |text: &str| {
            let mut problems = Problems::new();
            let template = Template::read(text, Span::NOWHERE, "", &mut problems);
            problems.is_empty().then(|| Text::of(&template, Span::NOWHERE)).flatten()
        };
        let Some(text) = read(&pieces.concat()) else {
            return Ok(());
        };
        prop_assert_eq!(read(&text.to_string()).unwrap(), text);
    }

    #[test]
    fn values_that_are_right_match_the_pattern_that_editors_use(
        text in "[a-zA-Z0-9$ /{}+.:*@-]{0,12}"
    ) {
        static PATTERNS: LazyLock<Vec<(&Format, regex::Regex)>> = LazyLock::new(|| {
            let formats = super::super::values::formats().iter();
            formats.map(|f| (f, regex::Regex::new(f.pattern).unwrap())).collect()
        });
        for (format, pattern) in PATTERNS.iter() {
            if (format.check)(&text).is_ok() {
                prop_assert!(pattern.is_match(&text), "{} {}", format.name, text);
            }
        }
    }
}
