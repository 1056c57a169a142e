//! The serial half of a round: reads a block, walks its records, and says which connection each segment belongs to.

use super::batch::{Batch, Event, Opened, SegmentEvent, Span, slot_at};
use super::twins::Twins;
use crate::analysis::Options;
use crate::analysis::job::Counts;
use crate::analysis::rotation::Stretch;
use crate::capture::{Damage, Packet, Reader, Step};
use crate::caveat::CaveatKind;
use crate::error::ErrorKind;
use crate::http::SourceId;
use crate::input;
use crate::limits::Limits;
use crate::net::flow::{Flow, Found, Slot};
use crate::net::segment::{self, Flags, Segment, Sliced};
use crate::net::{Direction, FlowTable, Fragments};
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::time::Duration;

/// Everything that is one for the whole capture.
pub(super) struct Intake {
    input: Option<Box<dyn Read + Send>>,
    source: SourceId,
    reader: Reader,
    limits: Limits,
    /// Bytes of the last block that start a record of the next.
    tail: Vec<u8>,
    failure: Option<ErrorKind>,
    flows: Connections,
    fragments: Fragments,
    secrets: Vec<u8>,
    bytes: u64,
    /// Bytes of the current input.
    own_bytes: u64,
    /// Size of the next block.
    block: usize,
    packets: u64,
    skipped: BTreeMap<&'static str, u64>,
    /// Time of the first packet.
    first: Option<Timestamp>,
    /// Since when nothing came; `None` until reading had to wait once, as it does for live captures only.
    silence: Option<Duration>,
}

/// What a read gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// Something.
    Bytes,
    /// Nothing for a while; more may come.
    Silence,
    /// Nothing, and nothing will.
    End,
}

/// Conversations and their slots.
struct Connections {
    table: FlowTable,
    /// The conversation in each slot; [`FREE`] when there is none.
    slots: Vec<u32>,
    free: Vec<u32>,
    /// Conversations that were closed, with the time, in that order.
    closed: VecDeque<(Timestamp, u32, u32)>,
    /// In nanoseconds.
    idle: i64,
    /// When idle conversations were looked for.
    swept: Timestamp,
    /// Time of the packet before.
    last: Timestamp,
    /// Connections whose beginning was not captured.
    mid_stream: u64,
    /// Payload of connections in which nothing that follows matters.
    passed_over: u64,
    twins: Twins,
    /// Connections that were captured before, with other addresses.
    translated: u64,
}

/// Bytes asked for in the first read: small files are many.
const FIRST_BLOCK: usize = 128 << 10;
/// Bytes asked for in one read once reads come back full: what still fits in a core's own cache.
const BLOCK: usize = 1 << 20;
/// No conversation has this number.
const FREE: u32 = u32::MAX;
/// How long a closed connection waits for packets that were captured late.
const LINGER: Duration = Duration::from_secs(5);
/// Most key log bytes kept of one run.
const MOST_SECRETS: usize = 16 << 20;

impl Intake {
    pub(super) fn new(options: &Options) -> Self {
        let limits = options.limits.clone();
        Self {
            input: None,
            source: SourceId::default(),
            reader: Reader::new(&limits),
            tail: Vec::new(),
            failure: None,
            flows: Connections {
                table: FlowTable::new(limits.flows),
                slots: Vec::new(),
                free: Vec::new(),
                closed: VecDeque::new(),
                idle: nanoseconds(limits.idle),
                swept: Timestamp(i64::MIN),
                last: Timestamp(i64::MIN),
                mid_stream: 0,
                passed_over: 0,
                twins: Twins::default(),
                translated: 0,
            },
            fragments: Fragments::new(limits.fragments),
            secrets: Vec::new(),
            bytes: 0,
            own_bytes: 0,
            block: FIRST_BLOCK,
            packets: 0,
            skipped: BTreeMap::new(),
            first: None,
            silence: None,
            limits,
        }
    }

    /// Starts an input.
    pub(super) fn open(&mut self, input: Box<dyn Read + Send>, source: SourceId) {
        self.input = Some(input);
        self.source = source;
        // Frames of a capture in several files are counted on, as they are where the files are merged.
        self.reader = Reader::after(self.packets, &self.limits);
        self.tail.clear();
        self.own_bytes = 0;
        self.block = FIRST_BLOCK;
        self.failure = None;
    }

