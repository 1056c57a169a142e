//! Finds where a JSON object or array ends, whatever it holds: 64 bytes at a time, resumable at any byte.
//!
//! Only strings and brackets are looked at; whether the text between them is JSON is for others to say. Kinds of
//! brackets are not told apart. Where strings and brackets stand is noted on the way, for those who read the text.

use super::index::Note;
use multiversion::multiversion;
use wide::u8x16;

/// The state between two stretches of one container's text.
///
/// Invariant: `depth` brackets are open before the next byte; it is above zero until the end is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nest {
    depth: u64,
    /// All ones when the next byte is inside a string, else zero.
    in_string: u64,
    /// One when the next byte is escaped by a backslash before it.
    escaped: u64,
    /// The string at hand may have escapes.
    may_be_escaped: bool,
}

const BLOCK: usize = 64;
const EVEN: u64 = 0x5555_5555_5555_5555;

impl Nest {
    /// Just behind the opening bracket.
    pub(super) fn in_container() -> Self {
        Self {
            depth: 1,
            in_string: 0,
            escaped: 0,
            may_be_escaped: false,
        }
    }

    /// Just behind the quote of a string that stands in a container, whose end is looked for.
    pub(super) fn in_string() -> Self {
        Self {
            in_string: u64::MAX,
            ..Self::in_container()
        }
    }

    /// Goes through `text`, which stands at `offset` and follows what was given before. Returns the index behind the
    /// closing bracket, or `None` when all of `text` is inside.
    pub(super) fn skip(&mut self, text: &[u8], offset: u64, note: &mut impl Note) -> Option<usize> {
        skip(self, text, offset, note)
    }

    #[inline(always)]
    fn skip_inlined(&mut self, text: &[u8], offset: u64, note: &mut impl Note) -> Option<usize> {
        let mut at = 0;
        while let Some((block, rest)) = text.get(at..).and_then(<[u8]>::split_first_chunk) {
            let masks = Masks::of(block);
            let (end, places) = self.block(block, &masks, BLOCK);
            note.note(offset + at as u64, places, self.may_be_escaped);
            if let Some(end) = end {
                return Some(at + end);
            }
            at += BLOCK;
            self.pass(&masks, places);
            if masks.quotes == 0 && self.in_string != 0 {
                at += self.leap(rest);
            }
        }
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let mut last = [b' '; BLOCK];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let masks = Masks::of(&last);
        let (end, places) = self.block(&last, &masks, rest.len());
        note.note(offset + at as u64, places, self.may_be_escaped);
        self.pass(&masks, places);
        end.map(|end| at + end)
    }

    /// In the middle of a long string: how far it is to the next quote, escaped or not.
    fn leap(&mut self, text: &[u8]) -> usize {
        let length = memchr::memchr(b'"', text).unwrap_or(text.len());
        let leapt = text.get(..length).unwrap_or_default();
        let run = trailing_backslashes(leapt);
        let odd = (run % 2) as u64;
        // Where there is nothing but backslashes, what was known before them decides.
        self.escaped = if run < length {
            odd
        } else {
            self.escaped ^ odd
        };
        self.may_be_escaped = true;
        length
    }

    /// One block, of which the first `len` bytes count; the rest are spaces. Returns the index behind the closing
    /// bracket if it is there, and a bit for each quote and bracket that counts, none of them behind that.
    #[inline(always)]
    fn block(&mut self, block: &[u8; BLOCK], masks: &Masks, len: usize) -> (Option<usize>, u64) {
        self.may_be_escaped |= masks.backslashes != 0;
        let quotes = self.quotes(masks, len);
        if quotes == 0 && self.in_string != 0 {
            return (None, 0);
        }
        let inside = fill_between(quotes) ^ self.in_string;
        self.in_string = (inside.cast_signed() >> 63).cast_unsigned();
        let (opens, closes) = brackets(block);
        let (opens, closes) = (opens & !inside, closes & !inside);
        if (opens | closes) == 0 {
            return (None, quotes);
        }
        let places = quotes | opens | closes;
        let closing = u64::from(closes.count_ones());
        if closing < self.depth {
            self.depth = self.depth - closing + u64::from(opens.count_ones());
            return (None, places);
        }
        match self.walk(opens, closes) {
            Some(end) => (Some(end), places & (u64::MAX >> (BLOCK - end))),
            None => (None, places),
        }
    }

    /// Behind a block: only of a string that began in it or before it, and has not ended, must be known what it had.
    #[inline(always)]
    fn pass(&mut self, masks: &Masks, places: u64) {
        if places != 0 {
            self.may_be_escaped = self.in_string != 0 && masks.backslashes != 0;
        }
    }

    /// The quotes that begin or end a string.
    #[inline(always)]
    fn quotes(&mut self, masks: &Masks, len: usize) -> u64 {
        if (masks.backslashes | self.escaped) == 0 {
            masks.quotes
        } else {
            masks.quotes & !self.escapes(masks.backslashes, len)
        }
    }

