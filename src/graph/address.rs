//! Addresses: the names that resources have inside one environment.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of one resource within an environment: `instance/part`, as in `orders/echo.function`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Arc<str>);

/// A text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address; an address reads `instance/part`, as in `orders/echo.function`")]
pub struct BadAddress(String);

impl Address {
    /// The address of a part of an instance. Neither may hold a slash or be empty.
    pub fn new(instance: &str, part: &str) -> Self {
        debug_assert!(!instance.is_empty() && !instance.contains('/'), "{instance}");
        debug_assert!(!part.is_empty() && !part.contains('/'), "{part}");
        Self(format!("{instance}/{part}").into())
    }

    /// The instance's name: all before the slash.
    pub fn instance(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(instance, _)| instance)
    }

    /// The part's name within its instance: all behind the slash.
    pub fn part(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, part)| part)
    }

    /// The whole as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        match text.split_once('/') {
            Some((instance, part))
                if !instance.is_empty() && !part.is_empty() && !part.contains('/') =>
            {
                Ok(Self(text.into()))
            }
            _ => Err(BadAddress(text.to_owned())),
        }
    }
}

/// Ordered and hashed as its text, so that it is found by it.
impl Borrow<str> for Address {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AddressVisitor)
    }
}

struct AddressVisitor;

impl Visitor<'_> for AddressVisitor {
    type Value = Address;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Address, E> {
        text.parse().map_err(E::custom)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn splits_into_instance_and_part() {
        let address: Address = "orders/echo.function".parse().unwrap();
        assert_eq!((address.instance(), address.part()), ("orders", "echo.function"));
    }

    #[test]
    fn refuses_what_has_no_two_parts() {
        for text in ["", "orders", "/part", "orders/", "a/b/c"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
