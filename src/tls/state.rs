//! What a session gives: content, and how far it has come.

use crate::net::Chunk;
use crate::time::Timestamp;
use std::fmt;

/// The next piece of what a direction carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// The content of one record; never empty.
    Data {
        /// The bytes.
        bytes: Vec<u8>,
        /// When the packet with the record's first byte was captured.
        at: Timestamp,
        /// That packet's 1-based number.
        frame: u64,
    },
    /// Content that could not be had.
    Gap {
        /// How many bytes; `u64::MAX` when that cannot be told.
        len: u64,
    },
}

impl Plain {
    /// The same as a chunk, for the machine that reads the content.
    pub fn as_chunk(&self) -> Chunk<'_> {
        match self {
            Self::Data { bytes, at, frame } => Chunk::Data {
                bytes,
                at: *at,
                frame: *frame,
            },
            Self::Gap { len } => Chunk::Gap { len: *len },
        }
    }
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The hellos have not both been seen.
    Opening,
    /// Keys are known.
    Open,
    /// The content stays hidden.
    Closed(Reason),
}

/// Why a session stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The key log names no secret of this connection.
    NoKeys,
    /// The cipher suite, by its IANA number, is not supported.
    UnsupportedSuite(u16),
    /// The capture begins after the ClientHello, without which no key can be found.
    MidStream,
    /// A hello is missing in the capture.
    HandshakeLost,
    /// A hello could not be read, or names a version or compression that is not supported.
    BadHello,
    /// The keys of the log do not open the records.
    WrongKeys,
}

/// Completes the sentence "the connection stayed closed: …".
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeys => f.write_str("no key log has a secret for it"),
            Self::UnsupportedSuite(suite) => {
                write!(f, "its cipher suite 0x{suite:04x} is not supported")
            }
            Self::MidStream => f.write_str("the capture began after its handshake"),
            Self::HandshakeLost => f.write_str("part of its handshake was not captured"),
            Self::BadHello => f.write_str("its handshake could not be read"),
            Self::WrongKeys => f.write_str("the key log's secret does not fit"),
        }
    }
}
