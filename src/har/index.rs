//! Where strings and brackets stand in JSON text: found while the text is cut, used when it is read.
//!
//! Only offsets; what stands between them is for the [`Cursor`](super::cursor::Cursor) to look at.

use super::nest::Nest;
use std::ops::Range;

/// The places of the quotes that begin or end strings, and of the brackets outside strings, in ascending order.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// The first `used` of them count; what follows is room to write to without asking.
    places: Vec<u32>,
    used: usize,
    /// Where in the whole the text begins.
    origin: u64,
}

/// A value in a text, with its places.
#[derive(Debug, Clone, Copy)]
pub struct Indexed<'a> {
    /// The text from wherever its places count up to the value's end.
    pub(super) before_and_value: &'a [u8],
    /// Where the value begins in it.
    pub(super) start: usize,
    pub(super) places: &'a [u32],
}

/// Set in the places of a block that has backslashes in it: strings that end there may have escapes.
const MAY_BE_ESCAPED: u32 = 1 << 31;

/// The longest text whose places can be told.
const LONGEST: usize = MAY_BE_ESCAPED as usize - 1;

/// Places that are written at once.
const STRIDE: usize = 8;

impl Index {
    /// The places in `text`, one JSON value. Of anything but a string or a container there are none.
    pub fn of(text: &[u8]) -> Self {
        let mut index = Self::default();
        let text = text.get(..LONGEST).unwrap_or(text);
        let start = text.iter().position(|byte| *byte > b' ').unwrap_or(0);
        let inside = text.get(start + 1..).unwrap_or_default();
        let mut nest = match text.get(start) {
            Some(b'{' | b'[') => Nest::in_container(),
            Some(b'"') => Nest::in_string(),
            _ => return index,
        };
        index.note(start as u64, 1, false);
        nest.skip(inside, start as u64 + 1, &mut index);
        index
    }

    /// `text`, which these are the places of.
    pub fn value<'a>(&'a self, text: &'a [u8]) -> Indexed<'a> {
        self.part(text, 0..text.len())
    }

    /// The value that stands at `range` of the text.
    pub(super) fn part<'a>(&'a self, text: &'a [u8], range: Range<usize>) -> Indexed<'a> {
        let places = self.places();
        let first = places.partition_point(|place| at(*place) < range.start);
        let places = places.get(first..).unwrap_or_default();
        let count = places.partition_point(|place| at(*place) < range.end);
        Indexed {
            before_and_value: text.get(..range.end).unwrap_or_default(),
            start: range.start,
            places: places.get(..count).unwrap_or_default(),
        }
    }

    /// For text that begins at `origin`.
    pub(super) fn begin(&mut self, origin: u64) {
        self.used = 0;
        self.origin = origin;
    }

    /// Forgets the places from `start` on.
    pub(super) fn cut(&mut self, start: usize) {
        self.used = self.places().partition_point(|place| at(*place) < start);
    }

    /// Adds the places from `start` on of the text that `other` belongs to, which are moved to the start of this one.
    pub(super) fn copy_tail(&mut self, other: &Self, start: usize) {
        let tail = other.places();
        let first = tail.partition_point(|place| at(*place) < start);
        let tail = tail.get(first..).unwrap_or_default();
        let end = self.used + tail.len();
        if self.places.len() < end {
            self.places.resize(end, 0);
        }
        let room = self.places.get_mut(self.used..end).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(tail) {
            *to = from - start as u32;
        }
        self.used = end;
    }

    fn places(&self) -> &[u32] {
        self.places.get(..self.used).unwrap_or_default()
    }

    #[cold]
    fn grow(&mut self) {
        let length = (self.places.len() * 2).max(1024);
        self.places.resize(length, 0);
    }
}

impl<'a> Indexed<'a> {
    /// The value's text.
    pub fn text(self) -> &'a [u8] {
        self.before_and_value.get(self.start..).unwrap_or_default()
    }
}

