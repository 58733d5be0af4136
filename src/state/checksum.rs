//! A checksum against damage by disks and half-finished copies; not against people.

/// A checksum of 64 bits, the same on every machine. Two texts of equal length that differ
/// within one word of eight bytes never have the same.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut words = bytes.chunks_exact(8);
    let mut sum = (bytes.len() as u64).wrapping_mul(PRIME);
    for word in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        sum = (sum ^ u64::from_le_bytes(eight)).wrapping_mul(PRIME);
        sum ^= sum >> 32;
    }
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    sum = (sum ^ u64::from_le_bytes(last)).wrapping_mul(PRIME);
    sum = (sum ^ (sum >> 32)).wrapping_mul(PRIME);
    sum ^ (sum >> 32)
}

/// A checksum as text.
pub(super) fn text(sum: u64) -> String {
    format!("{sum:016x}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_flipped_bit_and_every_cut_shows() {
        let bytes: Vec<u8> = (0..100).map(|n: u8| n.wrapping_mul(37)).collect();
        let mut sums = BTreeSet::from([checksum(&bytes)]);
        let mut count = 1;
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            sums.insert(checksum(&flipped));
            count += 1;
        }
        for end in 0..bytes.len() {
            sums.insert(checksum(&bytes[..end]));
            count += 1;
        }
        assert_eq!(sums.len(), count);
    }

    #[test]
    fn is_the_same_everywhere() {
        assert_eq!(text(checksum(b"what is known to exist")), "5c7c61ae41f26dc5");
    }
}
