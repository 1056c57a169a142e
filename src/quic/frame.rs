//! Frames (RFC 9000 §19): those that carry content; all others are stepped over.

use crate::http::h3::varint;

/// A frame that carries content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    Crypto {
        offset: u64,
        bytes: &'a [u8],
    },
    Stream {
        id: u64,
        offset: u64,
        bytes: &'a [u8],
        is_last: bool,
    },
    /// The sender gives up its direction of the stream.
    Reset {
        id: u64,
    },
}

/// Takes the next content frame off `payload`. `None`: there is no more, or it cannot be read.
pub(crate) fn take<'a>(payload: &mut &'a [u8]) -> Option<Frame<'a>> {
    loop {
        match varint(payload)? {
            // PADDING, PING, HANDSHAKE_DONE.
            0x00 | 0x01 | 0x1e => {}
            kind @ (0x02 | 0x03) => skip_ack(payload, kind == 0x03)?,
            0x04 => {
                let id = varint(payload)?;
                skip_numbers(payload, 2)?;
                return Some(Frame::Reset { id });
            }
            // STOP_SENDING, MAX_STREAM_DATA, STREAM_DATA_BLOCKED.
            0x05 | 0x11 | 0x15 => skip_numbers(payload, 2)?,
            0x06 => {
                let offset = varint(payload)?;
                let bytes = counted(payload)?;
                return Some(Frame::Crypto { offset, bytes });
            }
            // NEW_TOKEN.
            0x07 => {
                counted(payload)?;
            }
            kind @ 0x08..=0x0f => return stream(payload, kind),
            // MAX_DATA, MAX_STREAMS, DATA_BLOCKED, STREAMS_BLOCKED, RETIRE_CONNECTION_ID.
            0x10 | 0x12..=0x14 | 0x16 | 0x17 | 0x19 => skip_numbers(payload, 1)?,
            // NEW_CONNECTION_ID.
            0x18 => {
                skip_numbers(payload, 2)?;
                let (&len, rest) = payload.split_first()?;
                *payload = rest.get(usize::from(len) + 16..)?;
            }
            // PATH_CHALLENGE, PATH_RESPONSE.
            0x1a | 0x1b => *payload = payload.get(8..)?,
            kind @ (0x1c | 0x1d) => {
                skip_numbers(payload, if kind == 0x1c { 2 } else { 1 })?;
                counted(payload)?;
            }
            // DATAGRAM (RFC 9221).
            0x30 => *payload = &[],
            0x31 => {
                counted(payload)?;
            }
            _ => return None,
        }
    }
}

fn stream<'a>(payload: &mut &'a [u8], kind: u64) -> Option<Frame<'a>> {
    let id = varint(payload)?;
    let offset = if kind & 4 != 0 { varint(payload)? } else { 0 };
    let bytes = if kind & 2 != 0 {
        counted(payload)?
    } else {
        std::mem::take(payload)
    };
    Some(Frame::Stream {
        id,
        offset,
        bytes,
        is_last: kind & 1 != 0,
    })
}

fn skip_ack(payload: &mut &[u8], has_counts: bool) -> Option<()> {
    skip_numbers(payload, 2)?;
    let ranges = varint(payload)?;
    varint(payload)?;
    for _ in 0..ranges {
        skip_numbers(payload, 2)?;
    }
    skip_numbers(payload, if has_counts { 3 } else { 0 })
}

fn skip_numbers(payload: &mut &[u8], count: usize) -> Option<()> {
    for _ in 0..count {
        varint(payload)?;
    }
    Some(())
}

fn counted<'a>(payload: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(varint(payload)?).ok()?;
    let (bytes, rest) = payload.split_at_checked(len)?;
    *payload = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_found_between_other_frames() {
        let mut payload: &[u8] = b"\x01\0\0\x02\x05\0\x01\0\0\0\x06\0\x02hi\x0b\x04\x03end";
        assert_eq!(
            take(&mut payload),
            Some(Frame::Crypto {
                offset: 0,
                bytes: b"hi"
            })
        );
        assert_eq!(
            take(&mut payload),
            Some(Frame::Stream {
                id: 4,
                offset: 0,
                bytes: b"end",
                is_last: true
            })
        );
        assert_eq!(take(&mut payload), None);
    }

    proptest::proptest! {
        #[test]
        fn any_payload_is_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let mut rest = bytes.as_slice();
            while take(&mut rest).is_some() {}
        }
    }
}
