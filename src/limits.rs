//! Every bound of the program: its default, its reason, and the caveat when it is reached.
//!
//! A limit that is reached is reported ([`crate::caveat::CaveatKind::LimitReached`]); nothing is dropped in silence.

use std::time::Duration;

/// Different secrets that get a number of their own within a run; further ones share one tag.
pub const SECRET_TAGS: usize = 1 << 16;

/// Different hosts, labels or addresses that get a pseudonym of their own within a run; further ones share one.
pub const HOST_NAMES: usize = 1 << 16;

/// Entries of a HAR being written that wait for entries which began earlier; above it the first is written.
pub const HAR_WAITING: usize = 1 << 16;

/// Bytes of these entries.
pub const HAR_WAITING_BYTES: usize = 64 << 20;

/// Findings that wait for older ones, so that they come in the order of time; beyond, the oldest is given as it is.
pub const FINDINGS_HELD: usize = 1 << 9;

/// Different findings (by fingerprint) that a report which groups them keeps with evidence; further ones are counted.
pub const REPORT_GROUPS: usize = 1 << 16;

/// Different preflights (client, origin, URL, method, headers) whose repetitions are told apart; those of further ones are
/// taken for new.
pub const PREFLIGHT_KEYS: usize = 7 << 14;

/// Endpoints whose preflights are counted by themselves; those of further ones are counted together.
pub const PREFLIGHT_ENDPOINTS: usize = 1 << 13;

/// Endpoints whose preflights' cost is reported by itself: those that cost most.
pub const PREFLIGHT_ROWS: usize = 100;

/// The same for the HTML report, which keeps less of each in memory.
pub const HTML_GROUPS: usize = 1 << 17;

/// Bytes of findings' details in an HTML report, as they stand in the file; further findings have a row and no details.
pub const HTML_DETAILS: usize = 64 << 20;

/// Names of rules, codes and causes that this version does not have, kept from the reports of others.
pub const FOREIGN_NAMES: usize = 1 << 12;

/// Longest of them, in bytes.
pub const FOREIGN_NAME: usize = 128;

/// Rows of a Parquet file that are held before they are written as one row group.
pub const PARQUET_GROUP_ROWS: usize = 1 << 16;

/// Bytes of text in them that are held before they are written as one row group.
pub const PARQUET_GROUP_BYTES: usize = 16 << 20;

/// Exchanges named as examples of one group of equal findings; further ones are counted.
pub const GROUP_EXAMPLES: usize = 8;

/// Hosts for which a policy is suggested; requests to further ones are counted and left out.
pub const SIMULATED_HOSTS: usize = 4096;

/// Origins of one host, and names of headers and methods of one origin, that a suggested policy considers.
pub const SIMULATED_NAMES: usize = 256;

/// The bounds of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest field section of one message, in bytes. Chromium refuses above 256 KiB; servers above 8 to 64 KiB.
    pub field_section: usize,
    /// Most fields in one message. Servers allow 100 to 200.
    pub fields: usize,
    /// Largest dynamic field table (HPACK, QPACK) of one direction, in bytes. Browsers offer 64 KiB, servers 4 KiB.
    pub field_table: usize,
    /// Out-of-order bytes held for one direction of a connection.
    pub reorder_bytes: usize,
    /// Out-of-order bytes held for all connections together.
    pub reorder_total: usize,
    /// Bytes of heads that are not whole, held for all connections together; above it a connection that goes on with one
    /// is given up.
    pub partial_heads: usize,
    /// Connections tracked at once; the one that was idle longest makes room.
    pub flows: usize,
    /// QUIC connections tracked at once; the one that was idle longest makes room.
    pub quic_connections: usize,
    /// Requests of one connection that wait for their answers (pipelining, HTTP/2 streams).
    pub pending_requests: usize,
    /// Idle time after which a connection is closed for us.
    pub idle: Duration,
    /// IP fragments held for reassembly, in bytes.
    pub fragments: usize,
    /// Largest single packet record, in bytes. libpcap's own bound is 256 KiB; USB captures go to 128 MiB.
    pub packet: usize,
    /// Largest HAR entry that is kept in memory whole, in bytes; of a longer one the bodies are dropped while reading.
    pub entry: usize,
    /// How long a preflight waits for its actual request and the reverse. Chromium keeps a preflight answer 7200 s at most,
    /// but the actual follows at once; this bounds memory.
    pub pairing_window: Duration,
    /// The same where a capture is written while it is read and nobody wants to wait that long. A slower partner is judged
    /// by itself.
    pub live_patience: Duration,
    /// Transactions of one client, origin and URL that wait for their partners.
    pub pairing_bucket: usize,
    /// Exchanges that wait for their partners, all clients together.
    pub pairing_total: usize,
    /// Bytes of the exchanges that wait for their partners, all clients together. Beyond, complete transactions are decided
    /// before the window closes.
    pub pairing_bytes: usize,
    /// Bytes of exchanges of a capture that come before those that are complete are decided: what the processor's caches
    /// hold, so that they are judged while they are near.
    pub pairing_early: usize,
    /// Occurrences of one kind of caveat that are kept with their place; the rest is counted.
    pub caveats_per_kind: usize,
    /// Routes, and kinds of failure, that the search for root causes keeps apart; the rest is counted together.
    pub cause_groups: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            field_section: 256 << 10,
            fields: 512,
            field_table: 256 << 10,
            reorder_bytes: 1 << 20,
            reorder_total: 64 << 20,
            partial_heads: 64 << 20,
            flows: 1 << 20,
            quic_connections: 1 << 15,
            pending_requests: 1024,
            idle: Duration::from_secs(600),
            fragments: 16 << 20,
            packet: 16 << 20,
            entry: 64 << 20,
            pairing_window: Duration::from_secs(30),
            live_patience: Duration::from_secs(5),
            pairing_bucket: 4096,
            pairing_total: 1 << 18,
            pairing_bytes: 12 << 20,
            pairing_early: 1 << 20,
            caveats_per_kind: 20,
            cause_groups: 8 << 10,
        }
    }
}