    /// Walks the brackets one by one, since the end may be among them.
    fn walk(&mut self, opens: u64, closes: u64) -> Option<usize> {
        let mut left = opens | closes;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            if opens & bit != 0 {
                self.depth += 1;
            } else {
                self.depth -= 1;
                if self.depth == 0 {
                    return Some(bit.trailing_zeros() as usize + 1);
                }
            }
            left ^= bit;
        }
        None
    }

    /// Which bytes are escaped: those behind an odd run of backslashes. A run that starts at an even place and is odd
    /// ends at an even place, so adding the runs' starts to the runs lets carries do the counting.
    fn escapes(&mut self, backslashes: u64, len: usize) -> u64 {
        let active = backslashes & !self.escaped;
        let after = active << 1;
        let odd = !EVEN;
        let ends = (after | odd).wrapping_sub(active) ^ odd;
        let escaped = ends ^ (backslashes | self.escaped);
        let carried = (ends & backslashes) >> (len - 1) & 1;
        self.escaped = carried;
        escaped
    }
}

fn trailing_backslashes(text: &[u8]) -> usize {
    text.iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// [`Nest::skip`] for the processor at hand: one instruction instead of many wherever bits are counted or looked for.
/// All it calls must be inlined, to be made for the same processor.
#[multiversion(targets("x86_64+avx+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn skip<N: Note>(nest: &mut Nest, text: &[u8], offset: u64, note: &mut N) -> Option<usize> {
    nest.skip_inlined(text, offset, note)
}

/// One bit per byte of a block.
struct Masks {
    quotes: u64,
    backslashes: u64,
}

impl Masks {
    #[inline(always)]
    fn of(block: &[u8; BLOCK]) -> Self {
        let mut masks = Self {
            quotes: 0,
            backslashes: 0,
        };
        let (quarters, _) = block.as_chunks::<16>();
        for (index, quarter) in quarters.iter().enumerate() {
            let bytes = u8x16::new(*quarter);
            let shift = index * 16;
            masks.quotes |= bits(bytes.cmp_eq(u8x16::splat(b'"'))) << shift;
            masks.backslashes |= bits(bytes.cmp_eq(u8x16::splat(b'\\'))) << shift;
        }
        masks
    }
}

/// One bit per opening and one per closing bracket.
#[inline(always)]
fn brackets(block: &[u8; BLOCK]) -> (u64, u64) {
    let (mut opens, mut closes) = (0, 0);
    for (index, quarter) in block.as_chunks::<16>().0.iter().enumerate() {
        // `[` and `{`, `]` and `}` differ in this bit alone.
        let folded = u8x16::new(*quarter) | u8x16::splat(0x20);
        opens |= bits(folded.cmp_eq(u8x16::splat(b'{'))) << (index * 16);
        closes |= bits(folded.cmp_eq(u8x16::splat(b'}'))) << (index * 16);
    }
    (opens, closes)
}

#[inline(always)]
fn bits(mask: u8x16) -> u64 {
    u64::from(mask.move_mask().cast_unsigned())
}

/// Sets every bit from an odd-numbered mark up to, not including, the next: the exclusive-or of all bits up to each.
#[inline(always)]
fn fill_between(marks: u64) -> u64 {
    let mut filled = marks;
    filled ^= filled << 1;
    filled ^= filled << 2;
    filled ^= filled << 4;
    filled ^= filled << 8;
    filled ^= filled << 16;
    filled ^= filled << 32;
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::index::Unnoted;
    use proptest::prelude::*;

    /// What `Nest` does, one byte at a time.
    fn end_by_bytes(text: &[u8]) -> Option<usize> {
        let (mut depth, mut in_string, mut escaped) = (1u64, false, false);
        for (index, byte) in text.iter().enumerate() {
            if in_string && escaped {
                escaped = false;
                continue;
            }
            match byte {
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(index + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Gives `text` in pieces of `size` bytes.
    fn end_in_pieces(text: &[u8], size: usize) -> Option<usize> {
        let mut nest = Nest::in_container();
        let mut before = 0;
        for piece in text.chunks(size) {
            if let Some(end) = nest.skip(piece, before as u64, &mut Unnoted) {
                return Some(before + end);
            }
            before += piece.len();
        }
        None
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        assert_eq!(end_in_pieces(br#""a}]": {"b\"}": []}} , 1"#, 64), Some(20));
    }

    #[test]
    fn an_escape_at_the_end_of_a_block_reaches_into_the_next() {
        let mut text = vec![b' '; 61];
        text.extend_from_slice(br#""\"}" } x"#);
        assert_eq!(end_in_pieces(&text, 1000), Some(61 + 7));
        let mut even = vec![b' '; 60];
        even.extend_from_slice(br#""a\\"} x"#);
        assert_eq!(end_in_pieces(&even, 1000), Some(60 + 6));
    }

    #[test]
    fn a_million_levels_are_just_a_number() {
        let mut text = vec![b'['; 1_000_000];
        text.extend(std::iter::repeat_n(b']', 1_000_001));
        assert_eq!(end_in_pieces(&text, 4096), Some(2_000_001));
    }

    proptest! {
        // Backslashes outside strings are not JSON; there alone the two readings differ.
        #[test]
        fn blocks_find_what_bytes_find(
            parts in prop::collection::vec(r#"[{}\[\], a1]{0,70}|"([^"\\]|\\[\\"nu]){0,70}"|"(\\\\){1,70}\\"x""#, 0..12),
            size in 1usize..200,
        ) {
            let text = parts.concat();
            prop_assert_eq!(end_in_pieces(text.as_bytes(), size), end_by_bytes(text.as_bytes()));
        }
    }
}
