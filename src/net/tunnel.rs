//! What IP and UDP carry beside TCP: tunnels, which lead back to Ethernet, PPP or IP.
//!
//! A UDP port alone proves nothing: a tunnel is entered only when its header is believable.

use super::names;
use super::segment::{Datagram, Layer, Transport, other};
use super::{ip, link, wlan};

/// Opens the payload of an IP packet that is not TCP.
pub(super) fn open<'a>(transport: &Transport<'a>) -> Layer<'a> {
    let bytes = transport.bytes;
    let opened = match transport.protocol {
        17 => udp(transport),
        // IP in IP (RFC 2003), 6in4 (RFC 4213), KA9Q and its kin.
        4 | 41 | 94 => Some(Layer::Ip(bytes)),
        47 => gre(bytes),
        51 => authenticated(transport),
        // EtherIP (RFC 3378).
        97 => bytes.get(2..).and_then(link::ethernet),
        // MPLS in IP (RFC 4023).
        137 => Some(Layer::EtherType(0x8847, bytes)),
        // Ethernet in IPv6 segment routing (RFC 8986 §4.9).
        143 => link::ethernet(bytes),
        145 => service_header(bytes),
        115 => bytes.get(4..).and_then(pseudowire),
        protocol => {
            ip::after_extension(transport).or_else(|| Some(other(names::of_ip_protocol(protocol))))
        }
    };
    opened.unwrap_or_else(|| other("cut tunnel header"))
}

/// Authentication Header (RFC 4302 §2): length in words, less two.
fn authenticated<'a>(transport: &Transport<'a>) -> Option<Layer<'a>> {
    let [next, words] = *transport.bytes.first_chunk::<2>()?;
    Some(Layer::Transport(Transport {
        hosts: transport.hosts,
        protocol: next,
        bytes: transport.bytes.get((usize::from(words) + 2) * 4..)?,
        missing: transport.missing,
    }))
}

/// GRE (RFC 2784, RFC 2890), PPTP's version of it (RFC 2637), ERSPAN in it.
fn gre(bytes: &[u8]) -> Option<Layer<'_>> {
    let [flags, version, p0, p1] = *bytes.first_chunk::<4>()?;
    let has = |bit: u8| flags & bit != 0;
    let mut header = 4;
    if has(0x80) || has(0x40) {
        header += 4;
    }
    if has(0x20) {
        header += 4;
    }
    if has(0x10) {
        header += 4;
    }
    if version & 0x07 == 1 && version & 0x80 != 0 {
        header += 4;
    }
    let rest = bytes.get(header..)?;
    match u16::from_be_bytes([p0, p1]) {
        // ERSPAN type I has no header and no sequence number, type II eight bytes.
        0x88be if !has(0x10) => link::ethernet(rest),
        0x88be => link::ethernet(rest.get(8..)?),
        // ERSPAN type III: twelve bytes, and eight more when the last bit says so.
        0x22eb => {
            let more = if rest.get(11)? & 1 == 1 { 20 } else { 12 };
            link::ethernet(rest.get(more..)?)
        }
        // WCCP: a redirect header unless IP follows at once.
        0x883e if rest.first()? >> 4 == 4 => Some(Layer::Ip(rest)),
        0x883e => Some(Layer::Ip(rest.get(4..)?)),
        // Aruba access points tunnel whole IEEE 802.11 frames.
        0x8200..=0x83ff => wlan::open(rest),
        kind => Some(Layer::EtherType(kind, rest)),
    }
}

fn udp<'a>(transport: &Transport<'a>) -> Option<Layer<'a>> {
    let [s0, s1, d0, d1, l0, l1, ..] = *transport.bytes.first_chunk::<8>()?;
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let end = match length {
        0 => transport.bytes.len(),
        length => length.min(transport.bytes.len()),
    };
    let payload = transport.bytes.get(8..end)?;
    let ports = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
    let is_port = |port: u16| ports.0 == port || ports.1 == port;
    let tunnel = if is_port(4789) || is_port(8472) {
        vxlan(payload)
    } else if is_port(4790) {
        vxlan_generic(payload)
    } else if is_port(6081) {
        geneve(payload)
    } else if is_port(2152) {
        gtp_user(payload)
    } else if is_port(3544) {
        teredo(payload)
    } else if is_port(5072) {
        ayiya(payload)
    } else if is_port(1701) {
        l2tp(payload)
    } else if is_port(4341) {
        // LISP (RFC 9300 §5.1).
        payload.get(8..).and_then(ip_only)
    } else if is_port(4754) {
        // GRE in UDP (RFC 8086); behind a port alone only IP is believed.
        gre(payload).filter(|layer| matches!(layer, Layer::EtherType(0x0800 | 0x86dd | 0x6558, _)))
    } else if is_port(6635) {
        // MPLS in UDP (RFC 7510).
        Some(Layer::EtherType(0x8847, payload))
    } else {
        None
    };
    Some(
        tunnel.unwrap_or_else(|| match names::of_datagram(ports, payload) {
            Some(name) => other(name),
            None => Layer::Datagram(Datagram {
                hosts: transport.hosts,
                ports,
                payload,
            }),
        }),
    )
}

/// RFC 7348 §5.
fn vxlan(bytes: &[u8]) -> Option<Layer<'_>> {
    let [flags, ..] = *bytes.first_chunk::<8>()?;
    (flags & 0x08 != 0).then(|| link::ethernet(bytes.get(8..)?))?
}

