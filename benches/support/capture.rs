//! Stories → a packet capture: connections side by side, with the disorder of a real network, written as a stream.
//!
//! Holds only the sessions that are open at a time, so that the capture may be larger than memory.

use super::body::{Body, Pool};
use super::disorder::Disorder;
use super::frames::{Container, EPOCH, Frames};
use super::noise;
use super::random::Random;
use super::session::{Builder, Path, Session, TO_CLIENT, TO_SERVER, round_trip};
use super::story::{Exchange, Habits, LANES, MILLI, Teller};
use super::truth::{self, Captured, Totals};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// What a capture is like.
#[derive(Debug, Clone)]
pub struct Shape {
    pub container: Container,
    pub habits: Habits,
    pub disorder: Disorder,
    /// Share of the bytes in TLS that nobody can read.
    pub tls: f64,
    /// Share of the bytes in DNS.
    pub dns: f64,
    /// Share of the bytes in connections that come to nothing.
    pub half_open: f64,
    /// Share of the sessions over IPv6, and over a VLAN.
    pub ipv6: f64,
    pub vlan: f64,
    /// Share of the bodies in chunked coding.
    pub chunked: f64,
    /// Visits and TLS connections that are open at a time.
    pub concurrency: usize,
}

impl Shape {
    /// The shape called `name`: `mixed`, `api`, `bodies` or `hostile`.
    pub fn named(name: &str) -> Option<Self> {
        let mixed = Self {
            container: Container::Pcap,
            habits: Habits {
                scheme: "http",
                parts: 8..40,
                calls: 4..24,
                cross_origin: 0.6,
                violations: 0.1,
                part_size: (9_000.0, 1.3),
                answer_size: (1_800.0, 1.1),
                large: 0.002,
                many_fields: false,
            },
            disorder: Disorder {
                loss: 0.000_5,
                late: 0.003,
                reorder: 0.01,
                retransmit: 0.005,
                overlap: 0.001,
                conflict: 0.0,
                midstream: 0.02,
            },
            tls: 0.3,
            dns: 0.002,
            half_open: 0.0,
            ipv6: 0.25,
            vlan: 0.2,
            chunked: 0.35,
            concurrency: 800,
        };
        let quiet = Self {
            tls: 0.0,
            dns: 0.0,
            ipv6: 0.1,
            vlan: 0.0,
            disorder: Disorder {
                loss: 0.0,
                midstream: 0.01,
                ..mixed.disorder
            },
            ..mixed.clone()
        };
        Some(match name {
            "mixed" => mixed,
            "api" => Self {
                habits: Habits {
                    parts: 0..3,
                    calls: 20..60,
                    cross_origin: 0.75,
                    violations: 0.03,
                    answer_size: (450.0, 0.9),
                    large: 0.0,
                    many_fields: true,
                    ..quiet.habits
                },
                ..quiet
            },
            "bodies" => Self {
                habits: Habits {
                    parts: 6..14,
                    calls: 2..8,
                    violations: 0.2,
                    part_size: (350_000.0, 1.0),
                    answer_size: (30_000.0, 1.1),
                    large: 0.06,
                    ..quiet.habits
                },
                concurrency: 40,
                ..quiet
            },
            "hostile" => Self {
                habits: Habits {
                    parts: 3..10,
                    calls: 3..12,
                    ..quiet.habits
                },
                disorder: Disorder {
                    loss: 0.01,
                    late: 0.01,
                    reorder: 0.03,
                    retransmit: 0.02,
                    overlap: 0.01,
                    conflict: 0.002,
                    midstream: 0.1,
                },
                half_open: 0.73,
                ..quiet
            },
            _ => return None,
        })
    }

    /// The same in perfect order, without damage: every exchange can be rebuilt.
    pub fn tidy(mut self) -> Self {
        self.disorder = Disorder::default();
        self
    }
}

