//! Cuts a datagram into packets and reads the parts of their headers that are not protected (RFC 9000 §17).

use super::cid::Cid;
use super::version::{LongType, Version};
use crate::http::h3::varint;

/// One packet of a datagram.
#[derive(Debug, Clone, Copy)]
pub(super) enum Packet<'a> {
    /// Initial, 0-RTT or Handshake.
    Long(Long<'a>),
    /// 1-RTT; the ID's length is not written in it, and it ends with the datagram.
    Short(&'a [u8]),
    /// The server asks for another Initial, to the ID that it chose.
    Retry { to: Cid, from: Cid },
    /// The server does not speak the client's version.
    VersionNegotiation { to: Cid },
    /// A long header of a version that is not known here.
    UnknownVersion(u32),
}

/// A protected packet with a long header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Long<'a> {
    pub(super) version: Version,
    pub(super) kind: LongType,
    /// Destination Connection ID.
    pub(super) to: Cid,
    /// Source Connection ID.
    pub(super) from: Cid,
    /// The whole packet.
    pub(super) bytes: &'a [u8],
    /// Where the packet number begins in `bytes`.
    pub(super) number_at: usize,
}

/// Takes the next packet from the front of `datagram`; `None` when nothing readable is left.
pub(super) fn next<'a>(datagram: &mut &'a [u8]) -> Option<Packet<'a>> {
    let whole = std::mem::take(datagram);
    let &first = whole.first()?;
    if first & 0x80 == 0 {
        return Some(Packet::Short(whole));
    }
    let (version, mut rest) = whole.get(1..)?.split_first_chunk::<4>()?;
    let number = u32::from_be_bytes(*version);
    let (to, from) = (cid(&mut rest)?, cid(&mut rest)?);
    if number == 0 {
        return Some(Packet::VersionNegotiation { to });
    }
    let Some(version) = Version::from_wire(number) else {
        return Some(Packet::UnknownVersion(number));
    };
    let kind = version.long_type(first);
    match kind {
        LongType::Retry => return Some(Packet::Retry { to, from }),
        LongType::Initial => {
            let token = usize::try_from(varint::read(&mut rest)?).ok()?;
            rest = rest.get(token..)?;
        }
        LongType::ZeroRtt | LongType::Handshake => {}
    }
    let length = usize::try_from(varint::read(&mut rest)?).ok()?;
    let number_at = whole.len().checked_sub(rest.len())?;
    let (bytes, after) = whole.split_at_checked(number_at.checked_add(length)?)?;
    *datagram = after;
    Some(Packet::Long(Long {
        version,
        kind,
        to,
        from,
        bytes,
        number_at,
    }))
}

fn cid(rest: &mut &[u8]) -> Option<Cid> {
    let (&len, after) = rest.split_first()?;
    let (bytes, after) = after.split_at_checked(usize::from(len))?;
    *rest = after;
    Cid::new(bytes)
}
