//! One TLS connection: the way of each record. What both ends agree on is in `agreement`.

mod agreement;

use super::KeyLog;
use super::direction::{Half, Protection};
use super::exchange::Exchange;
use super::handshake::{ClientHello, ServerHello};
use super::record::{Cutter, Event, Head, Mark, Reply, kind};
use super::state::{Plain, Reason, State};
use super::suite::Suite;
use super::traffic::{Epoch, Opened};
use crate::net::{Chunk, Direction};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// A TLS connection watched with the help of a key log.
///
/// Push chunks as they come, poll until `None`. Closed sessions cost next to nothing per chunk.
pub struct Session {
    to_server: Cutter,
    to_client: Cutter,
    core: Core,
    /// First bytes of the client while they may be a hello in the format of SSL 2.0; `None` once that is settled.
    prelude: Option<Vec<u8>>,
}

impl Session {
    /// A session of which nothing was seen yet.
    pub fn new(log: &Arc<KeyLog>) -> Self {
        let mut session = Self {
            to_server: Cutter::default(),
            to_client: Cutter::default(),
            core: Core {
                log: Arc::clone(log),
                to_server: Half::default(),
                to_client: Half::default(),
                client: None,
                server: None,
                is_retry: false,
                suite: None,
                server_name: None,
                alpn: None,
                state: State::Opening,
                ready: VecDeque::new(),
                exchange: Exchange::default(),
            },
            prelude: Some(Vec::new()),
        };
        if session.core.has_private_keys() {
            session.core.to_server.messages.keep_all();
            session.core.to_client.messages.keep_all();
        }
        session
    }

    /// Takes the next chunk of `direction`.
    pub fn push(&mut self, direction: Direction, chunk: Chunk<'_>) {
        if matches!(self.core.state, State::Closed(_)) {
            return;
        }
        let core = &mut self.core;
        let cutter = match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        };
        let mut each = |event: Event<'_>| core.take(direction, event);
        match chunk {
            Chunk::Gap { len } => cutter.gap(len, &mut each),
            Chunk::Data { bytes, at, frame } => {
                let mark = Mark { at, frame };
                if direction == Direction::ToServer
                    && let Some(mut held) = self.prelude.take()
                {
                    held.extend_from_slice(bytes);
                    match old_hello(&held) {
                        OldHello::NotYet => self.prelude = Some(held),
                        OldHello::Is(hello, len) => {
                            core.client_hello(hello);
                            let rest = held.get(len..).unwrap_or_default();
                            let mut each = |event: Event<'_>| core.take(direction, event);
                            cutter.push(rest, mark, &mut each);
                        }
                        OldHello::IsNot => cutter.push(&held, mark, &mut each),
                    }
                    return;
                }
                cutter.push(bytes, mark, &mut each);
            }
        }
    }

    /// The next piece of content.
    pub fn poll(&mut self) -> Option<(Direction, Plain)> {
        self.core.ready.pop_front()
    }

    /// The application protocol agreed upon (RFC 7301): `h2`, `http/1.1`. `None` also while, or because, it is not known.
    pub fn alpn(&self) -> Option<&str> {
        self.core.alpn.as_deref()
    }

    /// The server's name as the client asked for it (RFC 6066 §3).
    pub fn server_name(&self) -> Option<&str> {
        self.core.server_name.as_deref()
    }

    /// How far the session has come, and why no further.
    pub fn state(&self) -> State {
        self.core.state
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", &self.core.state)
            .field("server_name", &self.core.server_name)
            .field("alpn", &self.core.alpn)
            .finish_non_exhaustive()
    }
}

/// Whether a client's first bytes are a hello in the format of SSL 2.0.
enum OldHello {
    NotYet,
    Is(ClientHello, usize),
    IsNot,
}

fn old_hello(held: &[u8]) -> OldHello {
    if held.first().is_none_or(|first| *first < 0x80) {
        return OldHello::IsNot;
    }
    if held.len() < 5 {
        return OldHello::NotYet;
    }
    match ClientHello::v2_len(held) {
        Some(len) if held.len() < len => OldHello::NotYet,
        Some(len) => match ClientHello::parse_v2(held) {
            Some(hello) => OldHello::Is(hello, len),
            None => OldHello::IsNot,
        },
        None => OldHello::IsNot,
    }
}

/// Everything above records.
struct Core {
    log: Arc<KeyLog>,
    to_server: Half,
    to_client: Half,
    client: Option<ClientHello>,
    server: Option<ServerHello>,
    /// The server asked for another ClientHello: this is TLS 1.3.
    is_retry: bool,
    /// Known once both hellos are and keys were found.
    suite: Option<Suite>,
    server_name: Option<Box<str>>,
    alpn: Option<Box<str>>,
    state: State,
    ready: VecDeque<(Direction, Plain)>,
    exchange: Exchange,
}

