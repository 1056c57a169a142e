//! QUIC with keys (RFC 9000, 9001, 9369): datagrams → content of streams.
//!
//! ```text
//! datagram ─ packet ─ keys (key log, tls::handshake) ─ frame ─ reorder ─ Piece
//! ```
//!
//! Versions 1 and 2 and the drafts from 23 on, with the same key logs as TLS. Datagrams may come in any order.

mod connection;
mod frame;
mod keys;
mod packet;
mod reorder;
#[cfg(test)]
mod tests;

pub use connection::{Connection, Content, Piece};
