//! Packet → TCP segment or UDP datagram, through link layers, IP and tunnels.
//!
//! Checksums are not looked at (offloading leaves them wrong in most captures). A new link type is an arm in
//! `link.rs`, a new tunnel one in `tunnel.rs`.

use super::fragment::Fragments;
pub use super::wlan::Parts;
use super::{ip, link, tunnel};
use crate::capture::{LinkType, Packet};
use crate::time::Timestamp;
use std::net::{IpAddr, SocketAddr};

/// One TCP segment, as a view on the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Sender and receiver.
    pub hosts: Hosts,
    /// Sender's and receiver's port.
    pub ports: (u16, u16),
    /// Sequence number of the first byte.
    pub seq: u32,
    /// Next byte that the sender expects; meaningless without [`Flags::ACK`].
    pub ack: u32,
    /// Control bits.
    pub flags: Flags,
    /// The bytes, without padding.
    pub payload: &'a [u8],
    /// Bytes that followed on the wire and were not captured.
    pub missing: u32,
    /// Index in `payload` of a byte sent out of band, which is not part of the stream.
    pub urgent: Option<u16>,
    /// When the packet was captured.
    pub at: Timestamp,
    /// The packet's 1-based number.
    pub frame: u64,
}

/// Addresses of an IP packet: source, destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hosts {
    /// IPv4.
    V4([u8; 4], [u8; 4]),
    /// IPv6.
    V6([u8; 16], [u8; 16]),
}

impl Hosts {
    /// The sender's socket address with `port`.
    pub fn source(self, port: u16) -> SocketAddr {
        let host = match self {
            Self::V4(source, _) => IpAddr::from(source),
            Self::V6(source, _) => IpAddr::from(source),
        };
        SocketAddr::new(host, port)
    }

    /// The receiver's socket address with `port`.
    pub fn destination(self, port: u16) -> SocketAddr {
        let host = match self {
            Self::V4(_, destination) => IpAddr::from(destination),
            Self::V6(_, destination) => IpAddr::from(destination),
        };
        SocketAddr::new(host, port)
    }
}

/// TCP control bits (RFC 9293 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x01);
    /// Synchronise sequence numbers.
    pub const SYN: Self = Self(0x02);
    /// Reset the connection.
    pub const RST: Self = Self(0x04);
    /// The acknowledgement number counts.
    pub const ACK: Self = Self(0x10);
    /// The urgent pointer counts.
    pub const URG: Self = Self(0x20);

    /// Whether `flag` is set.
    #[inline]
    pub fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }
}

/// One UDP datagram, as a view on the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Sender and receiver.
    pub hosts: Hosts,
    /// Sender's and receiver's port.
    pub ports: (u16, u16),
    /// The bytes.
    pub payload: &'a [u8],
}

/// What a packet turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sliced<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram that is no tunnel known here.
    Udp(Datagram<'a>),
    /// The last missing fragment of an IP packet, which is now whole: slice it with [`slice_whole`].
    Whole(Whole),
    /// Several packets in one frame: slice each of [`Parts`] with [`slice_part`].
    Several(Parts<'a>),
    /// Something else, by a name to count it under.
    Other(&'static str),
}

/// An IP packet put together from fragments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub(super) hosts: Hosts,
    pub(super) protocol: u8,
    /// What the IP packet carries.
    pub bytes: Vec<u8>,
}

/// What stands at the start of bytes still to be opened.
pub(super) enum Layer<'a> {
    /// The first byte of a packet of this link type.
    Link(LinkType, &'a [u8]),
    /// A protocol by its EtherType.
    EtherType(u16, &'a [u8]),
    /// PPP, from its protocol field on.
    Ppp(&'a [u8]),
    /// IPv4 or IPv6, as its first four bits tell.
    Ip(&'a [u8]),
    /// The payload of an IP packet.
    Transport(Transport<'a>),
    /// A UDP datagram that is no tunnel.
    Datagram(Datagram<'a>),
    /// An IP packet that became whole.
    Whole(Whole),
    /// From IEEE 802.2 on.
    LogicalLink(&'a [u8]),
    /// Several packets in one frame.
    Several(Parts<'a>),
    /// Something that is not opened, by a name to count it under.
    Other(&'static str),
}

/// The payload of an IP packet.
#[derive(Clone, Copy)]
pub(super) struct Transport<'a> {
    pub(super) hosts: Hosts,
    pub(super) protocol: u8,
    pub(super) bytes: &'a [u8],
    /// Bytes at the end that were on the wire and not captured.
    pub(super) missing: u32,
}

/// Facts about the packet that layers need.
pub(super) struct Context<'f> {
    /// Bytes that the capture left out at the packet's end.
    pub(super) missing: u32,
    pub(super) fragments: &'f mut Fragments,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

impl<'f> Context<'f> {
    #[inline]
    fn of(packet: &Packet<'_>, fragments: &'f mut Fragments) -> Self {
        Self {
            missing: missing_of(packet),
            fragments,
            at: packet.at,
            frame: packet.frame,
        }
    }
}

/// Most layers that are opened in one packet: bounds tunnels inside tunnels.
const MOST_LAYERS: usize = 32;

/// Opens `packet` down to TCP or UDP.
#[inline]
pub fn slice<'a>(packet: &Packet<'a>, fragments: &mut Fragments) -> Sliced<'a> {
    match plain(packet) {
        Some(segment) => Sliced::Tcp(segment),
        None => slice_any(packet, fragments),
    }
}

/// What nearly all packets are: TCP in whole IPv4 in Ethernet.
#[inline]
fn plain<'a>(packet: &Packet<'a>) -> Option<Segment<'a>> {
    let [_, _, _, _, _, _, _, _, _, _, _, _, 0x08, 0x00, ip @ ..] = packet.bytes else {
        return None;
    };
    let transport = ip::whole_v4(ip, missing_of(packet))?;
    let is_plain = packet.link == LinkType::ETHERNET && transport.protocol == TCP;
    match is_plain {
        true => tcp(&transport, packet.at, packet.frame),
        false => None,
    }
}

#[inline(never)]
fn slice_any<'a>(packet: &Packet<'a>, fragments: &mut Fragments) -> Sliced<'a> {
    let mut context = Context::of(packet, fragments);
    open(Layer::Link(packet.link, packet.bytes), &mut context)
}

/// Bytes that the capture left out at the packet's end.
#[inline]
fn missing_of(packet: &Packet<'_>) -> u32 {
    let kept = u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX);
    packet.original_length.saturating_sub(kept)
}

/// Opens an IP packet that was put together; `last` is the packet that completed it.
pub fn slice_whole<'a>(
    whole: &'a Whole,
    last: &Packet<'_>,
    fragments: &mut Fragments,
) -> Sliced<'a> {
    let mut context = Context {
        missing: 0,
        fragments,
        at: last.at,
        frame: last.frame,
    };
    let transport = Transport {
        hosts: whole.hosts,
        protocol: whole.protocol,
        bytes: &whole.bytes,
        missing: 0,
    };
    open(Layer::Transport(transport), &mut context)
}

