//! The machine: chunks of both directions → exchanges.
//!
//! It watches one connection from outside. Flow control, priorities and settings are the peers' affair. The size of a
//! field table follows from the field blocks themselves (RFC 7541 §6.3), so SETTINGS need not be read: which of them
//! hold at which moment cannot be told from outside anyway.

use super::cutter::{Cutter, Event, Loss, Mark};
use super::frame::{self, Head, kind};
use super::head::Section;
use super::hpack::Decoder;
use super::stream::Stream;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::{Conversation, Exchange, Interest, Request, Version};
use crate::limits::Limits;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// Ended streams whose late frames are recognised.
const REMEMBERED: usize = 256;

/// One HTTP/2 connection, cleartext or decrypted.
///
/// Push chunks as they come, poll until `None`, finish, poll again.
#[derive(Debug)]
pub struct Connection {
    to_server: Cutter,
    to_client: Cutter,
    streams: Streams,
}

impl Connection {
    /// A connection of which nothing was seen yet.
    ///
    /// It may begin with the client's preface, with the server's SETTINGS (whose chunk can come first), or in the middle.
    pub fn new(conversation: Conversation, interest: Interest, limits: &Limits) -> Self {
        Self {
            to_server: Cutter::new(Direction::ToServer, limits.field_section),
            to_client: Cutter::new(Direction::ToClient, limits.field_section),
            streams: Streams {
                conversation,
                interest,
                limits: limits.clone(),
                to_server: Side::new(limits),
                to_client: Side::new(limits),
                open: BTreeMap::new(),
                ended: VecDeque::new(),
                ready: VecDeque::new(),
                caveats: CaveatSet::EMPTY,
                seen: 0,
            },
        }
    }

    /// Bytes held of frames and field blocks that are not whole.
    pub(crate) fn held(&self) -> usize {
        let block = |side: &Side| side.block.as_ref().map_or(0, |block| block.bytes.len());
        self.to_server.held()
            + self.to_client.held()
            + block(&self.streams.to_server)
            + block(&self.streams.to_client)
    }

    /// Takes over the request that asked for an upgrade to h2c (RFC 7540 §3.2); its answer comes on stream 1.
    ///
    /// `started` and `frame` are those of the request's first byte. Call it before any push.
    pub fn adopt_upgrade(
        &mut self,
        request: Request,
        started: Timestamp,
        frame: u64,
        caveats: CaveatSet,
    ) {
        let mut stream = Stream::new(1, Version::Http2);
        stream.adopt_request(request, Mark { at: started, frame }, caveats);
        self.streams.open.insert(1, stream);
        self.streams.to_server.highest = 1;
    }

    /// Takes the next chunk of `direction`.
    pub fn push(&mut self, direction: Direction, chunk: Chunk<'_>) {
        let streams = &mut self.streams;
        let cutter = match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        };
        let mut each = |event: Event<'_>| streams.take(direction, event);
        match chunk {
            Chunk::Data { bytes, at, frame } => cutter.push(bytes, Mark { at, frame }, &mut each),
            Chunk::Gap { len } => cutter.gap(len, &mut each),
        }
    }

    /// The next exchange that is complete, or as complete as it will get.
    pub fn poll(&mut self) -> Option<Exchange> {
        self.streams.ready.pop_front()
    }

    /// The connection is over: what is still open is given as it stands.
    pub fn finish(&mut self) {
        let streams = &mut self.streams;
        for (direction, cutter) in [
            (Direction::ToServer, &mut self.to_server),
            (Direction::ToClient, &mut self.to_client),
        ] {
            cutter.finish(&mut |event| streams.take(direction, event));
        }
        streams.end_all();
    }

    /// Exchanges that ended so far, of interest or not.
    pub fn seen(&self) -> u64 {
        self.streams.seen
    }

    /// What happened to the connection as a whole.
    pub fn caveats(&self) -> CaveatSet {
        self.streams.caveats
    }
}

/// Everything above frames.
#[derive(Debug)]
struct Streams {
    conversation: Conversation,
    interest: Interest,
    limits: Limits,
    to_server: Side,
    to_client: Side,
    open: BTreeMap<u32, Stream>,
    /// Streams that were given away, oldest first.
    ended: VecDeque<u32>,
    ready: VecDeque<Exchange>,
    caveats: CaveatSet,
    /// Exchanges that ended, kept or not.
    seen: u64,
}

/// What is kept for one direction.
#[derive(Debug)]
struct Side {
    decoder: Decoder,
    /// A field block that goes on in CONTINUATION frames.
    block: Option<Block>,
    /// Highest stream opened by this side.
    highest: u32,
    /// Frames were lost: a request that was not seen by now will not come.
    has_lost: bool,
}

impl Side {
    fn new(limits: &Limits) -> Self {
        Self {
            decoder: Decoder::new(limits.field_table),
            block: None,
            highest: 0,
            has_lost: false,
        }
    }
}

/// A field block under way.
#[derive(Debug)]
struct Block {
    target: Target,
    bytes: Vec<u8>,
    /// Part of it is lost or over the limit.
    is_cut: Option<CaveatKind>,
}

