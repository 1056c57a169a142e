//! Packet headers as far as they are readable without keys (RFC 9000 §17, RFC 9369 §3.2).

use crate::http::h3::varint;

/// Kind of a packet that carries frames, or may tell about keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
    OneRtt,
}

/// One packet of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) kind: Kind,
    /// 0 for packets with a short header.
    pub(crate) version: u32,
    pub(crate) destination: &'a [u8],
    /// Empty for packets with a short header.
    pub(crate) source: &'a [u8],
    /// The whole packet.
    pub(crate) bytes: &'a [u8],
    /// Where the protected packet number begins.
    pub(crate) number_at: usize,
}

/// Takes the first packet off `datagram`; the rest are packets that travel with it.
///
/// `id_len` is the length of the receiver's connection id, which short headers do not tell.
pub(crate) fn take<'a>(datagram: &mut &'a [u8], id_len: usize) -> Option<Packet<'a>> {
    let whole = *datagram;
    let (&first, mut rest) = whole.split_first()?;
    // The fixed bit is no sign: peers may agree to set it at random (RFC 9287).
    if first & 0x80 == 0 {
        *datagram = &[];
        return Some(Packet {
            kind: Kind::OneRtt,
            version: 0,
            destination: rest.get(..id_len)?,
            source: &[],
            bytes: whole,
            number_at: 1 + id_len,
        });
    }
    let (version, later) = rest.split_first_chunk::<4>()?;
    let version = u32::from_be_bytes(*version);
    rest = later;
    let destination = connection_id(&mut rest)?;
    let source = connection_id(&mut rest)?;
    let kind = match ((first >> 4) & 3, version) {
        // Version negotiation carries nothing.
        (_, 0) => return None,
        (0, VERSION_2) => Kind::Retry,
        (1, VERSION_2) => Kind::Initial,
        (2, VERSION_2) => Kind::ZeroRtt,
        (3, VERSION_2) => Kind::Handshake,
        (0, _) => Kind::Initial,
        (1, _) => Kind::ZeroRtt,
        (2, _) => Kind::Handshake,
        _ => Kind::Retry,
    };
    let mut packet = Packet {
        kind,
        version,
        destination,
        source,
        bytes: whole,
        number_at: whole.len(),
    };
    if kind == Kind::Retry {
        *datagram = &[];
        return Some(packet);
    }
    if kind == Kind::Initial {
        let token = usize::try_from(varint(&mut rest)?).ok()?;
        rest = rest.get(token..)?;
    }
    let len = usize::try_from(varint(&mut rest)?).ok()?;
    packet.number_at = whole.len().checked_sub(rest.len())?;
    let (bytes, later) = whole.split_at_checked(packet.number_at.checked_add(len)?)?;
    packet.bytes = bytes;
    *datagram = later;
    Some(packet)
}

/// QUIC version 2 (RFC 9369).
pub(crate) const VERSION_2: u32 = 0x6b33_43cf;

fn connection_id<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&len, later) = rest.split_first()?;
    let (id, later) = later.split_at_checked(usize::from(len))?;
    *rest = later;
    Some(id)
}

/// The packet number that `truncated`, of `bits` bits, stands for, when `expected` is the next one (RFC 9000 §A.3).
pub(crate) fn full_number(expected: u64, truncated: u64, bits: u32) -> u64 {
    let window = 1_u64 << bits;
    let half = window / 2;
    let candidate = (expected & !(window - 1)) | truncated;
    if candidate.saturating_add(half) <= expected && candidate < (1 << 62) - window {
        candidate + window
    } else if candidate > expected.saturating_add(half) && candidate >= window {
        candidate - window
    } else {
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_number_is_meant() {
        // RFC 9000 §A.3.
        assert_eq!(full_number(0xa82f_30eb, 0x9b32, 16), 0xa82f_9b32);
        assert_eq!(full_number(0x100, 0xff, 8), 0xff);
        assert_eq!(full_number(0xff, 0x01, 8), 0x101);
    }

    proptest::proptest! {
        #[test]
        fn any_datagram_is_answered(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100),
            id_len in 0_usize..21,
        ) {
            let mut rest = bytes.as_slice();
            while take(&mut rest, id_len).is_some() && !rest.is_empty() {}
        }
    }
}
