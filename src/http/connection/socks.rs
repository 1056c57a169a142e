//! The handshake of SOCKS 4, 4a and 5 (RFC 1928, RFC 1929), which is passed over: behind it anything may follow.

use crate::net::Direction;
use crate::time::Timestamp;

/// A handshake going on.
#[derive(Debug)]
pub(super) struct Socks {
    version: u8,
    client: Side,
    server: Side,
    early: Vec<Early>,
    early_bytes: usize,
}

/// Bytes for the tunnel that were sent before both sides had finished the handshake.
#[derive(Debug)]
pub(super) struct Early {
    pub(super) direction: Direction,
    pub(super) bytes: Vec<u8>,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

/// What became of the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It goes on.
    Going,
    /// Both sides finished it: what follows is tunnelled.
    Agreed,
    /// It failed, or is no SOCKS.
    Refused,
}

#[derive(Debug, Default)]
struct Side {
    buffer: Vec<u8>,
    /// Messages passed; the last one is the request or its answer.
    is_over: bool,
    is_refused: bool,
}

/// What the start of a buffer is.
enum Message {
    /// A message of so many bytes that is not the last.
    More(usize),
    /// The last message, of so many bytes.
    Last(usize),
    Partial,
    Bad,
}

/// Reads the message at the start of bytes, for a version; `None` when it is not whole.
type ReadMessage = fn(u8, &[u8]) -> Option<Message>;

/// No handshake message is longer: names and passwords end at 255 bytes.
const LONGEST: usize = 600;
/// What a client sends before it knows that the tunnel stands is a first flight, as TCP has it.
const MOST_EARLY: usize = 64 << 10;

impl Socks {
    pub(super) fn new(version: u8) -> Self {
        Self {
            version,
            client: Side::default(),
            server: Side::default(),
            early: Vec::new(),
            early_bytes: 0,
        }
    }

    /// Keeps bytes that are behind the handshake of their side. `false`: there are too many.
    pub(super) fn hold(&mut self, early: Early) -> bool {
        self.early_bytes = self.early_bytes.saturating_add(early.bytes.len());
        self.early.push(early);
        self.early_bytes <= MOST_EARLY
    }

    /// The bytes that were kept.
    pub(super) fn take_early(&mut self) -> Vec<Early> {
        std::mem::take(&mut self.early)
    }

    /// Takes bytes; returns how many belong to the handshake.
    pub(super) fn push(&mut self, direction: Direction, bytes: &[u8]) -> usize {
        let (side, read): (_, ReadMessage) = match direction {
            Direction::ToServer => (&mut self.client, client_message),
            Direction::ToClient => (&mut self.server, server_message),
        };
        let before = side.buffer.len();
        side.buffer.extend_from_slice(bytes);
        let mut used = 0;
        while !side.is_over && !side.is_refused && used < side.buffer.len() {
            let rest = side.buffer.get(used..).unwrap_or_default();
            match read(self.version, rest).unwrap_or(Message::Partial) {
                Message::More(length) => used += length,
                Message::Last(length) => {
                    used += length;
                    side.is_over = true;
                }
                Message::Partial if rest.len() < LONGEST => break,
                Message::Partial | Message::Bad => side.is_refused = true,
            }
        }
        if side.is_over {
            side.buffer.clear();
            return used.saturating_sub(before).min(bytes.len());
        }
        side.buffer.drain(..used.min(side.buffer.len()));
        bytes.len()
    }

    pub(super) fn state(&self) -> State {
        if self.client.is_refused || self.server.is_refused {
            State::Refused
        } else if self.client.is_over && self.server.is_over {
            State::Agreed
        } else {
            State::Going
        }
    }
}

fn client_message(version: u8, bytes: &[u8]) -> Option<Message> {
    if version == 4 {
        let address = bytes.get(4..8)?;
        let mut end = 8 + ends_with_nul(bytes.get(8..)?)?;
        // An address of 0.0.0.x means that a host name follows (4a).
        if address.starts_with(&[0, 0, 0]) && address != [0; 4] {
            end += ends_with_nul(bytes.get(end..)?)?;
        }
        return Some(Message::Last(end));
    }
    Some(match bytes {
        // Authentication by name and password.
        [1, name, rest @ ..] => {
            let password = usize::from(*rest.get(usize::from(*name))?);
            Message::More(3 + usize::from(*name) + password)
        }
        // A request has a zero third, a greeting offers methods.
        [5, 1..=3, 0, 1 | 3 | 4, _, _, ..] => Message::Last(4 + address(bytes)?),
        [5, count, ..] => Message::More(2 + usize::from(*count)),
        _ => Message::Bad,
    })
}

fn server_message(version: u8, bytes: &[u8]) -> Option<Message> {
    if version == 4 {
        return Some(match bytes.get(..8)? {
            [0, 90, ..] => Message::Last(8),
            _ => Message::Bad,
        });
    }
    Some(match bytes {
        [5, 0xff, ..] => Message::Bad,
        [5, 0, 0, 1 | 3 | 4, _, _, ..] => Message::Last(4 + address(bytes)?),
        [5, _] | [5, _, ..] | [1, 0, ..] if bytes.len() >= 2 => Message::More(2),
        [5 | 1] => Message::Partial,
        _ => Message::Bad,
    })
}

/// Length of address and port of a SOCKS 5 request or answer.
fn address(bytes: &[u8]) -> Option<usize> {
    Some(match bytes.get(3)? {
        1 => 6,
        4 => 18,
        _ => usize::from(*bytes.get(4)?) + 3,
    })
}

fn ends_with_nul(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(0, bytes).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_5_with_a_password_ends_where_the_tunnel_starts() {
        let mut socks = Socks::new(5);
        for (direction, bytes) in [
            (Direction::ToServer, b"\x05\x02\x00\x02".as_slice()),
            (Direction::ToClient, b"\x05\x02"),
            (Direction::ToServer, b"\x01\x01u\x02pw"),
            (Direction::ToClient, b"\x01\x00"),
            (Direction::ToServer, b"\x05\x01\x00\x03\x06a.test\x00P"),
        ] {
            assert_eq!(socks.push(direction, bytes), bytes.len());
            assert_eq!(socks.state(), State::Going);
        }
        let answer = b"\x05\x00\x00\x01\x7f\0\0\x01\0PHTTP";
        assert_eq!(socks.push(Direction::ToClient, answer), 10);
        assert_eq!(socks.state(), State::Agreed);
    }

    #[test]
    fn version_4_with_the_request_behind_it() {
        let mut socks = Socks::new(4);
        assert_eq!(
            socks.push(Direction::ToServer, b"\x04\x01\0P\x7f\0\0\x01me\0"),
            11
        );
        assert_eq!(socks.push(Direction::ToClient, b"\0\x5a\0\0\0\0\0\0"), 8);
        assert_eq!(socks.state(), State::Agreed);
    }
}
