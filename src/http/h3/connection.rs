//! The machine: stream content of both directions → exchanges (RFC 9114).

use super::qpack::Decoder;
use super::varint;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::h2::{Mark, Section, Stream};
use crate::http::{Conversation, Exchange, Interest, Version};
use crate::limits::Limits;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// Frame types (RFC 9114 §7.2).
mod frame {
    pub(super) const DATA: u64 = 0x0;
    pub(super) const HEADERS: u64 = 0x1;
    pub(super) const SETTINGS: u64 = 0x4;
}

/// Unidirectional stream types (RFC 9114 §6.2, RFC 9204 §4.2).
mod stream_type {
    pub(super) const CONTROL: u64 = 0x0;
    pub(super) const QPACK_ENCODER: u64 = 0x2;
}

const SETTINGS_QPACK_MAX_TABLE_CAPACITY: u64 = 0x1;

/// One HTTP/3 connection, decrypted. Server push is not followed: no browser supports it.
#[derive(Debug)]
pub struct Connection {
    conversation: Conversation,
    interest: Interest,
    limits: Limits,
    /// Fields sent by the client and by the server.
    requests: Decoder,
    responses: Decoder,
    pipes: BTreeMap<(u64, Direction), Pipe>,
    open: BTreeMap<u64, Stream>,
    ready: VecDeque<Exchange>,
    caveats: CaveatSet,
}

/// One direction of one stream.
#[derive(Debug, Default)]
struct Pipe {
    /// Type of a unidirectional stream, once known.
    kind: Option<u64>,
    held: Vec<u8>,
    /// Where the first held byte came from.
    mark: Option<Mark>,
    /// Content of a DATA frame, or bytes of a frame that nobody reads, still to come.
    skip: u64,
    is_data: bool,
    is_over: bool,
    /// Its frames cannot be followed any more.
    is_lost: bool,
}

impl Connection {
    /// A connection of which nothing was seen yet.
    pub fn new(conversation: Conversation, interest: Interest, limits: &Limits) -> Self {
        Self {
            conversation,
            interest,
            limits: limits.clone(),
            requests: Decoder::new(limits.field_table),
            responses: Decoder::new(limits.field_table),
            pipes: BTreeMap::new(),
            open: BTreeMap::new(),
            ready: VecDeque::new(),
            caveats: CaveatSet::EMPTY,
        }
    }

    /// Takes the next chunk of one direction of stream `id`.
    pub fn push(&mut self, direction: Direction, id: u64, chunk: Chunk<'_>) {
        let limit = self.limits.field_section;
        let Some(pipe) = self.pipe(id, direction) else {
            return;
        };
        match chunk {
            Chunk::Data { bytes, at, frame } => {
                if !pipe.is_lost {
                    pipe.mark.get_or_insert(Mark { at, frame });
                    pipe.held.extend_from_slice(bytes);
                    self.cut(direction, id, Mark { at, frame });
                }
                if self
                    .pipes
                    .get(&(id, direction))
                    .is_some_and(|pipe| pipe.held.len() > limit.saturating_mul(2))
                {
                    self.lose(direction, id, CaveatKind::LimitReached);
                }
            }
            Chunk::Gap { len } => {
                if pipe.held.is_empty() && len < pipe.skip {
                    pipe.skip -= len;
                    if pipe.is_data {
                        self.count(direction, id, &[], len, Timestamp::default());
                    }
                } else {
                    self.lose(direction, id, CaveatKind::Gap);
                }
            }
        }
    }

    /// The sender has ended its direction of stream `id`.
    pub fn end(&mut self, direction: Direction, id: u64) {
        if self.open.contains_key(&id)
            && let Some(pipe) = self.pipe(id, direction)
        {
            pipe.is_over = true;
        } else if let Some(pipe) = self.pipes.get_mut(&(id, direction)) {
            pipe.is_over = true;
        }
        self.retry(direction, id);
        self.settle(id);
    }

    /// The next exchange that is complete, or as complete as it will get.
    pub fn poll(&mut self) -> Option<Exchange> {
        self.ready.pop_front()
    }

    /// The connection is over: what is still open is given as it stands.
    pub fn finish(&mut self) {
        self.requests.lose();
        self.responses.lose();
        self.retry_all(Direction::ToServer);
        self.retry_all(Direction::ToClient);
        while let Some((&id, _)) = self.open.first_key_value() {
            self.give(id);
        }
    }

    /// What happened to the connection as a whole.
    pub fn caveats(&self) -> CaveatSet {
        self.caveats
    }

