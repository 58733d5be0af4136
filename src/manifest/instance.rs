//! One use of a pattern.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::check::Found;
use super::de::ValueDeserializer;
use super::problem::Problem;
use super::span::{Span, Spanned};
use super::text::Reference;
use super::value::Value;
use super::words::did_you_mean;

/// One use of a pattern: a table below `[patterns]`.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The name: 1 to 32 of a-z, 0-9 and -, starting with a letter.
    pub name: Spanned<String>,
    /// The pattern's name, as `use` gives it.
    pub pattern: Spanned<String>,
    /// The table, `use` left out.
    pub(crate) table: Value,
    pub(crate) found: Found,
}

impl Instance {
    /// Reads the table as the pattern's parameters.
    ///
    /// # Errors
    /// The table has been checked against the schema of the parameters, so what remains is what a
    /// schema cannot say, such as what a `try_from` refuses.
    pub fn parameters<P: DeserializeOwned>(&self) -> Result<P, Problem> {
        P::deserialize(ValueDeserializer::new(&self.table)).map_err(|refusal| {
            let place = refusal.span.unwrap_or(Span::NOWHERE).or(&self.name);
            let message = "A value cannot be used.";
            Problem::at(place, "maas::manifest::invalid_value", message).label(refusal.message)
        })
    }

    /// The parts of other instances that are named in it, by `${…}` or in a grant.
    pub fn references(&self) -> &[Reference] {
        &self.found.references
    }

    /// The names of all other instances in it, each where it is named first: those that have to be
    /// expanded before this one.
    pub fn needs(&self) -> Vec<Spanned<String>> {
        let references = self.found.references.iter();
        let named = references.map(|r| Spanned::new(r.instance.clone(), r.span));
        let mut all: Vec<Spanned<String>> =
            named.chain(self.found.instances.iter().cloned()).collect();
        all.sort_by_key(|name| name.span());
        let mut seen = BTreeSet::new();
        all.retain(|name| seen.insert(name.get_ref().clone()));
        all
    }
}

pub(super) fn no_code(path: &Spanned<String>, folder: &Path) -> Problem {
    let full = folder.join(path.get_ref());
    let beside = full.parent().and_then(|parent| parent.read_dir().ok());
    let beside = beside.into_iter().flatten().flatten();
    let mut beside: Vec<String> =
        beside.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    beside.sort();
    let name = full.file_name().unwrap_or_default().to_string_lossy();
    let nearest = did_you_mean(&name, beside.iter().map(String::as_str));
    Problem::at(path, "maas::manifest::no_code", "The code of a function is not there.")
        .label(format!("there is no such file or directory{nearest}"))
        .help(format!("A path is relative to the manifest; this one is `{}`.", full.display()))
}
