//! What became of the QUIC connections of a capture: read, closed for want of keys, or of another protocol.

use std::collections::BTreeMap;

/// Counts of one run. Connections are counted when they are over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// Connections whose beginning was seen.
    pub connections: u64,
    /// Connections of which HTTP/3 could be read, at least in one direction.
    pub read: u64,
    /// Connections that stayed closed, by server name (its address, where no name was sent) and reason.
    pub closed: BTreeMap<(String, Closed), u64>,
    /// Connections of other protocols, by ALPN identifier; empty when none was sent.
    pub other_protocols: BTreeMap<String, u64>,
    /// Connections and the bytes of their packets, by what they turned out to be.
    pub protocols: BTreeMap<&'static str, (u64, u64)>,
    /// Datagrams that hold no QUIC packet of a known connection.
    pub other_datagrams: u64,
    /// Packets of versions that are not known here, by version.
    pub unknown_versions: BTreeMap<u32, u64>,
    /// Exchanges rebuilt, of interest or not.
    pub exchanges: u64,
    /// Packets of known connections.
    pub packets: u64,
    /// Of these, packets that could not be opened although there were keys: damaged, cut, or with other keys.
    pub unopened: u64,
    /// Packets for which there were no keys.
    pub without_keys: u64,
    /// Packets whose rest was skipped at a frame that is not understood.
    pub unreadable_frames: u64,
    /// Long-header packets of connections whose beginning was not seen.
    pub strays: u64,
    /// How often a limit of `limits.rs` was reached.
    pub limits_reached: u64,
}

/// Why a connection stayed closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closed {
    /// The key log has no secrets for it.
    NoKeys,
    /// The ClientHello was not captured completely, so no keys can be looked up.
    NoHello,
    /// There were keys, but no packet with HTTP could be opened: another cipher suite, or wrong keys.
    Unopened,
}

impl Closed {
    /// A few words for reports.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoKeys => "no keys",
            Self::NoHello => "handshake not captured",
            Self::Unopened => "keys do not fit",
        }
    }
}

/// How one connection went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Read,
    Closed(Closed),
    Other(String),
    /// No packet with application data was captured.
    Unused,
}

impl Fate {
    fn protocol(&self) -> &'static str {
        match self {
            Self::Read => "HTTP/3",
            Self::Closed(_) => "QUIC that stayed closed",
            Self::Other(_) => "QUIC with other content",
            Self::Unused => "QUIC without content",
        }
    }
}

/// Connections by name; everything beyond is counted under one.
const NAMES: usize = 10_000;

impl Census {
    pub(super) fn count(&mut self, server: &str, fate: Fate, bytes: u64) {
        self.connections = self.connections.saturating_add(1);
        let (connections, sum) = self.protocols.entry(fate.protocol()).or_default();
        *connections = connections.saturating_add(1);
        *sum = sum.saturating_add(bytes);
        match fate {
            Fate::Read => self.read = self.read.saturating_add(1),
            Fate::Closed(why) => bump(&mut self.closed, (server.to_owned(), why), |key| {
                (String::from("others"), key.1)
            }),
            Fate::Other(protocol) => bump(&mut self.other_protocols, protocol, |_| "others".into()),
            Fate::Unused => {}
        }
    }

    pub(super) fn unknown_version(&mut self, version: u32) {
        bump(&mut self.unknown_versions, version, |_| 0);
    }
}

fn bump<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, otherwise: impl Fn(&K) -> K) {
    let key = if counts.len() < NAMES || counts.contains_key(&key) {
        key
    } else {
        otherwise(&key)
    };
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}
