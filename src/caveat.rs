//! What an analysis lived through: damage, missing parts and limits that lower confidence.
//!
//! Damage is recorded, never fatal. An exchange carries the *kinds* that touch it ([`CaveatSet`]);
//! the run keeps each occurrence with its place ([`Caveat`]) and prints them at the end.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One kind of damage or ignorance. The kebab-case name is what reports print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum CaveatKind {
    /// Message framing allows two readings (RFC 9112 §6.3), one was chosen.
    AmbiguousFraming,
    /// A HAR entry could not be read.
    BrokenEntry,
    /// The client closed the connection before the answer began: nobody was left to read it.
    ClientClosed,
    /// The capture kept less of a packet than was on the wire (snap length).
    CutPacket,
    /// The exporter leaves out requests that failed.
    ExporterOmitsFailures,
    /// The exporter leaves out preflights.
    ExporterOmitsPreflights,
    /// The exporter joins repeated fields into one value.
    ExporterMergesFields,
    /// The exporter removes cookies and authorization.
    ExporterRemovesCredentials,
    /// Bytes of a TCP stream are missing in the capture.
    Gap,
    /// A field section is not complete: nothing may be said about absent fields.
    IncompleteFields,
    /// The message's body was cut off.
    IncompleteBody,
    /// A limit of `limits.rs` was reached.
    LimitReached,
    /// The capture starts in the middle of the connection.
    MidStreamStart,
    /// TLS without keys: the connection stayed closed.
    NoKeys,
    /// Only one direction of the connection was captured.
    OneSided,
    /// Two captured copies of the same bytes differ; the first was kept.
    OverlapConflict,
    /// Request fields are provisional: what the browser knew before the network stack ran.
    ProvisionalFields,
    /// The answer came from a service worker.
    ServiceWorker,
    /// The answer came from the browser's HTTP cache.
    ServedFromCache,
    /// The start time is missing or unreadable.
    TimeUnknown,
    /// Text stands behind the end of the HAR.
    TrailingText,
    /// The file ends in the middle of a record.
    TruncatedFile,
    /// A packet or record that is not understood was skipped.
    Undecodable,
    /// HPACK or QPACK state from before the capture is missing.
    UnknownFieldTable,
}

impl CaveatKind {
    /// All kinds, in alphabetical order.
    pub const ALL: [Self; 24] = [
        Self::AmbiguousFraming,
        Self::BrokenEntry,
        Self::ClientClosed,
        Self::CutPacket,
        Self::ExporterOmitsFailures,
        Self::ExporterOmitsPreflights,
        Self::ExporterMergesFields,
        Self::ExporterRemovesCredentials,
        Self::Gap,
        Self::IncompleteFields,
        Self::IncompleteBody,
        Self::LimitReached,
        Self::MidStreamStart,
        Self::NoKeys,
        Self::OneSided,
        Self::OverlapConflict,
        Self::ProvisionalFields,
        Self::ServiceWorker,
        Self::ServedFromCache,
        Self::TimeUnknown,
        Self::TrailingText,
        Self::TruncatedFile,
        Self::Undecodable,
        Self::UnknownFieldTable,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::AmbiguousFraming => "ambiguous-framing",
            Self::BrokenEntry => "broken-entry",
            Self::ClientClosed => "client-closed",
            Self::CutPacket => "cut-packet",
            Self::ExporterOmitsFailures => "exporter-omits-failures",
            Self::ExporterOmitsPreflights => "exporter-omits-preflights",
            Self::ExporterMergesFields => "exporter-merges-fields",
            Self::ExporterRemovesCredentials => "exporter-removes-credentials",
            Self::Gap => "gap",
            Self::IncompleteFields => "incomplete-fields",
            Self::IncompleteBody => "incomplete-body",
            Self::LimitReached => "limit-reached",
            Self::MidStreamStart => "mid-stream-start",
            Self::NoKeys => "no-keys",
            Self::OneSided => "one-sided",
            Self::OverlapConflict => "overlap-conflict",
            Self::ProvisionalFields => "provisional-fields",
            Self::ServiceWorker => "service-worker",
            Self::ServedFromCache => "served-from-cache",
            Self::TimeUnknown => "time-unknown",
            Self::TrailingText => "trailing-text",
            Self::TruncatedFile => "truncated-file",
            Self::Undecodable => "undecodable",
            Self::UnknownFieldTable => "unknown-field-table",
        }
    }
}

impl fmt::Display for CaveatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The kinds of caveat that touch one exchange or finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CaveatSet(u32);

impl CaveatSet {
    /// No caveats.
    pub const EMPTY: Self = Self(0);

    /// Adds `kind`.
    pub fn insert(&mut self, kind: CaveatKind) {
        self.0 |= 1 << kind as u8;
    }

    /// The same set with `kind` added.
    #[must_use]
    pub fn with(mut self, kind: CaveatKind) -> Self {
        self.insert(kind);
        self
    }

    /// Adds all kinds of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether `kind` is in the set.
    pub fn contains(self, kind: CaveatKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the set, in the order of [`CaveatKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = CaveatKind> {
        CaveatKind::ALL
            .into_iter()
            .filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<CaveatKind> for CaveatSet {
    fn from_iter<I: IntoIterator<Item = CaveatKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl Serialize for CaveatSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// One occurrence during the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caveat {
    /// What happened.
    pub kind: CaveatKind,
    /// The input it happened in, as the user named it.
    pub source: String,
    /// Where in the input.
    pub place: Place,
    /// One sentence for the reader, without a final period.
    pub detail: String,
}

/// A position in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The input as a whole.
    Whole,
    /// A byte offset from the input's (decompressed) start.
    Offset(u64),
    /// A HAR entry, by 0-based index in `log.entries`, and its byte offset.
    Entry {
        /// 0-based index.
        index: u64,
        /// Byte offset of its opening brace.
        offset: u64,
    },
    /// A packet, by 1-based frame number.
    Frame(u64),
    /// A TCP conversation, numbered as Wireshark's `tcp.stream`.
    Stream(u32),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole input"),
            Self::Offset(offset) => write!(f, "byte {offset}"),
            Self::Entry { index, offset } => write!(f, "entry {index}, byte {offset}"),
            Self::Frame(frame) => write!(f, "frame {frame}"),
            Self::Stream(stream) => write!(f, "tcp.stream {stream}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_every_kind_in_order_and_names_are_what_serde_writes() {
        for (index, kind) in CaveatKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
