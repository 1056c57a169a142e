//! One QUIC connection: datagrams of both directions → content of streams.

use super::frame::{self, Frame};
use super::keys::{Keys, next_secret};
use super::packet::{self, Kind, Packet};
use super::reorder::Reorder;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use crate::tls::handshake::{self, ClientHello, Message, Messages, ServerHello, kind as message};
use crate::tls::key_log::{Secret, Secrets};
use crate::tls::suite::Suite;
use crate::tls::{KeyLog, Reason, State};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

/// Bytes of datagrams that wait for keys: 0-RTT and what overtakes a hello.
const MAX_WAITING: usize = 256 << 10;
/// Out-of-order bytes of one stream.
const MAX_HELD: usize = 1 << 20;
/// Set in every packet of a connection that begins (RFC 9000 §17.2).
const FIXED_BIT: u8 = 0x40;
/// Streams followed at once.
const MAX_STREAMS: usize = 4096;

/// The next piece of one direction of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Which way it went.
    pub direction: Direction,
    /// Stream identifier (RFC 9000 §2.1).
    pub stream: u64,
    /// What it is.
    pub content: Content,
}

/// Content of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Bytes that follow those before.
    Data {
        /// The bytes; never empty.
        bytes: Vec<u8>,
        /// When the packet that brought them was captured.
        at: Timestamp,
        /// That packet's 1-based number.
        frame: u64,
    },
    /// Bytes that the capture does not hold.
    Gap {
        /// How many.
        len: u64,
    },
    /// The sender has ended or given up its direction.
    End,
}

/// A QUIC connection watched with the help of a key log.
///
/// Push the payloads of its UDP packets, poll until `None`, finish, poll again.
pub struct Connection {
    log: Arc<KeyLog>,
    version: u32,
    to_server: Side,
    to_client: Side,
    client: Option<ClientHello>,
    suite: Option<Suite>,
    alpn: Option<Box<str>>,
    server_name: Option<Box<str>>,
    state: State,
    streams: BTreeMap<(u64, Direction), Reorder>,
    waiting: Vec<(Direction, Vec<u8>, Timestamp, u64)>,
    waiting_bytes: usize,
    ready: VecDeque<Piece>,
}

/// What is kept for one direction.
#[derive(Default)]
struct Side {
    initial: Option<Keys>,
    early: Option<Keys>,
    handshake: Option<Keys>,
    application: Option<Phases>,
    /// Next packet number per space: Initial, Handshake, application.
    expected: [u64; 3],
    /// CRYPTO streams of the first two spaces.
    crypto: [(Reorder, Messages); 2],
    /// Length of the connection ids that packets of this direction are addressed to.
    id_len: Option<usize>,
}

/// 1-RTT keys: before and after the last update.
struct Phases {
    secret: Vec<u8>,
    phase: bool,
    current: Keys,
    previous: Option<Keys>,
}

/// What became of a packet.
enum Outcome {
    Done,
    /// Its keys are not known yet.
    NoKeys,
}

impl Connection {
    /// A connection of which nothing was seen yet.
    pub fn new(log: &Arc<KeyLog>) -> Self {
        Self {
            log: Arc::clone(log),
            version: 0,
            to_server: Side::default(),
            to_client: Side::default(),
            client: None,
            suite: None,
            alpn: None,
            server_name: None,
            state: State::Opening,
            streams: BTreeMap::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            ready: VecDeque::new(),
        }
    }

    /// Whether a UDP payload looks like the beginning of a connection: an Initial packet of a version that is known.
    pub fn begins(datagram: &[u8]) -> bool {
        packet::take(&mut &*datagram, 0).is_some_and(|packet| {
            packet.kind == Kind::Initial
                && packet
                    .bytes
                    .first()
                    .is_some_and(|first| first & FIXED_BIT != 0)
                && Keys::initial(packet.version, packet.destination, Direction::ToServer).is_some()
        })
    }

    /// Takes the next datagram of `direction`, captured at `at` in packet `frame`.
    pub fn push(&mut self, direction: Direction, datagram: &[u8], at: Timestamp, frame: u64) {
        if matches!(self.state, State::Closed(_)) {
            return;
        }
        let had_keys = self.suite.is_some();
        let mut rest = datagram;
        while !rest.is_empty() {
            let whole = rest;
            let id_len = self.side(direction).id_len.unwrap_or(0);
            let Some(packet) = packet::take(&mut rest, id_len) else {
                break;
            };
            if let Outcome::NoKeys = self.packet(direction, &packet, at, frame) {
                self.wait(direction, whole, at, frame);
                break;
            }
        }
        if self.suite.is_some() && !had_keys {
            self.waiting_bytes = 0;
            for (direction, datagram, at, frame) in std::mem::take(&mut self.waiting) {
                self.push(direction, &datagram, at, frame);
            }
        }
    }

    /// The next piece of content.
    pub fn poll(&mut self) -> Option<Piece> {
        self.ready.pop_front()
    }

