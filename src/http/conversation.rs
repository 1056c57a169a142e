//! The connection that messages travel on, as far as reports name it.

use super::exchange::SourceId;
use std::net::SocketAddr;

/// One TCP (or QUIC) connection of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// The input.
    pub source: SourceId,
    /// Number of the conversation, counted as Wireshark's `tcp.stream`.
    pub stream: u32,
    /// The endpoint that sends [`crate::net::Direction::ToServer`] bytes.
    pub client: SocketAddr,
    /// The endpoint that sends [`crate::net::Direction::ToClient`] bytes.
    pub server: SocketAddr,
    /// Whether the bytes came out of TLS or QUIC: URLs get the scheme `https`.
    pub secure: bool,
}