/// The generic protocol extension (draft-ietf-nvo3-vxlan-gpe §3): what follows is told by a number.
fn vxlan_generic(bytes: &[u8]) -> Option<Layer<'_>> {
    let [flags, _, _, next, ..] = *bytes.first_chunk::<8>()?;
    let rest = bytes.get(8..)?;
    match (flags & 0x0c, next) {
        (0x0c, _) => numbered(next, rest),
        (0x08, _) => link::ethernet(rest),
        _ => None,
    }
}

/// What a number of VXLAN-GPE and of NSH names (RFC 8300 §2.2), which agree.
fn numbered(next: u8, rest: &[u8]) -> Option<Layer<'_>> {
    match next {
        1 | 2 => Some(Layer::Ip(rest)),
        3 => link::ethernet(rest),
        4 => service_header(rest),
        5 => Some(Layer::EtherType(0x8847, rest)),
        _ => None,
    }
}

/// A network service header (RFC 8300 §2.2): its length in words, then what follows.
pub(super) fn service_header(bytes: &[u8]) -> Option<Layer<'_>> {
    let [_, length, _, next] = *bytes.first_chunk::<4>()?;
    let words = usize::from(length & 0x3f).max(2);
    let rest = bytes.get(words * 4..)?;
    Some(numbered(next, rest).unwrap_or_else(|| other("NSH with other content")))
}

/// L2TP version 3 behind its session (RFC 3931 §4.1): cookie and sublayer are agreed upon elsewhere, so the place at which
/// Ethernet with IP in it begins tells how long they are.
fn pseudowire(bytes: &[u8]) -> Option<Layer<'_>> {
    let is_ethernet = |at: &usize| {
        let bytes = bytes.get(*at + 12..).unwrap_or_default();
        matches!(
            bytes,
            [8, 0, 0x45..=0x4f, ..] | [0x86, 0xdd, 0x60..=0x6f, ..]
        )
    };
    let start = [0, 4, 8, 12].into_iter().find(is_ethernet);
    Some(
        start
            .and_then(|start| link::ethernet(bytes.get(start..)?))
            .unwrap_or_else(|| other("L2TP version 3 without IP")),
    )
}

/// RFC 8926 §3.4.
fn geneve(bytes: &[u8]) -> Option<Layer<'_>> {
    let [first, _, p0, p1, ..] = *bytes.first_chunk::<8>()?;
    let options = usize::from(first & 0x3f) * 4;
    let rest = bytes.get(8 + options..)?;
    (first >> 6 == 0).then(|| Layer::EtherType(u16::from_be_bytes([p0, p1]), rest))
}

/// 3GPP TS 29.281 §5.1: version 1, G-PDU.
fn gtp_user(bytes: &[u8]) -> Option<Layer<'_>> {
    let [flags, kind, ..] = *bytes.first_chunk::<8>()?;
    if flags >> 4 != 3 || kind != 255 {
        return None;
    }
    let mut header = 8;
    if flags & 0x07 != 0 {
        header = 12;
        let mut next = *bytes.get(11)?;
        while flags & 0x04 != 0 && next != 0 {
            let words = usize::from(*bytes.get(header)?).max(1);
            header += words * 4;
            next = *bytes.get(header - 1)?;
        }
    }
    ip_only(bytes.get(header..)?)
}

/// RFC 4380 §5.1.1: an authentication, then an origin indication may stand before IPv6.
fn teredo(mut bytes: &[u8]) -> Option<Layer<'_>> {
    if let [0, 1, id, authentication, ..] = bytes {
        bytes = bytes.get(13 + usize::from(*id) + usize::from(*authentication)..)?;
    }
    if let [0, 0, ..] = bytes {
        bytes = bytes.get(8..)?;
    }
    ip_only(bytes)
}

/// draft-massar-v6ops-ayiya-02 §4: lengths of identity and signature, then the next header.
fn ayiya(bytes: &[u8]) -> Option<Layer<'_>> {
    let [lengths, signature, _, next, ..] = *bytes.first_chunk::<8>()?;
    let identity = 1usize << (lengths >> 4);
    let signature = usize::from(signature >> 4) * 4;
    let rest = bytes.get(8 + identity + signature..)?;
    (next == 41 || next == 4).then(|| ip_only(rest))?
}

/// L2TP data messages, version 2 (RFC 2661 §3.1) and 3 (RFC 3931 §4.1.2.1).
fn l2tp(bytes: &[u8]) -> Option<Layer<'_>> {
    let [flags, version] = *bytes.first_chunk::<2>()?;
    if version & 0x0f == 3 && flags & 0x80 == 0 {
        return pseudowire(bytes.get(8..)?);
    }
    if version & 0x0f != 2 || flags & 0x80 != 0 {
        return None;
    }
    let mut header = 6;
    if flags & 0x40 != 0 {
        header += 2;
    }
    if flags & 0x08 != 0 {
        header += 4;
    }
    if flags & 0x02 != 0 {
        let padding = *bytes.get(header..)?.first_chunk::<2>()?;
        header += 2 + usize::from(u16::from_be_bytes(padding));
    }
    Some(Layer::Ppp(bytes.get(header..)?))
}

fn ip_only(bytes: &[u8]) -> Option<Layer<'_>> {
    matches!(bytes.first()? >> 4, 4 | 6).then_some(Layer::Ip(bytes))
}