/// Writes a capture of about `size` bytes to `out` and a line for each exchange to `truth`.
pub fn write(
    shape: &Shape,
    size: u64,
    seed: u64,
    out: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Totals> {
    let pool = Pool::new(seed);
    let mut source = Source {
        shape,
        pool: &pool,
        teller: Teller::new(shape.habits.clone()),
        random: Random::new(seed),
        made: [0; 4],
        totals: Totals::default(),
        truth,
    };
    let mut frames = Frames::new(shape.container, out)?;
    let mut open = Open::default();
    let mut now = 0;
    loop {
        while source.made.iter().sum::<u64>() < size && (open.busy < shape.concurrency) {
            open.add(source.session(now)?);
        }
        let Some((mut session, until)) = open.earliest() else {
            break;
        };
        while let Some(packet) = session.packets.get(session.next)
            && packet.at <= until
        {
            now = packet.at;
            frames.write(&session.flows[packet.flow as usize], packet)?;
            session.next += 1;
        }
        open.put_back(session);
    }
    Ok(Totals {
        bytes: frames.bytes,
        packets: frames.packets,
        ..source.totals
    })
}

/// Sessions by the time of their next packet.
#[derive(Default)]
struct Open {
    queue: BinaryHeap<Reverse<(u64, usize)>>,
    sessions: Vec<Session>,
    free: Vec<usize>,
    busy: usize,
}

impl Open {
    fn add(&mut self, session: Session) {
        self.busy += 1;
        self.put_back(session);
    }

    /// The session whose packet is next, and until when it is so.
    fn earliest(&mut self) -> Option<(Session, u64)> {
        let Reverse((_, place)) = self.queue.pop()?;
        self.free.push(place);
        let until = self.queue.peek().map_or(u64::MAX, |Reverse((at, _))| *at);
        Some((std::mem::take(&mut self.sessions[place]), until))
    }

    fn put_back(&mut self, session: Session) {
        let Some(packet) = session.packets.get(session.next) else {
            self.busy -= 1;
            return;
        };
        let at = packet.at;
        let place = self.free.pop().unwrap_or_else(|| {
            self.sessions.push(Session::default());
            self.sessions.len() - 1
        });
        self.sessions[place] = session;
        self.queue.push(Reverse((at, place)));
    }
}

/// Makes sessions of all kinds in the shares of the shape.
struct Source<'a> {
    shape: &'a Shape,
    pool: &'a Pool,
    teller: Teller,
    random: Random,
    /// Bytes made of each kind: visits, TLS, DNS, half-open.
    made: [u64; 4],
    totals: Totals,
    truth: &'a mut dyn Write,
}

impl Source<'_> {
    /// A session of the kind that is most behind its share, beginning soon after `now`.
    fn session(&mut self, now: u64) -> io::Result<Session> {
        let Shape {
            tls,
            dns,
            half_open,
            ..
        } = *self.shape;
        let shares = [1.0 - tls - dns - half_open, tls, dns, half_open];
        let total = self.made.iter().sum::<u64>() as f64 + 1.0;
        let behind = |kind: usize| shares[kind] * total - self.made[kind] as f64;
        let kind = (0..4)
            .max_by(|&a, &b| behind(a).total_cmp(&behind(b)))
            .unwrap_or(0);
        let spread = if self.made[0] < 1 << 20 { 4000 } else { 50 };
        let at = now + self.random.below(spread * MILLI);
        let session = match kind {
            0 => self.visit(at)?,
            1 => noise::tls(at, self.path(), &self.shape.disorder, &mut self.random),
            2 => noise::dns(at, self.path(), &self.shape.disorder, &mut self.random),
            _ => noise::half_open(at, &self.shape.disorder, &mut self.random),
        };
        self.totals.flows += session.flows.iter().filter(|flow| !flow.is_udp).count() as u64;
        self.made[kind] += session
            .packets
            .iter()
            .map(|packet| 82 + packet.range.len() as u64)
            .sum::<u64>();
        Ok(session)
    }

    fn path(&mut self) -> Path {
        let random = &mut self.random;
        let [a, b, c, ..] = random.next().to_be_bytes();
        let client: IpAddr = match random.chance(self.shape.ipv6) {
            true => [
                0x2001,
                0xdb8,
                1,
                0,
                random.next() as u16,
                random.next() as u16,
                0,
                1,
            ]
            .into(),
            false => [10, a % 250, b % 250, 1 + c % 250].into(),
        };
        Path {
            round_trip: round_trip(random),
            vlan: random
                .chance(self.shape.vlan)
                .then(|| 100 + random.below(40) as u16),
            client,
        }
    }

    /// A visit to a page: each of its lanes is a connection.
    fn visit(&mut self, at: u64) -> io::Result<Session> {
        let exchanges = self.teller.visit(&mut self.random);
        let path = self.path();
        let mut lanes = Lanes {
            builder: Builder::new(path, &self.shape.disorder, &mut self.random),
            pool: self.pool,
            chunked: self.shape.chunked,
            flows: [None; LANES],
            begin: at,
        };
        let carried: Vec<_> = exchanges
            .iter()
            .map(|exchange| lanes.carry(exchange))
            .collect();
        let session = lanes.finish();
        for (exchange, carried) in exchanges.iter().zip(carried) {
            let flow = &session.flows[carried.flow];
            let captured = carried.captured(&session);
            self.totals.count(exchange, captured);
            let line = truth::line(exchange, EPOCH + carried.at, Some(flow.ends), captured);
            writeln!(self.truth, "{line}")?;
        }
        Ok(session)
    }
}

/// The connections of a visit.
struct Lanes<'a> {
    builder: Builder<'a>,
    pool: &'a Pool,
    chunked: f64,
    /// Each lane's connection, and when it is free.
    flows: [Option<(usize, u64)>; LANES],
    begin: u64,
}

/// Where an exchange is in its connection: when, and head and body of both messages.
struct Carried {
    flow: usize,
    at: u64,
    heads: [Range<usize>; 2],
    bodies: [Range<usize>; 2],
}

