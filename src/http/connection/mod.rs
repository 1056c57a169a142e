//! One connection's bytes → exchanges, whatever version of HTTP it speaks; the protocol is told by content, never by port.
//!
//! What starts TLS is handed back to the caller, who may have keys: this layer knows no cryptography.

mod sniff;
mod socks;

use super::h1::{self, Bounds, Ending};
use super::h2;
use super::{Conversation, Exchange, Interest, Locator};
use crate::caveat::{CaveatKind, CaveatSet};
use crate::limits::Limits;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use sniff::Guess;
use socks::{Early, Socks};
use std::collections::VecDeque;

/// The reader of one connection.
#[derive(Debug)]
pub struct Connection {
    conversation: Conversation,
    interest: Interest,
    bounds: Bounds,
    protocol: Protocol,
    /// The client turned out to send what was taken for the server's direction.
    is_turned: bool,
    /// Which senders said that they are leaving.
    has_left: [bool; 2],
    /// Chunks per direction that told nothing about the protocol.
    undecided: [u8; 2],
    caveats: CaveatSet,
    /// Few connections change what they carry.
    left: Option<Box<Left>>,
    /// SOCKS handshakes so far: a proxy may ask another.
    handshakes: u8,
    seen: u64,
}

/// What is to be given out of a protocol that was left for another.
#[derive(Debug, Default)]
struct Left {
    exchanges: VecDeque<Exchange>,
    fragments: VecDeque<u64>,
    /// TLS that was sent into a tunnel before it stood; directions are the caller's.
    early: VecDeque<Early>,
}

/// What a connection turned out to carry.
#[derive(Debug)]
enum Protocol {
    /// Not enough was seen.
    Undecided,
    /// A SOCKS handshake, then anything.
    Socks(Box<Socks>),
    Http1(Box<h1::Connection>),
    /// HTTP/2, in clear or out of TLS.
    Http2(Box<h2::Connection>),
    Secured,
    /// HTTP was left for a protocol granted by 101.
    Upgraded,
    /// Not HTTP.
    Other(&'static str),
}

/// What a connection carries, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// HTTP of any version was understood.
    Http,
    /// TLS.
    Secured,
    /// Anything else, by a name to count it under.
    Other(&'static str),
}

/// Chunks per direction without any sign of a known protocol before a connection is given up.
const MOST_UNDECIDED: u8 = 16;
/// Proxies behind proxies.
const MOST_HANDSHAKES: u8 = 8;

impl Connection {
    /// A connection of which nothing was seen yet.
    pub fn new(conversation: Conversation, interest: Interest, limits: &Limits) -> Self {
        Self {
            conversation,
            interest,
            bounds: Bounds::of(limits),
            protocol: Protocol::Undecided,
            is_turned: false,
            has_left: [false; 2],
            undecided: [0; 2],
            caveats: CaveatSet::EMPTY,
            left: None,
            handshakes: 0,
            seen: 0,
        }
    }

