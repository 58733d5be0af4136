//! How a VPC's addresses are cut into subnets: so that zones and tiers can be added and no subnet
//! ever moves.
//!
//! The block is cut into four, a quarter for each tier and one to spare, and each quarter into a slot
//! for each zone: eight where there is room, else four or two. A slot holds 16 addresses or more,
//! which is the least that AWS takes (*Amazon VPC User Guide*, "Subnet CIDR blocks"); it keeps five of
//! them.

use crate::manifest::Cidr;

/// The bits that tell the quarter.
const QUARTER: u8 = 2;
/// The bits that tell the slot, at most.
const SLOT: u8 = 3;
/// The largest and the smallest block of a VPC and of a subnet.
const LARGEST: u8 = 16;
const SMALLEST: u8 = 28;
/// The smallest block that holds two zones of each tier.
pub(super) const LEAST: u8 = SMALLEST - QUARTER - 1;

/// The tiers, by their quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    Application,
    Data,
    Public,
}

/// Why a block cannot be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uncut {
    /// It is larger than a VPC may be.
    TooLarge,
    /// It is too small for two zones.
    TooSmall,
    /// It has room for so many zones only.
    Zones(u32),
}

/// A block that can be cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    vpc: Cidr,
    slot: u8,
}

impl Cut {
    /// Looks whether the block has room for so many zones.
    pub fn of(vpc: Cidr, zones: u32) -> Result<Self, Uncut> {
        if vpc.size() < LARGEST {
            return Err(Uncut::TooLarge);
        }
        if vpc.size() > LEAST {
            return Err(Uncut::TooSmall);
        }
        let slot = SLOT.min(SMALLEST - QUARTER - vpc.size());
        if zones > 1 << slot {
            return Err(Uncut::Zones(1 << slot));
        }
        Ok(Self { vpc, slot })
    }

    /// The subnet of a tier in a zone, from 1; none for a zone that has no room.
    pub fn subnet(&self, tier: Tier, zone: u32) -> Option<Cidr> {
        let quarter = self.vpc.nth(self.vpc.size() + QUARTER, tier as u32)?;
        quarter.nth(quarter.size() + self.slot, zone.checked_sub(1)?)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TIERS: [Tier; 3] = [Tier::Application, Tier::Data, Tier::Public];

    fn subnets(vpc: Cidr, zones: u32) -> Vec<Cidr> {
        let cut = Cut::of(vpc, zones).unwrap();
        let of = |tier| (1..=zones).map(move |zone| cut.subnet(tier, zone).unwrap());
        TIERS.into_iter().flat_map(of).collect()
    }

    fn a_vpc() -> impl Strategy<Value = (Cidr, u32)> {
        (LARGEST..=LEAST, any::<u32>()).prop_flat_map(|(size, address)| {
            let whole: Cidr = "0.0.0.0/0".parse().unwrap();
            let vpc = whole.nth(size, address >> (32 - size)).unwrap();
            let most = (1..=8).filter(|zones| Cut::of(vpc, *zones).is_ok()).max().unwrap();
            (Just(vpc), 2..=most)
        })
    }

    proptest! {
        #[test]
        fn subnets_are_within_the_vpc_apart_and_large_enough((vpc, zones) in a_vpc()) {
            let all = subnets(vpc, zones);
            for (at, one) in all.iter().enumerate() {
                prop_assert!(vpc.contains(*one) && one.size() <= SMALLEST, "{one}");
                for other in &all[at + 1..] {
                    prop_assert!(!one.overlaps(*other), "{one} and {other}");
                }
            }
        }

        #[test]
        fn another_zone_moves_no_subnet((vpc, zones) in a_vpc()) {
            for tier in TIERS {
                for zone in 1..zones {
                    let before = Cut::of(vpc, zones - 1).unwrap().subnet(tier, zone);
                    prop_assert_eq!(before, Cut::of(vpc, zones).unwrap().subnet(tier, zone));
                }
            }
        }

        #[test]
        fn a_quarter_stays_free_for_what_comes((vpc, zones) in a_vpc()) {
            let spare = vpc.nth(vpc.size() + QUARTER, 3).unwrap();
            prop_assert!(subnets(vpc, zones).iter().all(|subnet| !subnet.overlaps(spare)));
        }
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let of = |text: &str, zones| Cut::of(text.parse().unwrap(), zones).map(|_| ());
        assert_eq!(of("10.0.0.0/15", 2), Err(Uncut::TooLarge));
        assert_eq!(of("10.0.0.0/26", 2), Err(Uncut::TooSmall));
        assert_eq!(of("10.0.0.0/25", 3), Err(Uncut::Zones(2)));
        assert_eq!(of("10.0.0.0/24", 4), Ok(()));
        assert_eq!(of("10.0.0.0/16", 9), Err(Uncut::Zones(8)));
        let cut = Cut::of("10.20.0.0/16".parse().unwrap(), 2).unwrap();
        assert_eq!(cut.subnet(Tier::Data, 2).unwrap().to_string(), "10.20.72.0/21");
        assert_eq!(cut.subnet(Tier::Data, 9), None);
        assert_eq!(cut.subnet(Tier::Data, 0), None);
    }
}
