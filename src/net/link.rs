//! Link layers: one function per family, one arm per link type, all ending at an EtherType or at IP.

use super::segment::{Layer, other};
use super::{names, tunnel, wlan};
use crate::capture::LinkType;

/// Opens a packet of link type `link`.
#[inline]
pub(super) fn open(link: LinkType, bytes: &[u8]) -> Layer<'_> {
    let opened = match link {
        LinkType::ETHERNET => ethernet(bytes),
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_DLT | LinkType::IPV4 | LinkType::IPV6 => {
            Some(Layer::Ip(bytes))
        }
        // The family's number differs between systems; IP tells its version itself.
        LinkType::NULL | LinkType::LOOP => bytes.get(4..).map(Layer::Ip),
        LinkType::LINUX_SLL => cooked(bytes, 14, 16),
        LinkType::LINUX_SLL2 => cooked(bytes, 0, 20),
        LinkType::PPP | LinkType::PPP_HDLC => hdlc_or_ppp(bytes),
        LinkType::PPP_ETHER => bytes.get(6..).map(Layer::Ppp),
        LinkType::PPP_WITH_DIR => bytes.get(1..).and_then(hdlc_or_ppp),
        LinkType::C_HDLC => cisco_hdlc(bytes),
        LinkType::C_HDLC_WITH_DIR => bytes.get(1..).and_then(cisco_hdlc),
        LinkType::NFLOG => netfilter_log(bytes),
        LinkType::ARCNET_BSD => arcnet(bytes, 2),
        LinkType::ARCNET_LINUX => arcnet(bytes, 4),
        LinkType::IEEE802_11 => wlan::open(bytes),
        LinkType::IEEE802_11_RADIOTAP => wlan::radiotap(bytes),
        LinkType::IEEE802_11_PRISM => wlan::prism(bytes),
        LinkType::IEEE802_11_AVS => wlan::avs(bytes),
        LinkType::PKTAP => tapped(bytes),
        LinkType::PPI => per_packet(bytes),
        LinkType::MPLS => mpls(bytes),
        LinkType::NETANALYZER => bytes.get(4..).and_then(ethernet),
        LinkType::FDDI => bytes.get(13..).map(Layer::LogicalLink),
        LinkType::IP_OVER_FC => bytes.get(16..).map(Layer::LogicalLink),
        LinkType::ATM_RFC1483 | LinkType::ATM_RFC1483_BSD => logical_link(bytes),
        _ => Some(other("link type not read")),
    };
    opened.unwrap_or_else(|| other("cut link-layer header"))
}

/// Opens what an EtherType names.
#[inline]
pub(super) fn ether_type(kind: u16, bytes: &[u8]) -> Layer<'_> {
    let opened = match kind {
        0x0800 | 0x86dd => Some(Layer::Ip(bytes)),
        // VLAN tags: IEEE 802.1Q, 802.1ad and what was in use before.
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => tagged(bytes),
        0x8847 | 0x8848 => mpls(bytes),
        // PPPoE session (RFC 2516 §4).
        0x8864 => bytes.get(6..).map(Layer::Ppp),
        0x880b => Some(ppp(bytes)),
        // Transparent Ethernet bridging.
        0x6558 => ethernet(bytes),
        0x894f => tunnel::service_header(bytes),
        // VN-Tag and IEEE 802.1BR: four and six bytes, then a type.
        0x8926 => cooked(bytes, 4, 6),
        0x893f => cooked(bytes, 6, 8),
        0..0x0600 => logical_link(bytes),
        _ => Some(other(names::of_ether_type(kind))),
    };
    opened.unwrap_or_else(|| other("cut link-layer header"))
}

/// Opens a PPP packet from its protocol field on (RFC 1661 §2, RFC 1662 §3.1).
pub(super) fn ppp(bytes: &[u8]) -> Layer<'_> {
    let bytes = bytes.strip_prefix(&[0xff, 0x03]).unwrap_or(bytes);
    let (protocol, rest) = match bytes {
        // An odd first byte is a protocol field compressed to one byte.
        [only, rest @ ..] if only & 1 == 1 => (u16::from(*only), rest),
        [high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]), rest),
        _ => return other("cut link-layer header"),
    };
    match protocol {
        0x0021 | 0x0057 => Layer::Ip(rest),
        0x0281 | 0x0283 => Layer::EtherType(0x8847, rest),
        0x0031 => ethernet(rest.get(2..).unwrap_or_default())
            .unwrap_or_else(|| other("cut link-layer header")),
        _ => other("PPP protocol not read"),
    }
}

#[inline]
pub(super) fn ethernet(bytes: &[u8]) -> Option<Layer<'_>> {
    let [.., high, low] = *bytes.first_chunk::<14>()?;
    Some(Layer::EtherType(
        u16::from_be_bytes([high, low]),
        bytes.get(14..)?,
    ))
}