impl Core {
    fn has_private_keys(&self) -> bool {
        !self.log.private_keys().is_empty()
    }

    fn half(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }

    fn close(&mut self, why: Reason) {
        self.state = State::Closed(why);
        self.to_server = Half::default();
        self.to_client = Half::default();
    }

    fn take(&mut self, direction: Direction, event: Event<'_>) -> Reply {
        if matches!(self.state, State::Closed(_)) {
            return Reply::Fine;
        }
        match event {
            Event::Record { head, mark, body } => {
                let reply = self.record(direction, head, mark, body);
                if reply == Reply::NoRecord {
                    self.unopened(direction, body);
                }
                reply
            }
            Event::Damaged(head) => {
                self.damaged(direction, head);
                Reply::Fine
            }
            Event::Guess {
                head,
                mark,
                body,
                lost,
            } => {
                let before = self.half(direction).losses;
                self.lost(direction, lost);
                let reply = self.record(direction, head, mark, body);
                if reply == Reply::NoRecord {
                    self.half(direction).losses = before;
                }
                reply
            }
        }
    }

    fn lost(&mut self, direction: Direction, bytes: Option<u64>) {
        let half = self.half(direction);
        half.messages.reset();
        half.losses.add(bytes);
        match &mut half.protection {
            Protection::Legacy(keyed) if keyed.opener.survives_loss() => keyed.opener.break_chain(),
            Protection::Legacy(_) => self.block(direction),
            _ => {}
        }
    }

    fn record(&mut self, direction: Direction, head: Head, mark: Mark, body: &[u8]) -> Reply {
        if self.is_retry && head.kind == kind::CHANGE_CIPHER_SPEC {
            // Means nothing in TLS 1.3 (RFC 8446 §D.4).
            return Reply::Fine;
        }
        let has_hellos = self.client.is_some() && self.server.is_some();
        let half = self.half(direction);
        let needs_keys = matches!(head.kind, kind::CHANGE_CIPHER_SPEC | kind::APPLICATION_DATA)
            && matches!(half.protection, Protection::Clear)
            || half.is_waiting();
        if needs_keys && !has_hellos {
            self.wait(direction, head, mark, body);
            return Reply::Fine;
        }
        match &half.protection {
            Protection::Clear => self.clear(direction, head, mark, body),
            _ => self.protected(direction, head, mark, body),
        }
    }

    /// A record that could not be opened counts as lost.
    fn unopened(&mut self, direction: Direction, body: &[u8]) {
        let half = self.half(direction);
        let is_modern = matches!(half.protection, Protection::Modern(_));
        // In TLS 1.3, until application data was seen, these are handshake records or early data without a secret.
        if half.has_opened || !is_modern {
            half.losses.add(record_len(body));
        }
    }

    /// Protected records whose keys depend on a hello of the other direction.
    fn wait(&mut self, direction: Direction, head: Head, mark: Mark, body: &[u8]) {
        // A direction's own hello comes before anything protected.
        let own = match direction {
            Direction::ToServer => self.client.is_some(),
            Direction::ToClient => self.server.is_some(),
        };
        let has_any = self.client.is_some() || self.server.is_some();
        if !own || !self.half(direction).wait(head, mark, body) {
            self.close(if has_any {
                Reason::HandshakeLost
            } else {
                Reason::MidStream
            });
        }
    }

    fn clear(&mut self, direction: Direction, head: Head, mark: Mark, body: &[u8]) -> Reply {
        match head.kind {
            kind::HANDSHAKE => self.messages(direction, body),
            kind::CHANGE_CIPHER_SPEC => self.change_cipher_spec(direction),
            kind::APPLICATION_DATA => {
                // TLS 1.3 needs no mark of the change; before, it must have been lost.
                self.change_cipher_spec(direction);
                self.protect(direction);
                return self.protected(direction, head, mark, body);
            }
            _ => {}
        }
        Reply::Fine
    }

    fn protected(&mut self, direction: Direction, head: Head, mark: Mark, body: &[u8]) -> Reply {
        match self.half(direction).protection {
            Protection::Legacy(_) => self.legacy(direction, head, mark, body),
            Protection::Modern(_) => self.modern(direction, head, mark, body),
            Protection::Clear | Protection::Blocked => Reply::Fine,
        }
    }