    /// Fills `batch` with what one read returns.
    pub(super) fn fill(&mut self, batch: &mut Batch) -> Filled {
        batch.clear();
        let wanted = self.block.max(self.tail.len() * 2);
        if batch.block.len() < wanted {
            batch.block.resize(wanted, 0);
        }
        let Some(kept) = batch.block.get_mut(..self.tail.len()) else {
            return Filled::End;
        };
        kept.copy_from_slice(&self.tail);
        let read = match self.read(batch.block.get_mut(self.tail.len()..).unwrap_or_default()) {
            Some(read) => read,
            None => {
                self.silence = Some(self.silence.unwrap_or_default() + input::QUIET);
                return Filled::Silence;
            }
        };
        self.silence = self.silence.map(|_| Duration::ZERO);
        batch.filled = self.tail.len() + read;
        if batch.filled == batch.block.len() {
            self.block = (self.block * 4).min(BLOCK);
        }
        if read == 0 {
            return Filled::End;
        }
        self.walk(batch);
        Filled::Bytes
    }

    /// For an input that is written while it is read: the time that the capture has reached by now.
    pub(super) fn live_time(&self) -> Option<Timestamp> {
        let silence = self.silence?;
        self.first.map(|_| self.flows.last.after(silence))
    }

    /// The input is over: tells whether it was cut, and lets go of it.
    pub(super) fn close(&mut self, batch: &mut Batch) {
        batch.clear();
        let rest = std::mem::take(&mut self.tail);
        let last = self.reader.packets();
        let damages = self.reader.finish(&rest).into_iter();
        batch.damages.extend(damages.map(|damage| (last, damage)));
        self.input = None;
        self.packets = self.reader.packets();
        let is_capture = self.reader.is_capture() == Some(true);
        if self.own_bytes == 0 && self.failure.is_none() {
            self.failure = Some(ErrorKind::Empty);
        } else if is_capture && let Some(failure) = self.failure.take() {
            // What came before is good.
            let damage = Damage {
                kind: CaveatKind::TruncatedFile,
                offset: self.own_bytes,
                detail: failure.to_string(),
            };
            batch.damages.push((last, damage));
        } else if !is_capture && self.failure.is_none() {
            self.failure = Some(ErrorKind::Malformed {
                format: "packet capture",
                detail: "its first bytes are those of no pcap or pcapng file".to_owned(),
            });
        }
    }

    /// Why the last input gave nothing.
    pub(super) fn failure(&mut self) -> Option<ErrorKind> {
        self.failure.take()
    }

    /// Connections of a shard that need no more attention.
    pub(super) fn free(&mut self, shard: usize, done: Vec<(u32, u32)>) {
        for (local, stream) in done {
            self.flows.free(slot_at(shard, local), stream);
        }
    }

