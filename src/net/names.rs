//! Names of what is not opened, so that a report can say what else a capture holds.

/// What a protocol number of IP names, for those that are no tunnel.
pub(super) fn of_ip_protocol(protocol: u8) -> &'static str {
    match protocol {
        1 | 58 => "ICMP",
        2 => "IGMP",
        33 => "DCCP",
        46 => "RSVP",
        50 => "IPsec ESP",
        59 => "IPv6 without next header",
        88 => "EIGRP",
        89 => "OSPF",
        103 => "PIM",
        112 => "VRRP",
        132 => "SCTP",
        136 => "UDP-Lite",
        _ => "IP protocol not read",
    }
}

/// What an EtherType names.
pub(super) fn of_ether_type(kind: u16) -> &'static str {
    match kind {
        0x0806 | 0x8035 => "ARP",
        0x0842 => "Wake-on-LAN",
        0x8809 => "Ethernet slow protocols",
        0x8863 => "PPPoE discovery",
        0x888e => "IEEE 802.1X",
        0x8892 => "PROFINET",
        0x88a4 => "EtherCAT",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x88f7 => "PTP",
        0x8906 => "FCoE",
        0x8915 => "RoCE",
        0x9000 => "Ethernet loopback",
        _ => "EtherType not read",
    }
}

/// What a datagram is that certainly is no QUIC; `None` when it may be.
pub(super) fn of_datagram(ports: (u16, u16), payload: &[u8]) -> Option<&'static str> {
    let is_port = |port: u16| ports.0 == port || ports.1 == port;
    if is_wireguard(payload) {
        return Some("WireGuard");
    }
    match payload {
        // Record header of DTLS (RFC 6347 §4.1).
        [20..=25, 0xfe, 0xfd | 0xff, ..] => Some("DTLS"),
        // The magic cookie of RFC 8489 §5.
        [0..=3, _, _, _, 0x21, 0x12, 0xa4, 0x42, ..] => Some("STUN"),
        _ if (is_port(53) || is_port(5353) || is_port(5355)) && is_dns(payload) => Some("DNS"),
        _ if is_port(123) && payload.len() >= 48 => Some("NTP"),
        [1 | 2, 1, 6, ..] if is_port(67) => Some("DHCP"),
        [b'M', b'-', ..] | [b'N', b'O', b'T', ..] | [b'H', b'T', b'T', b'P', ..]
            if is_port(1900) =>
        {
            Some("SSDP")
        }
        _ => None,
    }
}

/// The four messages of WireGuard begin with their type and three zeroes, and have lengths of their own.
fn is_wireguard(payload: &[u8]) -> bool {
    match (payload, payload.len()) {
        ([1, 0, 0, 0, ..], 148) | ([2, 0, 0, 0, ..], 92) | ([3, 0, 0, 0, ..], 64) => true,
        // The last starts with the receiver's index, then a counter that does not reach its upper bytes.
        ([4, 0, 0, 0, rest @ ..], 32..) => {
            payload.len().is_multiple_of(16) && matches!(rest.get(9..12), Some([0, 0, 0]))
        }
        _ => false,
    }
}

/// A header with few questions and no reserved bit (RFC 1035 §4.1.1).
fn is_dns(payload: &[u8]) -> bool {
    match payload.first_chunk::<12>() {
        Some([_, _, _, flags, 0, 0..=8, ..]) => flags & 0x40 == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(start: &[u8], length: usize) -> Vec<u8> {
        let mut bytes = start.to_vec();
        bytes.resize(length, 0);
        bytes
    }

    #[test]
    fn what_certainly_is_no_quic_is_named() {
        for (name, ports, payload) in [
            ("WireGuard", (5000, 51820), padded(&[1, 0, 0, 0, 9], 148)),
            (
                "WireGuard",
                (51820, 5000),
                padded(&[4, 0, 0, 0, 9, 9, 9, 9, 1], 96),
            ),
            ("DTLS", (5000, 443), padded(&[22, 0xfe, 0xfd], 60)),
            (
                "STUN",
                (5000, 3478),
                padded(&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], 20),
            ),
            ("DNS", (5000, 53), padded(&[9, 9, 1, 0, 0, 1], 40)),
            ("NTP", (123, 123), padded(&[0x23], 48)),
        ] {
            assert_eq!(of_datagram(ports, &payload), Some(name));
        }
    }

    #[test]
    fn quic_is_never_taken_for_something_else() {
        for first in 0x40..=0xff {
            for port in [53, 123, 443, 1900, 51820] {
                let payload = padded(&[first, 0, 0, 1, 8, 7, 7], 1200);
                let name = of_datagram((port, 5000), &payload);
                // On a port of these two a long header says the same as theirs.
                assert!(
                    name.is_none() || matches!(port, 53 | 123),
                    "{first:x} {port}"
                );
            }
        }
    }
}
