//! Numbers that stand for texts: quick ones for the tables of a run, and lasting ones for fingerprints.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// The key of what these parts say: the same in every run, and of no meaning outside of this version.
pub(crate) fn key<const N: usize>(parts: [&[u8]; N]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for part in parts {
        hasher.write(part);
        hasher.write_usize(part.len());
    }
    hasher.finish()
}

/// FNV-1a, 64 bits: short, stable across runs and platforms. For fingerprints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Fnv {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_ends_counts() {
        assert_ne!(key([b"ab", b"c"]), key([b"a", b"bc"]));
        assert_ne!(key([b"", b"a"]), key([b"a", b""]));
        assert_eq!(key([b"ab", b"c"]), key([b"ab", b"c"]));
    }
}
