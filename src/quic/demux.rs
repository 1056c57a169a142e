//! Which connection a datagram belongs to: by connection ID, else by the addresses (RFC 9000 §5.2).
//!
//! A new connection begins with a client's Initial packet that authenticates, so other UDP traffic costs a look-up and
//! nothing else. An ID that is known is followed to new addresses.

use super::census::Census;
use super::cid::Cid;
use super::connection::{Arrival, Connection, Context, Outcome};
use super::header::{self, Long, Packet};
use super::strays::Strays;
use super::udp::Conversations;
use super::version::LongType;
use crate::caveat::CaveatKind;
use crate::http::{Conversation, Exchange, Interest, SourceId};
use crate::limits::Limits;
use crate::net::Direction;
use crate::time::Timestamp;
use crate::tls::KeyLog;
use hashbrown::HashMap;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

/// One UDP datagram.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// What it carries.
    pub payload: &'a [u8],
    /// When it was captured.
    pub at: Timestamp,
    /// 1-based number of the packet that brought it.
    pub frame: u64,
}

/// Something that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// What kind.
    pub kind: CaveatKind,
    /// 1-based number of the packet.
    pub frame: u64,
    /// One sentence for the reader.
    pub detail: &'static str,
}

/// All QUIC connections of a capture. Push datagrams in the order of the capture, poll until `None`, finish, poll again.
///
/// Give it every UDP datagram: what is not QUIC is passed over, and conversations are counted as Wireshark does.
#[derive(Debug)]
pub struct Demux {
    source: SourceId,
    interest: Interest,
    limits: Limits,
    conversations: Conversations,
    connections: BTreeMap<u64, Slot>,
    next_connection: u64,
    by_id: HashMap<Cid, (u64, Direction)>,
    by_path: HashMap<Path, (u64, Direction)>,
    /// Bit n: some connection has an ID of n bytes.
    id_lengths: u32,
    /// Packets whose connection has not begun.
    strays: Strays,
    /// Memory that connections hold for reordering.
    held: usize,
    next_sweep: Option<Timestamp>,
    scratch: Vec<u8>,
    ready: VecDeque<Exchange>,
    damage: VecDeque<Damage>,
    census: Census,
}

/// Sender and receiver.
pub(super) type Path = (SocketAddr, SocketAddr);

#[derive(Debug)]
struct Slot {
    connection: Connection,
    /// With the direction of the packets that carry it.
    ids: VecDeque<(Cid, Direction)>,
    paths: VecDeque<Path>,
    last: Timestamp,
}

/// IDs and paths that are kept for one connection; older ones are retired by then.
const IDS: usize = 64;
const PATHS: usize = 16;
/// Damage that is kept until it is polled; the rest is only counted.
const DAMAGE: usize = 1024;
/// Time between two looks at all connections.
const SWEEP: Duration = Duration::from_secs(2);
/// Time for packets that were still under way when a connection was closed.
const DRAINING: Duration = Duration::from_secs(3);

impl Demux {
    /// No connections yet; `interest` says which exchanges are wanted.
    pub fn new(source: SourceId, interest: Interest, limits: &Limits) -> Self {
        Self {
            source,
            interest,
            limits: limits.clone(),
            conversations: Conversations::new(limits.flows),
            connections: BTreeMap::new(),
            next_connection: 0,
            by_id: HashMap::new(),
            by_path: HashMap::new(),
            id_lengths: 0,
            strays: Strays::default(),
            held: 0,
            next_sweep: None,
            scratch: Vec::new(),
            ready: VecDeque::new(),
            damage: VecDeque::new(),
            census: Census::default(),
        }
    }

    /// Connections that begin from now on belong to `source`.
    pub fn set_source(&mut self, source: SourceId) {
        self.source = source;
    }

    /// Takes the next datagram.
    pub fn push(&mut self, datagram: Datagram<'_>, keys: &KeyLog) {
        self.sweep(datagram.at, keys);
        let path = (datagram.from, datagram.to);
        let conversation = self.conversations.number(path.0, path.1);
        let known = (self.census.packets, self.census.strays, self.strays.len());
        let is_quic = self.packets(conversation, path, &datagram, keys);
        if !is_quic && known == (self.census.packets, self.census.strays, self.strays.len()) {
            self.census.other_datagrams = self.census.other_datagrams.saturating_add(1);
        }
    }

