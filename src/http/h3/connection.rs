//! The machine: pieces of all streams → exchanges.

use super::carrier::Carrier;
use super::core::Core;
use super::ended::Ended;
use super::frame::{Cutter, Event, kind};
use super::varint;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::{Conversation, Exchange, Interest};
use crate::limits::Limits;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// Types of unidirectional streams (RFC 9114 §6.2, RFC 9204 §4.2).
mod stream_type {
    pub(super) const CONTROL: u64 = 0x00;
    pub(super) const PUSH: u64 = 0x01;
    pub(super) const QPACK_ENCODER: u64 = 0x02;
}

/// Answers whose request may still turn up: packets can stand in a capture in another order than they were sent.
const LATE_REQUESTS: usize = 16;
/// Most unidirectional streams that are followed; a connection needs six.
const UNIDIRECTIONAL: usize = 256;

/// How one direction of a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With its last byte.
    Fin,
    /// By RESET_STREAM, or because the rest was not captured.
    Reset,
}

/// One HTTP/3 connection, as the ordered streams of a QUIC connection.
///
/// Push what streams bring, poll until `None`, finish, poll again.
#[derive(Debug)]
pub struct Connection {
    conversation: Conversation,
    interest: Interest,
    core: Core,
    open: BTreeMap<u64, Carrier>,
    unidirectional: BTreeMap<u64, Unidirectional>,
    ended: Ended,
    /// Answered streams without a request, oldest first.
    orphans: VecDeque<u64>,
    ready: VecDeque<Exchange>,
    noted: CaveatSet,
    seen: u64,
}

/// What a unidirectional stream is for.
#[derive(Debug)]
enum Unidirectional {
    /// The integers it begins with: type, and push ID.
    Opening(Vec<u8>),
    Control(Cutter),
    Encoder,
    Push,
    Ignored,
}

impl Connection {
    /// A connection of which nothing was seen yet.
    pub fn new(conversation: Conversation, interest: Interest, limits: &Limits) -> Self {
        Self {
            conversation,
            interest,
            core: Core::new(limits, conversation.secure),
            open: BTreeMap::new(),
            unidirectional: BTreeMap::new(),
            ended: Ended::default(),
            orphans: VecDeque::new(),
            ready: VecDeque::new(),
            noted: CaveatSet::EMPTY,
            seen: 0,
        }
    }

    /// Takes the next piece of `stream` in `direction`.
    pub fn push(&mut self, stream: u64, direction: Direction, chunk: Chunk<'_>) {
        match Kind::of(stream, direction) {
            Kind::Request => {
                if let Some(carrier) = self.carrier(stream) {
                    carrier.0.push(direction, chunk, carrier.1);
                    self.settle(stream);
                }
            }
            Kind::Unidirectional => self.push_unidirectional(stream, direction, chunk),
            Kind::Other => {}
        }
    }

    /// The next `len` bytes of `stream` were captured but not kept, as [`Self::indifferent`] allows.
    pub fn push_unkept(&mut self, stream: u64, direction: Direction, len: u64, at: Timestamp) {
        if let Some(carrier) = self.open.get_mut(&stream) {
            carrier.unkept(direction, len, at, &mut self.core);
        } else if let Some(Unidirectional::Control(cutter)) = self.unidirectional.get_mut(&stream) {
            cutter.unkept(len, at, &mut |_| {});
        }
    }

    /// How many of the next bytes of `stream` are only counted, so that nobody needs to keep them until it is their turn.
    pub fn indifferent(&self, stream: u64, direction: Direction) -> u64 {
        if Kind::of(stream, direction) == Kind::Other {
            return u64::MAX;
        }
        if let Some(carrier) = self.open.get(&stream) {
            return carrier.indifferent(direction);
        }
        match self.unidirectional.get(&stream) {
            Some(Unidirectional::Ignored) => u64::MAX,
            Some(Unidirectional::Control(cutter)) => cutter.indifferent(),
            _ => 0,
        }
    }

