//! Physical names: predictable, unique within a project and environment, and within AWS's limits.

use sha2::{Digest, Sha256};

use super::document::hex;

/// How a type of resource is named in the cloud.
#[derive(Clone, Copy, Debug)]
pub struct Naming {
    /// The input that holds the name.
    pub input: &'static str,
    /// The longest name that the service takes, in characters.
    pub longest: usize,
    /// Which characters it takes.
    pub charset: Charset,
    /// Whether names are shared by all AWS accounts, so that the account's id has to be part of it.
    pub global: bool,
}

/// The characters that a service's names may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Letters, digits, `-` and `_`.
    Word,
    /// Letters, digits, `-`, `_` and `/`, for names that are paths.
    Path,
}

const HASH: usize = 8;

/// The name of a resource: the stem (`project-env-instance-part`), from the second generation on
/// with its number, cut to `longest` characters with a hash of the whole where it must be.
pub fn physical_name(stem: &str, generation: u32, longest: usize) -> String {
    let suffix = if generation == 0 { String::new() } else { format!("-{}", generation + 1) };
    let whole = format!("{stem}{suffix}");
    if whole.len() <= longest {
        return whole;
    }
    let hash = &hex(&Sha256::digest(stem.as_bytes()))[..HASH];
    let kept = longest.saturating_sub(HASH + 1 + suffix.len());
    let head = stem.get(..kept).unwrap_or(stem).trim_end_matches('-');
    format!("{head}-{hash}{suffix}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_names_stay_as_they_are() {
        assert_eq!(physical_name("shop-dev-jobs-queue", 0, 80), "shop-dev-jobs-queue");
        assert_eq!(physical_name("shop-dev-jobs-queue", 1, 80), "shop-dev-jobs-queue-2");
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let one = physical_name(&format!("{}-a", "x".repeat(80)), 0, 64);
        let other = physical_name(&format!("{}-b", "x".repeat(80)), 0, 64);
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
    }

    proptest! {
        #[test]
        fn names_keep_the_limit_and_differ_by_generation(
            stem in "[a-z][a-z0-9-]{0,120}", generation in 0_u32..12, longest in 32_usize..128,
        ) {
            let name = physical_name(&stem, generation, longest);
            prop_assert!(name.len() <= longest);
            prop_assert!(name != physical_name(&stem, generation + 1, longest));
        }
    }
}