/// What a field block belongs to.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// The stream it came on; CONTINUATION must name the same.
    carrier: u32,
    /// The stream it describes: another one for PUSH_PROMISE.
    stream: u32,
    is_promise: bool,
    ends_stream: bool,
    mark: Mark,
}

impl Streams {
    fn side(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }

    fn take(&mut self, direction: Direction, event: Event<'_>) {
        match event {
            Event::Frame {
                head,
                mark,
                payload,
            } => self.frame(direction, head, mark, payload, None),
            Event::Damaged {
                head,
                mark,
                start,
                is_gap,
            } => {
                let why = if is_gap {
                    CaveatKind::Gap
                } else {
                    CaveatKind::LimitReached
                };
                self.caveats.insert(why);
                self.frame(direction, head, mark, start, Some(why));
            }
            Event::Data {
                stream,
                bytes,
                missing,
                ends_stream,
                mark,
            } => self.data(direction, stream, bytes, missing, ends_stream, mark),
            Event::Lost(loss) => self.lost(direction, loss),
        }
    }

    fn frame(
        &mut self,
        direction: Direction,
        head: Head,
        mark: Mark,
        payload: &[u8],
        cut: Option<CaveatKind>,
    ) {
        match head.kind {
            kind::CONTINUATION => return self.continuation(direction, head, payload, cut),
            kind::RST_STREAM if cut.is_none() => return self.reset(direction, head.stream),
            _ => {}
        }
        let (stream, fragment) = match head.kind {
            kind::HEADERS => match frame::headers_fragment(head, payload, cut.is_some()) {
                Some(fragment) => (head.stream, fragment),
                None => return self.bad_block(direction),
            },
            kind::PUSH_PROMISE => match frame::promise_fragment(head, payload, cut.is_some()) {
                Some(promise) => promise,
                None => return self.bad_block(direction),
            },
            _ => return,
        };
        let target = Target {
            carrier: head.stream,
            stream,
            is_promise: head.kind == kind::PUSH_PROMISE,
            ends_stream: head.ends_stream(),
            mark,
        };
        if self.side(direction).block.take().is_some() {
            // The block before was never ended (§6.10).
            self.bad_block(direction);
        }
        if head.ends_block() {
            self.block(direction, target, fragment, cut);
        } else {
            self.side(direction).block = Some(Block {
                target,
                bytes: fragment.to_vec(),
                is_cut: cut,
            });
        }
    }

    fn continuation(
        &mut self,
        direction: Direction,
        head: Head,
        fragment: &[u8],
        cut: Option<CaveatKind>,
    ) {
        let limit = self.limits.field_section;
        let side = self.side(direction);
        let Some(mut block) = side.block.take() else {
            return self.bad_block(direction);
        };
        if block.target.carrier != head.stream {
            return self.bad_block(direction);
        }
        if block.is_cut.is_none() {
            let room = limit.saturating_sub(block.bytes.len());
            let taken = fragment.get(..room.min(fragment.len())).unwrap_or_default();
            block.bytes.extend_from_slice(taken);
            block.is_cut =
                cut.or((taken.len() < fragment.len()).then_some(CaveatKind::LimitReached));
        }
        if head.ends_block() {
            self.block(direction, block.target, &block.bytes, block.is_cut);
        } else {
            side.block = Some(block);
        }
    }

    /// A complete field block, or what there is of it.
    fn block(
        &mut self,
        direction: Direction,
        target: Target,
        bytes: &[u8],
        cut: Option<CaveatKind>,
    ) {
        let table = self.side(direction).decoder.table_size();
        let mut section = Section::new(&self.limits).bounded(bytes.len(), table);
        let side = self.side(direction);
        let result = side.decoder.decode(bytes, |line| section.push(line));
        let is_limited = side.decoder.is_limited();
        if let Some(why) = cut {
            side.decoder.forget();
            section.caveats.insert(why);
            section.caveats.insert(CaveatKind::IncompleteFields);
        } else if result.is_err() {
            section.caveats.insert(CaveatKind::Undecodable);
            section.caveats.insert(CaveatKind::IncompleteFields);
        }
        if is_limited && section.caveats.contains(CaveatKind::UnknownFieldTable) {
            section.caveats.insert(CaveatKind::LimitReached);
        }
        self.caveats.extend(section.caveats);
        match direction {
            Direction::ToServer => self.request(target, section),
            Direction::ToClient if target.is_promise => self.promise(target, section),
            Direction::ToClient => self.response(target, section),
        }
    }

    fn request(&mut self, target: Target, section: Section) {
        let id = target.stream;
        if target.is_promise || self.ended.contains(&id) {
            return;
        }
        self.to_server.highest = self.to_server.highest.max(id);
        let secure = self.conversation.secure;
        if section.has_request() {
            let stream = self.open(id);
            if !stream.has_request() {
                stream.set_request(section, target.mark, secure);
            }
        }
        if target.ends_stream
            && let Some(stream) = self.open.get_mut(&id)
        {
            stream.end_request();
        }
        self.settle(id);
    }

