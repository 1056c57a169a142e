//! QUIC (RFC 9000, 9001; version 2: RFC 9369; drafts since 22) watched from outside: UDP datagrams → HTTP/3 exchanges.
//!
//! ```text
//! Datagram ─ demux ─ header ─ protect ─ frame ─ reassembly ─ http::h3 ─ Exchange
//!              └ one connection each: hello (client random) ─ tls::KeyLog ─ level
//! ```
//!
//! Initial packets open for everybody, so server name and application protocol are known without keys; everything else
//! needs the secrets of a key log. Acknowledgements, flow control and loss recovery are the peers' affair.

mod census;
mod cid;
mod connection;
mod demux;
mod frame;
mod half;
mod handshake;
mod header;
mod hello;
mod initial;
mod keys;
mod level;
mod protect;
mod reassembly;
mod strays;
mod udp;
mod version;

pub use census::{Census, Closed};
pub use demux::{Damage, Datagram, Demux};