/// Takes places.
pub(super) trait Note {
    /// One place for each of `bits`, which stand for the bytes at `offset` and behind.
    fn note(&mut self, offset: u64, bits: u64, may_be_escaped: bool);
}

impl Note for Index {
    #[inline(always)]
    fn note(&mut self, offset: u64, mut bits: u64, may_be_escaped: bool) {
        if bits == 0 {
            return;
        }
        let mut first = (offset - self.origin) as u32;
        if may_be_escaped {
            first |= MAY_BE_ESCAPED;
        }
        let end = self.used + bits.count_ones() as usize;
        if self.places.len() < end + STRIDE {
            self.grow();
        }
        // More than there may be: a loop of fixed length is always predicted.
        while bits != 0
            && let Some(room) = self
                .places
                .get_mut(self.used..)
                .and_then(<[u32]>::first_chunk_mut::<STRIDE>)
        {
            for place in room {
                *place = first.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            self.used += STRIDE;
        }
        self.used = end;
    }
}

/// For text that nobody will read.
pub(super) struct Unnoted;

impl Note for Unnoted {
    #[inline(always)]
    fn note(&mut self, _: u64, _: u64, _: bool) {}
}

/// The offset that `place` stands for.
#[inline]
pub(super) fn at(place: u32) -> usize {
    (place & !MAY_BE_ESCAPED) as usize
}

/// Whether a string that ends at `place` may have escapes.
#[inline]
pub(super) fn may_be_escaped(place: u32) -> bool {
    place & MAY_BE_ESCAPED != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Indexed<'_> {
        /// The places, from the value's start.
        pub(in crate::har) fn offsets(self) -> impl Iterator<Item = usize> {
            let places = self.places.iter();
            places.map(move |place| at(*place) - self.start)
        }
    }

    /// What an index holds, one byte at a time, and whether a string that ends there has escapes.
    fn by_bytes(text: &[u8]) -> Vec<(usize, bool)> {
        let (mut places, mut depth, mut in_string) = (Vec::new(), 0, false);
        let (mut escaped, mut has_escapes) = (false, false);
        for (at, byte) in text.iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => (escaped, has_escapes) = (true, true),
                b'"' => {
                    places.push((at, in_string && has_escapes));
                    (in_string, has_escapes) = (!in_string, false);
                }
                b'{' | b'[' if !in_string => {
                    places.push((at, false));
                    depth += 1;
                }
                b'}' | b']' if !in_string => {
                    places.push((at, false));
                    depth -= 1;
                }
                _ => {}
            }
            if depth == 0 && !in_string && !places.is_empty() {
                break;
            }
        }
        places
    }

    #[test]
    fn a_block_may_be_full_of_places() {
        let text = "[".repeat(100) + &"]".repeat(100);
        let index = Index::of(text.as_bytes());
        assert!(index.value(text.as_bytes()).offsets().eq(0..200));
    }

    #[test]
    fn what_is_neither_string_nor_container_has_no_places() {
        for text in ["", "  ", "12 []", "}"] {
            assert_eq!(Index::of(text.as_bytes()).places(), [0; 0]);
        }
    }

    proptest! {
        #[test]
        fn places_are_where_the_text_says(
            parts in prop::collection::vec(r#"[{}\[\], a1]{0,70}|"([^"\\]|\\[\\"nu]){0,150}"|"(\\\\){1,70}\\"x""#, 0..12),
        ) {
            let text = format!("[{}", parts.concat());
            let index = Index::of(text.as_bytes());
            let expected = by_bytes(text.as_bytes());
            let offsets: Vec<_> = index.value(text.as_bytes()).offsets().collect();
            prop_assert_eq!(&offsets, &expected.iter().map(|(at, _)| *at).collect::<Vec<_>>());
            for (place, (_, has_escapes)) in index.places().iter().zip(expected) {
                prop_assert!(may_be_escaped(*place) || !has_escapes);
            }
        }
    }
}