    fn pipe(&mut self, id: u64, direction: Direction) -> Option<&mut Pipe> {
        let limit = self.limits.pending_requests.saturating_mul(4);
        if self.pipes.len() >= limit && !self.pipes.contains_key(&(id, direction)) {
            self.caveats.insert(CaveatKind::LimitReached);
            return None;
        }
        Some(self.pipes.entry((id, direction)).or_default())
    }

    fn lose(&mut self, direction: Direction, id: u64, why: CaveatKind) {
        self.caveats.insert(why);
        let Some(pipe) = self.pipes.get_mut(&(id, direction)) else {
            return;
        };
        pipe.is_lost = true;
        pipe.held = Vec::new();
        let is_encoder = pipe.kind == Some(stream_type::QPACK_ENCODER) || pipe.kind.is_none();
        if is_request_stream(id) {
            let stream = self.stream(id);
            stream.mark(why);
            if direction == Direction::ToServer {
                stream.end_request();
            }
        } else if is_encoder {
            self.decoder(direction).lose();
            self.retry_all(direction);
        }
    }

    /// Cuts what a pipe holds.
    fn cut(&mut self, direction: Direction, id: u64, now: Mark) {
        let Some(pipe) = self.pipes.get_mut(&(id, direction)) else {
            return;
        };
        let mut held = std::mem::take(&mut pipe.held);
        let used = if is_request_stream(id) {
            self.frames(direction, id, &held, now)
        } else {
            self.unidirectional(direction, id, &held)
        };
        held.drain(..used.min(held.len()));
        if let Some(pipe) = self.pipes.get_mut(&(id, direction)) {
            if held.is_empty() {
                pipe.mark = None;
            } else if used > 0 {
                pipe.mark = Some(now);
            }
            pipe.held = held;
        }
        if !is_request_stream(id) {
            // Insertions and settings can release sections that waited.
            self.retry_all(Direction::ToServer);
            self.retry_all(Direction::ToClient);
        }
    }

    /// Frames of a request stream; gives how many bytes were used.
    fn frames(&mut self, direction: Direction, id: u64, held: &[u8], now: Mark) -> usize {
        let mut rest = held;
        while !rest.is_empty() {
            let Some(pipe) = self.pipes.get_mut(&(id, direction)) else {
                break;
            };
            if pipe.skip > 0 {
                let len = usize::try_from(pipe.skip)
                    .unwrap_or(usize::MAX)
                    .min(rest.len());
                let (content, later) = rest.split_at_checked(len).unwrap_or_default();
                pipe.skip = pipe.skip.saturating_sub(len as u64);
                rest = later;
                if pipe.is_data {
                    self.count(direction, id, content, 0, now.at);
                }
                continue;
            }
            let mut input = rest;
            let (Some(kind), Some(len)) = (varint(&mut input), varint(&mut input)) else {
                break;
            };
            if kind != frame::HEADERS {
                pipe.skip = len;
                pipe.is_data = kind == frame::DATA;
                rest = input;
                continue;
            }
            let mark = pipe.mark.unwrap_or(now);
            let section = usize::try_from(len)
                .ok()
                .and_then(|len| input.split_at_checked(len));
            let Some((section, later)) = section else {
                break;
            };
            if !self.decoder(direction).is_ready(section) {
                break;
            }
            self.section(direction, id, section, mark);
            if let Some(pipe) = self.pipes.get_mut(&(id, direction)) {
                pipe.mark = Some(now);
            }
            rest = later;
        }
        held.len().saturating_sub(rest.len())
    }

    /// Control and encoder streams; gives how many bytes were used.
    fn unidirectional(&mut self, direction: Direction, id: u64, held: &[u8]) -> usize {
        let mut rest = held;
        let Some(pipe) = self.pipes.get_mut(&(id, direction)) else {
            return 0;
        };
        if pipe.kind.is_none() {
            pipe.kind = varint(&mut rest);
        }
        match pipe.kind {
            None => 0,
            Some(stream_type::QPACK_ENCODER) => {
                self.decoder(direction).push_instructions(rest);
                held.len()
            }
            Some(stream_type::CONTROL) => {
                let used = self.settings(direction, rest);
                held.len().saturating_sub(rest.len()).saturating_add(used)
            }
            Some(_) => held.len(),
        }
    }