    /// Nothing more comes on `stream` in `direction`.
    pub fn end(&mut self, stream: u64, direction: Direction, end: End, at: Timestamp) {
        let is_carrier = match Kind::of(stream, direction) {
            Kind::Request => true,
            Kind::Unidirectional => self.open.contains_key(&stream),
            Kind::Other => false,
        };
        if is_carrier && let Some((carrier, core)) = self.carrier(stream) {
            carrier.end(direction, end, at, core);
            self.settle(stream);
        }
    }

    /// The next exchange that is complete, or as complete as it will get.
    pub fn poll(&mut self) -> Option<Exchange> {
        self.ready.pop_front()
    }

    /// What happened on the way to this connection: exchanges that are not complete at its end carry it.
    pub fn note(&mut self, kind: CaveatKind) {
        self.noted.insert(kind);
    }

    /// The connection is over: what is still open is given as it stands.
    pub fn finish(&mut self) {
        for direction in [Direction::ToServer, Direction::ToClient] {
            // What waits for insertions now waits for something that was not captured.
            self.core.side(direction).encoder.lose(0);
            self.unblock(direction);
        }
        while let Some((_, mut carrier)) = self.open.pop_first() {
            for kind in self.noted.iter() {
                carrier.stream.mark(kind);
            }
            self.give(carrier);
        }
    }

    /// Exchanges that ended so far, of interest or not.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// What happened to the connection as a whole.
    pub fn caveats(&self) -> CaveatSet {
        self.core.caveats
    }

    /// The carrier of `stream`, opened if it is new; `None` once it was given away.
    fn carrier(&mut self, stream: u64) -> Option<(&mut Carrier, &mut Core)> {
        if self.ended.contains(stream) {
            return None;
        }
        if !self.open.contains_key(&stream) {
            self.make_room();
            self.open
                .insert(stream, Carrier::new(stream, None, &self.core));
        }
        Some((self.open.get_mut(&stream)?, &mut self.core))
    }

    fn make_room(&mut self) {
        if self.open.len() < self.core.limits.pending_requests {
            return;
        }
        if let Some((_, mut carrier)) = self.open.pop_first() {
            carrier.stream.mark(CaveatKind::LimitReached);
            self.core.caveats.insert(CaveatKind::LimitReached);
            self.give(carrier);
        }
    }

    /// Gives `stream` away if it is complete.
    fn settle(&mut self, stream: u64) {
        let Some(carrier) = self.open.get_mut(&stream) else {
            return;
        };
        carrier.claim_promise(&mut self.core);
        if !carrier.is_complete() {
            return;
        }
        if !carrier.awaits_request() {
            if let Some(carrier) = self.open.remove(&stream) {
                self.give(carrier);
            }
        } else if !self.orphans.contains(&stream) {
            self.orphans.push_back(stream);
            if self.orphans.len() > LATE_REQUESTS
                && let Some(oldest) = self.orphans.pop_front()
                && let Some(carrier) = self.open.remove(&oldest)
            {
                self.give(carrier);
            }
        }
    }

    fn give(&mut self, mut carrier: Carrier) {
        for direction in [Direction::ToServer, Direction::ToClient] {
            carrier.drain(direction, true, &mut self.core);
        }
        carrier.claim_promise(&mut self.core);
        self.ended.insert(carrier.id());
        self.seen = self.seen.saturating_add(1);
        self.orphans.retain(|stream| *stream != carrier.id());
        self.ready.extend(
            carrier
                .stream
                .into_exchange(&self.conversation, self.interest),
        );
    }

    /// Decodes sections that wait, after the table of `direction` has changed.
    fn unblock(&mut self, direction: Direction) {
        for stream in std::mem::take(&mut self.core.side(direction).blocked) {
            if let Some(carrier) = self.open.get_mut(&stream) {
                carrier.drain(direction, false, &mut self.core);
                self.settle(stream);
            }
        }
    }

