//! Puts the segments of one direction of a TCP connection in order, without knowing what they carry.
//!
//! Bytes that come in order are passed through as slices and never copied. Bytes that come early are copied and held
//! until the hole before them is filled, or until it is certain that the capture does not hold what belongs there:
//! the receiver acknowledged it, or a limit is reached. Then the hole is given out as [`Chunk::Gap`].

use super::Chunk;
use super::recent::Recent;
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// The order of one direction's bytes.
///
/// Invariant: everything before `next` was given out, as data or as a gap. The pieces that are held start after `next`.
#[derive(Debug, Default)]
pub struct Assembler {
    /// Sequence number of the next byte to give out; `None` before the first segment.
    next: Option<u32>,
    /// Sequence number after the sender's last byte.
    end: Option<u32>,
    has_conflict: bool,
    /// Once there are bytes.
    given: Option<Box<Recent>>,
    /// Only while there is any: connections are many, and nearly all are in order.
    behind: Option<Box<Behind>>,
}

/// What was captured or acknowledged and could not be given out yet.
///
/// Invariant: the pieces in `held` are sorted and do not overlap; `held_bytes` is what they cost.
#[derive(Debug, Default)]
struct Behind {
    held: VecDeque<Held>,
    held_bytes: usize,
    acknowledged: Option<Acknowledged>,
}

/// A piece of the stream, as one segment brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Sequence number of the first byte.
    pub seq: u32,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Bytes that followed and were not captured.
    pub missing: u32,
    /// When the packet was captured.
    pub at: Timestamp,
    /// The packet's 1-based number.
    pub frame: u64,
}

#[derive(Debug)]
struct Held {
    seq: u32,
    bytes: Box<[u8]>,
    missing: u32,
    at: Timestamp,
    frame: u64,
}

/// The receiver has bytes that were not given out yet.
#[derive(Debug, Clone, Copy)]
struct Acknowledged {
    /// The byte it expects next.
    upto: u32,
    /// When that was seen first.
    since: Timestamp,
    /// Segments of the connection seen since.
    segments: u32,
}

/// How long a captured packet may be late: taps and rings reorder by less than this.
const PATIENCE: Duration = Duration::from_millis(200);
/// The same in segments of the connection, for captures without usable times.
const PATIENCE_SEGMENTS: u32 = 64;
/// A segment further ahead than this belongs to no window (RFC 7323 §2.3 ends at 1 GiB).
const FURTHEST: u32 = 1 << 30;
/// What holding a piece costs beside its bytes.
const OVERHEAD: usize = 64;

impl Assembler {
    /// Says where the stream starts: the sequence number of its first byte.
    ///
    /// Without this the first segment's number is taken.
    pub fn start_at(&mut self, seq: u32) {
        self.next.get_or_insert(seq);
    }

