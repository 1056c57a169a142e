//! HTTP/2 (RFC 9113): bytes of a connection → exchanges.
//!
//! ```text
//! Chunk ─ cutter ─ Event ─ connection ─ hpack ─ head ─ stream ─ Exchange
//!          └ resync: where frames begin
//! ```
//!
//! Content is counted, never kept. A loss inside DATA costs nothing; any other makes field tables uncertain, which shows
//! in the caveats of exactly those exchanges that needed what was lost.

mod connection;
mod cutter;
mod frame;
mod head;
pub(crate) mod hpack;
mod resync;
mod stream;
#[cfg(test)]
mod tests;

pub use connection::Connection;
pub(in crate::http) use cutter::Mark;
pub(in crate::http) use head::Section;
pub(in crate::http) use stream::Stream;