    fn push_unidirectional(&mut self, stream: u64, direction: Direction, chunk: Chunk<'_>) {
        let is_known = self.unidirectional.contains_key(&stream);
        if !is_known && self.unidirectional.len() >= UNIDIRECTIONAL {
            return;
        }
        let state = self
            .unidirectional
            .entry(stream)
            .or_insert_with(|| Unidirectional::Opening(Vec::new()));
        match (state, chunk) {
            (Unidirectional::Opening(seen), Chunk::Data { bytes, at, frame }) => {
                seen.extend_from_slice(bytes);
                let seen = std::mem::take(seen);
                self.open_unidirectional(stream, direction, &seen, at, frame);
            }
            (state @ Unidirectional::Opening(_), Chunk::Gap { .. }) => {
                *state = Unidirectional::Ignored;
                self.core.caveats.insert(CaveatKind::Gap);
            }
            (Unidirectional::Control(cutter), chunk) => {
                let core = &mut self.core;
                cutter.push(chunk, &mut |event| control(event, direction, core));
                self.unblock(direction.reverse());
            }
            (Unidirectional::Encoder, Chunk::Data { bytes, .. }) => {
                self.core.side(direction).encoder.push(bytes);
                self.unblock(direction);
            }
            (Unidirectional::Encoder, Chunk::Gap { len }) => {
                self.core.caveats.insert(CaveatKind::Gap);
                self.core.side(direction).encoder.lose(len);
                self.unblock(direction);
            }
            (Unidirectional::Push, chunk) => {
                if let Some((carrier, core)) = self.carrier(stream) {
                    carrier.push(direction, chunk, core);
                    self.settle(stream);
                }
            }
            (Unidirectional::Ignored, _) => {}
        }
    }

    /// Learns what a stream is for from the bytes it begins with, and takes what follows them.
    fn open_unidirectional(
        &mut self,
        stream: u64,
        direction: Direction,
        seen: &[u8],
        at: Timestamp,
        frame: u64,
    ) {
        let mut rest = seen;
        let state = match varint::read(&mut rest) {
            None => Unidirectional::Opening(seen.to_vec()),
            Some(stream_type::CONTROL) => {
                Unidirectional::Control(Cutter::new(self.core.limits.field_section))
            }
            Some(stream_type::QPACK_ENCODER) => Unidirectional::Encoder,
            Some(stream_type::PUSH) if direction == Direction::ToClient => {
                match varint::read(&mut rest) {
                    None => Unidirectional::Opening(seen.to_vec()),
                    Some(push_id) => {
                        self.make_room();
                        let carrier = Carrier::new(stream, Some(push_id), &self.core);
                        self.open.insert(stream, carrier);
                        Unidirectional::Push
                    }
                }
            }
            Some(_) => Unidirectional::Ignored,
        };
        let is_open = !matches!(state, Unidirectional::Opening(_));
        self.unidirectional.insert(stream, state);
        if is_open && !rest.is_empty() {
            let bytes = rest;
            self.push_unidirectional(stream, direction, Chunk::Data { bytes, at, frame });
        }
    }
}

fn control(event: Event<'_>, direction: Direction, core: &mut Core) {
    if let Event::Frame {
        kind: kind::SETTINGS,
        payload,
        cut,
        ..
    } = event
    {
        core.settings(direction, payload, cut);
    }
}

/// What a stream can be, by the two low bits of its number (RFC 9000 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Opened by the client, both ways: a request.
    Request,
    /// Opened by the sender, one way.
    Unidirectional,
    /// Opened by the server both ways (WebTransport), or against the rules.
    Other,
}

impl Kind {
    fn of(stream: u64, direction: Direction) -> Self {
        match (stream & 3, direction) {
            (0, _) => Self::Request,
            (2, Direction::ToServer) | (3, Direction::ToClient) => Self::Unidirectional,
            _ => Self::Other,
        }
    }
}