    /// Takes a segment's bytes; gives out all that is in order now.
    #[inline]
    pub fn insert(&mut self, piece: Piece<'_>, out: &mut impl FnMut(Chunk<'_>)) {
        let next = *self.next.get_or_insert(piece.seq);
        if piece.seq == next {
            self.give(&piece, out);
            if self.behind.is_some() {
                self.give_held(out);
            }
        } else {
            self.insert_elsewhere(next, piece, out);
        }
    }

    /// Passes over one number of the sequence without giving anything out, if it is the next: a byte that was sent out
    /// of band.
    pub fn pass_over(&mut self, seq: u32) {
        if self.next == Some(seq) {
            self.next = Some(seq.wrapping_add(1));
        }
    }

    /// The sender will send nothing after `seq`.
    pub fn end_at(&mut self, seq: u32) {
        self.end.get_or_insert(seq);
    }

    /// Whether everything up to the sender's end was given out.
    pub fn is_complete(&self) -> bool {
        self.end.is_some() && self.end == self.next
    }

    /// The receiver acknowledged everything before `upto`. Gives out a gap when it is certain that these bytes will not
    /// come any more.
    #[inline]
    pub fn acknowledge(&mut self, upto: u32, at: Timestamp, out: &mut impl FnMut(Chunk<'_>)) {
        let Some(next) = self.next else {
            return;
        };
        if is_ahead(upto, next) {
            self.wait_or_skip(next, upto, at, out);
        } else if let Some(behind) = &mut self.behind {
            behind.acknowledged = None;
            self.settle();
        }
    }

    /// Gives out everything that is held, with gaps where bytes are missing.
    pub fn flush(&mut self, out: &mut impl FnMut(Chunk<'_>)) {
        while self.skip_hole(out) {}
        let acknowledged = self.behind.as_ref().and_then(|behind| behind.acknowledged);
        if let (Some(next), Some(acknowledged)) = (self.next, acknowledged) {
            self.skip_to(next, acknowledged.upto, out);
        }
    }

    /// Gives out the hole before the first held piece, if there is one, and all that follows it in order.
    pub fn skip_hole(&mut self, out: &mut impl FnMut(Chunk<'_>)) -> bool {
        let (Some(next), Some(first)) = (self.next, self.first_held()) else {
            return false;
        };
        let len = u64::from(first.wrapping_sub(next));
        self.next = Some(first);
        out(Chunk::Gap { len });
        self.give_held(out);
        true
    }

    /// Whether bytes that were captured, or that the receiver has, are not given out yet.
    pub fn is_behind(&self) -> bool {
        self.behind.is_some()
    }

    /// What the held pieces cost, in bytes.
    #[inline]
    pub fn held_bytes(&self) -> usize {
        self.behind.as_ref().map_or(0, |behind| behind.held_bytes)
    }

    /// Whether two copies of the same bytes differed, as far as they are remembered. The first was kept.
    pub fn has_conflict(&self) -> bool {
        self.has_conflict
    }

    #[inline]
    fn give(&mut self, piece: &Piece<'_>, out: &mut impl FnMut(Chunk<'_>)) {
        let len = u32::try_from(piece.bytes.len()).unwrap_or(u32::MAX);
        self.next = Some(piece.seq.wrapping_add(len).wrapping_add(piece.missing));
        if !piece.bytes.is_empty() {
            let given = self.given.get_or_insert_default();
            given.note(piece.seq, piece.bytes);
            out(Chunk::Data {
                bytes: piece.bytes,
                at: piece.at,
                frame: piece.frame,
            });
        }
        if piece.missing > 0 {
            out(Chunk::Gap {
                len: u64::from(piece.missing),
            });
        }
    }

    fn insert_elsewhere(&mut self, next: u32, piece: Piece<'_>, out: &mut impl FnMut(Chunk<'_>)) {
        if is_ahead(piece.seq, next) {
            if piece.seq.wrapping_sub(next) < FURTHEST {
                self.has_conflict |= self.behind.get_or_insert_default().hold(piece);
                self.settle();
            }
            return;
        }
        let given = self.given.as_ref();
        self.has_conflict |= given.is_some_and(|given| given.differs(piece.seq, piece.bytes));
        let Some(rest) = piece.after(next) else {
            return;
        };
        self.give(&rest, out);
        self.give_held(out);
    }

    /// Gives out held pieces as long as they continue the stream.
    fn give_held(&mut self, out: &mut impl FnMut(Chunk<'_>)) {
        while let (Some(next), Some(first)) = (self.next, self.first_held()) {
            if is_ahead(first, next) {
                return;
            }
            let Some(held) = self.behind.as_mut().and_then(|behind| behind.pop()) else {
                return;
            };
            if let Some(rest) = held.piece().after(next) {
                self.give(&rest, out);
            }
        }
        self.settle();
    }

    /// Sequence number of the first piece that is held.
    fn first_held(&self) -> Option<u32> {
        Some(self.behind.as_ref()?.held.front()?.seq)
    }

    /// Gives memory back when nothing is behind any more.
    fn settle(&mut self) {
        let is_over = |behind: &Behind| behind.held.is_empty() && behind.acknowledged.is_none();
        if self.behind.as_deref().is_some_and(is_over) {
            self.behind = None;
        }
    }

    fn wait_or_skip(
        &mut self,
        next: u32,
        upto: u32,
        at: Timestamp,
        out: &mut impl FnMut(Chunk<'_>),
    ) {
        let behind = self.behind.get_or_insert_default();
        let waiting = behind.acknowledged.get_or_insert(Acknowledged {
            upto,
            since: at,
            segments: 0,
        });
        waiting.segments += 1;
        let is_late = at.since(waiting.since) >= PATIENCE || waiting.segments > PATIENCE_SEGMENTS;
        if !is_late {
            return;
        }
        // What was acknowledged first is certain; what came later has its own patience.
        let certain = waiting.upto;
        behind.acknowledged = None;
        self.skip_to(next, certain, out);
        self.settle();
    }

    /// Gives out gaps and held pieces until everything before `upto` is given out.
    fn skip_to(&mut self, mut next: u32, mut upto: u32, out: &mut impl FnMut(Chunk<'_>)) {
        // The number after the last byte stands for the end itself.
        if let Some(end) = self.end
            && is_ahead(upto, end)
        {
            upto = end;
        }
        while is_ahead(upto, next) {
            match self.first_held() {
                Some(held) if !is_ahead(held, upto) => {
                    self.skip_hole(out);
                }
                // One number too many is the end of the stream, in a packet that was not captured.
                _ if upto.wrapping_sub(next) == 1 => return,
                _ => {
                    self.next = Some(upto);
                    out(Chunk::Gap {
                        len: u64::from(upto.wrapping_sub(next)),
                    });
                    self.give_held(out);
                }
            }
            match self.next {
                Some(moved) if moved != next => next = moved,
                _ => return,
            }
        }
    }
}

impl Behind {
    /// Takes the first piece.
    fn pop(&mut self) -> Option<Held> {
        let held = self.held.pop_front()?;
        self.held_bytes = self.held_bytes.saturating_sub(held.cost());
        Some(held)
    }

    /// Copies what of `piece` no held piece covers yet; tells whether bytes that both have differ.
    fn hold(&mut self, mut piece: Piece<'_>) -> bool {
        let mut has_conflict = false;
        let base = piece.seq;
        let mut index = self
            .held
            .partition_point(|held| !is_ahead(held.end(), base));
        loop {
            let Some(held) = self.held.get(index) else {
                self.hold_at(index, &piece);
                return has_conflict;
            };
            if !is_ahead(piece.end(), held.seq) {
                self.hold_at(index, &piece);
                return has_conflict;
            }
            has_conflict |= held.differs(&piece);
            let held_end = held.end();
            if is_ahead(held.seq, piece.seq) {
                let before = piece.before(held.seq);
                self.hold_at(index, &before);
                index += 1;
            }
            match piece.after(held_end) {
                Some(rest) => piece = rest,
                None => return has_conflict,
            }
            index += 1;
        }
    }

    fn hold_at(&mut self, index: usize, piece: &Piece<'_>) {
        if piece.bytes.is_empty() && piece.missing == 0 {
            return;
        }
        let held = Held {
            seq: piece.seq,
            bytes: piece.bytes.into(),
            missing: piece.missing,
            at: piece.at,
            frame: piece.frame,
        };
        self.held_bytes += held.cost();
        self.held.insert(index, held);
    }
}

impl<'a> Piece<'a> {
    fn end(&self) -> u32 {
        let len = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.seq.wrapping_add(len).wrapping_add(self.missing)
    }

    /// What of the piece lies at `seq` and after it; `None` when nothing does.
    fn after(self, seq: u32) -> Option<Self> {
        if !is_ahead(self.end(), seq) {
            return None;
        }
        if !is_ahead(seq, self.seq) {
            return Some(self);
        }
        let skipped = seq.wrapping_sub(self.seq);
        let bytes = self.bytes.get(skipped as usize..).unwrap_or_default();
        let missing = self.end().wrapping_sub(seq) as usize - bytes.len();
        Some(Self {
            seq,
            bytes,
            missing: u32::try_from(missing).unwrap_or(0),
            ..self
        })
    }

    /// What of the piece lies before `seq`, which is inside it.
    fn before(self, seq: u32) -> Self {
        let kept = seq.wrapping_sub(self.seq) as usize;
        let bytes = self.bytes.get(..kept).unwrap_or(self.bytes);
        Self {
            bytes,
            missing: u32::try_from(kept - bytes.len()).unwrap_or(0),
            ..self
        }
    }
}

impl Held {
    fn piece(&self) -> Piece<'_> {
        Piece {
            seq: self.seq,
            bytes: &self.bytes,
            missing: self.missing,
            at: self.at,
            frame: self.frame,
        }
    }

    fn end(&self) -> u32 {
        self.piece().end()
    }

    fn cost(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }

    /// Whether bytes that both have are not the same.
    fn differs(&self, piece: &Piece<'_>) -> bool {
        let start = if is_ahead(self.seq, piece.seq) {
            self.seq
        } else {
            piece.seq
        };
        let own = self.bytes.get(start.wrapping_sub(self.seq) as usize..);
        let other = piece.bytes.get(start.wrapping_sub(piece.seq) as usize..);
        match (own, other) {
            (Some(own), Some(other)) => own.iter().zip(other).any(|(a, b)| a != b),
            _ => false,
        }
    }
}

/// Whether sequence number `a` comes after `b`, modulo 2^32 (RFC 9293 §3.4).
#[inline]
pub fn is_ahead(a: u32, b: u32) -> bool {
    let distance = a.wrapping_sub(b);
    distance != 0 && distance < 1 << 31
}

#[cfg(test)]
#[path = "assembler_tests.rs"]
mod tests;
