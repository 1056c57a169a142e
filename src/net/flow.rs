//! Which conversation a segment belongs to, numbered as Wireshark's `tcp.stream`.
//!
//! A conversation is a pair of socket addresses; tunnels and VLANs do not count. A SYN whose sequence number differs,
//! or that follows a FIN or RST, starts a new conversation on the same addresses.

use super::Direction;
use super::segment::{Flags, Hosts, Segment};
use crate::time::Timestamp;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hash, Hasher};

/// All conversations that may still go on.
#[derive(Debug)]
pub struct FlowTable {
    v4: Table<Pair<[u8; 4]>>,
    v6: Table<Pair<[u8; 16]>>,
    streams: u32,
    limit: usize,
    evicted: u64,
}

/// What is known of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Number, counted as Wireshark's `tcp.stream`.
    pub stream: u32,
    /// The owner's own mark.
    pub slot: Slot,
    /// Initial sequence numbers, one less than the first byte's, of the two ends in the key's order.
    base: [u32; 2],
    /// When it was last seen, in units of 2^30 nanoseconds.
    seen: u32,
    marks: u8,
}

/// Where the owner of the table keeps the rest of a conversation's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u32);

impl Slot {
    /// Nothing is kept yet.
    pub const NONE: Self = Self(u32::MAX);
    /// Nothing needs to be kept any more: segments can be passed over.
    pub const DONE: Self = Self(u32::MAX - 1);

    /// A place, by index.
    pub fn new(index: u32) -> Self {
        Self(index)
    }

    /// The place's index, if there is one.
    #[inline]
    pub fn index(self) -> Option<u32> {
        (self < Self::DONE).then_some(self.0)
    }
}

/// A segment's place in its conversation.
#[derive(Debug)]
pub struct Found<'a> {
    /// The conversation.
    pub flow: &'a mut Flow,
    /// Which way the segment travels.
    pub direction: Direction,
    /// A conversation that ended because this segment starts a new one on the same addresses.
    pub replaced: Option<Flow>,
}

const BASE_KNOWN: [u8; 2] = [1, 2];
const CLOSED: [u8; 2] = [4, 8];
const RESET: u8 = 16;
/// The second end of the key opened the connection.
const OPENED_BY_SECOND: u8 = 32;
/// The opener is known from a SYN and not guessed.
const OPENER_SEEN: u8 = 64;

impl Flow {
    /// Whether both ends, or a reset, closed it.
    pub fn is_closed(&self) -> bool {
        let both = CLOSED[0] | CLOSED[1];
        self.marks & both == both || self.marks & RESET != 0
    }

    /// Whether its beginning was captured.
    pub fn has_opener(&self) -> bool {
        self.marks & OPENER_SEEN != 0
    }

    /// Sequence number of the first byte in `direction`, where known.
    pub fn first_byte(&self, direction: Direction) -> Option<u32> {
        let opener = usize::from(self.marks & OPENED_BY_SECOND != 0);
        let end = match direction {
            Direction::ToServer => opener,
            Direction::ToClient => 1 - opener,
        };
        let is_known = self.marks & BASE_KNOWN[end] != 0;
        is_known.then(|| self.base[end].wrapping_add(1))
    }
}

impl FlowTable {
    /// An empty table for at most `limit` conversations.
    pub fn new(limit: usize) -> Self {
        Self {
            v4: Table::default(),
            v6: Table::default(),
            streams: 0,
            limit: limit.max(2),
            evicted: 0,
        }
    }

