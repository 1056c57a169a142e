//! A few connections that belong together, as packets in the order of their time.
//!
//! A packet names a range of its connection's byte stream; [`super::frames`] makes bytes of it.

use super::disorder::{Disorder, Fate};
use super::random::Random;
use super::story::MILLI;
use std::mem;
use std::net::SocketAddr;
use std::ops::Range;

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const PSH: u8 = 8;
pub const ACK: u8 = 16;

/// Index of the direction in each pair of this file.
pub const TO_SERVER: usize = 0;
pub const TO_CLIENT: usize = 1;

/// A TCP connection, or the two packets of a DNS query.
pub struct Flow {
    pub ends: [SocketAddr; 2],
    pub vlan: Option<u16>,
    pub is_udp: bool,
    /// Initial sequence numbers.
    pub initial: [u32; 2],
    pub bytes: [Vec<u8>; 2],
    /// What the capture does not have of them.
    pub missing: [Vec<Range<u32>>; 2],
    /// Packets at the beginning that the capture does not have.
    skipped: u32,
}

#[derive(Debug, Clone)]
pub struct Packet {
    /// Nanoseconds since the capture began.
    pub at: u64,
    pub flow: u32,
    pub direction: usize,
    pub flags: u8,
    /// Its bytes in the stream of its direction.
    pub range: Range<u32>,
    /// How far it acknowledges the other stream.
    pub acknowledged: u32,
    /// Carries other bytes than the stream.
    pub is_forged: bool,
}

/// Packets of one client.
#[derive(Default)]
pub struct Session {
    pub flows: Vec<Flow>,
    pub packets: Vec<Packet>,
    /// The next to be written.
    pub next: usize,
}

/// Where the connections of a session are.
#[derive(Debug, Clone, Copy)]
pub struct Path {
    /// Nanoseconds to the server and back.
    pub round_trip: u64,
    pub vlan: Option<u16>,
    pub client: std::net::IpAddr,
}

/// Builds a [`Session`].
pub struct Builder<'a> {
    pub session: Session,
    pub random: &'a mut Random,
    pub path: Path,
    disorder: &'a Disorder,
}

impl<'a> Builder<'a> {
    pub fn new(path: Path, disorder: &'a Disorder, random: &'a mut Random) -> Self {
        Self {
            session: Session::default(),
            random,
            path,
            disorder,
        }
    }

    /// Adds a connection to `server` and its handshake; gives its index and when it is open.
    pub fn connect(&mut self, server: SocketAddr, at: u64) -> (usize, u64) {
        let mut port = self.random.between(32_768..61_000) as u16;
        // Two connections at a time with the same ends would be one to whoever looks at packets.
        while self.is_taken(port, server) {
            port += 1;
        }
        let is_midstream = self.random.chance(self.disorder.midstream);
        self.session.flows.push(Flow {
            ends: [(self.path.client, port).into(), server],
            vlan: self.path.vlan,
            is_udp: false,
            initial: [self.random.next() as u32, self.random.next() as u32],
            bytes: Default::default(),
            missing: Default::default(),
            skipped: match is_midstream {
                true => 3 + self.random.below(20) as u32,
                false => 0,
            },
        });
        let flow = self.session.flows.len() - 1;
        let half = self.path.round_trip / 2;
        self.bare(at, flow, TO_SERVER, SYN);
        self.bare(at + half, flow, TO_CLIENT, SYN | ACK);
        self.bare(at + 2 * half, flow, TO_SERVER, ACK);
        (flow, at + 2 * half + 20_000)
    }

    fn is_taken(&self, port: u16, server: SocketAddr) -> bool {
        let ends = [(self.path.client, port).into(), server];
        self.session.flows.iter().any(|flow| flow.ends == ends)
    }

    /// A packet without payload at the present end of its stream.
    pub fn bare(&mut self, at: u64, flow: usize, direction: usize, flags: u8) {
        let end = self.session.flows[flow].bytes[direction].len() as u32;
        self.packet(at, flow, direction, flags, end..end);
    }

    pub fn packet(&mut self, at: u64, flow: usize, direction: usize, flags: u8, range: Range<u32>) {
        self.session.packets.push(Packet {
            at,
            flow: flow as u32,
            direction,
            flags,
            range,
            acknowledged: 0,
            is_forged: false,
        });
    }

    /// Appends to a stream.
    pub fn write(&mut self, flow: usize, direction: usize, bytes: &[u8]) {
        self.session.flows[flow].bytes[direction].extend_from_slice(bytes);
    }

