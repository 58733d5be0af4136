//! How a VPC's addresses are cut into subnets: so that zones and tiers can be added and no subnet
//! ever moves.
//!
//! The block is cut into slots of the size of a subnet: 32 where there is room, else as many as leave
//! each 16 addresses, which is the least that AWS takes (*Amazon VPC User Guide*, "Subnet CIDR blocks");
//! it keeps five of them. Where a tier's subnet in a zone lies follows from the two alone. From eight
//! slots on each tier has a quarter, with a slot for each zone; zones beyond it go to the last quarter,
//! the application tier's from its beginning and the data tier's from its end. Fewer slots are filled so
//! from both ends. What would meet there is refused.

use std::collections::BTreeSet;

use crate::manifest::Cidr;

/// The bits that tell the slot, at most.
const SLOTS: u8 = 5;
/// The bits of slots from which on there are quarters.
const QUARTERED: u8 = 3;
/// The largest and the smallest block of a VPC and of a subnet.
const LARGEST: u8 = 16;
const SMALLEST: u8 = 28;

/// The tiers, by their quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    Application,
    Data,
    Public,
}

impl Tier {
    /// Its name, with which its subnets' names begin.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Data => "data",
            Self::Public => "public",
        }
    }
}

/// Why a block cannot be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uncut {
    /// It is larger than a VPC may be.
    TooLarge,
    /// It is too small for two zones; the largest number behind the `/` that is not.
    TooSmall(u8),
    /// It has room for so many zones only.
    Zones(u32),
}

/// A block that can be cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    vpc: Cidr,
}

impl Cut {
    /// Looks whether the block has room for so many zones of each of these tiers.
    pub fn of(vpc: Cidr, zones: u32, tiers: &[Tier]) -> Result<Self, Uncut> {
        if vpc.size() < LARGEST {
            return Err(Uncut::TooLarge);
        }
        let cut = Self { vpc };
        if cut.holds(zones, tiers) {
            return Ok(cut);
        }
        match (2..zones).rev().find(|zones| cut.holds(*zones, tiers)) {
            Some(most) => Err(Uncut::Zones(most)),
            None => Err(Uncut::TooSmall(least(tiers))),
        }
    }

    /// The subnet of a tier in a zone, from 1; none for a zone that has no room.
    pub fn subnet(&self, tier: Tier, zone: u32) -> Option<Cidr> {
        let bits = self.bits()?;
        self.vpc.nth(self.vpc.size() + bits, slot(bits, tier, zone)?)
    }

    fn bits(&self) -> Option<u8> {
        Some(SLOTS.min(SMALLEST.checked_sub(self.vpc.size())?))
    }

    fn holds(&self, zones: u32, tiers: &[Tier]) -> bool {
        let each = tiers.iter().flat_map(|tier| (1..=zones).map(|zone| (*tier, zone)));
        let mut taken = BTreeSet::new();
        each.into_iter()
            .all(|(tier, zone)| self.subnet(tier, zone).is_some_and(|subnet| taken.insert(subnet)))
    }
}

/// The smallest block that holds two zones of each of these tiers.
pub(super) fn least(tiers: &[Tier]) -> u8 {
    let fits = |size: &u8| {
        Cidr::new([10, 0, 0, 0].into(), *size).is_some_and(|vpc| Cut { vpc }.holds(2, tiers))
    };
    (LARGEST..=SMALLEST).rev().find(fits).unwrap_or(LARGEST)
}