    /// The connection is over: content behind holes is given.
    pub fn finish(&mut self) {
        let ready = &mut self.ready;
        for ((stream, direction), reorder) in &mut self.streams {
            reorder.finish(&mut |chunk| ready.push_back(piece(*direction, *stream, chunk)));
            if reorder.takes_end() {
                ready.push_back(end(*direction, *stream));
            }
        }
    }

    /// The application protocol agreed upon (RFC 7301), once known.
    pub fn alpn(&self) -> Option<&str> {
        self.alpn.as_deref()
    }

    /// The server's name as the client asked for it.
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// How far the connection has come, and why no further.
    pub fn state(&self) -> State {
        self.state
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }

    fn wait(&mut self, direction: Direction, datagram: &[u8], at: Timestamp, frame: u64) {
        self.waiting_bytes = self.waiting_bytes.saturating_add(datagram.len());
        if self.waiting_bytes > MAX_WAITING {
            let why = if self.client.is_some() {
                Reason::HandshakeLost
            } else {
                Reason::MidStream
            };
            return self.close(why);
        }
        self.waiting.push((direction, datagram.to_vec(), at, frame));
    }

    fn close(&mut self, why: Reason) {
        self.state = State::Closed(why);
        self.waiting = Vec::new();
    }

    fn packet(
        &mut self,
        direction: Direction,
        packet: &Packet<'_>,
        at: Timestamp,
        frame: u64,
    ) -> Outcome {
        if packet.version != 0 {
            self.version = packet.version;
            // The other direction is addressed to this packet's source.
            self.side(direction.reverse()).id_len = Some(packet.source.len());
        }
        let (space, opened) = match packet.kind {
            Kind::Retry => return Outcome::Done,
            Kind::Initial => (0, self.open_initial(direction, packet)),
            Kind::Handshake => (1, self.side(direction).open_handshake(packet)),
            Kind::ZeroRtt => (2, self.side(direction).open_early(packet)),
            Kind::OneRtt => (2, self.open_application(direction, packet)),
        };
        let Some(opened) = opened else {
            // Before the keys are known nothing is lost yet.
            let may_come = self.suite.is_none() && packet.kind != Kind::Initial;
            return if may_come {
                Outcome::NoKeys
            } else {
                Outcome::Done
            };
        };
        if let Some(expected) = self.side(direction).expected.get_mut(space) {
            *expected = (*expected).max(opened.number.saturating_add(1));
        }
        self.frames(direction, space, &opened.payload, at, frame);
        Outcome::Done
    }

    fn open_initial(
        &mut self,
        direction: Direction,
        packet: &Packet<'_>,
    ) -> Option<super::keys::Opened> {
        if let Some(opened) = self.side(direction).open_initial(packet) {
            return Some(opened);
        }
        // A first packet, or the first one after a Retry, which changes the keys.
        if direction == Direction::ToClient {
            return None;
        }
        let id = packet.destination;
        self.to_server.initial = Keys::initial(packet.version, id, Direction::ToServer);
        let opened = self.to_server.open_initial(packet)?;
        self.to_client.initial = Keys::initial(packet.version, id, Direction::ToClient);
        Some(opened)
    }

    fn open_application(
        &mut self,
        direction: Direction,
        packet: &Packet<'_>,
    ) -> Option<super::keys::Opened> {
        let (version, suite) = (self.version, self.suite?);
        let side = self.side(direction);
        let [.., expected] = side.expected;
        let phases = side.application.as_mut()?;
        let header = phases.current.header(packet, expected)?;
        if header.phase == phases.phase {
            return phases.current.open(packet, &header);
        }
        // Either a late packet from before an update, or the first one after it.
        if let Some(opened) = phases
            .previous
            .as_ref()
            .and_then(|keys| keys.open(packet, &header))
        {
            return Some(opened);
        }
        let secret = next_secret(version, suite.prf, &phases.secret)?;
        let keys = phases.current.updated(version, suite, &secret)?;
        let opened = keys.open(packet, &header)?;
        phases.previous = Some(std::mem::replace(&mut phases.current, keys));
        phases.secret = secret;
        phases.phase = header.phase;
        Some(opened)
    }

    fn frames(
        &mut self,
        direction: Direction,
        space: usize,
        payload: &[u8],
        at: Timestamp,
        frame: u64,
    ) {
        let mut rest = payload;
        while let Some(found) = frame::take(&mut rest) {
            match found {
                Frame::Crypto { offset, bytes } => {
                    self.crypto(direction, space, offset, bytes, (at, frame));
                }
                Frame::Stream {
                    id,
                    offset,
                    bytes,
                    is_last,
                } => self.stream(direction, id, offset, bytes, is_last, (at, frame)),
                Frame::Reset { id } => self.ready.push_back(end(direction, id)),
            }
        }
    }

