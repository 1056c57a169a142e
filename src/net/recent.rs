//! How the last pieces of a stream began: enough to see that a later copy of the same bytes says something else.
//!
//! An answer that somebody forged races with the true one and has its sequence number; both are captured, and the one that
//! came first was given out already. Keeping all bytes would cost a copy of everything, so only starts are kept.

use super::assembler::is_ahead;

/// The starts of the last few pieces.
#[derive(Debug, Default)]
pub(super) struct Recent {
    starts: [Start; KEPT],
    next: u8,
}

#[derive(Debug, Default, Clone, Copy)]
struct Start {
    seq: u32,
    len: u8,
    bytes: [u8; LONGEST],
}

/// Pieces remembered. Copies that conflict come within a round trip.
const KEPT: usize = 3;
/// Bytes of each: a version and a status, or a method and the start of a target.
const LONGEST: usize = 16;

impl Recent {
    /// Remembers a piece.
    #[inline]
    pub(super) fn note(&mut self, seq: u32, bytes: &[u8]) {
        let place = usize::from(self.next) % KEPT;
        self.next = self.next.wrapping_add(1);
        let Some(start) = self.starts.get_mut(place) else {
            return;
        };
        start.seq = seq;
        if let Some(whole) = bytes.first_chunk() {
            (start.len, start.bytes) = (LONGEST as u8, *whole);
        } else {
            start.len = bytes.len() as u8;
            for (place, byte) in start.bytes.iter_mut().zip(bytes) {
                *place = *byte;
            }
        }
    }

    /// Whether another copy of bytes that are remembered is not the same.
    pub(super) fn differs(&self, seq: u32, bytes: &[u8]) -> bool {
        // A probe that asks whether the peer is alive may carry one byte of nothing (RFC 9293 §3.8.4).
        bytes.len() > 1 && self.starts.iter().any(|start| start.differs(seq, bytes))
    }
}

impl Start {
    fn differs(&self, seq: u32, bytes: &[u8]) -> bool {
        let own = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        let (own, other) = match is_ahead(seq, self.seq) {
            true => (own.get(seq.wrapping_sub(self.seq) as usize..), Some(bytes)),
            false => (Some(own), bytes.get(self.seq.wrapping_sub(seq) as usize..)),
        };
        let (Some(own), Some(other)) = (own, other) else {
            return false;
        };
        own.iter().zip(other).any(|(own, other)| own != other)
    }
}