    /// Sends what was written since `from`, with acknowledgements of every second segment; gives when all have arrived.
    pub fn send(&mut self, mut at: u64, flow: usize, direction: usize, from: u32) -> u64 {
        let end = self.session.flows[flow].bytes[direction].len() as u32;
        let segment = match self.path.client.is_ipv6() {
            true => 1428,
            false => 1448,
        };
        let (mut start, mut sent, mut window) = (from, 0, 10);
        let mut arrived = at;
        while start < end {
            let range = start..(start + segment).min(end);
            let is_last = range.end == end;
            let flags = if is_last { ACK | PSH } else { ACK };
            arrived = arrived.max(self.segment(at, flow, direction, flags, range.clone()));
            start = range.end;
            sent += 1;
            if sent % 2 == 0 || is_last {
                self.acknowledge(at + 5_000, flow, 1 - direction);
            }
            at += 6_000 + self.random.below(4_000);
            if sent == window {
                at += self.path.round_trip / 3;
                window = 2 * window + 10;
            }
        }
        arrived.max(at)
    }

    /// One segment and what happens to it; gives when it has arrived.
    fn segment(
        &mut self,
        at: u64,
        flow: usize,
        direction: usize,
        flags: u8,
        range: Range<u32>,
    ) -> u64 {
        let round_trip = self.path.round_trip;
        let fate = self.disorder.fate(self.random);
        let arrival = match fate {
            Fate::Late => at + round_trip + 200_000,
            Fate::Overtaken => at + self.random.between(14_000..70_000),
            _ => at,
        };
        if fate == Fate::Lost {
            self.session.flows[flow].missing[direction].push(range);
            return arrival;
        }
        self.packet(arrival, flow, direction, flags, range.clone());
        match fate {
            Fate::Repeated => self.packet(at + round_trip + 300_000, flow, direction, flags, range),
            Fate::Overlapped => {
                let back = self.random.below(700) as u32;
                let end = range.start
                    + self
                        .random
                        .between(1..1 + u64::from(range.end - range.start))
                        as u32;
                let start = range.start.saturating_sub(back);
                self.packet(
                    at + round_trip / 2,
                    flow,
                    direction,
                    flags,
                    start..end.min(start + 1400),
                );
            }
            Fate::Contradicted => {
                self.packet(at + 90_000, flow, direction, flags, range);
                if let Some(packet) = self.session.packets.last_mut() {
                    packet.is_forged = true;
                }
            }
            Fate::Arrives | Fate::Lost | Fate::Late | Fate::Overtaken => {}
        }
        arrival
    }

    /// An acknowledgement; which bytes it names is known when the packets are in order.
    fn acknowledge(&mut self, at: u64, flow: usize, direction: usize) {
        self.packet(at, flow, direction, ACK, u32::MAX..u32::MAX);
    }

    /// Ends a connection: mostly in order, sometimes by a reset, sometimes after the capture.
    pub fn close(&mut self, at: u64, flow: usize) {
        match self.random.below(20) {
            0 => self.bare(at, flow, TO_SERVER, RST | ACK),
            1 | 2 => {}
            _ => {
                let half = self.path.round_trip / 2;
                self.bare(at, flow, TO_SERVER, FIN | ACK);
                self.bare(at + half, flow, TO_CLIENT, FIN | ACK);
            }
        }
    }

    /// The packets in their order, with acknowledgements, without those before the capture began.
    pub fn finish(mut self) -> Session {
        let mut session = self.session;
        let mut packets = mem::take(&mut session.packets);
        packets.sort_by_key(|packet| packet.at);
        let mut sent = vec![[0u32; 2]; session.flows.len()];
        packets.retain_mut(|packet| {
            let flow = &mut session.flows[packet.flow as usize];
            let sent = &mut sent[packet.flow as usize];
            if packet.range.start == u32::MAX {
                packet.range = sent[packet.direction]..sent[packet.direction];
            }
            packet.acknowledged = sent[1 - packet.direction];
            sent[packet.direction] = sent[packet.direction].max(packet.range.end);
            if flow.skipped == 0 {
                return true;
            }
            flow.skipped -= 1;
            if !packet.range.is_empty() {
                flow.missing[packet.direction].push(packet.range.clone());
            }
            false
        });
        session.packets = packets;
        self.session = Session::default();
        session
    }
}

impl Flow {
    /// Whether bytes of `range` are missing.
    pub fn misses(&self, direction: usize, range: Range<usize>) -> bool {
        self.missing[direction]
            .iter()
            .any(|hole| (hole.start as usize) < range.end && (hole.end as usize) > range.start)
    }
}

/// Milliseconds to the server and back, as nanoseconds: most near, some far.
pub fn round_trip(random: &mut Random) -> u64 {
    (random.spread(18.0, 0.8).clamp(0.3, 300.0) * MILLI as f64) as u64
}