    fn promise(&mut self, target: Target, section: Section) {
        self.to_client.highest = self.to_client.highest.max(target.stream);
        let secure = self.conversation.secure;
        let stream = self.open(target.stream);
        stream.set_request(section, target.mark, secure);
        stream.end_request();
    }

    fn response(&mut self, target: Target, section: Section) {
        let id = target.stream;
        if self.ended.contains(&id) {
            return;
        }
        // Without a status and a request this is the end of something that began before the capture.
        if section.status().is_none() && !self.open.contains_key(&id) {
            return;
        }
        let is_mid_stream = self.caveats.contains(CaveatKind::MidStreamStart);
        let stream = self.open(id);
        stream.take_section(section, target.mark);
        if is_mid_stream && !stream.has_request() {
            stream.mark(CaveatKind::MidStreamStart);
        }
        if target.ends_stream {
            stream.end_response();
        }
        self.settle(id);
    }

    fn data(
        &mut self,
        direction: Direction,
        id: u32,
        bytes: &[u8],
        missing: u64,
        ends_stream: bool,
        mark: Mark,
    ) {
        let Some(stream) = self.open.get_mut(&id) else {
            return;
        };
        match direction {
            Direction::ToServer => {
                stream.count_request((bytes.len() as u64).saturating_add(missing));
                if ends_stream {
                    stream.end_request();
                }
            }
            Direction::ToClient => {
                stream.count_response(bytes, missing, mark.at);
                if ends_stream {
                    stream.end_response();
                }
            }
        }
        if ends_stream {
            self.settle(id);
        }
    }

    /// RST_STREAM: whatever was still to come will not come.
    fn reset(&mut self, direction: Direction, id: u32) {
        let Some(stream) = self.open.get_mut(&id) else {
            return;
        };
        if direction == Direction::ToServer && !stream.has_answer() {
            stream.mark(CaveatKind::ClientClosed);
        }
        // The server's reset can overtake the request in the capture.
        if stream.has_request() || direction == Direction::ToServer {
            self.end(id);
        }
    }

    /// A field block that cannot be told apart from its frame: its insertions are lost.
    fn bad_block(&mut self, direction: Direction) {
        self.caveats.insert(CaveatKind::Undecodable);
        self.side(direction).decoder.forget();
    }

    fn lost(&mut self, direction: Direction, loss: Loss) {
        let why = match loss {
            Loss::Gap => CaveatKind::Gap,
            Loss::Garbage => CaveatKind::Undecodable,
            Loss::MidStream => CaveatKind::MidStreamStart,
        };
        self.caveats.insert(why);
        let side = self.side(direction);
        side.has_lost = true;
        side.decoder.forget();
        if let Some(block) = side.block.take() {
            self.block(direction, block.target, &block.bytes, Some(why));
        }
        self.side(direction).decoder.forget();
        match direction {
            Direction::ToServer => {
                for stream in self.open.values_mut() {
                    // The end of a request's content may be among what was lost.
                    stream.end_request();
                }
            }
            Direction::ToClient => {
                for stream in self.open.values_mut() {
                    stream.mark(why);
                }
            }
        }
        self.settle_all();
        if direction == Direction::ToClient {
            // Their ends may be among what was lost; their fields are complete, and those decide.
            let begun: Vec<u32> = self
                .open
                .iter()
                .filter(|(_, stream)| stream.has_answer() && stream.has_request())
                .map(|(id, _)| *id)
                .collect();
            begun.into_iter().for_each(|id| self.end(id));
        }
    }

    /// The stream `id`, opened when it is new. The oldest makes room.
    fn open(&mut self, id: u32) -> &mut Stream {
        if !self.open.contains_key(&id)
            && self.open.len() >= self.limits.pending_requests
            && let Some((&oldest, stream)) = self.open.iter_mut().next()
        {
            stream.mark(CaveatKind::LimitReached);
            self.caveats.insert(CaveatKind::LimitReached);
            self.end(oldest);
        }
        self.open
            .entry(id)
            .or_insert_with(|| Stream::new(u64::from(id), Version::Http2))
    }

    /// Gives the stream away when it is complete.
    fn settle(&mut self, id: u32) {
        let Some(stream) = self.open.get(&id) else {
            return;
        };
        // An answer can overtake its request in a capture. Without losses the request is sure to follow.
        let is_request_due = !stream.has_request()
            && id % 2 == 1
            && id > self.to_server.highest
            && !self.to_server.has_lost;
        if stream.is_complete() && !is_request_due {
            self.end(id);
        }
    }

    fn settle_all(&mut self) {
        let ids: Vec<u32> = self.open.keys().copied().collect();
        ids.into_iter().for_each(|id| self.settle(id));
    }

    fn end(&mut self, id: u32) {
        let Some(stream) = self.open.remove(&id) else {
            return;
        };
        if self.ended.len() >= REMEMBERED {
            self.ended.pop_front();
        }
        self.ended.push_back(id);
        self.seen += 1;
        self.ready
            .extend(stream.into_exchange(&self.conversation, self.interest));
    }

    fn end_all(&mut self) {
        while let Some((&id, _)) = self.open.first_key_value() {
            self.end(id);
        }
    }
}
