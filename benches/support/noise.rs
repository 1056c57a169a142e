//! What a capture holds beside readable HTTP: TLS without keys, DNS, and connections that never come to anything.

use super::disorder::Disorder;
use super::random::Random;
use super::session::{ACK, Builder, PSH, Path, SYN, Session, TO_CLIENT, TO_SERVER};
use super::story::MILLI;
use std::net::IpAddr;

/// A TLS 1.3 connection of some requests.
pub fn tls(at: u64, path: Path, disorder: &Disorder, random: &mut Random) -> Session {
    let server: IpAddr = match path.client {
        IpAddr::V4(_) => [203, 0, 113, random.below(250) as u8].into(),
        IpAddr::V6(_) => [0x2001, 0xdb8, 7, 0, 0, 0, 0, random.below(5000) as u16].into(),
    };
    let mut builder = Builder::new(path, disorder, random);
    let (flow, mut at) = builder.connect((server, 443).into(), at);
    let hello = client_hello(builder.random);
    builder.write(flow, TO_SERVER, &hello);
    at = builder.send(at, flow, TO_SERVER, 0);
    for round in 0..builder.random.between(2..12) {
        for (direction, median) in [(TO_CLIENT, 14_000.0), (TO_SERVER, 500.0)] {
            let from = builder.session.flows[flow].bytes[direction].len() as u32;
            let mut left = builder.random.spread(median, 1.2).clamp(60.0, 3e6) as usize;
            if round == 0 && direction == TO_CLIENT {
                builder.write(flow, direction, &server_hello());
            }
            while left > 0 {
                let length = left.min(16_384);
                record(0x17, length, flow, direction, &mut builder);
                left -= length;
            }
            at = builder.send(at + path.round_trip / 2, flow, direction, from);
        }
        at += builder.random.below(300) * MILLI;
    }
    builder.close(at, flow);
    builder.finish()
}

fn record(kind: u8, length: usize, flow: usize, direction: usize, builder: &mut Builder<'_>) {
    let [high, low] = (length as u16).to_be_bytes();
    builder.write(flow, direction, &[kind, 3, 3, high, low]);
    let noise: Vec<u8> = (0..length.div_ceil(8))
        .flat_map(|_| builder.random.next().to_le_bytes())
        .take(length)
        .collect();
    builder.write(flow, direction, &noise);
}

/// A ClientHello for one name (RFC 8446 §4.1.2).
fn client_hello(random: &mut Random) -> Vec<u8> {
    let name = format!("cdn{:03}.example.com", random.below(1000));
    let length = name.len() as u8;
    let mut extensions = vec![0, 0, 0, length + 5, 0, length + 3, 0, 0, length];
    extensions.extend(name.as_bytes());
    // supported_versions: TLS 1.3
    extensions.extend([0, 43, 0, 3, 2, 3, 4]);
    let mut hello = vec![3, 3];
    hello.extend(random.hex(32).as_bytes());
    hello.extend([0, 0, 4, 0x13, 1, 0x13, 2, 1, 0, 0, extensions.len() as u8]);
    hello.extend(extensions);
    handshake(1, &hello)
}

/// A ServerHello that takes TLS 1.3 (RFC 8446 §4.1.3).
fn server_hello() -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]);
    handshake(2, &hello)
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len() as u8;
    let mut record = vec![0x16, 3, 1, 0, length + 4, kind, 0, 0, length];
    record.extend(body);
    record
}

/// A DNS query and its answer.
pub fn dns(at: u64, path: Path, disorder: &Disorder, random: &mut Random) -> Session {
    let disorder = Disorder {
        midstream: 0.0,
        ..*disorder
    };
    let server: IpAddr = match path.client {
        IpAddr::V4(_) => [10, 0, 0, 53].into(),
        IpAddr::V6(_) => [0x2001, 0xdb8, 0, 0, 0, 0, 0, 53].into(),
    };
    let mut builder = Builder::new(path, &disorder, random);
    let (flow, _) = builder.connect((server, 53).into(), at);
    builder.session.packets.clear();
    builder.session.flows[flow].is_udp = true;
    let question = b"\x03api\x07example\x03net\0\0\x01\0\x01";
    let id = builder.random.next() as u16;
    for (direction, header) in [
        (TO_SERVER, [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        (TO_CLIENT, [0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]),
    ] {
        builder.write(flow, direction, &id.to_be_bytes());
        builder.write(flow, direction, &header);
        builder.write(flow, direction, question);
        let end = builder.session.flows[flow].bytes[direction].len() as u32;
        builder.packet(
            at + 3 * MILLI * direction as u64,
            flow,
            direction,
            0,
            0..end,
        );
    }
    builder.finish()
}

/// A connection that is not accepted, or opened and left, or whose request never ends.
pub fn half_open(at: u64, disorder: &Disorder, random: &mut Random) -> Session {
    let disorder = Disorder {
        midstream: 0.0,
        ..*disorder
    };
    let [a, b, c, d, e, ..] = random.next().to_be_bytes();
    let path = Path {
        round_trip: 10 * MILLI,
        vlan: None,
        client: [11 + a % 150, b, c, d].into(),
    };
    let mut builder = Builder::new(path, &disorder, random);
    let (flow, open) = builder.connect(([172, 16, 0, 10 + e % 16], 80).into(), at);
    let reached = builder.random.below(10);
    builder.session.packets.truncate(match reached {
        0..6 => 1,
        6 => 2,
        _ => 3,
    });
    if reached > 7 {
        let head = format!(
            "GET /slow/{} HTTP/1.1\r\nHost: app1.example.com\r\nX-Padding: ",
            builder.random.hex(8)
        );
        builder.write(flow, TO_SERVER, head.as_bytes());
        builder.packet(open, flow, TO_SERVER, ACK | PSH, 0..head.len() as u32);
    }
    debug_assert_eq!(builder.session.packets[0].flags, SYN);
    builder.finish()
}