    /// Finds or starts the conversation of `segment`; `None` when the table is full: call [`Self::evict`] first.
    #[inline]
    pub fn look_up(&mut self, segment: &Segment<'_>) -> Option<Found<'_>> {
        let is_full = self.v4.flows.len() + self.v6.flows.len() >= self.limit;
        match segment.hosts {
            Hosts::V4(source, destination) => {
                let (pair, sender) = Pair::new(source, destination, segment.ports);
                self.v4
                    .look_up(pair, sender, segment, &mut self.streams, is_full)
            }
            Hosts::V6(source, destination) => {
                let (pair, sender) = Pair::new(source, destination, segment.ports);
                self.v6
                    .look_up(pair, sender, segment, &mut self.streams, is_full)
            }
        }
    }

    /// Forgets every conversation not seen since `before`, and at least an eighth of all when the table is full.
    /// Returns those that have a place, in the order of their numbers.
    pub fn evict(&mut self, before: Timestamp) -> Vec<Flow> {
        let mut before = coarse(before);
        if self.v4.flows.len() + self.v6.flows.len() >= self.limit {
            let mut seen: Vec<u32> = self.iter().map(|flow| flow.seen).collect();
            let eighth = seen.len() / 8;
            let (_, oldest, _) = seen.select_nth_unstable(eighth);
            before = before.max(oldest.saturating_add(1));
            self.evicted += self.iter().filter(|flow| flow.seen < before).count() as u64;
        }
        let mut gone = Vec::new();
        self.v4.evict(before, &mut gone);
        self.v6.evict(before, &mut gone);
        gone.sort_unstable_by_key(|flow| flow.stream);
        gone
    }

    /// How many conversations were seen.
    pub fn streams(&self) -> u32 {
        self.streams
    }

    /// Conversations forgotten because the table was full.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    fn iter(&self) -> impl Iterator<Item = &Flow> {
        let v4 = self.v4.flows.iter().map(|(_, flow)| flow);
        v4.chain(self.v6.flows.iter().map(|(_, flow)| flow))
    }
}

/// Two ends in a fixed order: the smaller first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair<A> {
    hosts: [A; 2],
    ports: [u16; 2],
}

impl<A: Ord + Copy> Pair<A> {
    /// The pair, and which of its ends is the source.
    #[inline]
    fn new(source: A, destination: A, ports: (u16, u16)) -> (Self, usize) {
        if (source, ports.0) <= (destination, ports.1) {
            let pair = Self {
                hosts: [source, destination],
                ports: [ports.0, ports.1],
            };
            return (pair, 0);
        }
        let pair = Self {
            hosts: [destination, source],
            ports: [ports.1, ports.0],
        };
        (pair, 1)
    }
}

/// In as few words as there are: every packet is looked up.
impl Hash for Pair<[u8; 4]> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [low, high] = self.hosts.map(u32::from_ne_bytes).map(u64::from);
        state.write_u64(low | high << 32);
        state.write_u32(self.both_ports());
    }
}

impl Hash for Pair<[u8; 16]> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for host in self.hosts {
            state.write_u128(u128::from_ne_bytes(host));
        }
        state.write_u32(self.both_ports());
    }
}

impl<A> Pair<A> {
    #[inline]
    fn both_ports(&self) -> u32 {
        let [low, high] = self.ports.map(u32::from);
        low | high << 16
    }
}