    fn stream(
        &mut self,
        direction: Direction,
        id: u64,
        offset: u64,
        bytes: &[u8],
        is_last: bool,
        mark: (Timestamp, u64),
    ) {
        let key = (id, direction);
        if self.streams.len() >= MAX_STREAMS && !self.streams.contains_key(&key) {
            // Ended streams are kept to recognise repeated frames; the oldest make room.
            self.streams.pop_first();
        }
        let reorder = self.streams.entry(key).or_default();
        let ready = &mut self.ready;
        reorder.push(offset, bytes, mark, MAX_HELD, &mut |chunk| {
            ready.push_back(piece(direction, id, chunk));
        });
        if is_last {
            reorder.set_end(offset.saturating_add(bytes.len() as u64));
        }
        if reorder.takes_end() {
            ready.push_back(end(direction, id));
        }
    }

    fn crypto(
        &mut self,
        direction: Direction,
        space: usize,
        offset: u64,
        bytes: &[u8],
        mark: (Timestamp, u64),
    ) {
        let mut messages = Vec::new();
        if let Some((reorder, joined)) = self.side(direction).crypto.get_mut(space) {
            reorder.push(offset, bytes, mark, MAX_HELD, &mut |chunk| {
                if let Chunk::Data { bytes, .. } = chunk {
                    messages.extend(joined.push(bytes));
                }
            });
        }
        for message in messages {
            self.message(direction, &message);
        }
    }

    fn message(&mut self, direction: Direction, message: &Message) {
        match (message.kind, direction) {
            (message::CLIENT_HELLO, Direction::ToServer) => {
                if let Some(hello) = ClientHello::parse(&message.body) {
                    self.server_name = hello.server_name.clone();
                    self.client = Some(hello);
                }
            }
            (message::SERVER_HELLO, Direction::ToClient) => {
                match ServerHello::parse(&message.body) {
                    Some(hello) if hello.is_retry_request => {}
                    Some(hello) => self.agree(&hello),
                    None => self.close(Reason::BadHello),
                }
            }
            (message::ENCRYPTED_EXTENSIONS, Direction::ToClient) => {
                self.alpn = handshake::alpn_of_encrypted_extensions(&message.body);
            }
            _ => {}
        }
    }

    fn agree(&mut self, hello: &ServerHello) {
        let Some(client) = &self.client else {
            return self.close(Reason::HandshakeLost);
        };
        let Some(suite) = Suite::from_wire(hello.suite).filter(|suite| suite.is_aead()) else {
            return self.close(Reason::UnsupportedSuite(hello.suite));
        };
        let secrets: Option<Secrets> = self.log.connection(&client.random).copied();
        let Some(secrets) = secrets.filter(|secrets| {
            secrets.client_application.is_some() || secrets.server_application.is_some()
        }) else {
            return self.close(Reason::NoKeys);
        };
        let version = self.version;
        let keys = |secret: Option<Secret>| Keys::new(version, suite, secret?.as_slice());
        let phases = |secret: Option<Secret>| {
            Some(Phases {
                secret: secret?.as_slice().to_vec(),
                phase: false,
                current: keys(secret)?,
                previous: None,
            })
        };
        self.to_server.early = keys(secrets.client_early);
        self.to_server.handshake = keys(secrets.client_handshake);
        self.to_client.handshake = keys(secrets.server_handshake);
        self.to_server.application = phases(secrets.client_application);
        self.to_client.application = phases(secrets.server_application);
        self.suite = Some(suite);
        self.state = State::Open;
    }
}

impl Side {
    fn open_initial(&self, packet: &Packet<'_>) -> Option<super::keys::Opened> {
        let keys = self.initial.as_ref()?;
        let [expected, ..] = self.expected;
        keys.open(packet, &keys.header(packet, expected)?)
    }

    fn open_handshake(&self, packet: &Packet<'_>) -> Option<super::keys::Opened> {
        let keys = self.handshake.as_ref()?;
        let [_, expected, _] = self.expected;
        keys.open(packet, &keys.header(packet, expected)?)
    }

    fn open_early(&self, packet: &Packet<'_>) -> Option<super::keys::Opened> {
        let keys = self.early.as_ref()?;
        let [.., expected] = self.expected;
        keys.open(packet, &keys.header(packet, expected)?)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("state", &self.state)
            .field("server_name", &self.server_name)
            .field("alpn", &self.alpn)
            .finish_non_exhaustive()
    }
}

fn piece(direction: Direction, stream: u64, chunk: Chunk<'_>) -> Piece {
    let content = match chunk {
        Chunk::Data { bytes, at, frame } => Content::Data {
            bytes: bytes.to_vec(),
            at,
            frame,
        },
        Chunk::Gap { len } => Content::Gap { len },
    };
    Piece {
        direction,
        stream,
        content,
    }
}

fn end(direction: Direction, stream: u64) -> Piece {
    Piece {
        direction,
        stream,
        content: Content::End,
    }
}
