//! Words for problems: the nearest name, lists of names.

/// The candidate that was probably meant: the one with the fewest letters changed, if they are few,
/// or the shortest that begins as the given one does.
pub(crate) fn nearest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let given = given.to_lowercase();
    let allowed = (given.chars().count() / 3).max(1);
    let distance = |name: &'a str| {
        let lower = name.to_lowercase();
        let changed = strsim::damerau_levenshtein(&given, &lower);
        let (short, long) =
            if lower.len() < given.len() { (&lower, &given) } else { (&given, &lower) };
        let begins = short.len() >= 3 && long.starts_with(short.as_str());
        (changed <= allowed || begins).then_some((changed, name))
    };
    candidates.into_iter().filter_map(distance).min().map(|(_, name)| name)
}

/// `; did you mean …?` for the end of a label, or nothing.
pub(crate) fn did_you_mean<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    match nearest(given, candidates) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

/// Text of the user for a label: between backquotes, on one line, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    let cut = text.char_indices().nth(40).map(|(end, _)| &text[..end]);
    let ellipsis = if cut.is_some() { "…" } else { "" };
    let shown = |c: char| {
        let escaped = c.is_control().then(|| c.escape_default());
        escaped.map_or(c.to_string(), |escaped| escaped.to_string())
    };
    let line: String = cut.unwrap_or(text).chars().map(shown).collect();
    format!("`{line}{ellipsis}`")
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn any_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    join(names.into_iter().map(|name| format!("`{name}`")), "or")
}

/// `` `a`, `b`, `c` ``.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    names.join(", ")
}

/// `a, b or c`.
pub(crate) fn join(names: impl IntoIterator<Item = String>, word: &str) -> String {
    let mut names: Vec<String> = names.into_iter().collect();
    match names.pop() {
        None => String::new(),
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} {word} {last}", names.join(", ")),
    }
}
