//! What one side of a connection sends: its keys, packet number spaces, handshake and streams.

use super::hello::Messages;
use super::level::Level;
use super::reassembly::{Piece, Reassembly};
use crate::http::h3::{self, End, Ended, RangeSet};
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Bytes of handshake messages that are read in one direction and level. A ClientHello has a few thousand at most, a chain
/// of certificates some ten thousand.
const HANDSHAKE: usize = 256 << 10;

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Half {
    direction: Direction,
    pub(super) handshake: Option<Level>,
    pub(super) early: Option<Level>,
    pub(super) application: Option<Level>,
    /// Largest packet number opened, by [`Space`].
    largest: [Option<u64>; 3],
    /// Numbers of all packets that were opened. Some senders count through all spaces.
    numbers: RangeSet,
    /// Largest number of the application space that the other side has received.
    acknowledged: Option<u64>,
    crypto: [(Reassembly, Messages); 2],
    streams: BTreeMap<u64, Reassembly>,
    ended: Ended,
    /// Memory held by `streams`.
    cost: usize,
}

/// Packet number spaces (RFC 9000 §12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Initial = 0,
    Handshake = 1,
    Application = 2,
}

/// A STREAM frame and the packet that brought it.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamData<'a> {
    pub(super) id: u64,
    pub(super) offset: u64,
    pub(super) bytes: &'a [u8],
    pub(super) is_last: bool,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

/// How much may be held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Bytes out of order in one direction of a connection.
    pub(super) held: usize,
    /// Streams under way.
    pub(super) streams: usize,
}

impl Half {
    pub(super) fn new(direction: Direction) -> Self {
        Self {
            direction,
            handshake: None,
            early: None,
            application: None,
            largest: [None; 3],
            numbers: RangeSet::default(),
            acknowledged: None,
            crypto: Default::default(),
            streams: BTreeMap::new(),
            ended: Ended::default(),
            cost: 0,
        }
    }

    /// Notes that the packet `number` was opened.
    pub(super) fn saw(&mut self, space: Space, number: u64) {
        if let Some(largest) = self.largest.get_mut(space as usize) {
            *largest = (*largest).max(Some(number));
        }
        self.numbers.insert(number);
    }

    /// Whether no packet with application data was opened.
    pub(super) fn is_silent(&self) -> bool {
        self.largest(Space::Application).is_none()
    }

    /// The other side has received this packet of the application space.
    pub(super) fn acknowledge(&mut self, number: u64) {
        self.acknowledged = self.acknowledged.max(Some(number));
    }

    /// Whether packets of this side seem to be missing in the capture. A few senders skip numbers on purpose.
    pub(super) fn has_lost(&self) -> bool {
        self.numbers.has_holes()
            || self.numbers.lowest().is_none_or(|lowest| lowest > 1)
            || self.acknowledged > self.largest(Space::Application)
    }

    /// Largest packet number of `space` that was opened.
    pub(super) fn largest(&self, space: Space) -> Option<u64> {
        self.largest.get(space as usize).copied().flatten()
    }

    /// Takes a CRYPTO frame; gives the messages of its level.
    pub(super) fn crypto(
        &mut self,
        space: Space,
        offset: u64,
        bytes: &[u8],
        at: Timestamp,
    ) -> Option<&mut Messages> {
        let (stream, messages) = self.crypto.get_mut(space as usize)?;
        if offset.saturating_add(bytes.len() as u64) > HANDSHAKE as u64
            || messages.len() > HANDSHAKE
        {
            return None;
        }
        match stream.offer(offset, bytes) {
            Some(fresh) => messages.push(fresh),
            None if stream.cost() < HANDSHAKE => stream.hold(offset, bytes, 0, at, 0),
            None => {}
        }
        while let Some(piece) = stream.pop() {
            if let Piece::Kept { bytes, from, .. } = piece {
                messages.push(bytes.get(from..).unwrap_or_default());
            }
        }
        Some(messages)
    }

    /// Drops what was read of the first handshake message.
    pub(super) fn forget_hello(&mut self) {
        if let Some(initial) = self.crypto.get_mut(Space::Initial as usize) {
            *initial = Default::default();
        }
        // Keys that were looked up for it.
        self.early = None;
    }

    /// Memory held out of order.
    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    /// Takes a STREAM frame. `true`: a bound was reached and something was given up.
    pub(super) fn stream(
        &mut self,
        data: StreamData<'_>,
        bounds: Bounds,
        http: &mut h3::Connection,
    ) -> bool {
        let StreamData {
            id,
            offset,
            bytes,
            is_last,
            at,
            frame,
        } = data;
        if self.ended.contains(id) {
            return false;
        }
        let is_crowded = !self.streams.contains_key(&id) && self.streams.len() >= bounds.streams;
        if is_crowded && let Some((&oldest, _)) = self.streams.first_key_value() {
            self.end(oldest, End::Reset, at, http);
        }
        let stream = self.streams.entry(id).or_default();
        if is_last {
            stream.end_at(offset.saturating_add(bytes.len() as u64));
        }
        let before = stream.cost();
        match stream.offer(offset, bytes) {
            Some(bytes) => http.push(id, self.direction, Chunk::Data { bytes, at, frame }),
            None => {
                let indifferent = http.indifferent(id, self.direction);
                stream.hold(offset, bytes, indifferent, at, frame);
            }
        }
        hand_on(stream, id, self.direction, http);
        let is_done = stream.is_done();
        self.cost = self
            .cost
            .saturating_add(stream.cost())
            .saturating_sub(before);
        if is_done {
            self.end(id, End::Fin, at, http);
        }
        let is_full = self.cost > bounds.held;
        if is_full {
            self.give_up_gaps(None, at, http);
        }
        is_full || is_crowded
    }

    /// Nothing more comes on stream `id`.
    pub(super) fn end(&mut self, id: u64, end: End, at: Timestamp, http: &mut h3::Connection) {
        if self.ended.contains(id) {
            return;
        }
        self.ended.insert(id);
        if let Some(stream) = self.streams.remove(&id) {
            self.cost = self.cost.saturating_sub(stream.cost());
        }
        http.end(id, self.direction, end, at);
    }

    /// Takes missing bytes for lost where something has waited behind them since `before` (anything, when `None`).
    pub(super) fn give_up_gaps(
        &mut self,
        before: Option<Timestamp>,
        at: Timestamp,
        http: &mut h3::Connection,
    ) {
        let mut done = Vec::new();
        for (&id, stream) in &mut self.streams {
            while let Some(since) = stream.waiting_since()
                && before.is_none_or(|before| since < before)
                && let Some(len) = stream.skip()
            {
                http.push(id, self.direction, Chunk::Gap { len });
                hand_on(stream, id, self.direction, http);
            }
            if stream.is_done() {
                done.push(id);
            }
        }
        self.cost = self.streams.values().map(Reassembly::cost).sum();
        for id in done {
            self.end(id, End::Fin, at, http);
        }
    }
}

fn hand_on(stream: &mut Reassembly, id: u64, direction: Direction, http: &mut h3::Connection) {
    while let Some(piece) = stream.pop() {
        match piece {
            Piece::Kept {
                bytes,
                from,
                at,
                frame,
            } => {
                let bytes = bytes.get(from..).unwrap_or_default();
                http.push(id, direction, Chunk::Data { bytes, at, frame });
            }
            Piece::Unkept { len, at } => http.push_unkept(id, direction, len, at),
        }
    }
}
