//! Packet → Segment → Chunk: from link layers to the byte streams of TCP connections.
//!
//! [`segment::slice`] opens a packet down to TCP, [`flow::FlowTable`] says which conversation it belongs to, and one
//! [`assembler::Assembler`] per direction puts the bytes in order. None of them knows what the bytes mean.

pub mod assembler;
pub mod flow;
pub mod fragment;
mod ip;
mod link;
mod names;
mod recent;
pub mod segment;
mod tunnel;
mod wlan;

pub use assembler::Assembler;
pub use flow::FlowTable;
pub use fragment::Fragments;
pub use segment::{Segment, Sliced};

use crate::time::Timestamp;

/// Which way bytes travel on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the endpoint that opened the connection, as far as that is known.
    ToServer,
    /// The other way.
    ToClient,
}

impl Direction {
    /// The opposite direction.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }
}

/// The next piece of one direction's byte stream, in sequence order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk<'a> {
    /// Bytes that follow the previous chunk.
    Data {
        /// The bytes; never empty.
        bytes: &'a [u8],
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
}