#[derive(Debug)]
struct Table<K> {
    flows: HashTable<(K, Flow)>,
    /// Seeded at random: whoever makes traffic must not be able to make collisions.
    hasher: DefaultHashBuilder,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self {
            flows: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<K: Hash + Eq + Copy> Table<K> {
    #[inline]
    fn look_up(
        &mut self,
        key: K,
        sender: usize,
        segment: &Segment<'_>,
        streams: &mut u32,
        is_full: bool,
    ) -> Option<Found<'_>> {
        let hash = self.hasher.hash_one(key);
        let hasher = &self.hasher;
        if is_full && self.flows.find(hash, |(own, _)| *own == key).is_none() {
            return None;
        }
        let mut is_new = false;
        let entry = self.flows.entry(
            hash,
            |(own, _)| *own == key,
            |(own, _)| hasher.hash_one(own),
        );
        let (_, flow) = entry
            .or_insert_with(|| {
                is_new = true;
                (key, Flow::new(sender, segment, streams))
            })
            .into_mut();
        let mut replaced = None;
        if !is_new && flow.is_reopened_by(sender, segment.seq, segment.flags) {
            replaced = Some(*flow);
            *flow = Flow::new(sender, segment, streams);
        } else if !is_new && flow.is_restarted_by(sender, segment.seq, segment.flags) {
            // Wireshark counts a new stream for a SYN only.
            replaced = Some(*flow);
            let mut same = flow.stream;
            *flow = Flow::new(sender, segment, &mut same);
        }
        let direction = flow.note(sender, segment);
        Some(Found {
            flow,
            direction,
            replaced,
        })
    }

    fn evict(&mut self, before: u32, gone: &mut Vec<Flow>) {
        self.flows.retain(|(_, flow)| {
            let stays = flow.seen >= before;
            if !stays && flow.slot.index().is_some() {
                gone.push(*flow);
            }
            stays
        });
    }
}

impl Flow {
    fn new(sender: usize, segment: &Segment<'_>, streams: &mut u32) -> Self {
        let stream = *streams;
        *streams = streams.saturating_add(1);
        let flags = segment.flags;
        let is_syn = flags.has(Flags::SYN);
        let opener_sends = if is_syn {
            !flags.has(Flags::ACK)
        } else {
            // A guess that content corrects: servers listen on lower ports than clients speak from.
            segment.ports.0 >= segment.ports.1
        };
        let opener = if opener_sends { sender } else { 1 - sender };
        let mut marks = if opener == 1 { OPENED_BY_SECOND } else { 0 };
        if is_syn {
            marks |= OPENER_SEEN;
        }
        Self {
            stream,
            slot: Slot::NONE,
            base: [0; 2],
            seen: 0,
            marks,
        }
    }

    fn is_reopened_by(&self, sender: usize, seq: u32, flags: Flags) -> bool {
        if !flags.has(Flags::SYN) || flags.has(Flags::ACK) {
            return false;
        }
        let is_known = self.marks & BASE_KNOWN[sender] != 0;
        let is_over = self.marks & (CLOSED[0] | CLOSED[1] | RESET) != 0;
        is_known && (self.base[sender] != seq || is_over)
    }

    /// Whether the answer to a SYN that was not captured opens another connection on the same addresses.
    fn is_restarted_by(&self, sender: usize, seq: u32, flags: Flags) -> bool {
        let is_known = self.marks & BASE_KNOWN[sender] != 0;
        let is_answer = flags.has(Flags::SYN) && flags.has(Flags::ACK);
        is_answer && is_known && self.is_closed() && self.base[sender] != seq
    }

    /// Takes over what the segment tells; says which way it travels.
    #[inline]
    fn note(&mut self, sender: usize, segment: &Segment<'_>) -> Direction {
        let flags = segment.flags;
        self.seen = coarse(segment.at);
        if self.marks & BASE_KNOWN[sender] == 0 {
            self.marks |= BASE_KNOWN[sender];
            self.base[sender] = match flags.has(Flags::SYN) {
                true => segment.seq,
                false => segment.seq.wrapping_sub(1),
            };
        }
        let receiver = 1 - sender;
        if flags.has(Flags::ACK) && self.marks & BASE_KNOWN[receiver] == 0 {
            self.marks |= BASE_KNOWN[receiver];
            self.base[receiver] = segment.ack.wrapping_sub(1);
        }
        if flags.has(Flags::FIN) {
            self.marks |= CLOSED[sender];
        }
        if flags.has(Flags::RST) {
            self.marks |= RESET;
        }
        if (sender == 1) == (self.marks & OPENED_BY_SECOND != 0) {
            Direction::ToServer
        } else {
            Direction::ToClient
        }
    }
}

/// Times before 1970 count as 1970.
fn coarse(at: Timestamp) -> u32 {
    u32::try_from(at.0.max(0) >> 30).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
