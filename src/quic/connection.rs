//! One QUIC connection as seen from outside: opens its packets and hands its streams to HTTP/3.

use super::census::{Census, Closed, Fate};
use super::cid::Cid;
use super::demux::Damage;
use super::frame::{self, Frame};
use super::half::{Bounds, Half, Space, StreamData};
use super::handshake::{Handshake, is_http3};
use super::header::Long;
use super::initial::{self, InitialKeys};
use super::level::Level;
use super::version::{LongType, Version};
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::h3::{self, End};
use crate::http::{Conversation, Exchange, Interest};
use crate::limits::Limits;
use crate::net::Direction;
use crate::time::Timestamp;
use crate::tls::KeyLog;
use std::collections::VecDeque;
use std::time::Duration;

/// Bytes of packets that wait for the ClientHello.
const WAITING: usize = 64 << 10;
/// Time after which missing bytes are taken for lost. Retransmissions come within a few round trips.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) conversation: Conversation,
    interest: Interest,
    limits: Limits,
    /// The version in use: the server's word counts (RFC 9368 §2.3).
    version: Version,
    initial: InitialKeys,
    handshake: Handshake,
    to_server: Half,
    to_client: Half,
    application: Application,
    waiting: VecDeque<Waiting>,
    waiting_cost: usize,
    seen: Seen,
    /// Of all its packets.
    bytes: u64,
    /// IDs that packets of a direction may carry from now on.
    pub(super) fresh_ids: Vec<(Cid, Direction)>,
}

/// What the streams carry.
#[derive(Debug)]
enum Application {
    Undecided,
    Http(Box<h3::Connection>),
    Other(String),
}

/// A packet that came before the ClientHello was complete.
#[derive(Debug)]
struct Waiting {
    bytes: Vec<u8>,
    number_at: usize,
    kind: Kind,
    arrival: Arrival,
}

/// Which keys a packet beyond Initial needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Handshake(Version),
    ZeroRtt(Version),
    OneRtt,
}

/// What was there, for the census.
#[derive(Debug, Default)]
struct Seen {
    /// Packets with application data, opened or not.
    application: bool,
    opened_application: bool,
    had_application_keys: bool,
    from_server: bool,
    closed: bool,
    /// Why packets of this connection stayed closed.
    damage: CaveatSet,
}

/// When and where a packet was captured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    pub(super) direction: Direction,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

/// What connections of one demultiplexer share.
pub(super) struct Context<'c> {
    pub(super) keys: &'c KeyLog,
    pub(super) scratch: &'c mut Vec<u8>,
    pub(super) census: &'c mut Census,
    pub(super) ready: &'c mut VecDeque<Exchange>,
    pub(super) damage: &'c mut VecDeque<Damage>,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It authenticated: it belongs to this connection.
    Opened,
    /// There are no keys for it (yet).
    NoKeys,
    /// It does not fit the keys there are.
    Failed,
}

impl Connection {
    /// A connection that begins with the client's Initial packet `first`; the packet itself is still to be pushed.
    pub(super) fn begin(
        conversation: Conversation,
        interest: Interest,
        limits: &Limits,
        first: &Long<'_>,
    ) -> Option<Self> {
        Some(Self {
            conversation,
            interest,
            limits: limits.clone(),
            version: first.version,
            initial: InitialKeys::new(first.version, first.to)?,
            handshake: Handshake::default(),
            to_server: Half::new(Direction::ToServer),
            to_client: Half::new(Direction::ToClient),
            application: Application::Undecided,
            waiting: VecDeque::new(),
            waiting_cost: 0,
            seen: Seen::default(),
            bytes: 0,
            fresh_ids: Vec::new(),
        })
    }

    /// Whether no packet of the server was opened yet.
    pub(super) fn is_unanswered(&self) -> bool {
        !self.seen.from_server
    }

    /// Whether one side said that it is over.
    pub(super) fn is_closed(&self) -> bool {
        self.seen.closed
    }

    /// A packet on this connection's path is too damaged to be cut out of its datagram.
    pub(super) fn saw_damage(&mut self) {
        self.seen.damage.insert(CaveatKind::Undecodable);
    }

    /// Memory held for reordering.
    pub(super) fn cost(&self) -> usize {
        self.to_server
            .cost()
            .saturating_add(self.to_client.cost())
            .saturating_add(self.waiting_cost)
    }

