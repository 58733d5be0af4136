//! One thing that is wrong, with its place.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, SourceCode};

use super::source::Source;
use super::span::Span;

/// One thing that is wrong with a manifest: what, where, and what would be right.
///
/// The message holds no words of the user, so that it can be searched for; the label says the
/// particulars at their place, and the help says what would be right.
#[derive(Clone)]
pub struct Problem(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: &'static str,
    message: String,
    place: Option<Span>,
    label: Option<String>,
    related: Vec<(Span, String)>,
    help: Option<String>,
    source: Option<Source>,
}

impl Problem {
    /// A problem that has no place in the text.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            message: message.into(),
            place: None,
            label: None,
            related: Vec::new(),
            help: None,
            source: None,
        }))
    }

    /// A problem at a place: a [`Span`], or a reference to a [`Spanned`](super::Spanned).
    pub fn at(place: impl Into<Span>, code: &'static str, message: impl Into<String>) -> Self {
        let mut problem = Self::new(code, message);
        problem.0.place = Some(place.into()).filter(|span| span.is_somewhere());
        problem
    }

    /// Says what is wrong at the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.label = Some(label.into());
        self
    }

    /// Says what would be right.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Points at another place that has to do with it.
    pub fn related(mut self, place: impl Into<Span>, label: impl Into<String>) -> Self {
        let place = place.into();
        if place.is_somewhere() {
            self.0.related.push((place, label.into()));
        }
        self
    }

    /// Attaches the text that the places belong to, unless it has one already.
    pub fn in_source(mut self, source: &Source) -> Self {
        if self.0.source.is_none() {
            let fit = |span: Span| span.within(source.text());
            self.0.place = self.0.place.map(fit);
            for (span, _) in &mut self.0.related {
                *span = fit(*span);
            }
            self.0.source = Some(source.clone());
        }
        self
    }

    /// The code, such as `maas::manifest::unknown_key`; it stays the same between versions.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The short statement, without words of the user.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What is wrong at the place.
    pub fn label_text(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// What would be right.
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The place, where there is one.
    pub fn span(&self) -> Option<Span> {
        self.0.place
    }

    /// File name, line and column (both from 1), where there is a place and a source.
    pub fn position(&self) -> Option<(&str, usize, usize)> {
        let source = self.0.source.as_ref()?;
        let (line, column) = source.position(self.0.place?);
        Some((source.name(), line, column))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("place", &self.0.place)
            .field("label", &self.0.label)
            .field("related", &self.0.related)
            .field("help", &self.0.help)
            .finish()
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.0.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|help| Box::new(help) as Box<_>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.place?;
        self.0.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.0.place?;
        let first = LabeledSpan::new_primary_with_span(self.0.label.clone(), place);
        let others = self.0.related.iter();
        let others =
            others.map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), *span));
        Some(Box::new(std::iter::once(first).chain(others)))
    }
}