impl Lanes<'_> {
    fn carry(&mut self, exchange: &Exchange) -> Carried {
        let (flow, free) = match self.flows[exchange.lane] {
            Some(found) => found,
            None => self.builder.connect(self.server(exchange), self.begin),
        };
        let at = free + exchange.pause;
        let request = self.builder.session.flows[flow].bytes[TO_SERVER].len();
        self.builder.write(flow, TO_SERVER, &request_head(exchange));
        let request_body = self.builder.session.flows[flow].bytes[TO_SERVER].len();
        if let Some(body) = exchange.request_body {
            self.plain(flow, TO_SERVER, body);
        }
        let sent = self.builder.send(at, flow, TO_SERVER, request as u32);

        let is_chunked = exchange.body.is_some() && self.builder.random.chance(self.chunked);
        let answer = self.builder.session.flows[flow].bytes[TO_CLIENT].len();
        self.builder
            .write(flow, TO_CLIENT, &answer_head(exchange, is_chunked));
        let answer_body = self.builder.session.flows[flow].bytes[TO_CLIENT].len();
        match exchange.body {
            Some(body) if is_chunked => self.chunks(flow, body),
            Some(body) => self.plain(flow, TO_CLIENT, body),
            None => {}
        }
        let begin = sent + self.builder.path.round_trip / 2 + exchange.service;
        let end = self.builder.send(begin, flow, TO_CLIENT, answer as u32);
        self.flows[exchange.lane] = Some((flow, end + self.builder.path.round_trip / 2));
        let [to_server, to_client] = &self.builder.session.flows[flow].bytes;
        Carried {
            flow,
            at,
            heads: [request..request_body, answer..answer_body],
            bodies: [request_body..to_server.len(), answer_body..to_client.len()],
        }
    }

    fn server(&self, exchange: &Exchange) -> SocketAddr {
        let hash = exchange.host.bytes().fold(7u16, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u16::from(byte))
        });
        let [high, low] = hash.to_be_bytes();
        let address: IpAddr = match self.builder.path.client.is_ipv6() {
            true => [0x2001, 0xdb8, 5, 0, 0, 0, 0, hash].into(),
            false => [172, 16 + high % 4, high, 1 + low % 250].into(),
        };
        let port = if exchange.host.ends_with(":8080") {
            8080
        } else {
            80
        };
        (address, port).into()
    }

    fn plain(&mut self, flow: usize, direction: usize, body: Body) {
        for bytes in self.pool.sent(body) {
            self.builder.write(flow, direction, bytes);
        }
    }

    fn chunks(&mut self, flow: usize, body: Body) {
        for bytes in self.pool.sent(body).flat_map(|bytes| bytes.chunks(8192)) {
            self.builder
                .write(flow, TO_CLIENT, format!("{:x}\r\n", bytes.len()).as_bytes());
            self.builder.write(flow, TO_CLIENT, bytes);
            self.builder.write(flow, TO_CLIENT, b"\r\n");
        }
        self.builder.write(flow, TO_CLIENT, b"0\r\n\r\n");
    }

    fn finish(mut self) -> Session {
        for (flow, free) in self.flows.into_iter().flatten() {
            self.builder.close(free + 40 * MILLI, flow);
        }
        self.builder.finish()
    }
}

impl Carried {
    fn captured(&self, session: &Session) -> Captured {
        let flow = &session.flows[self.flow];
        let hurts = |ranges: &[Range<usize>; 2]| {
            (0..2).any(|direction| flow.misses(direction, ranges[direction].clone()))
        };
        let before = [0..self.heads[0].start, 0..self.heads[1].start];
        if hurts(&self.heads) {
            Captured::GapInHead
        } else if hurts(&self.bodies) {
            Captured::GapInBody
        } else if hurts(&before) {
            Captured::AfterGap
        } else {
            Captured::Whole
        }
    }
}

fn request_head(exchange: &Exchange) -> Vec<u8> {
    let first = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\n",
        exchange.method, exchange.path, exchange.host
    );
    let length = exchange
        .request_body
        .map(|body| format!("Content-Length: {}\r\n", body.len()));
    head(first, &exchange.request, length)
}

fn answer_head(exchange: &Exchange, is_chunked: bool) -> Vec<u8> {
    let first = format!("HTTP/1.1 {} Reason\r\n", exchange.status);
    let framing = match exchange.body {
        Some(_) if is_chunked => Some("Transfer-Encoding: chunked\r\n".to_owned()),
        Some(body) => Some(format!("Content-Length: {}\r\n", body.len())),
        None if matches!(exchange.status, 204 | 304) => None,
        None => Some("Content-Length: 0\r\n".to_owned()),
    };
    head(first, &exchange.response, framing)
}

fn head(first: String, fields: &[(&str, String)], framing: Option<String>) -> Vec<u8> {
    let mut head = first.into_bytes();
    for (name, value) in fields {
        for piece in [name, ": ", value, "\r\n"] {
            head.extend_from_slice(piece.as_bytes());
        }
    }
    head.extend(framing.unwrap_or_default().into_bytes());
    head.extend_from_slice(b"\r\n");
    head
}