    /// Takes the next chunk of one direction.
    ///
    /// Returns what of it is TLS; [`Self::poll_secured`] has TLS that came before. From then on all chunks of both directions come back and belong to a
    /// `tls::Session`, whose clear text belongs to a new connection with [`Conversation::secure`].
    #[inline]
    pub fn push<'a>(&mut self, direction: Direction, chunk: Chunk<'a>) -> Option<Chunk<'a>> {
        let own = self.turned(direction);
        match chunk {
            Chunk::Data { bytes, at, frame } => {
                let rest = self.data(own, bytes, at, frame);
                let is_secured = matches!(self.protocol, Protocol::Secured);
                (is_secured && !rest.is_empty()).then_some(Chunk::Data {
                    bytes: rest,
                    at,
                    frame,
                })
            }
            Chunk::Gap { len } => {
                match &mut self.protocol {
                    Protocol::Http1(http) => http.gap(own, len),
                    Protocol::Http2(http) => http.push(own, chunk),
                    _ => {}
                }
                matches!(self.protocol, Protocol::Secured).then_some(chunk)
            }
        }
    }

    /// TLS that was held back, and stands before what the last [`Self::push`] returned: bytes of one direction, and when
    /// and in which packet they were captured.
    #[inline]
    pub fn poll_secured(&mut self) -> Option<(Direction, Vec<u8>, Timestamp, u64)> {
        let early = self.left.as_mut()?.early.pop_front()?;
        Some((early.direction, early.bytes, early.at, early.frame))
    }

    /// The sender of one direction said that it is leaving (FIN or RST); bytes of it may still be under way.
    ///
    /// A client that leaves first gives up what is not answered yet.
    pub fn leave(&mut self, direction: Direction) {
        let own = self.turned(direction);
        self.has_left[own as usize] = true;
        if own == Direction::ToServer
            && !self.has_left[Direction::ToClient as usize]
            && let Protocol::Http1(http) = &mut self.protocol
        {
            http.give_up();
        }
    }

    /// Whether the receiver of one direction has bytes that were not pushed: they wait behind a hole, or are lost.
    ///
    /// Tells a client that sends without waiting for answers from one whose answers were not captured.
    #[inline]
    pub fn set_behind(&mut self, direction: Direction, is_behind: bool) {
        let own = self.turned(direction);
        if own == Direction::ToClient
            && let Protocol::Http1(http) = &mut self.protocol
        {
            http.set_behind(is_behind);
        }
    }

    /// The sender of one direction closed it, and all its bytes were pushed.
    pub fn close(&mut self, direction: Direction) {
        let own = self.turned(direction);
        if let Protocol::Http1(http) = &mut self.protocol {
            http.close(own);
        }
    }

    /// Nothing will follow: what is open is given out as far as it was seen.
    pub fn finish(&mut self) {
        match &mut self.protocol {
            Protocol::Http1(http) => http.finish(),
            Protocol::Http2(http) => http.finish(),
            _ => {}
        }
    }

    /// The next exchange whose answer is complete, or that will not be completed any more.
    #[inline]
    pub fn poll(&mut self) -> Option<Exchange> {
        if let Some(left) = &mut self.left
            && let Some(exchange) = left.exchanges.pop_front()
        {
            return Some(exchange);
        }
        match &mut self.protocol {
            Protocol::Http1(http) => http.poll(),
            Protocol::Http2(_) => self.poll_http2(),
            _ => None,
        }
    }

    /// The packet with the start of the next request that is not given out: the rest of its fields was not captured, nor
    /// an answer.
    pub fn poll_fragment(&mut self) -> Option<u64> {
        if let Some(left) = &mut self.left
            && let Some(fragment) = left.fragments.pop_front()
        {
            return Some(fragment);
        }
        match &mut self.protocol {
            Protocol::Http1(http) => http.poll_fragment(),
            _ => None,
        }
    }

    /// Something that lowers confidence in all exchanges of the connection.
    pub fn note(&mut self, kind: CaveatKind) {
        if self.caveats.contains(kind) {
            return;
        }
        self.caveats.insert(kind);
        if let Protocol::Http1(http) = &mut self.protocol {
            http.note(kind);
        }
    }

    /// Bytes held of heads that are not whole.
    #[inline]
    pub fn held(&self) -> usize {
        match &self.protocol {
            Protocol::Http1(http) => http.held(),
            Protocol::Http2(http) => http.held(),
            _ => 0,
        }
    }

    /// Whether nothing that follows can matter any more.
    pub fn is_done(&self) -> bool {
        let has_given = |left: &Left| left.exchanges.is_empty();
        matches!(self.protocol, Protocol::Upgraded | Protocol::Other(_))
            && self.left.as_deref().is_none_or(has_given)
    }

    /// What the connection carried, as far as it was understood.
    pub fn kind(&self) -> Kind {
        match &self.protocol {
            _ if self.seen > 0 => Kind::Http,
            Protocol::Http1(http) if http.has_messages() => Kind::Http,
            Protocol::Upgraded => Kind::Http,
            Protocol::Http1(_) | Protocol::Undecided => Kind::Other("unknown"),
            Protocol::Socks(_) => Kind::Other("SOCKS"),
            Protocol::Http2(_) => Kind::Http,
            Protocol::Secured => Kind::Secured,
            Protocol::Other(name) => Kind::Other(name),
        }
    }

    /// The name of what the connection carried, for reports.
    pub fn protocol(&self) -> &'static str {
        match &self.protocol {
            Protocol::Http2(_) => "HTTP/2",
            Protocol::Secured => "TLS",
            Protocol::Socks(_) => "SOCKS",
            Protocol::Other(name) if self.seen == 0 => name,
            _ if self.kind() == Kind::Http => "HTTP/1",
            _ => "unknown",
        }
    }

    /// Exchanges seen, kept or not.
    pub fn seen(&self) -> u64 {
        match &self.protocol {
            Protocol::Http1(http) => self.seen + http.seen(),
            Protocol::Http2(http) => self.seen + http.seen(),
            _ => self.seen,
        }
    }

    /// The connection as its exchanges name it, with client and server as content showed them.
    pub fn conversation(&self) -> Conversation {
        self.conversation
    }

    /// The same connection's bytes after TLS was opened.
    pub fn secured(&self) -> Self {
        let conversation = Conversation {
            secure: true,
            ..self.conversation
        };
        Self {
            conversation,
            interest: self.interest,
            bounds: self.bounds,
            protocol: Protocol::Undecided,
            is_turned: false,
            has_left: [false; 2],
            undecided: [0; 2],
            caveats: self.caveats,
            left: None,
            handshakes: 0,
            seen: 0,
        }
    }

    #[inline]
    fn turned(&self, direction: Direction) -> Direction {
        if self.is_turned {
            direction.reverse()
        } else {
            direction
        }
    }

    /// Takes bytes; returns those that are TLS.
    #[inline]
    fn data<'a>(
        &mut self,
        mut direction: Direction,
        mut bytes: &'a [u8],
        at: Timestamp,
        frame: u64,
    ) -> &'a [u8] {
        while !bytes.is_empty() {
            match &mut self.protocol {
                Protocol::Http1(http) => {
                    let used = http.push(direction, bytes, at, frame);
                    match http.ending() {
                        Some(ending) => self.go_on(ending),
                        None if http.has_messages() => return &[],
                        None => {
                            self.count_undecided(direction);
                            return &[];
                        }
                    }
                    bytes = bytes.get(used..).unwrap_or_default();
                }
                Protocol::Socks(socks) => {
                    let used = socks.push(direction, bytes);
                    bytes = bytes.get(used..).unwrap_or_default();
                    match socks.state() {
                        socks::State::Agreed => {
                            let early = socks.take_early();
                            self.protocol = Protocol::Undecided;
                            early.into_iter().for_each(|early| self.early(early));
                        }
                        socks::State::Refused => self.protocol = Protocol::Other("SOCKS"),
                        socks::State::Going => {
                            let early = Early {
                                direction,
                                bytes: bytes.to_vec(),
                                at,
                                frame,
                            };
                            if !bytes.is_empty() && !socks.hold(early) {
                                self.protocol = Protocol::Other("SOCKS");
                            }
                            return &[];
                        }
                    }
                }
                Protocol::Undecided => match self.decide(direction, bytes) {
                    Some(right) => direction = right,
                    None => return &[],
                },
                Protocol::Http2(http) => {
                    http.push(direction, Chunk::Data { bytes, at, frame });
                    return &[];
                }
                Protocol::Secured => return bytes,
                Protocol::Upgraded | Protocol::Other(_) => return &[],
            }
        }
        &[]
    }

    /// Takes what was sent into a tunnel before it stood.
    fn early(&mut self, mut early: Early) {
        let Early { at, frame, .. } = early;
        let own = early.direction;
        let secured = self.data(own, &early.bytes, at, frame).len();
        if secured > 0 {
            early.bytes.drain(..early.bytes.len() - secured);
            early.direction = self.turned(own);
            self.left.get_or_insert_default().early.push_back(early);
        }
    }

    /// Looks what `bytes` start; returns their direction, which may have been taken wrongly, once that is clear.
    fn decide(&mut self, direction: Direction, bytes: &[u8]) -> Option<Direction> {
        let (protocol, sender) = match sniff::guess(direction, bytes) {
            Guess::Unknown => {
                self.count_undecided(direction);
                return None;
            }
            Guess::Http1(sender) => (Protocol::Http1(Box::new(self.http1())), sender),
            Guess::Http2(sender) => (Protocol::Http2(Box::new(self.http2())), sender),
            Guess::Secured => (Protocol::Secured, direction),
            Guess::Socks(_) if self.handshakes == MOST_HANDSHAKES => {
                (Protocol::Other("SOCKS"), direction)
            }
            Guess::Socks(version) => (Protocol::Socks(Box::new(Socks::new(version))), direction),
            Guess::Other(name) => (Protocol::Other(name), direction),
        };
        self.handshakes += u8::from(matches!(protocol, Protocol::Socks(_)));
        self.protocol = protocol;
        if sender == direction || self.seen > 0 {
            return Some(direction);
        }
        self.is_turned = !self.is_turned;
        let Conversation { client, server, .. } = &mut self.conversation;
        std::mem::swap(client, server);
        self.undecided.swap(0, 1);
        match self.protocol {
            Protocol::Http1(_) => self.protocol = Protocol::Http1(Box::new(self.http1())),
            Protocol::Http2(_) => self.protocol = Protocol::Http2(Box::new(self.http2())),
            _ => {}
        }
        Some(sender)
    }

    fn http1(&self) -> h1::Connection {
        let mut http = h1::Connection::new(self.conversation, self.interest, self.bounds);
        for kind in self.caveats.iter() {
            http.note(kind);
        }
        for direction in [Direction::ToServer, Direction::ToClient] {
            if self.undecided[direction as usize] > 0 {
                // What came before was no start of a message: the place is lost.
                http.gap(direction, 0);
            }
        }
        http
    }

    fn http2(&self) -> h2::Connection {
        h2::Connection::new(self.conversation, self.interest, &self.bounds.limits())
    }

    /// The next exchange of HTTP/2, with what is known of the connection as a whole.
    fn poll_http2(&mut self) -> Option<Exchange> {
        let Protocol::Http2(http) = &mut self.protocol else {
            return None;
        };
        let mut exchange = http.poll()?;
        exchange.caveats.extend(self.caveats);
        Some(exchange)
    }

    /// HTTP/2 after an upgrade: the request that asked for it is that of stream 1.
    fn upgraded(&self, exchange: Exchange) -> h2::Connection {
        let mut http = self.http2();
        if let (Some(request), Locator::Pcap { request_frame, .. }) =
            (exchange.request, exchange.locator)
        {
            let frame = request_frame.unwrap_or_default();
            http.adopt_upgrade(request, exchange.started, frame, exchange.caveats);
        }
        http
    }

    fn count_undecided(&mut self, direction: Direction) {
        let count = &mut self.undecided[direction as usize];
        *count = count.saturating_add(1);
        if self.undecided.iter().all(|count| *count >= MOST_UNDECIDED) {
            self.protocol = Protocol::Other("unknown");
        }
    }

    /// HTTP/1.x is over; something else may follow.
    fn go_on(&mut self, ending: Ending) {
        if let Protocol::Http1(http) = &mut self.protocol {
            http.finish();
            self.seen += http.seen();
            let left = self.left.get_or_insert_default();
            left.exchanges.extend(std::iter::from_fn(|| http.poll()));
            left.fragments
                .extend(std::iter::from_fn(|| http.poll_fragment()));
        }
        self.undecided = [0; 2];
        self.protocol = match ending {
            Ending::Tunnel => Protocol::Undecided,
            Ending::Upgraded => Protocol::Upgraded,
            Ending::H2c(exchange) => Protocol::Http2(Box::new(self.upgraded(*exchange))),
        };
    }
}

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
