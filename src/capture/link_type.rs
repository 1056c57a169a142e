//! Numbers of link-layer header types, as <https://www.tcpdump.org/linktypes.html> lists them.

/// A link-layer header type (`LINKTYPE_…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: address family in the capturing host's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// ARCNET, BSD flavour (no exception frames).
    pub const ARCNET_BSD: Self = Self(7);
    /// FDDI.
    pub const FDDI: Self = Self(10);
    /// IEEE 802.2 in ATM (RFC 1483), as some systems number it.
    pub const ATM_RFC1483_BSD: Self = Self(11);
    /// PPP, with or without HDLC-like framing.
    pub const PPP: Self = Self(9);
    /// PPP in HDLC-like framing (RFC 1662) or Cisco HDLC.
    pub const PPP_HDLC: Self = Self(50);
    /// PPP after a PPPoE session header.
    pub const PPP_ETHER: Self = Self(51);
    /// Raw IP: `DLT_RAW` as OpenBSD and others number it.
    pub const RAW_BSD: Self = Self(14);
    /// Raw IP: `DLT_RAW` as most systems number it.
    pub const RAW_DLT: Self = Self(12);
    /// IEEE 802.2 in ATM (RFC 1483).
    pub const ATM_RFC1483: Self = Self(100);
    /// Raw IP: version told by the first four bits.
    pub const RAW: Self = Self(101);
    /// Cisco HDLC.
    pub const C_HDLC: Self = Self(104);
    /// IEEE 802.11.
    pub const IEEE802_11: Self = Self(105);
    /// OpenBSD loopback: address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture.
    pub const LINUX_SLL: Self = Self(113);
    /// Prism header, then IEEE 802.11.
    pub const IEEE802_11_PRISM: Self = Self(119);
    /// IP in Fibre Channel (RFC 2625).
    pub const IP_OVER_FC: Self = Self(122);
    /// RadioTap header, then IEEE 802.11.
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// ARCNET, Linux flavour.
    pub const ARCNET_LINUX: Self = Self(129);
    /// AVS header, then IEEE 802.11.
    pub const IEEE802_11_AVS: Self = Self(163);
    /// PPP with a direction byte.
    pub const PPP_WITH_DIR: Self = Self(166);
    /// Per-packet information, then another link type.
    pub const PPI: Self = Self(192);
    /// Cisco HDLC with a direction byte.
    pub const C_HDLC_WITH_DIR: Self = Self(205);
    /// MPLS label stack.
    pub const MPLS: Self = Self(219);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux netfilter log.
    pub const NFLOG: Self = Self(239);
    /// Hilscher netANALYZER: four bytes, then Ethernet.
    pub const NETANALYZER: Self = Self(240);
    /// macOS: an interface's name and more, then another link type.
    pub const PKTAP: Self = Self(258);
    /// Linux cooked capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);
}