    /// Takes a packet with a long header.
    pub(super) fn long(
        &mut self,
        packet: &Long<'_>,
        arrival: Arrival,
        context: &mut Context<'_>,
    ) -> Outcome {
        self.count(packet.bytes);
        let kind = match packet.kind {
            LongType::Initial => return self.initial(packet, arrival, context),
            LongType::Handshake => Kind::Handshake(packet.version),
            LongType::ZeroRtt => Kind::ZeroRtt(packet.version),
            LongType::Retry => return Outcome::Failed,
        };
        let outcome = self.beyond_initial(packet.bytes, packet.number_at, kind, arrival, context);
        if outcome == Outcome::Opened {
            self.learn_ids(packet, arrival.direction);
        }
        outcome
    }

    /// Takes a packet with a short header, whose packet number begins at `number_at`.
    pub(super) fn short(
        &mut self,
        bytes: &[u8],
        number_at: usize,
        arrival: Arrival,
        context: &mut Context<'_>,
    ) -> Outcome {
        self.count(bytes);
        self.beyond_initial(bytes, number_at, Kind::OneRtt, arrival, context)
    }

    fn count(&mut self, packet: &[u8]) {
        self.bytes = self.bytes.saturating_add(packet.len() as u64);
    }

    fn initial(
        &mut self,
        packet: &Long<'_>,
        arrival: Arrival,
        context: &mut Context<'_>,
    ) -> Outcome {
        let largest = self.half(arrival.direction).largest(Space::Initial);
        let opened = self
            .initial
            .open(packet, arrival.direction, largest, context.scratch);
        let Some(initial::Opened {
            number,
            text,
            is_new_id,
        }) = opened
        else {
            return Outcome::Failed;
        };
        if is_new_id && !self.seen.from_server {
            self.begin_again();
        }
        self.learn_ids(packet, arrival.direction);
        if arrival.direction == Direction::ToClient {
            self.seen.from_server = true;
            self.version = packet.version;
        }
        self.half(arrival.direction).saw(Space::Initial, number);
        let had_hello = self.handshake.hello.is_some();
        let scratch = std::mem::take(context.scratch);
        self.frames(
            Space::Initial,
            scratch.get(text).unwrap_or_default(),
            arrival,
            context,
        );
        *context.scratch = scratch;
        if self.handshake.hello.is_some() && !had_hello {
            self.take_waiting(context);
        }
        Outcome::Opened
    }

    /// After a Retry the handshake begins again. The ClientHello should be the same (RFC 9001 §4.6.3), but not all keep to it.
    fn begin_again(&mut self) {
        self.handshake.hello = None;
        self.to_server.forget_hello();
    }

    /// Handshake, 0-RTT and 1-RTT packets: everything that needs secrets.
    fn beyond_initial(
        &mut self,
        bytes: &[u8],
        number_at: usize,
        kind: Kind,
        arrival: Arrival,
        context: &mut Context<'_>,
    ) -> Outcome {
        self.seen.application |= !matches!(kind, Kind::Handshake(_));
        if matches!(self.application, Application::Other(_)) {
            return Outcome::NoKeys;
        }
        if self.handshake.hello.is_none() {
            self.wait(bytes, number_at, kind, arrival, context);
            return Outcome::NoKeys;
        }
        let space = match kind {
            Kind::Handshake(_) => Space::Handshake,
            Kind::ZeroRtt(_) | Kind::OneRtt => Space::Application,
        };
        let largest = self.half(arrival.direction).largest(space);
        let Some(level) = self.level(kind, arrival.direction, context.keys) else {
            context.census.without_keys = context.census.without_keys.saturating_add(1);
            if space == Space::Application {
                self.seen.damage.insert(CaveatKind::NoKeys);
            }
            return Outcome::NoKeys;
        };
        let Some((number, text)) = level.open(bytes, number_at, largest, context.scratch) else {
            context.census.unopened = context.census.unopened.saturating_add(1);
            self.seen.damage.insert(CaveatKind::Undecodable);
            return Outcome::Failed;
        };
        self.seen.from_server |= arrival.direction == Direction::ToClient;
        self.seen.opened_application |= space == Space::Application;
        self.half(arrival.direction).saw(space, number);
        let scratch = std::mem::take(context.scratch);
        let payload = scratch.get(text).unwrap_or_default();
        self.frames(space, payload, arrival, context);
        *context.scratch = scratch;
        self.hand_out(context);
        Outcome::Opened
    }