    /// Lines of key logs found since the last time.
    pub(super) fn take_secrets(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.secrets)
    }

    /// The capture's place among others; `None` when it holds no packet.
    pub(super) fn part(&self, source: &str) -> Option<Stretch> {
        Some(Stretch {
            source: source.to_owned(),
            first: self.first?,
            last: self.flows.last,
            mid_stream: self.flows.mid_stream,
        })
    }

    /// What was counted.
    pub(super) fn counts(&self) -> Counts {
        let skipped = self.skipped.iter();
        let mut counts = Counts {
            bytes: self.bytes,
            packets: self.packets,
            connections: u64::from(self.flows.table.streams()),
            exchanges: 0,
            skipped: skipped
                .map(|(name, count)| (format!("packet without TCP: {name}"), *count))
                .collect(),
            ..Counts::default()
        };
        counts.pass_over(self.flows.passed_over);
        for (name, count) in [
            (
                "connection given up: too many at once",
                self.flows.table.evicted(),
            ),
            (
                "connection captured twice: again with translated addresses",
                self.flows.translated,
            ),
            (
                "IP packet given up: too many fragments",
                self.fragments.dropped(),
            ),
            (
                "IP packet with fragments missing",
                self.fragments.unfinished() as u64,
            ),
        ] {
            if count > 0 {
                counts.skipped.insert(name.to_owned(), count);
            }
        }
        counts
    }

    /// `None`: nothing came for a while.
    fn read(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let Some(input) = &mut self.input else {
            return Some(0);
        };
        loop {
            match input.read(buffer) {
                Ok(read) => {
                    self.bytes += read as u64;
                    self.own_bytes += read as u64;
                    return Some(read);
                }
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return None,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(ErrorKind::Io(error));
                    return Some(0);
                }
            }
        }
    }

    fn walk(&mut self, batch: &mut Batch) {
        // The block is lent out while events are pushed to the rest of the batch.
        let block = std::mem::take(&mut batch.block);
        let filled = block.get(..batch.filled).unwrap_or_default();
        let mut position = 0;
        loop {
            match self.reader.next(filled, &mut position) {
                Step::Packet(packet) => {
                    let origin = Origin {
                        block: block.as_ptr() as usize,
                        len: block.len(),
                    };
                    self.packet(&packet, &origin, batch);
                }
                Step::Secrets(log) => {
                    let room = MOST_SECRETS.saturating_sub(self.secrets.len());
                    self.secrets.extend(log.iter().take(room));
                }
                Step::Damage(damage) => batch.damages.push((self.reader.packets(), damage)),
                Step::More => break,
            }
        }
        self.tail.clear();
        self.tail
            .extend_from_slice(filled.get(position..).unwrap_or_default());
        batch.block = block;
    }

    #[inline]
    fn packet(&mut self, packet: &Packet<'_>, origin: &Origin, batch: &mut Batch) {
        self.first.get_or_insert(packet.at);
        self.flows.forget_closed(packet.at, packet.frame, batch);
        match segment::slice(packet, &mut self.fragments) {
            Sliced::Tcp(segment) => {
                let span = origin.span(segment.payload);
                self.flows.segment(&segment, span, self.source, batch);
            }
            Sliced::Several(parts) => {
                for part in parts {
                    let sliced = segment::slice_part(part, packet, &mut self.fragments);
                    self.sliced(sliced, packet, origin, batch);
                }
            }
            sliced => self.sliced(sliced, packet, origin, batch),
        }
    }

    #[inline]
    fn sliced(
        &mut self,
        sliced: Sliced<'_>,
        packet: &Packet<'_>,
        origin: &Origin,
        batch: &mut Batch,
    ) {
        match sliced {
            Sliced::Tcp(segment) => {
                let span = origin.span(segment.payload);
                self.flows.segment(&segment, span, self.source, batch);
            }
            Sliced::Whole(whole) => self.whole(whole, packet, origin, batch),
            Sliced::Udp(datagram) => {
                let span = origin.span(datagram.payload);
                batch.datagram(&datagram, span, packet);
            }
            Sliced::Several(_) => self.skip(AGGREGATE),
            Sliced::Other(reason) => self.skip(reason),
        }
    }

    fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// An IP packet that was put together may hold a tunnel whose packets are fragments again.
    fn whole(
        &mut self,
        mut whole: segment::Whole,
        packet: &Packet<'_>,
        origin: &Origin,
        batch: &mut Batch,
    ) {
        for _ in 0..MOST_NESTED {
            match segment::slice_whole(&whole, packet, &mut self.fragments) {
                Sliced::Tcp(segment) => {
                    let span = batch.keep(origin.len, segment.payload);
                    self.flows.segment(&segment, span, self.source, batch);
                    return;
                }
                Sliced::Whole(inner) => whole = inner,
                Sliced::Udp(datagram) => {
                    let span = batch.keep(origin.len, datagram.payload);
                    batch.datagram(&datagram, span, packet);
                    return;
                }
                Sliced::Several(_) => return self.skip(AGGREGATE),
                Sliced::Other(reason) => return self.skip(reason),
            }
        }
    }
}

/// IEEE 802.11 frames are not aggregated twice, nor inside IP.
const AGGREGATE: &str = "aggregate in a packet of another";
/// Fragmented packets inside fragmented packets.
const MOST_NESTED: usize = 4;

/// Where the block stands, to tell a payload's place in it.
struct Origin {
    block: usize,
    len: usize,
}

impl Origin {
    #[inline]
    fn span(&self, payload: &[u8]) -> Span {
        let start = (payload.as_ptr() as usize).wrapping_sub(self.block);
        Span {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            len: u32::try_from(payload.len()).unwrap_or(0),
        }
    }
}

