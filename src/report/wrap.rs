//! Text in lines of a given width.

use textwrap::{Options, WordSplitter};

const HANGING: &str = "      ";

/// One line of text, broken where it is too long; what follows hangs below it.
pub(super) fn hang(text: &str, width: usize) -> String {
    let options =
        Options::new(width).subsequent_indent(HANGING).word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// The text in lines of at most `width` columns, each behind `indent` spaces.
pub fn wrap(text: &str, indent: usize, width: usize) -> String {
    let spaces = " ".repeat(indent);
    let options = Options::new(width)
        .initial_indent(&spaces)
        .subsequent_indent(&spaces)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).iter().map(|line| format!("{}\n", line.trim_end())).collect()
}
