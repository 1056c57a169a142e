//! A block of a capture, and what the shards have to do about it.

use super::datagrams::DatagramEvent;
use crate::capture::{Damage, Packet};
use crate::http::SourceId;
use crate::net::segment::{Datagram, Segment};
use crate::net::{Direction, assembler::Piece};
use crate::time::Timestamp;
use std::net::SocketAddr;

/// Groups of connections that are worked on by one thread each. A constant, so that limits work out the same whatever
/// the number of threads.
pub(super) const SHARDS: usize = 16;

/// File bytes and the events cut out of them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Bytes of the file; used up to `filled`.
    pub(super) block: Vec<u8>,
    pub(super) filled: usize,
    /// Payloads that do not stand in the block as they are: from IP packets put together.
    pub(super) extra: Vec<u8>,
    /// Events of each shard, in the order of packets.
    pub(super) events: [Vec<Event>; SHARDS],
    pub(super) opened: Vec<Opened>,
    /// UDP datagrams that may be QUIC, in the order of packets.
    pub(super) datagrams: Vec<DatagramEvent>,
    /// What could not be read, with the number of the packet before it.
    pub(super) damages: Vec<(u64, Damage)>,
}

/// Something that happened to a connection. `local` is the connection's place in its shard.
#[derive(Debug)]
pub(super) enum Event {
    /// Its first segment with payload follows; index in [`Batch::opened`].
    Open { local: u32, opened: u32 },
    /// A segment.
    Segment(SegmentEvent),
    /// Nothing will follow.
    Close { local: u32, frame: u64 },
}

/// A segment of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct SegmentEvent {
    pub(super) local: u32,
    pub(super) direction: Direction,
    pub(super) has_ack: bool,
    pub(super) has_fin: bool,
    pub(super) has_rst: bool,
    pub(super) urgent: Option<u16>,
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) payload: Span,
    pub(super) missing: u32,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

/// Where a payload stands: in the block, or behind its end in `extra`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// What a connection is, told when it is opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    pub(super) source: SourceId,
    pub(super) stream: u32,
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    /// Sequence number of the first byte to the server, to the client.
    pub(super) first: [Option<u32>; 2],
    /// No SYN was captured.
    pub(super) is_mid_stream: bool,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.filled = 0;
        self.extra.clear();
        self.opened.clear();
        self.datagrams.clear();
        self.damages.clear();
        for events in &mut self.events {
            events.clear();
        }
    }

    /// How many events there are for all shards.
    pub(super) fn events(&self) -> usize {
        self.datagrams.len() + self.events.iter().map(Vec::len).sum::<usize>()
    }

    /// Adds an event for the connection in `slot`.
    #[inline]
    pub(super) fn push(&mut self, slot: u32, event: impl FnOnce(u32) -> Event) {
        let (shard, local) = place_of(slot);
        if let Some(events) = self.events.get_mut(shard) {
            events.push(event(local));
        }
    }

    /// Keeps a payload that does not stand in the block, which is `block_len` bytes long.
    pub(super) fn keep(&mut self, block_len: usize, payload: &[u8]) -> Span {
        let start = block_len + self.extra.len();
        self.extra.extend_from_slice(payload);
        Span {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            len: u32::try_from(payload.len()).unwrap_or(0),
        }
    }

    /// Adds a datagram.
    #[inline]
    pub(super) fn datagram(&mut self, datagram: &Datagram<'_>, payload: Span, packet: &Packet<'_>) {
        self.datagrams.push(DatagramEvent {
            from: datagram.hosts.source(datagram.ports.0),
            to: datagram.hosts.destination(datagram.ports.1),
            payload,
            at: packet.at,
            frame: packet.frame,
        });
    }

    /// The bytes at `span`.
    #[inline]
    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        let (start, len) = (span.start as usize, span.len as usize);
        let bytes = if start < self.block.len() {
            self.block.get(start..start + len)
        } else {
            let start = start - self.block.len();
            self.extra.get(start..start + len)
        };
        bytes.unwrap_or_default()
    }
}

/// Shard of a slot, and the slot's place in it.
pub(super) fn place_of(slot: u32) -> (usize, u32) {
    let shards = SHARDS as u32;
    ((slot % shards) as usize, slot / shards)
}

/// The slot at a place of a shard.
pub(super) fn slot_at(shard: usize, local: u32) -> u32 {
    local * SHARDS as u32 + shard as u32
}

impl SegmentEvent {
    /// The event of a segment whose payload stands at `payload`.
    #[inline]
    pub(super) fn new(
        local: u32,
        direction: Direction,
        segment: &Segment<'_>,
        payload: Span,
    ) -> Self {
        use crate::net::segment::Flags;
        Self {
            local,
            direction,
            has_ack: segment.flags.has(Flags::ACK),
            has_fin: segment.flags.has(Flags::FIN),
            has_rst: segment.flags.has(Flags::RST),
            urgent: segment.urgent,
            // A SYN takes one number before the first byte.
            seq: segment
                .seq
                .wrapping_add(u32::from(segment.flags.has(Flags::SYN))),
            ack: segment.ack,
            payload,
            missing: segment.missing,
            at: segment.at,
            frame: segment.frame,
        }
    }

    /// The segment's bytes as a piece of the stream.
    #[inline]
    pub(super) fn piece<'a>(&self, bytes: &'a [u8]) -> Piece<'a> {
        Piece {
            seq: self.seq,
            bytes,
            missing: self.missing,
            at: self.at,
            frame: self.frame,
        }
    }

    /// The sequence number after the segment's last byte.
    #[inline]
    pub(super) fn end(&self) -> u32 {
        self.seq
            .wrapping_add(self.payload.len)
            .wrapping_add(self.missing)
    }
}
