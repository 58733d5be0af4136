//! Blocks of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use super::format::{Malformed, StringType, string_type};

/// A block of IPv4 addresses, as in `10.20.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    first: u32,
    size: u8,
}

impl Cidr {
    /// The block of that size that begins with that address; none where it would begin before it.
    pub fn new(first: Ipv4Addr, size: u8) -> Option<Self> {
        let first = u32::from(first);
        let block = Self { first, size };
        (size <= 32 && first & !block.mask() == 0).then_some(block)
    }

    /// How many bits all its addresses share: 16 for `/16`.
    pub fn size(self) -> u8 {
        self.size
    }

    /// Its first address.
    pub fn first(self) -> Ipv4Addr {
        self.first.into()
    }

    /// The `nth` block, from 0, of those of `size` that it divides into; none where it has fewer.
    pub fn nth(self, size: u8, nth: u32) -> Option<Self> {
        let more = size.checked_sub(self.size).filter(|_| size <= 32)?;
        if u64::from(nth) >= 1_u64 << more {
            return None;
        }
        let offset = u64::from(nth) << (32 - size);
        Some(Self { first: self.first + u32::try_from(offset).ok()?, size })
    }

    /// Whether all of the other block is in it.
    pub fn contains(self, other: Self) -> bool {
        self.size <= other.size && other.first & self.mask() == self.first
    }

    /// Whether the blocks have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.size)).unwrap_or(0)
    }
}

const HELP: &str =
    "A block is an address and the number of bits that all of it share: `10.20.0.0/16`.";

impl FromStr for Cidr {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = |label: String| Malformed::new(label, HELP);
        let Some((address, size)) = text.split_once('/') else {
            return Err(wrong("this has no size, as `/16`".to_owned()));
        };
        let address: Ipv4Addr =
            address.parse().map_err(|_| wrong(format!("`{address}` is no IPv4 address")))?;
        let plain = size.len() <= 2 && size.bytes().all(|byte| byte.is_ascii_digit());
        let size = size.parse::<u8>().ok().filter(|size| plain && *size <= 32);
        let Some(size) = size else {
            return Err(wrong("a size is `/0` to `/32`".to_owned()));
        };
        let block = Self { first: u32::from(address), size };
        let first = Ipv4Addr::from(block.first & block.mask());
        if first != address {
            return Err(Malformed::new(
                format!("{address} is within a block of /{size} and does not begin one"),
                format!("Write `{first}/{size}`."),
            ));
        }
        Ok(block)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first(), self.size)
    }
}

impl StringType for Cidr {
    const FORMAT: &'static str = "maas-cidr";
    const PATTERN: &'static str = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$";
    const EXAMPLES: &'static [&'static str] = &["10.20.0.0/16"];
}
string_type!(Cidr);

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_no_block_is_refused_with_the_block_it_is_in() {
        let refused = "10.20.30.0/16".parse::<Cidr>().unwrap_err();
        assert_eq!(refused.help, "Write `10.20.0.0/16`.");
        for text in ["", "10.20.0.0", "10.20.0/16", "10.20.0.0/33", "10.20.0.0/+8", "a/8"] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn blocks_survive_a_round_trip_and_hold_their_parts(
            address in any::<u32>(), size in 0_u8..=30, more in 0_u8..=2, nth in 0_u32..6,
        ) {
            let whole = Cidr { first: 0, size };
            let block = Cidr { first: address & whole.mask(), size };
            prop_assert_eq!(block.to_string().parse::<Cidr>().unwrap(), block);
            match block.nth(size + more, nth) {
                Some(part) => prop_assert!(block.contains(part) && block.overlaps(part)),
                None => prop_assert!(nth >= 1 << more),
            }
        }
    }
}
