//! What to do about errors of TOML's syntax.

/// Words of an error and what would be right; the first that fit hold.
const REMEDIES: [(&str, &str); 12] = [
    (
        "duplicate key",
        "A key stands once in its table, and a `[table]` once in the file: join the two, or rename one.",
    ),
    ("quoted", QUOTES),
    ("unexpected key or value", "Put each `key = value` on a line of its own."),
    (
        "escape",
        r#"In a string between `"`, write `\\` for a backslash, or put the string between `'`."#,
    ),
    ("basic string", r#"End the string on its line with `"`; several lines stand between `"""`."#),
    ("literal string", "End the string on its line with `'`; several lines stand between `'''`."),
    ("inline table", "An inline table is `{ a = 1, b = 2 }`; a `[table]` may have many lines."),
    ("array", "An array is `[1, 2]`, with commas between its values."),
    ("table", r#"A table's header is `[name]` or `[name."GET /"]`, alone on its line."#),
    ("string", QUOTES),
    (
        "value",
        r#"A value is text between quotes, a number, `true`, `false`, `[…]` or `{ … }`: `key = "text"`."#,
    ),
    (
        "key",
        r#"A key is letters, digits, `-` and `_`, or text between quotes, and `=` follows it: `"GET /" = …`."#,
    ),
];

const QUOTES: &str = r#"Text stands between quotes: `key = "text"`."#;

/// What would be right where the reader of TOML says this.
pub(crate) fn remedy(message: &str) -> &'static str {
    let found = REMEDIES.iter().find(|(words, _)| message.contains(words));
    let line = "A line is `key = value`, `[table]`, or a comment that begins with `#`.";
    found.map_or(line, |(_, remedy)| remedy)
}