    /// Works off the packets of a datagram; whether one of them is QUIC's by its own header.
    fn packets(
        &mut self,
        conversation: u32,
        path: Path,
        datagram: &Datagram<'_>,
        keys: &KeyLog,
    ) -> bool {
        let mut is_quic = false;
        let mut rest = datagram.payload;
        while !rest.is_empty() {
            let Some(packet) = header::next(&mut rest) else {
                self.unreadable(path);
                return is_quic;
            };
            is_quic |= match packet {
                Packet::Long(_) | Packet::Short(_) => false,
                Packet::Retry { .. } | Packet::VersionNegotiation { .. } => true,
                Packet::UnknownVersion(version) => is_version_of_quic(version),
            };
            match packet {
                Packet::Long(long) => self.long(&long, conversation, datagram, keys),
                Packet::Short(bytes) => self.short(bytes, datagram, keys),
                Packet::Retry { to, from } => self.retry(to, from, path),
                Packet::VersionNegotiation { to } => self.negotiation(to, path, keys),
                Packet::UnknownVersion(version) if is_version_of_quic(version) => {
                    self.census.unknown_version(version);
                }
                Packet::UnknownVersion(_) => {}
            }
        }
        is_quic
    }

    /// The next exchange that is complete, or as complete as it will get.
    pub fn poll(&mut self) -> Option<Exchange> {
        self.ready.pop_front()
    }

    /// The next thing that could not be read.
    pub fn poll_damage(&mut self) -> Option<Damage> {
        self.damage.pop_front()
    }

    /// The capture is over: what is still open is given as it stands.
    pub fn finish(&mut self) {
        let keys = KeyLog::default();
        while let Some((&id, _)) = self.connections.first_key_value() {
            self.end(id, &keys);
        }
        let strays = std::mem::take(&mut self.strays).len();
        self.census.strays = self.census.strays.saturating_add(strays);
    }

    /// What became of the connections; complete after [`Self::finish`].
    pub fn census(&self) -> &Census {
        &self.census
    }

    fn long(
        &mut self,
        packet: &Long<'_>,
        conversation: u32,
        datagram: &Datagram<'_>,
        keys: &KeyLog,
    ) {
        let path = (datagram.from, datagram.to);
        let by_id = (!packet.to.is_empty())
            .then(|| self.by_id.get(&packet.to))
            .flatten()
            .copied();
        let by_path = self.by_path.get(&path).copied();
        for (id, direction) in by_id
            .into_iter()
            .chain(by_path.filter(|found| Some(*found) != by_id))
        {
            let outcome = self.offer(id, direction, datagram, keys, |slot, arrival, context| {
                slot.connection.long(packet, arrival, context)
            });
            let is_settled = match outcome {
                Outcome::Opened | Outcome::NoKeys => true,
                Outcome::Failed => false,
            };
            if is_settled {
                return;
            }
        }
        if packet.kind == LongType::Initial && self.begin(packet, conversation, datagram, keys) {
            self.take_strays(path, conversation, keys);
        } else if by_id.or(by_path).is_none() {
            let dropped = self.strays.keep(packet.bytes, datagram);
            self.census.strays = self.census.strays.saturating_add(dropped);
        } else {
            self.unreadable(path);
        }
    }

    fn short(&mut self, bytes: &[u8], datagram: &Datagram<'_>, keys: &KeyLog) {
        // Some pad their datagrams with zeroes behind the last packet.
        if bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let path = (datagram.from, datagram.to);
        let Some((id, direction, id_len)) = self.find_short(bytes, path) else {
            return;
        };
        let number_at = id_len.saturating_add(1);
        self.offer(id, direction, datagram, keys, |slot, arrival, context| {
            slot.connection.short(bytes, number_at, arrival, context)
        });
    }

    /// A header that cannot be read, or a packet that was cut.
    fn unreadable(&mut self, path: Path) {
        if let Some((id, _)) = self.by_path.get(&path)
            && let Some(slot) = self.connections.get_mut(id)
        {
            slot.connection.saw_damage();
            self.census.unopened = self.census.unopened.saturating_add(1);
        }
    }

    /// The connection of a packet with a short header, and the length of the ID in it, which only the receiver knows.
    fn find_short(&self, bytes: &[u8], path: Path) -> Option<(u64, Direction, usize)> {
        let after = bytes.get(1..)?;
        let by_path = self
            .by_path
            .get(&path)
            .and_then(|(id, direction)| Some((*id, *direction, self.connections.get(id)?)));
        if let Some((id, direction, slot)) = by_path
            && let Some(own) = slot
                .ids(direction)
                .find(|own| after.starts_with(own.as_slice()))
        {
            return Some((id, direction, own.len()));
        }
        let by_id = (1..=Cid::LONGEST)
            .rev()
            .filter(|len| self.id_lengths & 1 << len != 0)
            .find_map(|len| {
                let cid = Cid::new(after.get(..len)?)?;
                let (id, direction) = self.by_id.get(&cid)?;
                Some((*id, *direction, len))
            });
        by_id.or_else(|| {
            // An ID whose announcement was not captured: it has the length of the others.
            let (id, direction, slot) = by_path?;
            Some((id, direction, slot.ids(direction).last()?.len()))
        })
    }

