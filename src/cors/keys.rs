//! Keys of tables: quick, the same in every run, and of no meaning outside of it.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// The key of what these parts say.
pub(crate) fn key<const N: usize>(parts: [&[u8]; N]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for part in parts {
        hasher.write(part);
        hasher.write_usize(part.len());
    }
    hasher.finish()
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
