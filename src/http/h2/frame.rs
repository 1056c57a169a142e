//! Frame headers (RFC 9113 §4.1) and the layout of the payloads that matter here.

/// Bytes of a frame header.
pub(crate) const HEAD_LEN: usize = 9;

/// What a client sends first (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Frame type codes (RFC 9113 §6). Not an enum: extensions must pass.
pub(crate) mod kind {
    pub(crate) const DATA: u8 = 0x0;
    pub(crate) const HEADERS: u8 = 0x1;
    pub(crate) const PRIORITY: u8 = 0x2;
    pub(crate) const RST_STREAM: u8 = 0x3;
    pub(crate) const SETTINGS: u8 = 0x4;
    pub(crate) const PUSH_PROMISE: u8 = 0x5;
    pub(crate) const PING: u8 = 0x6;
    pub(crate) const GOAWAY: u8 = 0x7;
    pub(crate) const WINDOW_UPDATE: u8 = 0x8;
    pub(crate) const CONTINUATION: u8 = 0x9;
}

const END_STREAM: u8 = 0x1;
const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY_FLAG: u8 = 0x20;

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Length of the payload in bytes.
    pub(crate) len: u32,
    /// Type code, see [`kind`].
    pub(crate) kind: u8,
    flags: u8,
    /// Stream identifier; 0 is the connection itself.
    pub(crate) stream: u32,
    is_reserved_set: bool,
}

impl Head {
    /// Reads nine bytes. `None` when there are fewer.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[l0, l1, l2, kind, flags, s0, s1, s2, s3] = bytes.first_chunk::<HEAD_LEN>()?;
        Some(Self {
            len: u32::from_be_bytes([0, l0, l1, l2]),
            kind,
            flags,
            stream: u32::from_be_bytes([s0 & 0x7f, s1, s2, s3]),
            is_reserved_set: s0 & 0x80 != 0,
        })
    }

    /// A frame of the same length that nobody wants.
    pub(crate) fn ignored(self) -> Self {
        Self {
            kind: kind::PING,
            ..self
        }
    }

    /// Whether the sender ends its side of the stream with this frame.
    pub(crate) fn ends_stream(self) -> bool {
        matches!(self.kind, kind::DATA | kind::HEADERS) && self.flags & END_STREAM != 0
    }

    /// Whether the field block ends with this frame.
    pub(crate) fn ends_block(self) -> bool {
        self.flags & END_HEADERS != 0
    }

    /// Whether the payload begins with the length of its padding.
    pub(crate) fn is_padded(self) -> bool {
        matches!(self.kind, kind::DATA | kind::HEADERS | kind::PUSH_PROMISE)
            && self.flags & PADDED != 0
    }

    /// Whether this can be a frame of a sound connection: stream and length fit the type.
    pub(crate) fn is_sound(self) -> bool {
        match self.kind {
            kind::DATA | kind::HEADERS | kind::CONTINUATION => self.stream != 0,
            kind::PUSH_PROMISE => self.stream != 0 && self.len >= 4,
            kind::PRIORITY => self.stream != 0 && self.len == 5,
            kind::RST_STREAM => self.stream != 0 && self.len == 4,
            kind::SETTINGS => {
                self.stream == 0
                    && if self.flags & ACK != 0 {
                        self.len == 0
                    } else {
                        self.len.is_multiple_of(6)
                    }
            }
            kind::PING => self.stream == 0 && self.len == 8,
            kind::GOAWAY => self.stream == 0 && self.len >= 8,
            kind::WINDOW_UPDATE => self.len == 4,
            // Extensions: ALTSVC, ORIGIN, PRIORITY_UPDATE and greasing (RFC 8701).
            _ => true,
        }
    }

    /// Whether nine bytes found somewhere look so much like a frame header that cutting may go on there.
    ///
    /// Stricter than [`Self::is_sound`]: known types only, no flag that the type lacks, a usual length.
    pub(crate) fn is_plausible(self) -> bool {
        let flags = match self.kind {
            kind::DATA => END_STREAM | PADDED,
            kind::HEADERS => END_STREAM | END_HEADERS | PADDED | PRIORITY_FLAG,
            kind::PUSH_PROMISE => END_HEADERS | PADDED,
            kind::CONTINUATION => END_HEADERS,
            kind::SETTINGS | kind::PING => ACK,
            kind::PRIORITY | kind::RST_STREAM | kind::GOAWAY | kind::WINDOW_UPDATE => 0,
            _ => return false,
        };
        !self.is_reserved_set
            && self.flags & !flags == 0
            && self.len as usize <= LARGEST_PLAUSIBLE
            && self.is_sound()
    }

    /// Whether this can be the first frame of a server: SETTINGS, not an acknowledgement (RFC 9113 §3.4).
    pub(crate) fn is_first_of_server(self) -> bool {
        self.kind == kind::SETTINGS && self.flags == 0 && !self.is_reserved_set && self.is_sound()
    }
}

/// Longest frame that is searched for after a loss. Browsers keep to 16 KiB, some proxies send 64 KiB.
pub(crate) const LARGEST_PLAUSIBLE: usize = 64 << 10;

/// The field block fragment of a HEADERS payload, without padding and priority (RFC 9113 §6.2).
///
/// `is_cut` tells that the payload's end, and so the padding, was not captured.
pub(crate) fn headers_fragment(head: Head, payload: &[u8], is_cut: bool) -> Option<&[u8]> {
    let payload = unpadded(head, payload, is_cut)?;
    if head.flags & PRIORITY_FLAG != 0 {
        payload.get(5..)
    } else {
        Some(payload)
    }
}

/// Promised stream and field block fragment of a PUSH_PROMISE payload (RFC 9113 §6.6).
pub(crate) fn promise_fragment(head: Head, payload: &[u8], is_cut: bool) -> Option<(u32, &[u8])> {
    let (stream, fragment) = unpadded(head, payload, is_cut)?.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*stream) & 0x7fff_ffff, fragment))
}

fn unpadded(head: Head, payload: &[u8], is_cut: bool) -> Option<&[u8]> {
    if !head.is_padded() {
        return Some(payload);
    }
    let (&padding, rest) = payload.split_first()?;
    if is_cut {
        return Some(rest);
    }
    rest.get(..rest.len().checked_sub(usize::from(padding))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_priority_are_taken_off() {
        let head = Head::parse(&[0, 0, 10, 1, 0x2d, 0, 0, 0, 1]).unwrap();
        let payload = [2, 0, 0, 0, 0, 16, 0x82, 0x84, 0, 0];
        assert_eq!(
            headers_fragment(head, &payload, false),
            Some(&[0x82, 0x84][..])
        );
        let over = Head::parse(&[0, 0, 2, 1, 0x0d, 0, 0, 0, 1]).unwrap();
        assert_eq!(headers_fragment(over, &[9, 0x82], false), None);
    }

    #[test]
    fn text_and_zeroes_are_no_frame_header() {
        assert!(!Head::parse(b"HTTP/1.1 200").unwrap().is_plausible());
        assert!(!Head::parse(&[0; 9]).unwrap().is_plausible());
        assert!(Head::parse(&[0; 8]).is_none());
    }
}