fn tagged(bytes: &[u8]) -> Option<Layer<'_>> {
    let [_, _, high, low] = *bytes.first_chunk::<4>()?;
    Some(Layer::EtherType(
        u16::from_be_bytes([high, low]),
        bytes.get(4..)?,
    ))
}

/// IEEE 802.2 with or without SNAP (RFC 1042).
pub(super) fn logical_link(bytes: &[u8]) -> Option<Layer<'_>> {
    match bytes {
        [0xaa, 0xaa, 0x03, _, _, _, high, low, rest @ ..] => Some(Layer::EtherType(
            u16::from_be_bytes([*high, *low]).max(0x0600),
            rest,
        )),
        [0x06, 0x06, 0x03, rest @ ..] => Some(Layer::Ip(rest)),
        // ISO network layer, as RFC 1483 routes IP in it.
        [0xfe, 0xfe, 0x03, 0xcc, rest @ ..] => Some(Layer::Ip(rest)),
        _ => Some(other("IEEE 802.2")),
    }
}

/// MPLS label stack (RFC 3032 §2.1); nothing says what follows but its first bits.
fn mpls(mut bytes: &[u8]) -> Option<Layer<'_>> {
    loop {
        let [_, _, bottom, _] = *bytes.first_chunk::<4>()?;
        bytes = bytes.get(4..)?;
        if bottom & 1 == 1 {
            break;
        }
    }
    match bytes.first()? >> 4 {
        4 | 6 => Some(Layer::Ip(bytes)),
        // A pseudowire control word (RFC 4385 §3), then Ethernet.
        0 => ethernet(bytes.get(4..)?),
        _ => ethernet(bytes),
    }
}

/// What tcpdump writes on macOS: a header that tells its length and the link type behind it.
fn tapped(bytes: &[u8]) -> Option<Layer<'_>> {
    let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk::<4>()?));
    let rest = bytes.get(usize::try_from(word(0)?).ok()?..)?;
    nested(u16::try_from(word(8)?).ok()?, rest)
}

/// Per-packet information: version, flags, length, link type; all little endian.
fn per_packet(bytes: &[u8]) -> Option<Layer<'_>> {
    let [_, _, l0, l1, t0, t1, 0, 0] = *bytes.first_chunk::<8>()? else {
        return None;
    };
    let rest = bytes.get(usize::from(u16::from_le_bytes([l0, l1])).max(8)..)?;
    nested(u16::from_le_bytes([t0, t1]), rest)
}

fn nested(link: u16, rest: &[u8]) -> Option<Layer<'_>> {
    Some(Layer::Link(LinkType(link), rest))
}

/// Linux cooked capture: the protocol at `protocol`, the payload after `header` bytes.
fn cooked(bytes: &[u8], protocol: usize, header: usize) -> Option<Layer<'_>> {
    let kind = u16::from_be_bytes(*bytes.get(protocol..)?.first_chunk::<2>()?);
    Some(Layer::EtherType(kind, bytes.get(header..)?))
}

fn hdlc_or_ppp(bytes: &[u8]) -> Option<Layer<'_>> {
    match bytes.first()? {
        0x0f | 0x8f => cisco_hdlc(bytes),
        _ => Some(Layer::Ppp(bytes)),
    }
}

fn cisco_hdlc(bytes: &[u8]) -> Option<Layer<'_>> {
    cooked(bytes, 2, 4)
}

/// Netfilter log: type-length-value attributes in the capturing host's byte order, one of them the packet.
fn netfilter_log(bytes: &[u8]) -> Option<Layer<'_>> {
    const PAYLOAD: u16 = 9;
    let attributes = bytes.get(4..)?;
    let find = |number: fn([u8; 2]) -> u16| {
        let mut rest = attributes;
        loop {
            let [l0, l1, t0, t1] = *rest.first_chunk::<4>()?;
            let length = usize::from(number([l0, l1]));
            if number([t0, t1]) == PAYLOAD {
                return rest.get(4..length.min(rest.len()));
            }
            if length < 4 {
                return None;
            }
            rest = rest.get(length.next_multiple_of(4)..)?;
        }
    };
    let payload = find(u16::from_le_bytes).or_else(|| find(u16::from_be_bytes));
    Some(payload.map_or_else(|| other("netfilter log without packet"), Layer::Ip))
}

/// ARCNET (RFC 1201, RFC 1051), with `addresses` bytes before the protocol.
fn arcnet(bytes: &[u8], addresses: usize) -> Option<Layer<'_>> {
    let rest = bytes.get(addresses..)?;
    match rest {
        // RFC 1051 has no fragments.
        [240, rest @ ..] => Some(Layer::Ip(rest)),
        // An exception frame has the flag and sequence number twice.
        [212 | 196, 0xff, _, _, _, _, _, _, rest @ ..] => Some(Layer::Ip(rest)),
        [212 | 196, 0, _, _, rest @ ..] => Some(Layer::Ip(rest)),
        [212 | 196, ..] => Some(other("ARCNET fragment")),
        _ => Some(other("ARCNET protocol not read")),
    }
}
