//! What protocol the first bytes of a connection belong to.

use super::super::h1::{Start, answer_start, request_start};
use crate::net::Direction;

/// What bytes look like, and which direction they must have if that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// An HTTP/1.x message.
    Http1(Direction),
    /// HTTP/2 with prior knowledge (RFC 9113 §3.3).
    Http2(Direction),
    /// A TLS record (RFC 8446 §5.1).
    Secured,
    /// A SOCKS greeting of this version.
    Socks(u8),
    /// Certainly something else.
    Other(&'static str),
    /// Nothing known.
    Unknown,
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Looks at `bytes`, which start what is known of a direction, or follow bytes that told nothing.
pub(super) fn guess(direction: Direction, bytes: &[u8]) -> Guess {
    match bytes {
        // Handshake and alert start a connection; application data is seen when the capture started late.
        [0x14..=0x17] | [0x14..=0x17, 0x03, ..] => return Guess::Secured,
        // A hello in the format of SSL 2.0, which old clients send first (RFC 5246 §E.2).
        [first, _, 0x01, 0x03, 0x00..=0x03, ..]
            if direction == Direction::ToServer && *first >= 0x80 =>
        {
            return Guess::Secured;
        }
        [0x05, count, rest @ ..]
            if direction == Direction::ToServer
                && rest.len() == usize::from(*count)
                && *count > 0 =>
        {
            return Guess::Socks(5);
        }
        [0x04, 0x01, _, _, _, _, _, _, user @ ..]
            if direction == Direction::ToServer && is_c_string(user) =>
        {
            return Guess::Socks(4);
        }
        [b'S', b'S', b'H', b'-', ..] => return Guess::Other("SSH"),
        _ => {}
    }
    let preface = PREFACE.get(..bytes.len()).unwrap_or(PREFACE);
    if bytes.len() >= 4 && bytes.starts_with(preface) {
        return Guess::Http2(Direction::ToServer);
    }
    if bytes
        .iter()
        .take(2)
        .all(|byte| matches!(byte, b'\r' | b'\n'))
    {
        // Empty lines may stand before a request.
        let rest = bytes.trim_ascii_start();
        return match rest.len() < bytes.len() && !rest.is_empty() {
            true => guess(direction, rest),
            false => Guess::Unknown,
        };
    }
    match (answer_start(bytes), request_start(bytes), direction) {
        (Start::Yes, _, _) => Guess::Http1(Direction::ToClient),
        (_, Start::Yes, _) => Guess::Http1(Direction::ToServer),
        (Start::Maybe, _, Direction::ToClient) | (_, Start::Maybe, Direction::ToServer) => {
            Guess::Http1(direction)
        }
        (_, _, Direction::ToServer) if super::super::h1::is_simple_request(bytes) => {
            Guess::Http1(direction)
        }
        _ => Guess::Unknown,
    }
}

/// Whether text that ends with a zero stands first.
fn is_c_string(bytes: &[u8]) -> bool {
    let end = memchr::memchr(0, bytes);
    end.and_then(|end| bytes.get(..end))
        .is_some_and(|text| text.iter().all(u8::is_ascii_graphic))
}
