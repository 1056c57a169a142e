//! Puts one direction of one stream in order (RFC 9000 §2.2).
//!
//! Bytes that are next in turn are handed on without a copy. Later ones are held, or only counted where their content is
//! of no interest; the first copy of a byte stands.

use crate::time::Timestamp;
use std::collections::BTreeMap;

/// What a held piece costs beside its bytes.
const OVERHEAD: usize = 96;

/// One direction of a stream.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    next: u64,
    /// By offset; may overlap.
    held: BTreeMap<u64, Held>,
    cost: usize,
    end: Option<u64>,
    /// Since when something is held behind a gap.
    waiting_since: Option<Timestamp>,
}

#[derive(Debug)]
struct Held {
    len: u64,
    /// `None`: only counted.
    bytes: Option<Vec<u8>>,
    at: Timestamp,
    frame: u64,
}

impl Held {
    fn cost(&self) -> usize {
        self.bytes
            .as_ref()
            .map_or(0, Vec::len)
            .saturating_add(OVERHEAD)
    }
}

/// A held piece whose turn has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Kept {
        bytes: Vec<u8>,
        /// Where the part begins that was not given before.
        from: usize,
        at: Timestamp,
        frame: u64,
    },
    Unkept {
        len: u64,
        at: Timestamp,
    },
}

impl Reassembly {
    /// What of `bytes` is next in turn, if anything. `None`: too early, or all of it was there before.
    pub(super) fn offer<'a>(&mut self, offset: u64, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let known = usize::try_from(self.next.checked_sub(offset)?).ok()?;
        let fresh = bytes.get(known..).filter(|fresh| !fresh.is_empty())?;
        self.next = self.next.saturating_add(fresh.len() as u64);
        Some(fresh)
    }

    /// Holds bytes whose turn has not come. The first `indifferent` bytes of what is next need only be counted.
    pub(super) fn hold(
        &mut self,
        offset: u64,
        bytes: &[u8],
        indifferent: u64,
        at: Timestamp,
        frame: u64,
    ) {
        if offset <= self.next || bytes.is_empty() {
            return;
        }
        let len = bytes.len() as u64;
        let end = offset.saturating_add(len);
        let is_counted = end <= self.next.saturating_add(indifferent);
        self.waiting_since = self.waiting_since.or(Some(at));
        if is_counted
            && let Some((&start, before)) = self.held.range_mut(..=offset).next_back()
            && before.bytes.is_none()
            && start.saturating_add(before.len) >= offset
        {
            before.len = before.len.max(end.saturating_sub(start));
            before.at = before.at.max(at);
            return;
        }
        if self.held.get(&offset).is_some_and(|held| held.len >= len) {
            return;
        }
        let held = Held {
            len,
            bytes: (!is_counted).then(|| bytes.to_vec()),
            at,
            frame,
        };
        self.cost = self.cost.saturating_add(held.cost());
        if let Some(shorter) = self.held.insert(offset, held) {
            self.cost = self.cost.saturating_sub(shorter.cost());
        }
    }

    /// The next held piece whose turn has come.
    pub(super) fn pop(&mut self) -> Option<Piece> {
        loop {
            let first = self.held.first_entry()?;
            let start = *first.key();
            if start > self.next {
                return None;
            }
            let held = first.remove();
            self.cost = self.cost.saturating_sub(held.cost());
            self.waiting_since = self.held.first_key_value().map(|(_, next)| next.at);
            let end = start.saturating_add(held.len);
            if end <= self.next {
                continue;
            }
            let known = self.next - start;
            self.next = end;
            return Some(match held.bytes {
                Some(bytes) => Piece::Kept {
                    bytes,
                    from: usize::try_from(known).unwrap_or(usize::MAX),
                    at: held.at,
                    frame: held.frame,
                },
                None => Piece::Unkept {
                    len: held.len - known,
                    at: held.at,
                },
            });
        }
    }

    /// Gives up the bytes before the first held piece; how many they are.
    pub(super) fn skip(&mut self) -> Option<u64> {
        let (&start, _) = self.held.first_key_value()?;
        let gap = start.checked_sub(self.next).filter(|gap| *gap > 0)?;
        self.next = start;
        Some(gap)
    }

    /// The stream ends at this offset; the first word stands.
    pub(super) fn end_at(&mut self, end: u64) {
        self.end = self.end.or(Some(end));
    }

    /// Whether everything was given.
    pub(super) fn is_done(&self) -> bool {
        self.end.is_some_and(|end| end <= self.next)
    }

    /// Memory held.
    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    /// Since when something waits behind a gap.
    pub(super) fn waiting_since(&self) -> Option<Timestamp> {
        self.waiting_since
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Timestamp = Timestamp(0);

    /// Feeds pieces of `text` and gives what comes out.
    fn run(text: &[u8], pieces: &[(usize, usize)]) -> Vec<u8> {
        let mut stream = Reassembly::default();
        let mut out = Vec::new();
        for &(start, end) in pieces {
            let bytes = &text[start..end];
            match stream.offer(start as u64, bytes) {
                Some(fresh) => out.extend_from_slice(fresh),
                None => stream.hold(start as u64, bytes, 0, AT, 0),
            }
            while let Some(Piece::Kept { bytes, from, .. }) = stream.pop() {
                out.extend_from_slice(&bytes[from..]);
            }
        }
        assert_eq!(stream.held.is_empty(), stream.cost == 0);
        out
    }

    #[test]
    fn a_gap_is_skipped_on_demand() {
        let mut stream = Reassembly::default();
        stream.hold(10, b"later", 0, AT, 7);
        assert_eq!(stream.pop(), None);
        assert_eq!(stream.skip(), Some(10));
        assert!(matches!(stream.pop(), Some(Piece::Kept { frame: 7, .. })));
        assert_eq!(stream.skip(), None);
        assert_eq!(stream.cost(), 0);
    }

    #[test]
    fn content_of_no_interest_is_counted_in_one_piece() {
        let mut stream = Reassembly::default();
        for step in 1..1000 {
            stream.hold(step * 4, b"body", 1 << 20, AT, step);
        }
        assert_eq!(stream.held.len(), 1);
        assert_eq!(stream.offer(0, b"body"), Some(&b"body"[..]));
        assert_eq!(stream.pop(), Some(Piece::Unkept { len: 3996, at: AT }));
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            text in proptest::collection::vec(any::<u8>(), 1..60),
            extra in proptest::collection::vec((0usize..60, 0usize..60), 0..20),
            seed in any::<u64>(),
        ) {
            let mut pieces: Vec<_> = (0..text.len()).step_by(7).map(|at| (at, (at + 7).min(text.len()))).collect();
            pieces.extend(extra.into_iter().map(|(a, b)| (a.min(b).min(text.len()), a.max(b).min(text.len()))));
            let count = pieces.len() as u64;
            pieces.sort_by_key(|piece| (piece.0 as u64 + 1).wrapping_mul(seed | 1) % (count + 3));
            prop_assert_eq!(run(&text, &pieces), text);
        }
    }
}