    /// Reads the frames of a control stream; gives how many bytes were used.
    fn settings(&mut self, direction: Direction, held: &[u8]) -> usize {
        let mut rest = held;
        loop {
            let mut input = rest;
            let (Some(kind), Some(len)) = (varint(&mut input), varint(&mut input)) else {
                break;
            };
            let payload = usize::try_from(len)
                .ok()
                .and_then(|len| input.split_at_checked(len));
            let Some((mut payload, later)) = payload else {
                break;
            };
            while kind == frame::SETTINGS
                && let (Some(setting), Some(value)) = (varint(&mut payload), varint(&mut payload))
            {
                // It bounds what the other side's encoder may use.
                if setting == SETTINGS_QPACK_MAX_TABLE_CAPACITY {
                    self.decoder(direction.reverse()).set_max_capacity(value);
                }
            }
            rest = later;
        }
        held.len().saturating_sub(rest.len())
    }

    fn section(&mut self, direction: Direction, id: u64, bytes: &[u8], mark: Mark) {
        let mut section = Section::new(&self.limits);
        let result = self
            .decoder(direction)
            .decode(bytes, |line| section.push(line));
        if result.is_err() {
            section.caveats.insert(CaveatKind::Undecodable);
            section.caveats.insert(CaveatKind::IncompleteFields);
        }
        self.caveats.extend(section.caveats);
        let stream = self.stream(id);
        match direction {
            Direction::ToServer if !stream.has_request() && section.has_request() => {
                stream.set_request(section, mark, true);
            }
            Direction::ToServer => {}
            Direction::ToClient => stream.take_section(section, mark),
        }
        self.settle(id);
    }

    fn count(&mut self, direction: Direction, id: u64, bytes: &[u8], missing: u64, at: Timestamp) {
        let Some(stream) = self.open.get_mut(&id) else {
            return;
        };
        match direction {
            Direction::ToServer => {
                stream.count_request((bytes.len() as u64).saturating_add(missing));
            }
            Direction::ToClient => stream.count_response(bytes, missing, at),
        }
    }

    fn decoder(&mut self, direction: Direction) -> &mut Decoder {
        match direction {
            Direction::ToServer => &mut self.requests,
            Direction::ToClient => &mut self.responses,
        }
    }

    fn stream(&mut self, id: u64) -> &mut Stream {
        if !self.open.contains_key(&id)
            && self.open.len() >= self.limits.pending_requests
            && let Some((&oldest, stream)) = self.open.iter_mut().next()
        {
            stream.mark(CaveatKind::LimitReached);
            self.caveats.insert(CaveatKind::LimitReached);
            self.give(oldest);
        }
        self.open
            .entry(id)
            .or_insert_with(|| Stream::new(id, Version::Http3))
    }

    /// Tries again to cut what waits in one direction of a stream.
    fn retry(&mut self, direction: Direction, id: u64) {
        let waits = |pipe: &Pipe| !pipe.held.is_empty();
        if is_request_stream(id)
            && let Some(pipe) = self.pipes.get(&(id, direction)).filter(|pipe| waits(pipe))
            && let Some(mark) = pipe.mark
        {
            self.cut(direction, id, mark);
            self.settle(id);
        }
    }

    fn retry_all(&mut self, direction: Direction) {
        let waiting: Vec<u64> = self
            .pipes
            .iter()
            .filter(|((_, own), pipe)| *own == direction && !pipe.held.is_empty())
            .map(|((id, _), _)| *id)
            .collect();
        waiting.into_iter().for_each(|id| self.retry(direction, id));
    }

    /// Gives the stream away when both directions are over and read.
    fn settle(&mut self, id: u64) {
        let is_over = |direction| {
            self.pipes
                .get(&(id, direction))
                .is_some_and(|pipe| pipe.is_over && pipe.held.is_empty())
        };
        let (request, response) = (is_over(Direction::ToServer), is_over(Direction::ToClient));
        let Some(stream) = self.open.get_mut(&id) else {
            return;
        };
        if request {
            stream.end_request();
        }
        if response {
            stream.end_response();
        }
        // Without an answer when the server has given up its direction.
        let is_complete = stream.is_complete() || request && response;
        if is_complete && stream.has_request() {
            self.give(id);
        }
    }

    fn give(&mut self, id: u64) {
        self.pipes.remove(&(id, Direction::ToServer));
        self.pipes.remove(&(id, Direction::ToClient));
        if let Some(stream) = self.open.remove(&id) {
            self.ready
                .extend(stream.into_exchange(&self.conversation, self.interest));
        }
    }
}

/// Streams that clients open for requests: bidirectional (RFC 9000 §2.1).
fn is_request_stream(id: u64) -> bool {
    id.is_multiple_of(4)
}
