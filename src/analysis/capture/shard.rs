//! The parallel half of a round: puts the connections of one shard in order and reads HTTP out of them.

use super::batch::{Batch, Event, Opened, SegmentEvent};
use super::closed::ClosedServers;
use super::stream::Stream;
use crate::analysis::job::Counts;
use crate::capture::Damage;
use crate::caveat::CaveatKind;
use crate::finding::summary::Traffic;
use crate::http::connection::Kind;
use crate::http::{Connection, Conversation, Exchange, Interest};
use crate::limits::Limits;
use crate::net::assembler::{Assembler, Piece};
use crate::net::{Chunk, Direction};
use crate::tls::KeyLog;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A share of the connections.
pub(super) struct Shard {
    connections: Vec<Option<Box<Open>>>,
    /// Places, with their conversations, that are over though the capture may hold more of them.
    done: Vec<(u32, u32)>,
    /// What was found since the last time.
    pub(super) outputs: Vec<Output>,
    interest: Interest,
    limits: Limits,
    keys: Arc<KeyLog>,
    exchanges: u64,
    kinds: BTreeMap<Kind, u64>,
    protocols: BTreeMap<&'static str, Traffic>,
    /// Payload of connections that are over, or in which nothing more can matter.
    passed_over: u64,
    /// TLS connections that stayed closed.
    pub(super) closed: ClosedServers,
    /// Cost of all pieces held out of order.
    held: usize,
    held_limit: usize,
    /// Bytes of heads that are not whole, all connections together.
    heads: usize,
    heads_limit: usize,
}

/// Something found, with its place in the order of output.
pub(super) struct Output {
    /// The packet that completed it; [`u64::MAX`] at the end of the capture.
    pub(super) frame: u64,
    pub(super) stream: u32,
    pub(super) what: What,
}