    /// Lets connection `id` try a packet, and learns from it if it opens.
    fn offer(
        &mut self,
        id: u64,
        direction: Direction,
        datagram: &Datagram<'_>,
        keys: &KeyLog,
        take: impl FnOnce(&mut Slot, Arrival, &mut Context<'_>) -> Outcome,
    ) -> Outcome {
        let Some(slot) = self.connections.get_mut(&id) else {
            return Outcome::Failed;
        };
        self.census.packets = self.census.packets.saturating_add(1);
        let arrival = Arrival {
            direction,
            at: datagram.at,
            frame: datagram.frame,
        };
        let mut context = Context {
            keys,
            scratch: &mut self.scratch,
            census: &mut self.census,
            ready: &mut self.ready,
            damage: &mut self.damage,
        };
        let before = slot.connection.cost();
        let outcome = take(slot, arrival, &mut context);
        if self
            .held
            .saturating_sub(before)
            .saturating_add(slot.connection.cost())
            > self.limits.reorder_total
        {
            slot.connection.give_up_gaps(None, &mut context);
            context.census.limits_reached = context.census.limits_reached.saturating_add(1);
        }
        self.held = self
            .held
            .saturating_sub(before)
            .saturating_add(slot.connection.cost());
        slot.last = slot.last.max(datagram.at);
        self.damage.truncate(DAMAGE);
        if outcome == Outcome::Opened {
            self.learn(id, (datagram.from, datagram.to), direction);
        }
        outcome
    }

    /// Begins a connection if `packet` is a client's Initial. Only the right keys open it, so this is no guess.
    fn begin(
        &mut self,
        packet: &Long<'_>,
        conversation: u32,
        datagram: &Datagram<'_>,
        keys: &KeyLog,
    ) -> bool {
        let conversation = Conversation {
            source: self.source,
            stream: conversation,
            client: datagram.from,
            server: datagram.to,
            secure: true,
        };
        let Some(connection) = Connection::begin(conversation, self.interest, &self.limits, packet)
        else {
            return false;
        };
        let id = self.next_connection;
        let slot = Slot {
            connection,
            ids: VecDeque::new(),
            paths: VecDeque::new(),
            last: datagram.at,
        };
        self.connections.insert(id, slot);
        let direction = Direction::ToServer;
        let outcome = self.offer(id, direction, datagram, keys, |slot, arrival, context| {
            slot.connection.long(packet, arrival, context)
        });
        if outcome != Outcome::Opened {
            self.connections.remove(&id);
            self.census.packets = self.census.packets.saturating_sub(1);
            return false;
        }
        self.next_connection = self.next_connection.saturating_add(1);
        self.make_room(id, keys);
        true
    }

    /// Takes over the IDs that a connection has learnt, and the path of a packet that opened.
    fn learn(&mut self, id: u64, path: Path, direction: Direction) {
        let Some(slot) = self.connections.get_mut(&id) else {
            return;
        };
        for (cid, to) in slot.connection.fresh_ids.drain(..) {
            if slot.ids.contains(&(cid, to)) {
                continue;
            }
            slot.ids.push_back((cid, to));
            if !cid.is_empty() {
                self.id_lengths |= 1 << cid.len();
                self.by_id.insert(cid, (id, to));
            }
            if slot.ids.len() > IDS
                && let Some((oldest, _)) = slot.ids.pop_front()
            {
                forget(&mut self.by_id, &oldest, id);
            }
        }
        if self.by_path.get(&path) == Some(&(id, direction)) {
            return;
        }
        let back = (path.1, path.0);
        for (path, direction) in [(path, direction), (back, direction.reverse())] {
            self.by_path.insert(path, (id, direction));
            slot.paths.push_back(path);
            if slot.paths.len() > PATHS
                && let Some(oldest) = slot.paths.pop_front()
            {
                forget(&mut self.by_path, &oldest, id);
            }
        }
    }

    /// The client's next Initial goes to the ID that the server chose (RFC 9000 §17.2.5).
    fn retry(&mut self, to: Cid, from: Cid, path: Path) {
        let found = self.by_id.get(&to).or_else(|| self.by_path.get(&path));
        if let Some(&(id, Direction::ToClient)) = found
            && let Some(slot) = self.connections.get_mut(&id)
            && slot.connection.is_unanswered()
        {
            slot.connection.fresh_ids.push((from, Direction::ToServer));
            self.learn(id, path, Direction::ToClient);
        }
    }

    /// The client begins anew in another version (RFC 9000 §6.2).
    fn negotiation(&mut self, to: Cid, path: Path, keys: &KeyLog) {
        let found = self.by_id.get(&to).or_else(|| self.by_path.get(&path));
        if let Some(&(id, Direction::ToClient)) = found
            && let Some(slot) = self.connections.get(&id)
            && slot.connection.is_unanswered()
        {
            self.end(id, keys);
        }
    }

    /// Packets that overtook the first of their connection.
    fn take_strays(&mut self, path: Path, conversation: u32, keys: &KeyLog) {
        for stray in self.strays.take(path) {
            let datagram = Datagram {
                from: stray.path.0,
                to: stray.path.1,
                payload: &stray.bytes,
                at: stray.at,
                frame: stray.frame,
            };
            if let Some(Packet::Long(long)) = header::next(&mut &*stray.bytes) {
                self.long(&long, conversation, &datagram, keys);
            }
        }
    }

    /// Ends connections that are over or idle, and gives up bytes that are missing for too long.
    fn sweep(&mut self, now: Timestamp, keys: &KeyLog) {
        if self.next_sweep.is_some_and(|next| now < next) {
            return;
        }
        let is_first = self.next_sweep.is_none();
        self.next_sweep = Some(now.after(SWEEP));
        if is_first || self.connections.is_empty() {
            return;
        }
        let mut over = Vec::new();
        for (&id, slot) in &mut self.connections {
            let idle = now.since(slot.last);
            if idle > self.limits.idle || slot.connection.is_closed() && idle > DRAINING {
                over.push(id);
            } else if slot.connection.cost() > 0 {
                self.held = self.held.saturating_sub(slot.connection.cost());
                let mut context = Context {
                    keys,
                    scratch: &mut self.scratch,
                    census: &mut self.census,
                    ready: &mut self.ready,
                    damage: &mut self.damage,
                };
                slot.connection.give_up_gaps(Some(now), &mut context);
                self.held = self.held.saturating_add(slot.connection.cost());
            }
        }
        for id in over {
            self.end(id, keys);
        }
    }

    /// Ends the connections that were idle longest when there are too many; never `newest`.
    fn make_room(&mut self, newest: u64, keys: &KeyLog) {
        let most = self.limits.quic_connections.max(1);
        if self.connections.len() <= most {
            return;
        }
        self.census.limits_reached = self.census.limits_reached.saturating_add(1);
        let mut idle: Vec<_> = self
            .connections
            .iter()
            .map(|(id, slot)| (slot.last, *id))
            .filter(|(_, id)| *id != newest)
            .collect();
        idle.sort_unstable();
        // Several at once, so that the next search is not due at the next connection.
        for (_, id) in idle.into_iter().take(most / 16 + 1) {
            self.end(id, keys);
        }
    }

    fn end(&mut self, id: u64, keys: &KeyLog) {
        let Some(mut slot) = self.connections.remove(&id) else {
            return;
        };
        self.held = self.held.saturating_sub(slot.connection.cost());
        let mut context = Context {
            keys,
            scratch: &mut self.scratch,
            census: &mut self.census,
            ready: &mut self.ready,
            damage: &mut self.damage,
        };
        slot.connection.finish(&mut context);
        for (cid, _) in &slot.ids {
            forget(&mut self.by_id, cid, id);
        }
        for path in &slot.paths {
            forget(&mut self.by_path, path, id);
        }
    }
}

impl Slot {
    /// IDs in packets of `direction`.
    fn ids(&self, direction: Direction) -> impl Iterator<Item = &Cid> {
        self.ids
            .iter()
            .filter(move |(_, to)| *to == direction)
            .map(|(cid, _)| cid)
    }
}

/// Removes `key` if it still leads to connection `id`.
fn forget<K: Eq + std::hash::Hash>(map: &mut HashMap<K, (u64, Direction)>, key: &K, id: u64) {
    if map.get(key).is_some_and(|(found, _)| *found == id) {
        map.remove(key);
    }
}

/// Whether an unknown version number is one that QUIC uses: reserved ones (RFC 9000 §15), drafts, Google's and Meta's own.
fn is_version_of_quic(version: u32) -> bool {
    version & 0x0f0f_0f0f == 0x0a0a_0a0a
        || version >> 8 == 0x00ff_0000
        || version >> 8 == 0x00fa_ceb0
        || matches!(version >> 16, 0x5130 | 0x5430)
}
