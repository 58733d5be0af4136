//! The manifest's text as excerpts show it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use miette::{MietteError, NamedSource, SourceCode, SourceSpan, SpanContents};

use super::span::Span;

/// The manifest's text and name, for excerpts. Cheap to clone.
///
/// What is known to be secret in the text is covered with `*`, byte for byte.
#[derive(Clone)]
pub struct Source(Arc<NamedSource<String>>);

impl Source {
    /// Makes a source of this file's text, with the bytes of `secrets` covered.
    pub(crate) fn new(path: &Path, text: &str, secrets: &[Span]) -> Self {
        let name = path.display().to_string();
        Self(Arc::new(NamedSource::new(name, cover(text, secrets))))
    }

    /// The file's name as it was given.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The text, with secrets covered.
    pub fn text(&self) -> &str {
        self.0.inner()
    }

    /// Line and column of a place, both counted from 1; the column counts characters.
    pub fn position(&self, span: Span) -> (usize, usize) {
        let before = &self.text()[..self.text().floor_char_boundary(span.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, column)
    }
}

fn cover(text: &str, secrets: &[Span]) -> String {
    let mut covered = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let secret = secrets.iter().any(|s| s.start <= at && at < s.end);
        match c {
            '\n' | '\r' => covered.push(c),
            _ if secret => (0..c.len_utf8()).for_each(|_| covered.push('*')),
            _ => covered.push(c),
        }
    }
    covered
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.name()).finish()
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        self.0.read_span(span, before, after)
    }
}
