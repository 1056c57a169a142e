//! A field name in 32 bits: tells nearly all names apart without reading them, whatever their case.
//!
//! Not a hash against hostile names: equal marks only cost the comparison that they usually save.

/// The mark of one name. Names that differ in nothing but case have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(u32);

/// Marks of all names of a section; may say "yes" wrongly, never "no".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks([u64; 4]);

impl Mark {
    /// By the name's length and three of its bytes: the first, the middle and one near the end, where names that
    /// start alike differ.
    #[inline(always)]
    pub(super) const fn of(name: &[u8]) -> Self {
        let length = name.len();
        let mixed = (length as u32)
            .wrapping_add(lower(name, 0) << 8)
            .wrapping_add(lower(name, length / 2) << 16)
            .wrapping_add(lower(name, length.saturating_sub(3)) << 24);
        Self(mixed.wrapping_mul(0x9e37_79b1))
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

    #[inline]
    pub(super) const fn insert(&mut self, mark: Mark) {
        let (word, bit) = place(mark);
        self.0[word] |= bit;
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
    fn what_was_inserted_is_held() {
        let mut marks = Marks::default();
        assert!(!marks.may_hold(Mark::of(b"vary")));
        for name in ["", "a", "vary", "origin"] {
            marks.insert(Mark::of(name.as_bytes()));
            assert!(marks.may_hold(Mark::of(name.as_bytes())), "{name}");
        }
    }
}
