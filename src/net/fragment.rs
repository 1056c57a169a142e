//! Puts IP fragments together, under a bound of bytes; the oldest unfinished packet makes room.

use super::segment::{Hosts, Layer, Transport, Whole, other};
use etherparse::defrag::IpDefragBuf;
use etherparse::{IpFragOffset, IpNumber};
use std::collections::{BTreeMap, VecDeque};

/// IP packets of which some fragments were seen.
///
/// Invariant: `bytes` is the sum of `cost` over `unfinished`, and at most `limit`; every unfinished packet has an
/// entry in `order`.
#[derive(Debug)]
pub struct Fragments {
    unfinished: BTreeMap<Key, Unfinished>,
    /// Keys with the number of their packet, oldest first; some name packets that are finished.
    order: VecDeque<(Key, u64)>,
    started: u64,
    bytes: usize,
    limit: usize,
    dropped: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    hosts: Hosts,
    protocol: u8,
    identification: u32,
}

#[derive(Debug)]
struct Unfinished {
    number: u64,
    buffer: IpDefragBuf,
    cost: usize,
}

/// Where a fragment belongs.
pub(super) struct Piece {
    pub(super) identification: u32,
    /// In units of eight bytes.
    pub(super) offset: u16,
    pub(super) has_more: bool,
}

impl Piece {
    /// Whether it is less than a whole packet.
    #[inline]
    pub(super) fn is_fragment(&self) -> bool {
        self.offset != 0 || self.has_more
    }
}

/// What an unfinished packet costs beside its bytes.
const OVERHEAD: usize = 256;

impl Fragments {
    /// Holds at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            unfinished: BTreeMap::new(),
            order: VecDeque::new(),
            started: 0,
            bytes: 0,
            limit,
            dropped: 0,
        }
    }

    /// Packets given up because the bound was reached.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Packets of which fragments are still missing.
    pub fn unfinished(&self) -> usize {
        self.unfinished.len()
    }

    pub(super) fn insert<'a>(&mut self, transport: &Transport<'a>, piece: Piece) -> Layer<'a> {
        let key = Key {
            hosts: transport.hosts,
            protocol: transport.protocol,
            identification: piece.identification,
        };
        let Ok(offset) = IpFragOffset::try_new(piece.offset) else {
            return other("damaged IP fragment");
        };
        if transport.missing > 0 {
            return other("cut IP fragment");
        }
        let number = self.started;
        let part = self.unfinished.entry(key).or_insert_with(|| Unfinished {
            number,
            buffer: IpDefragBuf::new(IpNumber(transport.protocol), Vec::new(), Vec::new()),
            cost: 0,
        });
        if part.cost == 0 {
            self.started += 1;
            self.order.push_back((key, number));
        }
        let is_sound = part
            .buffer
            .add(offset, piece.has_more, transport.bytes)
            .is_ok();
        let cost = OVERHEAD + part.buffer.data().len();
        self.bytes = self.bytes.saturating_sub(part.cost).saturating_add(cost);
        part.cost = cost;
        let is_complete = part.buffer.is_complete();
        if is_complete && let Some(part) = self.remove(key) {
            let (bytes, _) = part.buffer.take_bufs();
            return Layer::Whole(Whole {
                hosts: key.hosts,
                protocol: key.protocol,
                bytes,
            });
        }
        self.make_room();
        other(if is_sound {
            "IP fragment"
        } else {
            "damaged IP fragment"
        })
    }

    fn remove(&mut self, key: Key) -> Option<Unfinished> {
        let part = self.unfinished.remove(&key)?;
        self.bytes = self.bytes.saturating_sub(part.cost);
        Some(part)
    }

    fn make_room(&mut self) {
        while self.bytes > self.limit {
            let Some((key, number)) = self.order.pop_front() else {
                return;
            };
            if is_unfinished(&self.unfinished, key, number) {
                self.remove(key);
                self.dropped += 1;
            }
        }
        if self.order.len() > 2 * self.unfinished.len() + 64 {
            let unfinished = &self.unfinished;
            self.order
                .retain(|(key, number)| is_unfinished(unfinished, *key, *number));
        }
    }
}

fn is_unfinished(unfinished: &BTreeMap<Key, Unfinished>, key: Key, number: u64) -> bool {
    unfinished
        .get(&key)
        .is_some_and(|part| part.number == number)
}