/// Opens one of several packets of the frame that `packet` holds.
pub fn slice_part<'a>(
    part: &'a [u8],
    packet: &Packet<'_>,
    fragments: &mut Fragments,
) -> Sliced<'a> {
    let mut context = Context::of(packet, fragments);
    open(Layer::LogicalLink(part), &mut context)
}

#[inline]
fn open<'a>(mut layer: Layer<'a>, context: &mut Context<'_>) -> Sliced<'a> {
    for _ in 0..MOST_LAYERS {
        layer = match layer {
            Layer::Link(link, bytes) => link::open(link, bytes),
            Layer::EtherType(kind, bytes) => link::ether_type(kind, bytes),
            Layer::Ppp(bytes) => link::ppp(bytes),
            Layer::Ip(bytes) => ip::open(bytes, context),
            Layer::Transport(transport) if transport.protocol == TCP => {
                return match tcp(&transport, context.at, context.frame) {
                    Some(segment) => Sliced::Tcp(segment),
                    None => Sliced::Other("damaged TCP header"),
                };
            }
            Layer::Transport(transport) => tunnel::open(&transport),
            Layer::Datagram(datagram) => return Sliced::Udp(datagram),
            Layer::Whole(whole) => return Sliced::Whole(whole),
            Layer::LogicalLink(bytes) => {
                link::logical_link(bytes).unwrap_or_else(|| other("cut link-layer header"))
            }
            Layer::Several(parts) => return Sliced::Several(parts),
            Layer::Other(reason) => return Sliced::Other(reason),
        };
    }
    Sliced::Other("too many layers")
}

/// TCP's protocol number in IP.
const TCP: u8 = 6;

/// A packet that is not opened further, counted under `reason`.
pub(super) fn other<'a>(reason: &'static str) -> Layer<'a> {
    Layer::Other(reason)
}

#[inline]
fn tcp<'a>(transport: &Transport<'a>, at: Timestamp, frame: u64) -> Option<Segment<'a>> {
    let header = transport.bytes.first_chunk::<20>()?;
    let [
        s0,
        s1,
        d0,
        d1,
        q0,
        q1,
        q2,
        q3,
        a0,
        a1,
        a2,
        a3,
        offset,
        flags,
        ..,
    ] = *header;
    let payload = transport.bytes.get(usize::from(offset >> 4) * 4..)?;
    if offset < 0x50 {
        return None;
    }
    let flags = Flags(flags);
    Some(Segment {
        hosts: transport.hosts,
        ports: (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1])),
        seq: u32::from_be_bytes([q0, q1, q2, q3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        flags,
        payload,
        missing: transport.missing,
        urgent: urgent_byte(flags, header, payload),
        at,
        frame,
    })
}

/// The byte before the urgent pointer is the one sent out of band, as all systems do it (RFC 6093 §3.1).
fn urgent_byte(flags: Flags, header: &[u8; 20], payload: &[u8]) -> Option<u16> {
    let [.., high, low] = *header;
    let pointer = u16::from_be_bytes([high, low]);
    let is_inside = flags.has(Flags::URG) && pointer > 0 && usize::from(pointer) <= payload.len();
    is_inside.then(|| pointer - 1)
}

#[cfg(test)]
#[path = "segment_tests.rs"]
mod tests;