    fn legacy(&mut self, direction: Direction, head: Head, mark: Mark, body: &[u8]) -> Reply {
        let half = self.half(direction);
        let Protection::Legacy(keyed) = &mut half.protection else {
            return Reply::Fine;
        };
        let mut out = Vec::new();
        let opened = keyed.open(half.losses.is_pending(), head, body, &mut out);
        let Opened::Yes { skipped } = opened else {
            let survives = keyed.opener.survives_loss();
            self.failed(direction, survives);
            return Reply::NoRecord;
        };
        let missing = half.losses.settle(skipped, &keyed.opener);
        half.succeeded();
        if let Some(inflater) = &mut half.inflater {
            // What is missing would be needed to expand what follows.
            match inflater.expand(&out).filter(|_| missing.is_none()) {
                Some(expanded) => out = expanded,
                None => {
                    self.block(direction);
                    return Reply::Fine;
                }
            }
        }
        let is_data = head.kind == kind::APPLICATION_DATA;
        if let Some(len) = missing.filter(|_| half.has_opened || is_data) {
            self.give_gap(direction, len);
        }
        match head.kind {
            kind::APPLICATION_DATA => self.give(direction, out, mark),
            kind::HANDSHAKE => self.messages(direction, &out),
            kind::CHANGE_CIPHER_SPEC => self.change_cipher_spec(direction),
            _ => {}
        }
        Reply::Fine
    }

    fn modern(&mut self, direction: Direction, head: Head, mark: Mark, body: &[u8]) -> Reply {
        if head.kind != kind::APPLICATION_DATA {
            // A second hello, an alert in the clear, ChangeCipherSpec for middleboxes.
            return Reply::Fine;
        }
        let half = self.half(direction);
        let Protection::Modern(epochs) = &mut half.protection else {
            return Reply::Fine;
        };
        let mut out = Vec::new();
        let opened = epochs.open(half.losses.is_pending(), head, body, &mut out);
        let Opened::Yes { skipped } = opened else {
            self.failed(direction, true);
            return Reply::NoRecord;
        };
        let is_application = epochs.epoch() != Some(Epoch::Handshake);
        let missing = epochs
            .current()
            .and_then(|keyed| half.losses.settle(skipped, &keyed.opener));
        half.succeeded();
        // Zeroes are padding, the last byte before them is the type (RFC 8446 §5.4).
        let Some(end) = out.iter().rposition(|byte| *byte != 0) else {
            return Reply::Fine;
        };
        let inner = out.get(end).copied();
        out.truncate(end);
        if let Some(len) = missing.filter(|_| is_application) {
            self.give_gap(direction, len);
        }
        match inner {
            Some(kind::APPLICATION_DATA) => self.give(direction, out, mark),
            Some(kind::HANDSHAKE) => self.messages(direction, &out),
            _ => {}
        }
        Reply::Fine
    }

    /// A record with a hole: its number is known, its content is not.
    fn damaged(&mut self, direction: Direction, head: Head) {
        let half = self.half(direction);
        half.messages.reset();
        let bytes = Some(u64::from(head.len).saturating_add(super::record::HEAD_LEN as u64));
        let is_data = head.kind == kind::APPLICATION_DATA;
        let keyed = match &mut half.protection {
            _ if half.losses.is_pending() => None,
            Protection::Legacy(keyed) if keyed.opener.survives_loss() => Some(&mut **keyed),
            Protection::Legacy(_) => return self.block(direction),
            Protection::Modern(epochs) if epochs.epoch() == Some(Epoch::Application) && is_data => {
                epochs.current()
            }
            _ => None,
        };
        let Some(keyed) = keyed else {
            half.losses.add(bytes);
            return;
        };
        keyed.skip_one();
        half.losses.add(bytes);
        let missing = half.losses.settle(1, &keyed.opener);
        if let Some(len) = missing.filter(|_| is_data) {
            self.give_gap(direction, len);
        }
    }

    fn failed(&mut self, direction: Direction, survives: bool) {
        let half = self.half(direction);
        if half.failed() && survives {
            return;
        }
        let has_opened = self.to_server.has_opened || self.to_client.has_opened;
        if has_opened {
            self.block(direction);
        } else {
            self.close(Reason::WrongKeys);
        }
    }

    /// Nothing more can be opened in this direction.
    fn block(&mut self, direction: Direction) {
        self.half(direction).protection = Protection::Blocked;
        self.give_gap(direction, u64::MAX);
    }

    fn give(&mut self, direction: Direction, bytes: Vec<u8>, mark: Mark) {
        self.half(direction).has_opened = true;
        if !bytes.is_empty() {
            let Mark { at, frame } = mark;
            self.ready
                .push_back((direction, Plain::Data { bytes, at, frame }));
        }
    }

    fn give_gap(&mut self, direction: Direction, len: u64) {
        if len > 0 {
            self.ready.push_back((direction, Plain::Gap { len }));
        }
    }
}

fn record_len(body: &[u8]) -> Option<u64> {
    Some((body.len() + super::record::HEAD_LEN) as u64)
}
