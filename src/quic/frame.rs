//! Frames of an opened payload (RFC 9000 §19), as far as they matter to somebody who only watches.

use super::cid::Cid;
use crate::http::h3::varint;

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// §19.6.
    Crypto { offset: u64, bytes: &'a [u8] },
    /// §19.8.
    Stream {
        id: u64,
        offset: u64,
        bytes: &'a [u8],
        is_last: bool,
    },
    /// §19.4: the sender gives up its direction of the stream.
    ResetStream { id: u64 },
    /// §19.15: packets to the sender of this frame may use this ID from now on.
    NewConnectionId(Cid),
    /// §19.3: the sender of this frame has received the packet with this number, and many before.
    Ack { largest: u64 },
    /// §19.19.
    ConnectionClose,
    /// Understood and of no interest.
    Other,
}

/// A frame of unknown type, whose length nobody knows, or a damaged one: the rest of the packet cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Takes the next frame from the front of `payload`; `None` at its end.
#[inline]
pub(super) fn next<'a>(payload: &mut &'a [u8]) -> Option<Result<Frame<'a>, Unreadable>> {
    while let Some((0, rest)) = payload.split_first() {
        *payload = rest;
    }
    if payload.is_empty() {
        return None;
    }
    Some(read(payload).ok_or(Unreadable))
}

fn read<'a>(input: &mut &'a [u8]) -> Option<Frame<'a>> {
    let kind = varint::read(input)?;
    match kind {
        // PING, HANDSHAKE_DONE, IMMEDIATE_ACK (draft-ietf-quic-ack-frequency).
        0x01 | 0x1e | 0x1f | 0xac => {}
        0x02 | 0x03 => return ack(input, kind == 0x03),
        0x04 => {
            let id = varint::read(input)?;
            integers(input, 2)?;
            return Some(Frame::ResetStream { id });
        }
        // RESET_STREAM_AT (draft-ietf-quic-reliable-stream-reset).
        0x24 => {
            let id = varint::read(input)?;
            integers(input, 3)?;
            return Some(Frame::ResetStream { id });
        }
        // MAX_DATA, MAX_STREAMS, DATA_BLOCKED, STREAMS_BLOCKED, RETIRE_CONNECTION_ID.
        0x10 | 0x12 | 0x13 | 0x14 | 0x16 | 0x17 | 0x19 => integers(input, 1)?,
        // STOP_SENDING, MAX_STREAM_DATA, STREAM_DATA_BLOCKED.
        0x05 | 0x11 | 0x15 => integers(input, 2)?,
        0x06 => {
            let offset = varint::read(input)?;
            let bytes = counted(input)?;
            return Some(Frame::Crypto { offset, bytes });
        }
        0x07 => drop(counted(input)?),
        0x08..=0x0f => return stream(kind, input),
        0x18 => return new_connection_id(input),
        // PATH_CHALLENGE, PATH_RESPONSE.
        0x1a | 0x1b => drop(taken(input, 8)?),
        0x1c | 0x1d => {
            integers(input, if kind == 0x1c { 2 } else { 1 })?;
            counted(input)?;
            return Some(Frame::ConnectionClose);
        }
        // DATAGRAM (RFC 9221).
        0x30 => *input = &[],
        0x31 => drop(counted(input)?),
        // ACK_FREQUENCY.
        0xaf => integers(input, 4)?,
        // TIMESTAMP (draft-huitema-quic-ts).
        0x02f5 => integers(input, 1)?,
        _ => return None,
    }
    Some(Frame::Other)
}

/// §19.3.
fn ack<'a>(input: &mut &'a [u8], has_ecn: bool) -> Option<Frame<'a>> {
    let largest = varint::read(input)?;
    integers(input, 1)?;
    let ranges = varint::read(input)?;
    integers(input, 1)?;
    // Every range takes two bytes at least, so the loop ends with the input.
    for _ in 0..ranges {
        integers(input, 2)?;
    }
    if has_ecn {
        integers(input, 3)?;
    }
    Some(Frame::Ack { largest })
}

fn stream<'a>(kind: u64, input: &mut &'a [u8]) -> Option<Frame<'a>> {
    let id = varint::read(input)?;
    let offset = if kind & 0x04 != 0 {
        varint::read(input)?
    } else {
        0
    };
    let bytes = if kind & 0x02 != 0 {
        counted(input)?
    } else {
        std::mem::take(input)
    };
    // Offsets are below 2^62 (§4.5).
    offset
        .checked_add(bytes.len() as u64)
        .filter(|end| *end < 1 << 62)?;
    Some(Frame::Stream {
        id,
        offset,
        bytes,
        is_last: kind & 0x01 != 0,
    })
}

fn new_connection_id<'a>(input: &mut &'a [u8]) -> Option<Frame<'a>> {
    integers(input, 2)?;
    let (&len, rest) = input.split_first()?;
    *input = rest;
    let cid = Cid::new(taken(input, usize::from(len))?)?;
    taken(input, 16)?;
    Some(Frame::NewConnectionId(cid))
}

fn integers(input: &mut &[u8], count: usize) -> Option<()> {
    for _ in 0..count {
        varint::read(input)?;
    }
    Some(())
}

fn counted<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(varint::read(input)?).ok()?;
    taken(input, len)
}

fn taken<'a>(input: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (bytes, rest) = input.split_at_checked(len)?;
    *input = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(mut payload: &[u8]) -> Vec<Result<Frame<'_>, Unreadable>> {
        let mut frames = Vec::new();
        while let Some(frame) = next(&mut payload) {
            let is_end = frame.is_err();
            frames.push(frame);
            if is_end {
                break;
            }
        }
        frames
    }

    #[test]
    fn frames_of_no_interest_are_passed_over() {
        // ACK with one range, PING, padding, MAX_DATA, then a STREAM to the end of the packet.
        let payload = b"\x02\x05\x00\x01\x00\x01\x00\x01\x00\x00\x10\x44\x00\x09\x04abc";
        let frames = all(payload);
        assert_eq!(frames.len(), 4);
        assert_eq!(
            frames[3],
            Ok(Frame::Stream {
                id: 4,
                offset: 0,
                bytes: b"abc",
                is_last: true
            })
        );
    }

    #[test]
    fn an_unknown_frame_ends_the_packet() {
        assert_eq!(
            all(b"\x01\x3f\x01\x01"),
            [Ok(Frame::Other), Err(Unreadable)]
        );
    }

    proptest! {
        #[test]
        fn any_payload_is_answered(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
            all(&payload);
        }
    }
}
