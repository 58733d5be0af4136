//! Where in the manifest the inputs of resources come from.

use std::collections::BTreeMap;

use crate::graph::Address;
use crate::manifest::Span;

/// The places of the keys that made inputs, by resource and path of the input. The path `""` is the
/// whole resource.
#[derive(Clone, Debug, Default)]
pub struct Origins(BTreeMap<Address, BTreeMap<String, Span>>);

impl Origins {
    /// Notes that an input comes from a key at that place.
    pub(super) fn note(&mut self, address: Address, input: &str, place: Span) {
        if place.is_somewhere() {
            self.0.entry(address).or_default().insert(input.to_owned(), place);
        }
    }

    /// The key that an input comes from: of the input itself, else of what it is within, else of the
    /// whole resource.
    pub fn place(&self, address: &Address, input: &str) -> Option<Span> {
        let inputs = self.0.get(address)?;
        let mut at = input;
        loop {
            match (inputs.get(at), at.rsplit_once('.')) {
                (Some(place), _) => return Some(*place),
                (None, Some((outer, _))) => at = outer,
                (None, None) if at.is_empty() => return None,
                (None, None) => at = "",
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_that_is_known_is_the_origin() {
        let at: Address = "jobs/queue".parse().unwrap();
        let mut origins = Origins::default();
        origins.note(at.clone(), "redrive", Span::new(1, 2));
        assert_eq!(origins.place(&at, "redrive.max_receives"), Some(Span::new(1, 2)));
        assert_eq!(origins.place(&at, "retention"), None);
        origins.note(at.clone(), "", Span::new(3, 4));
        assert_eq!(origins.place(&at, "retention"), Some(Span::new(3, 4)));
        assert_eq!(origins.place(&"jobs/other".parse().unwrap(), ""), None);
    }
}