/// The slot of a tier's subnet in a zone, of two to the power of `bits`.
fn slot(bits: u8, tier: Tier, zone: u32) -> Option<u32> {
    let nth = zone.checked_sub(1)?;
    let (quarter, first, last) = if bits < QUARTERED {
        (0, 0, (1 << bits) - 1)
    } else {
        let quarter = 1 << (bits - 2);
        (quarter, 3 * quarter, 4 * quarter - 1)
    };
    if nth < quarter {
        return Some(tier as u32 * quarter + nth);
    }
    let beyond = nth - quarter;
    let slot = match tier {
        Tier::Application => first + beyond,
        Tier::Data => last.checked_sub(beyond)?,
        Tier::Public => return None,
    };
    (first..=last).contains(&slot).then_some(slot)
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TIERS: [Tier; 3] = [Tier::Data, Tier::Application, Tier::Public];
    /// The most that a manifest may ask for.
    const ZONES: u32 = 6;

    fn subnets(vpc: Cidr, zones: u32, tiers: &[Tier]) -> Vec<Cidr> {
        let cut = Cut::of(vpc, zones, tiers).unwrap();
        let of = |tier| (1..=zones).map(move |zone| cut.subnet(tier, zone).unwrap());
        tiers.iter().copied().flat_map(of).collect()
    }

    /// A block with tiers that it holds, in so many zones.
    fn a_network() -> impl Strategy<Value = (Cidr, u32, usize)> {
        (1..=3_usize).prop_flat_map(|tiers| {
            let sizes = LARGEST..=least(&TIERS[..tiers]);
            (sizes, any::<u32>(), Just(tiers)).prop_flat_map(|(size, address, tiers)| {
                let whole: Cidr = "0.0.0.0/0".parse().unwrap();
                let vpc = whole.nth(size, address >> (32 - size)).unwrap();
                let holds = |zones: &u32| Cut::of(vpc, *zones, &TIERS[..tiers]).is_ok();
                let most = (2..=ZONES).rev().find(holds).unwrap();
                (Just(vpc), 2..=most, Just(tiers))
            })
        })
    }

    proptest! {
        #[test]
        fn subnets_are_within_the_vpc_apart_and_large_enough((vpc, zones, tiers) in a_network()) {
            let all = subnets(vpc, zones, &TIERS[..tiers]);
            prop_assert_eq!(all.len(), tiers * zones as usize);
            for (at, one) in all.iter().enumerate() {
                prop_assert!(vpc.contains(*one) && one.size() <= SMALLEST, "{one}");
                for other in &all[at + 1..] {
                    prop_assert!(!one.overlaps(*other), "{one} and {other}");
                }
            }
        }

        #[test]
        fn another_zone_and_another_tier_move_no_subnet((vpc, zones, tiers) in a_network()) {
            let after = subnets(vpc, zones, &TIERS[..tiers]);
            for (fewer_zones, fewer_tiers) in [(zones - 1, tiers), (zones, tiers - 1)] {
                if fewer_zones < 2 || fewer_tiers == 0 {
                    continue;
                }
                let before = subnets(vpc, fewer_zones, &TIERS[..fewer_tiers]);
                for (tier, of_tier) in before.chunks(fewer_zones as usize).enumerate() {
                    let begin = tier * zones as usize;
                    prop_assert_eq!(of_tier, &after[begin..begin + of_tier.len()]);
                }
            }
        }

        #[test]
        fn a_large_block_keeps_a_quarter_free(
            size in LARGEST..=23_u8, zones in 2..=ZONES,
        ) {
            let vpc = Cidr::new([10, 0, 0, 0].into(), size).unwrap();
            let spare = vpc.nth(size + 2, 3).unwrap();
            prop_assert!(subnets(vpc, zones, &TIERS).iter().all(|it| !it.overlaps(spare)));
        }
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let of = |text: &str, zones, tiers| {
            Cut::of(text.parse().unwrap(), zones, &TIERS[..tiers]).map(|_| ())
        };
        assert_eq!(of("10.0.0.0/15", 2, 1), Err(Uncut::TooLarge));
        assert_eq!(of("10.0.0.0/16", 6, 3), Ok(()));
        assert_eq!(of("10.0.0.0/24", 4, 3), Ok(()));
        assert_eq!(of("10.0.0.0/24", 5, 3), Err(Uncut::Zones(4)));
        assert_eq!(of("10.0.0.0/24", 6, 2), Ok(()));
        assert_eq!(of("10.0.0.0/25", 3, 3), Err(Uncut::Zones(2)));
        assert_eq!(of("10.0.0.0/25", 3, 2), Ok(()));
        assert_eq!(of("10.0.0.0/26", 2, 3), Err(Uncut::TooSmall(25)));
        assert_eq!(of("10.0.0.0/26", 2, 2), Ok(()));
        assert_eq!(of("10.0.0.0/26", 3, 2), Err(Uncut::Zones(2)));
        assert_eq!(of("10.0.0.0/26", 4, 1), Ok(()));
        assert_eq!(of("10.0.0.0/27", 2, 2), Err(Uncut::TooSmall(26)));
        assert_eq!(of("10.0.0.0/27", 2, 1), Ok(()));
        for size in [28, 29, 32] {
            assert_eq!(of(&format!("10.0.0.0/{size}"), 2, 1), Err(Uncut::TooSmall(27)));
        }
    }

    #[test]
    fn subnets_lie_where_they_always_did() {
        let at = |vpc: &str, tier, zone| {
            let cut = Cut::of(vpc.parse().unwrap(), 2, &TIERS[..2]).unwrap();
            cut.subnet(tier, zone).map(|subnet| subnet.to_string()).unwrap_or_default()
        };
        assert_eq!(at("10.20.0.0/16", Tier::Data, 2), "10.20.72.0/21");
        assert_eq!(at("10.20.0.0/24", Tier::Public, 4), "10.20.0.176/28");
        assert_eq!(at("10.20.0.0/25", Tier::Data, 1), "10.20.0.32/28");
        assert_eq!(at("10.20.0.0/26", Tier::Application, 2), "10.20.0.16/28");
        assert_eq!(at("10.20.0.0/26", Tier::Data, 2), "10.20.0.32/28");
        assert_eq!(
            (at("10.20.0.0/16", Tier::Data, 0), at("10.20.0.0/16", Tier::Public, 9)),
            Default::default()
        );
    }
}
