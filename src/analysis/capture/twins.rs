//! One connection captured twice: before and after its addresses were translated.
//!
//! `tcpdump -i any` on a host that forwards sees each packet on its way in and on its way out. Where both copies have the
//! same addresses, the second is a retransmission like any other. NAT gives the second copy other addresses, but leaves
//! sequence numbers and payload as they are, and the second connection is there before the first sends anything. Where all
//! of this agrees within a second, it is one connection. (Captures that were replayed with other addresses have the copy
//! behind the whole original.) The copy that came first is kept: of a request to a translated address that is the one that
//! the client made. NAT that also rewrites sequence numbers is not recognised.

use crate::net::flow::Flow;
use crate::net::segment::{Flags, Segment};
use crate::time::Timestamp;
use hashbrown::{DefaultHashBuilder, HashMap};
use std::hash::BuildHasher;
use std::time::Duration;

/// The first segments with payload of connections that opened lately.
#[derive(Debug, Default)]
pub(super) struct Twins {
    young: HashMap<Key, Seen>,
    old: HashMap<Key, Seen>,
    hasher: DefaultHashBuilder,
}

/// When a connection sent its first payload.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Timestamp,
    frame: u64,
    /// Conversations that had begun by then.
    streams: u32,
}

/// What translation leaves as it is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    seq: u32,
    ack: u32,
    len: u32,
    payload: u64,
}

/// Copies are this close in time.
const CLOSE: Duration = Duration::from_secs(1);
/// The same in packets, where the beginning of the connection was not captured.
const CLOSE_PACKETS: u64 = 16;
/// Segments remembered, in each of two generations.
const MOST: usize = 1 << 14;
/// Sequence numbers below are those of made-up packets, and prove nothing.
const SMALL: u32 = 1 << 16;
/// Payloads shorter than this may agree by chance.
const SHORT: usize = 16;
/// How much of a payload is compared.
const COMPARED: usize = 256;

impl Twins {
    /// Whether `flow`, which sends its first payload with `segment`, was seen a moment ago between other addresses. If not,
    /// remembers it. `streams` conversations have begun so far.
    pub(super) fn has_seen(&mut self, flow: &Flow, segment: &Segment<'_>, streams: u32) -> bool {
        let is_telling = segment.flags.has(Flags::ACK)
            && segment.seq >= SMALL
            && segment.ack >= SMALL
            && segment.payload.len() >= SHORT;
        if !is_telling {
            return false;
        }
        let start = segment.payload.get(..COMPARED).unwrap_or(segment.payload);
        let key = Key {
            seq: segment.seq,
            ack: segment.ack,
            len: u32::try_from(segment.payload.len()).unwrap_or(u32::MAX),
            payload: self.hasher.hash_one(start),
        };
        let seen = self.young.get(&key).or_else(|| self.old.get(&key));
        if let Some(seen) = seen
            && segment.at.since(seen.at) <= CLOSE
            && (flow.stream < seen.streams
                || !flow.has_opener() && segment.frame.saturating_sub(seen.frame) <= CLOSE_PACKETS)
        {
            return true;
        }
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        let seen = Seen {
            at: segment.at,
            frame: segment.frame,
            streams,
        };
        self.young.insert(key, seen);
        false
    }
}