    /// The keys for `kind`, looked up when they are needed first.
    fn level(&mut self, kind: Kind, direction: Direction, keys: &KeyLog) -> Option<&mut Level> {
        let (suite, negotiated) = (self.handshake.suite, self.version);
        let random = self.handshake.hello.as_ref()?.random;
        let half = match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        };
        let secrets = keys.connection(&random);
        let (slot, version, secret) = match kind {
            Kind::Handshake(version) => (
                &mut half.handshake,
                version,
                secrets.and_then(|secrets| match direction {
                    Direction::ToServer => secrets.client_handshake,
                    Direction::ToClient => secrets.server_handshake,
                }),
            ),
            Kind::ZeroRtt(version) => (
                &mut half.early,
                version,
                secrets.and_then(|secrets| secrets.client_early),
            ),
            Kind::OneRtt => (
                &mut half.application,
                negotiated,
                secrets.and_then(|secrets| match direction {
                    Direction::ToServer => secrets.client_application,
                    Direction::ToClient => secrets.server_application,
                }),
            ),
        };
        if slot.is_none() {
            // The suite of 0-RTT is that of the connection before.
            let suite = suite.filter(|_| !matches!(kind, Kind::ZeroRtt(_)));
            *slot = Level::new(version, secret?.as_slice(), suite);
            self.seen.had_application_keys |= !matches!(kind, Kind::Handshake(_));
        }
        slot.as_mut()
    }

    fn wait(
        &mut self,
        bytes: &[u8],
        number_at: usize,
        kind: Kind,
        arrival: Arrival,
        context: &mut Context<'_>,
    ) {
        if self.waiting_cost.saturating_add(bytes.len()) > WAITING {
            context.census.without_keys = context.census.without_keys.saturating_add(1);
            return;
        }
        self.waiting_cost = self.waiting_cost.saturating_add(bytes.len());
        self.waiting.push_back(Waiting {
            bytes: bytes.to_vec(),
            number_at,
            kind,
            arrival,
        });
    }

    fn take_waiting(&mut self, context: &mut Context<'_>) {
        self.waiting_cost = 0;
        for packet in std::mem::take(&mut self.waiting) {
            let Waiting {
                bytes,
                number_at,
                kind,
                arrival,
            } = packet;
            self.beyond_initial(&bytes, number_at, kind, arrival, context);
        }
    }

    fn learn_ids(&mut self, packet: &Long<'_>, direction: Direction) {
        self.fresh_ids.push((packet.to, direction));
        self.fresh_ids.push((packet.from, direction.reverse()));
    }

    fn frames(
        &mut self,
        space: Space,
        mut payload: &[u8],
        arrival: Arrival,
        context: &mut Context<'_>,
    ) {
        while let Some(frame) = frame::next(&mut payload) {
            let Ok(frame) = frame else {
                context.census.unreadable_frames =
                    context.census.unreadable_frames.saturating_add(1);
                context.damage.push_back(Damage {
                    kind: CaveatKind::Undecodable,
                    frame: arrival.frame,
                    detail: "a QUIC frame is not understood; the rest of its packet was skipped",
                });
                self.seen.damage.insert(CaveatKind::Undecodable);
                return;
            };
            match frame {
                Frame::Crypto { offset, bytes } if space != Space::Application => {
                    self.crypto(space, offset, bytes, arrival);
                }
                Frame::Stream {
                    id,
                    offset,
                    bytes,
                    is_last,
                } if space == Space::Application => {
                    let data = StreamData {
                        id,
                        offset,
                        bytes,
                        is_last,
                        at: arrival.at,
                        frame: arrival.frame,
                    };
                    self.stream(data, arrival.direction, context);
                }
                Frame::ResetStream { id } if space == Space::Application => {
                    if let Some((half, http)) = self.http(arrival.direction) {
                        half.end(id, End::Reset, arrival.at, http);
                    }
                }
                Frame::Ack { largest } if space == Space::Application => {
                    self.half(arrival.direction.reverse()).acknowledge(largest);
                }
                Frame::NewConnectionId(cid) => {
                    self.fresh_ids.push((cid, arrival.direction.reverse()));
                }
                Frame::ConnectionClose => self.seen.closed = true,
                _ => {}
            }
        }
    }

    fn stream(&mut self, data: StreamData<'_>, direction: Direction, context: &mut Context<'_>) {
        let bounds = Bounds {
            held: self.limits.reorder_bytes,
            streams: self.limits.pending_requests.saturating_mul(2),
        };
        let Some((half, http)) = self.http(direction) else {
            return;
        };
        if half.stream(data, bounds, http) {
            context.census.limits_reached = context.census.limits_reached.saturating_add(1);
            context.damage.push_back(Damage {
                kind: CaveatKind::LimitReached,
                frame: data.frame,
                detail: "too much of a QUIC connection is out of order; missing bytes were taken for lost",
            });
        }
    }

    fn crypto(&mut self, space: Space, offset: u64, bytes: &[u8], arrival: Arrival) {
        let half = match arrival.direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        };
        let Some(messages) = half.crypto(space, offset, bytes, arrival.at) else {
            return;
        };
        self.handshake.take(messages, arrival.direction);
    }

    /// One direction together with the HTTP/3 connection, if that is what this connection carries.
    fn http(&mut self, direction: Direction) -> Option<(&mut Half, &mut h3::Connection)> {
        if matches!(self.application, Application::Undecided) {
            self.application = match self.handshake.protocol() {
                protocol if is_http3(&protocol) => Application::Http(Box::new(
                    h3::Connection::new(self.conversation, self.interest, &self.limits),
                )),
                protocol => Application::Other(protocol),
            };
        }
        let half = match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        };
        match &mut self.application {
            Application::Http(http) => Some((half, http)),
            _ => None,
        }
    }

    fn hand_out(&mut self, context: &mut Context<'_>) {
        if let Application::Http(http) = &mut self.application {
            while let Some(exchange) = http.poll() {
                context.ready.push_back(exchange);
            }
        }
    }

    /// Gives up bytes that have been missing for too long at `now`; all that are missing, when `now` is `None`.
    pub(super) fn give_up_gaps(&mut self, now: Option<Timestamp>, context: &mut Context<'_>) {
        let before = now.map(|now| {
            let patience = i64::try_from(PATIENCE.as_nanos()).unwrap_or(i64::MAX);
            Timestamp(now.0.saturating_sub(patience))
        });
        if let Application::Http(http) = &mut self.application {
            for half in [&mut self.to_server, &mut self.to_client] {
                half.give_up_gaps(before, now.unwrap_or_default(), http);
            }
        }
        self.hand_out(context);
    }

    /// The connection is over: what is still open is given as it stands.
    pub(super) fn finish(&mut self, context: &mut Context<'_>) {
        self.give_up_gaps(None, context);
        let waiting = self.waiting.len() as u64;
        context.census.without_keys = context.census.without_keys.saturating_add(waiting);
        if let Application::Http(http) = &mut self.application {
            let mut noted = self.seen.damage;
            let sides = [&self.to_server, &self.to_client];
            if sides.iter().any(|half| half.is_silent()) {
                noted.insert(CaveatKind::OneSided);
            } else if sides.iter().any(|half| half.has_lost()) {
                noted.insert(CaveatKind::Gap);
            }
            noted.iter().for_each(|kind| http.note(kind));
            http.finish();
            context.census.exchanges = context.census.exchanges.saturating_add(http.seen());
        }
        self.hand_out(context);
        let name = self
            .handshake
            .server_name()
            .unwrap_or_else(|| self.conversation.server.to_string());
        context.census.count(&name, self.fate(), self.bytes);
    }

    fn fate(&self) -> Fate {
        match &self.application {
            Application::Http(_) => return Fate::Read,
            Application::Other(protocol) => return Fate::Other(protocol.clone()),
            Application::Undecided => {}
        }
        if !self.seen.application {
            return Fate::Unused;
        }
        if self.handshake.hello.is_none() {
            return Fate::Closed(Closed::NoHello);
        }
        let protocol = self.handshake.protocol();
        if !is_http3(&protocol) {
            Fate::Other(protocol)
        } else if self.seen.opened_application {
            Fate::Read
        } else if self.seen.had_application_keys {
            Fate::Closed(Closed::Unopened)
        } else {
            Fate::Closed(Closed::NoKeys)
        }
    }

    fn half(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }
}
