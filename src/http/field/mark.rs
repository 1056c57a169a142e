//! A field name in 32 bits: tells nearly all names apart without reading them, whatever their case.
//!
//! Not a hash against hostile names: equal marks only cost the comparison that they usually save.

/// The mark of one name. Names that differ in nothing but case have the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http) struct Mark(u32);

/// Marks of all names of a section; may say "yes" wrongly, never "no".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks([u64; 4]);

impl Mark {
    /// By the name's length and three of its bytes: the first, the middle and one near the end, where names that
    /// start alike differ.
    #[inline(always)]
    pub(in crate::http) const fn of(name: &[u8]) -> Self {
        let length = name.len();
        let mixed = (length as u32)
            .wrapping_add(lower(name, 0) << 8)
            .wrapping_add(lower(name, length / 2) << 16)
            .wrapping_add(lower(name, length.saturating_sub(3)) << 24);
        Self(mixed.wrapping_mul(0x9e37_79b1))
    }

    /// Its place in a table of `slots`, by other bits than in [`Marks`].
    #[inline]
    pub(super) const fn slot(self, slots: usize) -> usize {
        (self.0 >> 16) as usize % slots
    }
}

#[inline(always)]
const fn lower(name: &[u8], at: usize) -> u32 {
    match at < name.len() {
        true => (name[at] | 0x20) as u32,
        false => 0,
    }
}

impl Marks {
    pub(super) const NONE: Self = Self([0; 4]);

    /// Adds one; tells whether it, or one that looks alike here, was there.
    #[inline]
    pub(super) const fn insert(&mut self, mark: Mark) -> bool {
        let (word, bit) = place(mark);
        let was_there = self.0[word] & bit != 0;
        self.0[word] |= bit;
        was_there
    }

    #[inline]
    pub(super) fn may_hold(&self, mark: Mark) -> bool {
        let (word, bit) = place(mark);
        self.0[word] & bit != 0
    }

    /// Whether a mark of `other` may be among these.
    #[inline]
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        let words = self.0.iter().zip(&other.0);
        words.fold(0, |common, (own, other)| common | own & other) != 0
    }
}

/// Whether two names are the same but for case.
#[inline]
pub(super) fn is_same(own: &[u8], other: &[u8]) -> bool {
    // Short names as two words that may overlap; for longer ones the library makes vectors.
    match own.len() {
        length if length != other.len() => false,
        8..16 => ends::<8>(own) == ends::<8>(other),
        4..8 => ends::<4>(own) == ends::<4>(other),
        _ => own.eq_ignore_ascii_case(other),
    }
}

/// The first and the last `N` bytes, in lower case.
#[inline(always)]
fn ends<const N: usize>(name: &[u8]) -> Option<(u64, u64)> {
    let word = |bytes: &[u8; N]| {
        let mut word = [0; 8];
        word.get_mut(..N)?.copy_from_slice(bytes);
        Some(lower_word(u64::from_le_bytes(word)))
    };
    Some((word(name.first_chunk()?)?, word(name.last_chunk()?)?))
}

/// Eight bytes in lower case, at once: the sums' upper bits tell which of them are at least `A`, and which are beyond `Z`.
#[inline(always)]
const fn lower_word(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let seven = word & (EACH * 0x7f);
    let from_a = seven + EACH * (0x80 - b'A' as u64);
    let beyond_z = seven + EACH * (0x7f - b'Z' as u64);
    let upper = (from_a ^ beyond_z) & !word & (EACH * 0x80);
    word | (upper >> 2)
}

/// The word, one of four, and the bit of a mark.
const fn place(Mark(mark): Mark) -> (usize, u64) {
    ((mark >> 30) as usize, 1 << ((mark >> 24) & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count_and_related_names_differ() {
        assert_eq!(Mark::of(b"Vary"), Mark::of(b"vARY"));
        let names = ["origin", "methods", "headers", "credentials"];
        let marks = names.map(|name| Mark::of(format!("access-control-allow-{name}").as_bytes()));
        for (index, mark) in marks.iter().enumerate() {
            assert!(!marks[..index].contains(mark), "{}", names[index]);
        }
    }

    #[test]
    fn names_of_any_length_are_compared_as_byte_by_byte() {
        let letters = b"aZ-@[`{\x1a\x7f\xc1\xe1zA0Origin";
        for length in 0..letters.len() {
            let name = &letters[..length];
            assert!(is_same(name, &name.to_ascii_uppercase()));
            assert!(!is_same(name, &letters[..length + 1]));
            for at in 0..length {
                for flip in [0x20, 0x01, 0x80] {
                    let mut other = name.to_vec();
                    other[at] ^= flip;
                    let expected = name.eq_ignore_ascii_case(&other);
                    assert_eq!(is_same(name, &other), expected, "{name:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn what_was_inserted_is_held() {
        let mut marks = Marks::default();
        assert!(!marks.may_hold(Mark::of(b"vary")));
        for name in ["", "a", "vary", "origin"] {
            assert!(!marks.insert(Mark::of(name.as_bytes())));
            assert!(marks.insert(Mark::of(name.as_bytes())));
            assert!(marks.may_hold(Mark::of(name.as_bytes())), "{name}");
        }
    }
}