impl Connections {
    #[inline]
    fn segment(
        &mut self,
        segment: &Segment<'_>,
        payload: Span,
        source: SourceId,
        batch: &mut Batch,
    ) {
        let streams = self.table.streams();
        let Some(found) = self.table.look_up(segment) else {
            self.make_room(segment, batch);
            if self.table.look_up(segment).is_some() {
                self.segment(segment, payload, source, batch);
            }
            return;
        };
        let Found {
            flow,
            direction,
            replaced,
        } = found;
        if let Some(slot) = flow.slot.index() {
            if self.slots.get(slot as usize) != Some(&flow.stream) {
                flow.slot = Slot::DONE;
                self.passed_over += u64::from(payload.len);
                return;
            }
        } else if flow.slot == Slot::DONE {
            self.passed_over += u64::from(payload.len);
            return;
        } else if payload.len > 0 && self.twins.has_seen(flow, segment, streams) {
            flow.slot = Slot::DONE;
            self.translated += 1;
            self.passed_over += u64::from(payload.len);
        } else if payload.len > 0 || segment.missing > 0 {
            let slot = take_slot(&mut self.slots, &mut self.free, flow.stream);
            flow.slot = Slot::new(slot);
            self.mid_stream += u64::from(!flow.has_opener());
            open(slot, flow, direction, segment, source, batch);
        }
        if let Some(slot) = flow.slot.index() {
            let event =
                |local| Event::Segment(SegmentEvent::new(local, direction, segment, payload));
            batch.push(slot, event);
            if segment.flags.has(Flags(Flags::FIN.0 | Flags::RST.0)) && flow.is_closed() {
                self.closed.push_back((segment.at, slot, flow.stream));
            }
        }
        if let Some(replaced) = replaced {
            self.close(&replaced, segment.frame, batch);
        }
    }

    /// Ends connections that were closed some time ago, and from time to time those that were idle for long.
    #[inline]
    fn forget_closed(&mut self, now: Timestamp, frame: u64, batch: &mut Batch) {
        while let Some((at, slot, stream)) = self.closed.front().copied() {
            if now.since(at) < LINGER {
                break;
            }
            self.closed.pop_front();
            self.end(slot, stream, frame, batch);
        }
        // One packet with a wrong time must not end everything: a jump counts when the next packet confirms it.
        let is_jump = now.0.saturating_sub(self.last.0) > self.idle;
        self.last = now;
        if now.0.saturating_sub(self.swept.0) > self.idle / 4 && !is_jump {
            if self.swept.0 != i64::MIN {
                let before = Timestamp(now.0.saturating_sub(self.idle));
                self.evict(before, frame, batch);
            }
            self.swept = now;
        }
    }

    fn make_room(&mut self, segment: &Segment<'_>, batch: &mut Batch) {
        self.evict(Timestamp(i64::MIN), segment.frame, batch);
    }

    fn evict(&mut self, before: Timestamp, frame: u64, batch: &mut Batch) {
        for flow in self.table.evict(before) {
            self.close(&flow, frame, batch);
        }
    }

    fn close(&mut self, flow: &Flow, frame: u64, batch: &mut Batch) {
        if let Some(slot) = flow.slot.index() {
            self.end(slot, flow.stream, frame, batch);
        }
    }

    fn end(&mut self, slot: u32, stream: u32, frame: u64, batch: &mut Batch) {
        if self.free(slot, stream) {
            batch.push(slot, |local| Event::Close { local, frame });
        }
    }

    /// Frees a slot if it still belongs to that conversation.
    fn free(&mut self, slot: u32, stream: u32) -> bool {
        match self.slots.get_mut(slot as usize) {
            Some(owner) if *owner == stream => {
                *owner = FREE;
                self.free.push(slot);
                true
            }
            _ => false,
        }
    }
}

fn take_slot(slots: &mut Vec<u32>, free: &mut Vec<u32>, stream: u32) -> u32 {
    if let Some(slot) = free.pop() {
        if let Some(place) = slots.get_mut(slot as usize) {
            *place = stream;
        }
        return slot;
    }
    slots.push(stream);
    u32::try_from(slots.len() - 1).unwrap_or(FREE)
}

fn open(
    slot: u32,
    flow: &Flow,
    direction: Direction,
    segment: &Segment<'_>,
    source: SourceId,
    batch: &mut Batch,
) {
    let sender = segment.hosts.source(segment.ports.0);
    let receiver = segment.hosts.destination(segment.ports.1);
    let (client, server) = match direction {
        Direction::ToServer => (sender, receiver),
        Direction::ToClient => (receiver, sender),
    };
    let opened = u32::try_from(batch.opened.len()).unwrap_or(u32::MAX);
    batch.opened.push(Opened {
        source,
        stream: flow.stream,
        client,
        server,
        first: [
            flow.first_byte(Direction::ToServer),
            flow.first_byte(Direction::ToClient),
        ],
        is_mid_stream: !flow.has_opener(),
    });
    batch.push(slot, |local| Event::Open { local, opened });
}

fn nanoseconds(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}
