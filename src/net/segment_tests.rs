//! Packets of every link layer and tunnel, down to the segment.

use super::*;
use proptest::prelude::*;

/// A TCP segment from port 5000 to port 80 with payload `hi`.
fn tcp() -> Vec<u8> {
    let mut bytes = vec![
        0x13, 0x88, 0, 80, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 0x18, 1, 0, 0, 0, 0, 0,
    ];
    bytes.extend(b"hi");
    bytes
}

/// An IPv4 packet with a fragment field of `fragment`.
fn ip4(protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let total = u16::try_from(20 + payload.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(total.to_be_bytes());
    bytes.extend([0, 1]);
    bytes.extend(fragment.to_be_bytes());
    bytes.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    bytes.extend(payload);
    bytes
}

fn ip6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x60, 0, 0, 0];
    bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend([next, 64]);
    bytes.extend([0x20; 16]);
    bytes.extend([0x21; 16]);
    bytes.extend(payload);
    bytes
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x13, 0x88];
    bytes.extend(port.to_be_bytes());
    bytes.extend(u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    ip4(17, 0, &bytes)
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2; 12];
    bytes.extend(kind.to_be_bytes());
    bytes.extend(payload);
    bytes
}

fn with(head: &[u8], payload: &[u8]) -> Vec<u8> {
    [head, payload].concat()
}

/// What a packet turned out to be: `hi` and how much is missing, or the reason why not.
fn open_packet(
    link: LinkType,
    bytes: &[u8],
    original: usize,
) -> Result<(Vec<u8>, u32), &'static str> {
    let packet = Packet {
        frame: 1,
        at: Timestamp(0),
        link,
        bytes,
        original_length: u32::try_from(original).unwrap(),
    };
    match slice(&packet, &mut Fragments::new(1 << 20)) {
        Sliced::Tcp(segment) => {
            assert_eq!(
                (segment.ports, segment.seq, segment.ack),
                ((5000, 80), 7, 9)
            );
            Ok((segment.payload.to_vec(), segment.missing))
        }
        Sliced::Udp(_) => Err("UDP"),
        Sliced::Whole(_) => Err("whole"),
        Sliced::Several(_) => Err("several"),
        Sliced::Other(reason) => Err(reason),
    }
}

fn assert_opens(link: u16, bytes: &[u8]) {
    let opened = open_packet(LinkType(link), bytes, bytes.len());
    assert_eq!(opened, Ok((b"hi".to_vec(), 0)), "link type {link}");
}

#[test]
fn link_layers_lead_to_tcp() {
    let ip = ip4(6, 0, &tcp());
    assert_opens(1, &ethernet(0x0800, &ip));
    assert_opens(1, &ethernet(0x86dd, &ip6(6, &tcp())));
    assert_opens(
        1,
        &ethernet(0x88a8, &with(b"\0\x05\x81\0\0\x06\x08\0", &ip)),
    );
    assert_opens(
        1,
        &ethernet(0x8847, &with(b"\0\x01\0\x40\0\x01\x01\x40", &ip)),
    );
    assert_opens(
        1,
        &ethernet(0x8864, &with(b"\x11\0\0\x01\0\x2c\0\x21", &ip)),
    );
    assert_opens(1, &ethernet(50, &with(b"\xaa\xaa\x03\0\0\0\x08\0", &ip)));
    assert_opens(0, &with(&[2, 0, 0, 0], &ip));
    assert_opens(108, &with(&[0, 0, 0, 24], &ip6(6, &tcp())));
    assert_opens(9, &with(b"\xff\x03\0\x21", &ip));
    assert_opens(50, &with(b"\x0f\0\x08\0", &ip));
    assert_opens(101, &ip);
    assert_opens(104, &with(b"\x0f\0\x08\0", &ip));
    assert_opens(1, &ethernet(0x8926, &with(b"\0\0\0\x01\x08\0", &ip)));
    assert_opens(1, &ethernet(0x893f, &with(b"\0\0\0\x01\0\0\x08\0", &ip)));
    assert_opens(
        10,
        &with(
            b"\x57\x01\x01\x01\x01\x01\x01\x02\x02\x02\x02\x02\x02\xaa\xaa\x03\0\0\0\x08\0",
            &ip,
        ),
    );
    assert_opens(100, &with(b"\xaa\xaa\x03\0\0\0\x08\0", &ip));
    assert_opens(192, &with(b"\0\0\x08\0\x01\0\0\0", &ethernet(0x0800, &ip)));
    assert_opens(219, &with(b"\0\x01\x01\x40", &ip));
    let tapped = [12u32, 1, 1].map(u32::to_le_bytes).concat();
    assert_opens(258, &with(&tapped, &ethernet(0x0800, &ip)));
    assert_opens(113, &with(b"\0\0\0\x01\0\x06\0\0\0\0\0\0\0\0\x08\0", &ip));
    assert_opens(
        276,
        &with(b"\x08\0\0\0\0\0\0\x01\0\x01\0\x06\0\0\0\0\0\0\0\0", &ip),
    );
    assert_opens(129, &with(b"\x01\x02\0\0\xd4\0\0\0", &ip));
    let length = u8::try_from(4 + ip.len()).unwrap();
    assert_opens(
        239,
        &with(&[2, 0, 0, 0, 5, 0, 10, 0, 1, 0, 0, 0, length, 0, 9, 0], &ip),
    );
}

