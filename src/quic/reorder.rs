//! Content of one stream in order (RFC 9000 §2.2): offsets repeat, overlap and come out of order.

use crate::net::Chunk;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// One direction of one stream.
#[derive(Debug, Default)]
pub(crate) struct Reorder {
    /// Offset of the next byte that is due.
    next: u64,
    /// By offset, all beyond `next`.
    held: BTreeMap<u64, Held>,
    held_bytes: usize,
    /// Where the stream ends, once known.
    end: Option<u64>,
    is_ended: bool,
}

#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    at: Timestamp,
    frame: u64,
}

impl Reorder {
    /// Takes bytes at `offset`; gives what is due. Above `limit` held bytes the hole before them is given up.
    pub(crate) fn push(
        &mut self,
        offset: u64,
        bytes: &[u8],
        (at, frame): (Timestamp, u64),
        limit: usize,
        each: &mut impl FnMut(Chunk<'_>),
    ) {
        let old = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let Some(new) = bytes.get(old..).filter(|new| !new.is_empty()) else {
            return;
        };
        if offset <= self.next {
            each(Chunk::Data {
                bytes: new,
                at,
                frame,
            });
            self.next = self.next.saturating_add(new.len() as u64);
            self.drain(each);
            return;
        }
        let known = self.held.get(&offset).map_or(0, |held| held.bytes.len());
        if known >= new.len() {
            return;
        }
        self.held_bytes = self.held_bytes.saturating_add(new.len() - known);
        let bytes = new.to_vec();
        self.held.insert(offset, Held { bytes, at, frame });
        while self.held_bytes > limit {
            self.skip_hole(each);
        }
    }

    /// Notes where the stream ends.
    pub(crate) fn set_end(&mut self, end: u64) {
        self.end.get_or_insert(end);
    }

    /// Whether the end was reached just now; true once only.
    pub(crate) fn takes_end(&mut self) -> bool {
        let is_now = !self.is_ended && self.end.is_some_and(|end| self.next >= end);
        self.is_ended |= is_now;
        is_now
    }

    /// Nothing more will come: gives what is held, with its holes.
    pub(crate) fn finish(&mut self, each: &mut impl FnMut(Chunk<'_>)) {
        while !self.held.is_empty() {
            self.skip_hole(each);
        }
    }

    fn skip_hole(&mut self, each: &mut impl FnMut(Chunk<'_>)) {
        if let Some((&offset, _)) = self.held.first_key_value() {
            let len = offset.saturating_sub(self.next);
            if len > 0 {
                each(Chunk::Gap { len });
                self.next = offset;
            }
        }
        self.drain(each);
    }

    fn drain(&mut self, each: &mut impl FnMut(Chunk<'_>)) {
        while let Some(entry) = self.held.first_entry() {
            if *entry.key() > self.next {
                return;
            }
            let (offset, Held { bytes, at, frame }) = entry.remove_entry();
            self.held_bytes = self.held_bytes.saturating_sub(bytes.len());
            let old = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(usize::MAX);
            if let Some(bytes) = bytes.get(old..).filter(|new| !new.is_empty()) {
                self.next = self.next.saturating_add(bytes.len() as u64);
                each(Chunk::Data { bytes, at, frame });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(parts: &[(u64, &[u8])], limit: usize) -> Vec<String> {
        let mut reorder = Reorder::default();
        let mut seen = Vec::new();
        let mut each = |chunk: Chunk<'_>| match chunk {
            Chunk::Data { bytes, .. } => seen.push(String::from_utf8_lossy(bytes).into_owned()),
            Chunk::Gap { len } => seen.push(format!("gap {len}")),
        };
        for (offset, bytes) in parts {
            reorder.push(*offset, bytes, (Timestamp(0), 1), limit, &mut each);
        }
        reorder.finish(&mut each);
        seen
    }

    #[test]
    fn order_repetition_and_overlap() {
        assert_eq!(
            joined(&[(3, b"def"), (0, b"abcd"), (4, b"efg"), (0, b"abc")], 100),
            ["abcd", "ef", "g"]
        );
    }

    #[test]
    fn a_hole_is_given_up_when_too_much_waits() {
        assert_eq!(
            joined(&[(5, b"fghij"), (12, b"mn")], 6),
            ["gap 5", "fghij", "gap 2", "mn"]
        );
    }

    proptest! {
        #[test]
        fn any_order_gives_the_same(
            cuts in prop::collection::vec((0_usize..50, 1_usize..20), 1..30)
        ) {
            let text: Vec<u8> = (b'a'..=b'z').cycle().take(70).collect();
            let mut parts: Vec<_> = cuts
                .iter()
                .map(|(at, len)| (*at as u64, &text[*at..at + len]))
                .collect();
            parts.extend(text.chunks(10).enumerate().map(|(n, part)| (10 * n as u64, part)));
            prop_assert_eq!(joined(&parts, 1000).concat().into_bytes(), text);
        }
    }
}
