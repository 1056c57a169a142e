//! QPACK (RFC 9204) for somebody who only watches: encoder streams and field sections → field lines.
//!
//! Part of an encoder stream can be missing in a capture. Entries that were read before the loss stay usable as long as
//! their indexes are certain; every other reference is given as unknown, never as a guess.

mod encoder_stream;
mod section;
mod static_table;
mod table;

pub(super) use encoder_stream::EncoderStream;
pub(super) use section::{decode, is_ready};

/// Most entries of a table of this capacity, in bytes (RFC 9204 §4.5.1.1).
pub(super) fn most_entries(capacity: u64) -> u64 {
    capacity / table::OVERHEAD as u64
}