#[test]
fn open_wireless_frames_lead_to_tcp_and_encrypted_ones_are_named() {
    let mut frame = vec![0x88, 0x01];
    frame.extend([0; 24]);
    frame.extend(b"\xaa\xaa\x03\0\0\0\x08\0");
    frame.extend(ip4(6, 0, &tcp()));
    assert_opens(105, &frame);
    assert_opens(127, &with(b"\0\0\x08\0\0\0\0\0", &frame));
    frame[1] = 0x41;
    let encrypted = open_packet(LinkType::IEEE802_11, &frame, frame.len());
    assert_eq!(encrypted, Err("IEEE 802.11 encrypted"));
}

#[test]
fn each_packet_of_an_aggregate_is_read() {
    let packet = with(b"\xaa\xaa\x03\0\0\0\x08\0", &ip4(6, 0, &tcp()));
    let mut frame = vec![0x88, 0x01];
    frame.extend([0; 22]);
    frame.extend([0x80, 0]);
    for _ in 0..2 {
        frame.extend([1; 12]);
        frame.extend(u16::try_from(packet.len()).unwrap().to_be_bytes());
        frame.extend(&packet);
        frame.resize((frame.len() - 26).next_multiple_of(4) + 26, 0);
    }
    let packet = Packet {
        frame: 1,
        at: Timestamp(0),
        link: LinkType::IEEE802_11,
        bytes: &frame,
        original_length: u32::try_from(frame.len()).unwrap(),
    };
    let mut fragments = Fragments::new(1 << 20);
    let Sliced::Several(parts) = slice(&packet, &mut fragments) else {
        panic!("one packet");
    };
    let is_tcp = |part| match slice_part(part, &packet, &mut fragments) {
        Sliced::Tcp(segment) => segment.payload == b"hi",
        _ => false,
    };
    assert_eq!(parts.map(is_tcp).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn headers_between_ipv6_and_tcp_are_passed_over_in_any_order() {
    let options = [0, 0, 1, 4, 0, 0, 0, 0];
    let routing: &[u8] = &[[0, 2, 4, 0, 0, 0, 0, 0].as_slice(), &[0x21; 16]].concat();
    let authentication: &[u8] = &[[0, 4].as_slice(), &[0; 22]].concat();
    let mut packet = tcp();
    let mut next = 6;
    for (kind, header) in [
        (60, options.as_slice()),
        (51, authentication),
        (43, routing),
        (0, options.as_slice()),
    ] {
        packet = with(header, &packet);
        packet[0] = next;
        next = kind;
    }
    assert_opens(101, &ip6(next, &packet));
    // A jumbogram tells its length in an option (RFC 2675), so that of the header is zero.
    let mut jumbogram = ip6(next, &packet);
    jumbogram[4..6].fill(0);
    assert_opens(101, &jumbogram);
}

#[test]
fn an_extension_header_behind_that_of_fragments_is_passed_over() {
    let inner = with(&[6, 0, 1, 4, 0, 0, 0, 0], &tcp());
    let (first, second) = inner.split_at(16);
    let mut fragments = Fragments::new(1 << 20);
    let mut whole = None;
    for (part, place) in [(first, [0, 1]), (second, [0, 16])] {
        let header = [60, 0, place[0], place[1], 0, 0, 0, 7];
        let bytes = ip6(44, &with(&header, part));
        let packet = Packet {
            frame: 1,
            at: Timestamp(0),
            link: LinkType::RAW,
            bytes: &bytes,
            original_length: u32::try_from(bytes.len()).unwrap(),
        };
        if let Sliced::Whole(found) = slice(&packet, &mut fragments) {
            whole = Some(found);
        }
    }
    let whole = whole.unwrap();
    let packet = Packet {
        frame: 2,
        at: Timestamp(0),
        link: LinkType::RAW,
        bytes: &[],
        original_length: 0,
    };
    let Sliced::Tcp(segment) = slice_whole(&whole, &packet, &mut fragments) else {
        panic!("no TCP");
    };
    assert_eq!(segment.payload, b"hi");
}

#[test]
fn what_is_not_opened_is_named() {
    for (name, packet) in [
        ("SCTP", ip4(132, 0, &[0; 20])),
        ("IPsec ESP", ip4(50, 0, &[0; 20])),
        ("OSPF", ip4(89, 0, &[0; 20])),
        ("WireGuard", udp(51820, &with(&[4, 0, 0, 0], &[0; 28]))),
    ] {
        let opened = open_packet(LinkType::RAW, &packet, packet.len());
        assert_eq!(opened, Err(name));
    }
    let frame = ethernet(0x88e5, &[0; 20]);
    let opened = open_packet(LinkType::ETHERNET, &frame, frame.len());
    assert_eq!(opened, Err("MACsec"));
}

#[test]
fn tunnels_lead_to_tcp() {
    let inner = ip4(6, 0, &tcp());
    let bridged = ethernet(0x0800, &inner);
    for outer in [
        ip4(4, 0, &inner),
        ip4(41, 0, &ip6(6, &tcp())),
        ip4(47, 0, &with(b"\0\0\x08\0", &inner)),
        ip4(
            47,
            0,
            &with(b"\xb0\0\x65\x58\0\0\0\0\0\0\0\x01\0\0\0\x02", &bridged),
        ),
        ip4(
            47,
            0,
            &with(b"\x10\0\x88\xbe\0\0\0\x01\0\0\0\0\0\0\0\0", &bridged),
        ),
        ip6(60, &with(&[4, 0, 1, 4, 0, 0, 0, 0], &inner)),
        udp(4789, &with(b"\x08\0\0\0\0\0\x01\0", &bridged)),
        ip6(143, &bridged),
        ip4(
            145,
            0,
            &with(
                b"\0\x06\x01\x03\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                &bridged,
            ),
        ),
        ip4(
            115,
            0,
            &with(b"\0\0\0\x07\x11\x22\x33\x44\0\0\0\0", &bridged),
        ),
        udp(1701, &with(b"\0\x03\0\0\0\0\0\x07", &bridged)),
        udp(4341, &with(b"\xc0\0\0\x01\0\0\0\x01", &inner)),
        udp(4754, &with(b"\0\0\x08\0", &inner)),
        udp(4790, &with(b"\x0c\0\0\x01\0\0\x01\0", &inner)),
        udp(
            4790,
            &with(b"\x0c\0\0\x04\0\0\x01\0\0\x02\x02\x01\0\0\0\x01", &inner),
        ),
        udp(6635, &with(b"\0\x01\x01\x40", &inner)),
        udp(6081, &with(b"\x01\0\x65\x58\0\0\x01\0\0\0\0\0", &bridged)),
        udp(2152, &with(b"\x30\xff\0\0\0\0\0\x01", &inner)),
        udp(
            3544,
            &with(b"\0\0\x01\x02\x03\x04\x05\x06", &ip6(6, &tcp())),
        ),
    ] {
        assert_opens(101, &outer);
    }
}

#[test]
fn a_tunnels_port_alone_proves_nothing() {
    let packet = udp(2152, b"GET / HTTP/1.1\r\n");
    assert_eq!(
        open_packet(LinkType::RAW, &packet, packet.len()),
        Err("UDP")
    );
}

#[test]
fn tunnels_without_end_are_given_up() {
    let mut packet = ip4(6, 0, &tcp());
    for _ in 0..40 {
        packet = ip4(4, 0, &packet);
    }
    assert_eq!(
        open_packet(LinkType::RAW, &packet, packet.len()),
        Err("too many layers")
    );
}

#[test]
fn padding_is_no_payload() {
    let mut packet = ethernet(0x0800, &ip4(6, 0, &tcp()));
    packet.extend([0xaa; 20]);
    assert_opens(1, &packet);
}

#[test]
fn a_packet_from_segmentation_offload_has_no_length_and_keeps_its_bytes() {
    let mut packet = ip4(6, 0, &tcp());
    packet[2..4].fill(0);
    assert_opens(101, &packet);
}

#[test]
fn a_cut_packet_says_how_much_is_missing() {
    let packet = ip4(6, 0, &tcp());
    let cut = &packet[..packet.len() - 1];
    assert_eq!(
        open_packet(LinkType::RAW, cut, packet.len()),
        Ok((b"h".to_vec(), 1))
    );
}

#[test]
fn a_length_that_lies_makes_nothing_missing() {
    let mut packet = ip4(6, 0, &tcp());
    packet[3] += 9;
    assert_opens(101, &packet);
}

#[test]
fn fragments_are_put_together_in_any_order() {
    let whole = tcp();
    let parts = [
        ip4(6, 2, &whole[16..]),
        ip4(6, 0x2000, &whole[..8]),
        ip4(6, 0x2001, &whole[8..16]),
    ];
    let mut fragments = Fragments::new(1 << 20);
    let mut found = Vec::new();
    for bytes in &parts {
        let packet = Packet {
            frame: 1,
            at: Timestamp(0),
            link: LinkType::RAW,
            bytes,
            original_length: u32::try_from(bytes.len()).unwrap(),
        };
        if let Sliced::Whole(whole) = slice(&packet, &mut fragments)
            && let Sliced::Tcp(segment) = slice_whole(&whole, &packet, &mut fragments)
        {
            found.push(segment.payload.to_vec());
        }
    }
    assert_eq!(found, [b"hi".to_vec()]);
    assert_eq!(fragments.unfinished(), 0);
}

#[test]
fn fragments_that_never_become_whole_are_bounded() {
    let mut fragments = Fragments::new(10_000);
    for identification in 0..200u16 {
        let mut bytes = ip4(6, 0x2000, &tcp()[..16]);
        bytes[4..6].copy_from_slice(&identification.to_be_bytes());
        let packet = Packet {
            frame: 1,
            at: Timestamp(0),
            link: LinkType::RAW,
            bytes: &bytes,
            original_length: 36,
        };
        slice(&packet, &mut fragments);
    }
    assert!(fragments.unfinished() < 50);
    assert!(fragments.dropped() > 150);
}

#[test]
fn an_urgent_byte_is_pointed_out() {
    let mut segment = tcp();
    segment[13] = 0x30;
    segment[19] = 2;
    let packet = ip4(6, 0, &segment);
    let packet = Packet {
        frame: 1,
        at: Timestamp(0),
        link: LinkType::RAW,
        bytes: &packet,
        original_length: 42,
    };
    let Sliced::Tcp(segment) = slice(&packet, &mut Fragments::new(0)) else {
        panic!("no TCP");
    };
    assert_eq!(segment.urgent, Some(1));
}

proptest! {
    #[test]
    fn what_most_packets_are_is_opened_as_all_others(
        at in 0usize..56, byte in any::<u8>(), kept in 0usize..70, cut in 0u32..3, link in 0u16..2,
    ) {
        let mut bytes = ethernet(0x0800, &ip4(6, 0, &tcp()));
        bytes.extend([0; 6]);
        bytes[at] = byte;
        bytes.truncate(kept);
        let original_length = u32::try_from(bytes.len()).unwrap() + cut;
        let packet = Packet { frame: 7, at: Timestamp(8), link: LinkType(link), bytes: &bytes, original_length };
        let whole = slice(&packet, &mut Fragments::new(1000));
        prop_assert_eq!(whole, slice_any(&packet, &mut Fragments::new(1000)));
    }

    #[test]
    fn any_bytes_are_survived(
        link in prop_oneof![0u16..300, Just(1), Just(127)],
        bytes in proptest::collection::vec(any::<u8>(), 0..120),
        start in 0usize..12,
    ) {
        let inner = ip4(6, 0, &tcp());
        let heads = [
            Vec::new(), ethernet(0x0800, &inner), ethernet(0x8100, &[]), ethernet(0x8847, &[]),
            ip4(47, 0, &[]), udp(4789, &[8; 8]), udp(2152, &[0x34, 0xff]), udp(3544, &[0, 1]),
            udp(5072, &[0x44]), ip6(0, &[]), ip6(44, &[]), udp(1701, &[0, 2]),
        ];
        let mut bytes = with(&heads[start], &bytes);
        for link in [LinkType(link), LinkType::ETHERNET, LinkType::RAW] {
            let _ = slice(&Packet { frame: 1, at: Timestamp(0), link, bytes: &bytes, original_length: 9 }, &mut Fragments::new(1000));
        }
        // A total length of zero lets the noise count as payload.
        if bytes.len() > 4 { bytes[2] = 0; bytes[3] = 0; }
        let _ = slice(&Packet { frame: 1, at: Timestamp(0), link: LinkType::RAW, bytes: &bytes, original_length: 9 }, &mut Fragments::new(1000));
    }
}