/// What was found.
pub(super) enum What {
    Exchange(Arc<Exchange>),
    Note(CaveatKind, &'static str),
    /// The same at a packet.
    FrameNote(CaveatKind, u64, &'static str),
    Damage(Damage),
}

/// A connection that goes on.
struct Open {
    stream: u32,
    /// To the server, to the client.
    assemblers: [Assembler; 2],
    is_closed: [bool; 2],
    leaving: Leaving,
    was_seen: [bool; 2],
    /// Payload in its packets.
    bytes: u64,
    http: Stream,
    notes: Vec<CaveatKind>,
}

/// Who said that they leave and was not told to HTTP yet, in that order.
#[derive(Default)]
struct Leaving([Option<Direction>; 2]);

impl Leaving {
    #[inline]
    fn add(&mut self, direction: Direction) {
        let [first, second] = &mut self.0;
        match first {
            None => *first = Some(direction),
            Some(first) if *first != direction => *second = Some(direction),
            Some(_) => {}
        }
    }

    #[inline]
    fn first(&self) -> Option<Direction> {
        self.0[0]
    }

    fn take(&mut self) -> Option<Direction> {
        let first = self.0[0].take();
        self.0.swap(0, 1);
        first
    }
}

impl Shard {
    pub(super) fn new(interest: Interest, limits: &Limits, keys: &Arc<KeyLog>) -> Self {
        Self {
            connections: Vec::new(),
            done: Vec::new(),
            outputs: Vec::new(),
            interest,
            limits: limits.clone(),
            keys: Arc::clone(keys),
            exchanges: 0,
            kinds: BTreeMap::new(),
            protocols: BTreeMap::new(),
            passed_over: 0,
            closed: ClosedServers::default(),
            held: 0,
            held_limit: limits.reorder_total / super::batch::SHARDS,
            heads: 0,
            heads_limit: limits.partial_heads / super::batch::SHARDS,
        }
    }

    /// Connections that open from now on use these secrets.
    pub(super) fn set_keys(&mut self, keys: &Arc<KeyLog>) {
        self.keys = Arc::clone(keys);
    }

    /// Works off this shard's events of `batch`; `number` is its place among the shards.
    pub(super) fn process(&mut self, number: usize, batch: &Batch) {
        for event in batch
            .events
            .get(number)
            .map(Vec::as_slice)
            .unwrap_or_default()
        {
            match event {
                Event::Segment(segment) => self.segment(segment, batch),
                Event::Open { local, opened } => {
                    if let Some(opened) = batch.opened.get(*opened as usize) {
                        self.open(*local, opened);
                    }
                }
                Event::Close { local, frame } => {
                    if let Some(open) = self.take(*local) {
                        self.end(open, *frame);
                    }
                }
            }
        }
    }

    /// Ends all connections.
    pub(super) fn finish(&mut self) {
        for open in std::mem::take(&mut self.connections).into_iter().flatten() {
            self.end(open, u64::MAX);
        }
    }

    /// Places for connections, used or not.
    pub(super) fn places(&self) -> usize {
        self.connections.len()
    }

    /// Places that became free since the last time.
    pub(super) fn take_done(&mut self) -> Vec<(u32, u32)> {
        std::mem::take(&mut self.done)
    }

    /// Adds what this shard counted.
    pub(super) fn count(&self, counts: &mut Counts) {
        counts.exchanges += self.exchanges;
        for (kind, count) in &self.kinds {
            let name = match kind {
                Kind::Http => continue,
                Kind::Secured => continue,
                Kind::Other("SSH") => "SSH connection",
                Kind::Other("SOCKS") => "SOCKS connection without HTTP in it",
                Kind::Other(_) => "connection without HTTP",
            };
            *counts.skipped.entry(name.to_owned()).or_default() += count;
        }
        for (protocol, traffic) in &self.protocols {
            counts.protocols.entry(protocol).or_default().add(*traffic);
        }
        counts.pass_over(self.passed_over);
    }

    fn open(&mut self, local: u32, opened: &Opened) {
        let index = local as usize;
        if index >= self.connections.len() {
            self.connections.resize_with(index + 1, || None);
        }
        let conversation = Conversation {
            source: opened.source,
            stream: opened.stream,
            client: opened.client,
            server: opened.server,
            secure: false,
        };
        let mut open = Box::new(Open {
            stream: opened.stream,
            assemblers: [Assembler::default(), Assembler::default()],
            is_closed: [false; 2],
            leaving: Leaving::default(),
            was_seen: [false; 2],
            bytes: 0,
            http: Stream::new(Connection::new(conversation, self.interest, &self.limits)),
            notes: Vec::new(),
        });
        for (assembler, first) in open.assemblers.iter_mut().zip(opened.first) {
            if let Some(first) = first {
                assembler.start_at(first);
            }
        }
        if opened.is_mid_stream {
            open.note(CaveatKind::MidStreamStart);
        }
        if let Some(place) = self.connections.get_mut(index) {
            *place = Some(open);
        }
    }

    #[inline]
    fn segment(&mut self, segment: &SegmentEvent, batch: &Batch) {
        let Some(Some(open)) = self.connections.get_mut(segment.local as usize) else {
            self.passed_over += u64::from(segment.payload.len);
            return;
        };
        let (held_before, heads_before) = (open.held(), open.http.held());
        let has_news = open.segment(segment, batch.bytes(segment.payload), &self.keys);
        let is_within = self.heads <= self.heads_limit && self.held <= self.held_limit;
        if !has_news && is_within {
            return;
        }
        self.heads = (self.heads + open.http.held()).saturating_sub(heads_before);
        let has_too_much = self.heads > self.heads_limit && open.http.held() > 0;
        if has_too_much {
            open.note(CaveatKind::LimitReached);
        }
        self.held = (self.held + open.held()).saturating_sub(held_before);
        while open.held() > self.limits.reorder_bytes || self.held > self.held_limit {
            let before = open.held();
            if !open.skip_hole(segment.direction, &self.keys) {
                break;
            }
            self.held = (self.held + open.held()).saturating_sub(before);
        }
        open.give(segment.frame, &mut self.outputs);
        if (has_too_much || open.is_closed == [true; 2] || open.http.is_done())
            && let Some(open) = self.take(segment.local)
        {
            self.done.push((segment.local, open.stream));
            self.end(open, segment.frame);
        }
    }

    fn take(&mut self, local: u32) -> Option<Box<Open>> {
        self.connections.get_mut(local as usize)?.take()
    }

    fn end(&mut self, mut open: Box<Open>, frame: u64) {
        self.held = self.held.saturating_sub(open.held());
        self.heads = self.heads.saturating_sub(open.http.held());
        open.finish(&self.keys);
        open.give(frame, &mut self.outputs);
        self.exchanges += open.http.seen();
        if let Some((server, why)) = open.http.why_closed() {
            self.closed.add(server, why);
        }
        let kind = open.http.kind();
        *self.kinds.entry(kind).or_default() += 1;
        let traffic = self.protocols.entry(open.http.protocol()).or_default();
        traffic.add(Traffic {
            connections: 1,
            bytes: open.bytes,
        });
        if kind == Kind::Http {
            let stream = open.stream;
            self.outputs.extend(open.notes.iter().map(|kind| Output {
                frame,
                stream,
                what: What::Note(*kind, detail(*kind)),
            }));
        }
    }
}

impl Open {
    /// Takes a segment; whether it can have changed anything but what the receiver is known to have.
    #[inline]
    fn segment(&mut self, segment: &SegmentEvent, bytes: &[u8], keys: &Arc<KeyLog>) -> bool {
        let direction = segment.direction;
        let [to_server, to_client] = &mut self.assemblers;
        let (own, other) = match direction {
            Direction::ToServer => (to_server, to_client),
            Direction::ToClient => (to_client, to_server),
        };
        let http = &mut self.http;
        let notes = &mut self.notes;
        let has_bytes = !bytes.is_empty() || segment.missing > 0;
        let is_leaving = segment.has_fin || segment.has_rst || self.leaving.first().is_some();
        let mut has_news = has_bytes || is_leaving;
        if segment.has_ack {
            let back = direction.reverse();
            other.acknowledge(segment.ack, segment.at, &mut |chunk| {
                has_news = true;
                hand_over(http, keys, notes, back, chunk);
            });
        }
        if !has_news {
            return false;
        }
        if has_bytes {
            self.was_seen[direction as usize] = true;
            self.bytes += bytes.len() as u64;
            http.set_behind(direction.reverse(), other.is_behind());
            let mut out = |chunk: Chunk<'_>| hand_over(http, keys, notes, direction, chunk);
            match segment.urgent {
                None => own.insert(segment.piece(bytes), &mut out),
                Some(urgent) => insert_around(own, segment.piece(bytes), urgent, &mut out),
            }
        }
        if segment.has_fin || segment.has_rst {
            // Nothing but an end is something, too: a server that hangs up without an answer was seen.
            self.was_seen[direction as usize] = true;
            self.leaving.add(direction);
        }
        if segment.has_fin {
            own.end_at(segment.end());
        }
        if segment.missing > 0 {
            self.note(CaveatKind::CutPacket);
        }
        self.tell_leaving();
        for direction in [Direction::ToServer, Direction::ToClient] {
            let index = direction as usize;
            if !self.is_closed[index] && self.assemblers[index].is_complete() {
                self.is_closed[index] = true;
                self.http.close(direction);
            }
            if self.assemblers[index].has_conflict() {
                self.note(CaveatKind::OverlapConflict);
            }
        }
        true
    }

    /// Gives out what was completed by packet `frame`.
    #[inline]
    fn give(&mut self, frame: u64, outputs: &mut Vec<Output>) {
        let stream = self.stream;
        let mut give = |what| {
            outputs.push(Output {
                frame,
                stream,
                what,
            });
        };
        while let Some(exchange) = self.http.poll() {
            give(What::Exchange(Arc::new(exchange)));
        }
        while let Some(start) = self.http.poll_fragment() {
            give(What::FrameNote(
                CaveatKind::IncompleteFields,
                start,
                FRAGMENT,
            ));
        }
    }

    fn skip_hole(&mut self, direction: Direction, keys: &Arc<KeyLog>) -> bool {
        let (http, notes) = (&mut self.http, &mut self.notes);
        let mut skip = |direction: Direction| {
            self.assemblers[direction as usize]
                .skip_hole(&mut |chunk| hand_over(http, keys, notes, direction, chunk))
        };
        let has_skipped = skip(direction) || skip(direction.reverse());
        if has_skipped {
            self.note(CaveatKind::LimitReached);
        }
        has_skipped
    }

    fn finish(&mut self, keys: &Arc<KeyLog>) {
        for direction in [Direction::ToServer, Direction::ToClient] {
            let (http, notes) = (&mut self.http, &mut self.notes);
            let assembler = &mut self.assemblers[direction as usize];
            assembler.flush(&mut |chunk| hand_over(http, keys, notes, direction, chunk));
            if assembler.has_conflict() {
                self.note(CaveatKind::OverlapConflict);
            }
            if self.assemblers[direction as usize].is_complete() {
                self.http.close(direction);
            }
        }
        while let Some(direction) = self.leaving.take() {
            self.http.leave(direction);
        }
        if self.was_seen.contains(&false) && self.was_seen.contains(&true) {
            self.note(CaveatKind::OneSided);
        }
        self.http.finish();
    }

    /// Tells who left, once everything is given out that it had before: what is held behind a hole reached it too.
    #[inline]
    fn tell_leaving(&mut self) {
        while let Some(direction) = self.leaving.first()
            && !self.assemblers[direction.reverse() as usize].is_behind()
        {
            self.leaving.take();
            self.http.leave(direction);
        }
    }

    fn note(&mut self, kind: CaveatKind) {
        self.http.note(kind);
        add(&mut self.notes, kind);
    }

    #[inline]
    fn held(&self) -> usize {
        self.assemblers.iter().map(Assembler::held_bytes).sum()
    }
}

/// Bytes in order go to HTTP, or through TLS to HTTP.
#[inline]
fn hand_over(
    http: &mut Stream,
    keys: &Arc<KeyLog>,
    notes: &mut Vec<CaveatKind>,
    direction: Direction,
    chunk: Chunk<'_>,
) {
    if let Chunk::Gap { .. } = chunk {
        add(notes, CaveatKind::Gap);
    }
    http.push(direction, chunk, keys);
}

fn add(notes: &mut Vec<CaveatKind>, kind: CaveatKind) {
    if !notes.contains(&kind) {
        notes.push(kind);
    }
}

/// Inserts a piece without the byte at `urgent`, which takes a sequence number and is no part of the stream.
fn insert_around(
    assembler: &mut Assembler,
    piece: Piece<'_>,
    urgent: u16,
    out: &mut impl FnMut(Chunk<'_>),
) {
    let (before, after) = piece
        .bytes
        .split_at(usize::from(urgent).min(piece.bytes.len()));
    let seq = piece.seq.wrapping_add(u32::from(urgent));
    let whole = Piece {
        bytes: before,
        missing: 0,
        ..piece
    };
    assembler.insert(whole, out);
    assembler.pass_over(seq);
    let rest = Piece {
        seq: seq.wrapping_add(1),
        bytes: after.get(1..).unwrap_or_default(),
        ..piece
    };
    assembler.insert(rest, out);
}

const FRAGMENT: &str =
    "the rest of this request's fields was not captured, nor an answer: it is left out";

fn detail(kind: CaveatKind) -> &'static str {
    match kind {
        CaveatKind::CutPacket => "packets of this connection were cut when they were captured",
        CaveatKind::Gap => "bytes of this connection are missing in the capture",
        CaveatKind::LimitReached => {
            "too many bytes out of order or of unfinished heads: a hole or the rest was given up"
        }
        CaveatKind::MidStreamStart => "the capture starts in the middle of this connection",
        CaveatKind::OneSided => "only one direction of this connection was captured",
        CaveatKind::OverlapConflict => "copies of the same bytes differ: the first was kept",
        _ => "",
    }
}
