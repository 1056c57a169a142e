//! IPv4 (RFC 791) and IPv6 (RFC 8200): lengths, extension headers, fragments.

use super::fragment::Piece;
use super::segment::{Context, Hosts, Layer, Transport, other};

/// Opens the IP packet at the start of `bytes`.
#[inline]
pub(super) fn open<'a>(bytes: &'a [u8], context: &mut Context<'_>) -> Layer<'a> {
    match bytes.first().map(|first| first >> 4) {
        Some(4) => v4(bytes, context).unwrap_or_else(|| other("damaged IPv4 header")),
        Some(6) => v6(bytes, context).unwrap_or_else(|| other("damaged IPv6 header")),
        _ => other("not IP"),
    }
}

/// The payload of the IPv4 packet at the start of `bytes`, unless it is a fragment; `missing` bytes at the end were not
/// captured.
#[inline]
pub(super) fn whole_v4(bytes: &[u8], missing: u32) -> Option<Transport<'_>> {
    let (transport, piece) = v4_header(bytes, missing)?;
    let is_v4 = bytes.first().is_some_and(|first| first >> 4 == 4);
    (is_v4 && !piece.is_fragment()).then_some(transport)
}

#[inline]
fn v4<'a>(bytes: &'a [u8], context: &mut Context<'_>) -> Option<Layer<'a>> {
    let (transport, piece) = v4_header(bytes, context.missing)?;
    Some(match piece.is_fragment() {
        true => context.fragments.insert(&transport, piece),
        false => Layer::Transport(transport),
    })
}

#[inline]
fn v4_header(bytes: &[u8], missing: u32) -> Option<(Transport<'_>, Piece)> {
    let header = bytes.first_chunk::<20>()?;
    let [
        first,
        _,
        l0,
        l1,
        i0,
        i1,
        f0,
        f1,
        _,
        protocol,
        _,
        _,
        s0,
        s1,
        s2,
        s3,
        d0,
        d1,
        d2,
        d3,
    ] = *header;
    let header_length = usize::from(first & 0x0f) * 4;
    if header_length < 20 {
        return None;
    }
    let total = usize::from(u16::from_be_bytes([l0, l1]));
    let (payload, missing) = within(bytes, header_length, total, missing)?;
    let transport = Transport {
        hosts: Hosts::V4([s0, s1, s2, s3], [d0, d1, d2, d3]),
        protocol,
        bytes: payload,
        missing,
    };
    let fragment = u16::from_be_bytes([f0, f1]);
    let piece = Piece {
        identification: u32::from(u16::from_be_bytes([i0, i1])),
        offset: fragment & 0x1fff,
        has_more: fragment & 0x2000 != 0,
    };
    Some((transport, piece))
}

fn v6<'a>(bytes: &'a [u8], context: &mut Context<'_>) -> Option<Layer<'a>> {
    let header = bytes.first_chunk::<40>()?;
    let source: [u8; 16] = *header.get(8..)?.first_chunk()?;
    let destination: [u8; 16] = *header.get(24..)?.first_chunk()?;
    let payload_length = usize::from(u16::from_be_bytes([header[4], header[5]]));
    // Zero: a jumbogram, or segmentation offload.
    let total = match payload_length {
        0 => 0,
        length => length + 40,
    };
    let (payload, missing) = within(bytes, 40, total, context.missing)?;
    let mut transport = Transport {
        hosts: Hosts::V6(source, destination),
        protocol: header[6],
        bytes: payload,
        missing,
    };
    for _ in 0..MOST_EXTENSIONS {
        if transport.protocol == 44 {
            let [next, _, o0, o1, i0, i1, i2, i3] = *transport.bytes.first_chunk::<8>()?;
            transport.protocol = next;
            transport.bytes = transport.bytes.get(8..)?;
            let offset = u16::from_be_bytes([o0, o1]);
            let piece = Piece {
                identification: u32::from_be_bytes([i0, i1, i2, i3]),
                offset: offset >> 3,
                has_more: offset & 1 != 0,
            };
            if piece.is_fragment() {
                return Some(context.fragments.insert(&transport, piece));
            }
        } else if !skip_extension(&mut transport)? {
            return Some(Layer::Transport(transport));
        }
    }
    None
}

/// Passes over the extension header that an IPv6 packet put together from fragments begins with; `None` when it does not.
pub(super) fn after_extension<'a>(transport: &Transport<'a>) -> Option<Layer<'a>> {
    let mut transport = *transport;
    let is_v6 = matches!(transport.hosts, Hosts::V6(..));
    (is_v6 && skip_extension(&mut transport)?).then_some(Layer::Transport(transport))
}

/// Extension headers of one packet that are followed.
const MOST_EXTENSIONS: usize = 16;

/// Passes over an extension header; `false` when there is none.
fn skip_extension(transport: &mut Transport<'_>) -> Option<bool> {
    // Hop-by-hop options, routing, destination options, mobility, host identity, shim6; the Authentication Header counts
    // otherwise (RFC 4302 §2.2).
    let (unit, more) = match transport.protocol {
        0 | 43 | 60 | 135 | 139 | 140 => (8, 1),
        51 => (4, 2),
        _ => return Some(false),
    };
    let [next, length] = *transport.bytes.first_chunk::<2>()?;
    transport.protocol = next;
    transport.bytes = transport.bytes.get((usize::from(length) + more) * unit..)?;
    Some(true)
}

/// The payload of an IP packet that says it is `total` bytes long, and how much of it was not captured.
///
/// A total of zero is left by segmentation offload: then everything that was captured belongs to the packet.
#[inline]
fn within(bytes: &[u8], header: usize, total: usize, cut: u32) -> Option<(&[u8], u32)> {
    if total == 0 {
        return Some((bytes.get(header..)?, cut));
    }
    if total <= bytes.len() {
        return Some((bytes.get(header..total)?, 0));
    }
    let missing = u32::try_from(total - bytes.len()).ok()?;
    // A packet that claims more than was on the wire is not cut but lies: nothing is missing behind it.
    Some((bytes.get(header..)?, missing.min(cut)))
}
