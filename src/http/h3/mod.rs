//! HTTP/3 (RFC 9114): ordered pieces of QUIC streams → exchanges. Knows no packets and no keys.
//!
//! ```text
//! Chunk of a stream ─ frame ─ Event ─ carrier ─ qpack ─ Section ─ Stream ─ Exchange
//! ```
//!
//! A loss stays on its stream, except on an encoder stream: then the references that needed it are unknown, which shows in
//! the caveats of exactly those exchanges. Drafts since 22 are read the same way.

mod carrier;
mod connection;
mod core;
mod ended;
mod frame;
mod qpack;
#[cfg(test)]
mod tests;
pub(crate) mod varint;

pub use connection::{Connection, End};
pub(crate) use ended::{Ended, RangeSet};
