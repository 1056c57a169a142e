//! HTTP/3 in captures of other projects' test suites and of our own, against what is known to be in them.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use corsight::http::{Exchange, Fields, Interest, Locator, SourceId};
use corsight::quic::{Census, Closed, Datagram, Demux};
use corsight::tls::KeyLog;
use corsight::{Limits, time::Timestamp};
use etherparse::{SlicedPacket, TransportSlice};
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, PcapBlockOwned, PcapError, create_reader};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use support::beside;

/// A UDP datagram that owns its bytes.
#[derive(Debug, Clone)]
struct Owned {
    from: SocketAddr,
    to: SocketAddr,
    payload: Vec<u8>,
    frame: u64,
}

/// The datagrams of a capture, and the key log inside it.
fn read(path: &Path) -> (Vec<Owned>, Vec<u8>) {
    let file = std::fs::File::open(path).unwrap();
    let mut reader = create_reader(1 << 20, file).unwrap();
    let (mut datagrams, mut keys, mut frame) = (Vec::new(), Vec::new(), 0);
    loop {
        match reader.next() {
            Ok((used, block)) => {
                let packet = match &block {
                    PcapBlockOwned::Legacy(packet) => Some(packet.data),
                    PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => Some(packet.packet_data()),
                    PcapBlockOwned::NG(Block::DecryptionSecrets(secrets)) => {
                        keys.extend_from_slice(secrets.data);
                        None
                    }
                    _ => None,
                };
                if let Some(bytes) = packet {
                    frame += 1;
                    datagrams.extend(datagram(bytes, frame));
                }
                reader.consume(used);
            }
            Err(PcapError::Incomplete(_)) => reader.refill().unwrap(),
            Err(_) => return (datagrams, keys),
        }
    }
}

fn datagram(bytes: &[u8], frame: u64) -> Option<Owned> {
    let packet = SlicedPacket::from_ethernet(bytes)
        .ok()
        .filter(|packet| packet.transport.is_some())
        .or_else(|| SlicedPacket::from_ip(bytes).ok())?;
    let TransportSlice::Udp(udp) = packet.transport? else {
        return None;
    };
    let (from, to): (IpAddr, IpAddr) = match packet.net? {
        etherparse::NetSlice::Ipv4(ip) => (
            ip.header().source_addr().into(),
            ip.header().destination_addr().into(),
        ),
        etherparse::NetSlice::Ipv6(ip) => (
            ip.header().source_addr().into(),
            ip.header().destination_addr().into(),
        ),
        etherparse::NetSlice::Arp(_) => return None,
    };
    Some(Owned {
        from: SocketAddr::new(from, udp.source_port()),
        to: SocketAddr::new(to, udp.destination_port()),
        payload: udp.payload().to_vec(),
        frame,
    })
}

fn analyse(datagrams: &[Owned], keys: &KeyLog) -> (Vec<Exchange>, Census) {
    let mut demux = Demux::new(SourceId(0), Interest::All, &Limits::default());
    for datagram in datagrams {
        demux.push(
            Datagram {
                from: datagram.from,
                to: datagram.to,
                payload: &datagram.payload,
                at: Timestamp(i64::try_from(datagram.frame).unwrap() * 1_000_000),
                frame: datagram.frame,
            },
            keys,
        );
    }
    demux.finish();
    let exchanges = std::iter::from_fn(|| demux.poll()).collect();
    (exchanges, demux.census().clone())
}

fn corpus(path: &str) -> Option<(Vec<Owned>, Vec<u8>)> {
    Some(read(&beside("captures")?.join("captures").join(path)))
}

fn frames(exchange: &Exchange) -> (Option<u64>, Option<u64>) {
    match exchange.locator {
        Locator::Pcap {
            request_frame,
            response_frame,
            ..
        } => (request_frame, response_frame),
        Locator::Har { .. } => (None, None),
    }
}

#[test]
fn chrome_to_cloudflare_with_secrets_in_the_capture() {
    let Some((datagrams, secrets)) = corpus("wireshark/b7c9de1238aef44d.pcapng") else {
        return;
    };
    let (exchanges, census) = analyse(&datagrams, &KeyLog::parse(&secrets));
    assert_eq!(exchanges.len(), 1);
    let exchange = &exchanges[0];
    assert_eq!(exchange.url(), "https://cloudflare-quic.com/");
    assert_eq!(exchange.method(), "GET");
    assert_eq!(exchange.status(), Some(200));
    assert_eq!(exchange.request_field("sec-fetch-dest"), Some("document"));
    assert_eq!(exchange.response_field("vary"), Some("Accept-Encoding"));
    assert_eq!(frames(exchange), (Some(55), Some(62)));
    assert!(exchange.caveats.is_empty());
    assert_eq!(
        (census.connections, census.read, census.exchanges),
        (1, 1, 1)
    );
}

#[test]
fn draft_22_with_old_names_in_the_key_log() {
    let Some((datagrams, _)) = corpus("pcap2qlog/9ea9de641dc4d702.pcapng") else {
        return;
    };
    let log = beside("captures")
        .unwrap()
        .join("keys/9ea9de641dc4d702.keylog");
    let keys = KeyLog::parse(&std::fs::read(log).unwrap());
    let (exchanges, _) = analyse(&datagrams, &keys);
    assert_eq!(exchanges.len(), 1);
    let exchange = &exchanges[0];
    assert_eq!(exchange.url(), "https://[127.0.0.1]:8443/notfound.jpg");
    assert_eq!(exchange.status(), Some(200));
    assert_eq!(exchange.response.as_ref().unwrap().body_size, 286_627);
    assert_eq!(frames(exchange), (Some(7), Some(12)));
}

#[test]
fn without_keys_connections_are_counted_by_server_name() {
    let Some((datagrams, _)) = corpus("wireshark/b7c9de1238aef44d.pcapng") else {
        return;
    };
    let (exchanges, census) = analyse(&datagrams, &KeyLog::default());
    assert!(exchanges.is_empty());
    let closed: Vec<_> = census.closed.into_iter().collect();
    assert_eq!(
        closed,
        [(("cloudflare-quic.com".to_owned(), Closed::NoKeys), 1)]
    );
}

/// A recording of our own: Chromium and aioquic, with a dynamic field table in both directions.
fn sample() -> (Vec<Owned>, KeyLog) {
    let folder = support::samples().join("https-h3-with-keys");
    let keys = std::fs::read(folder.join("tls-keys.log")).unwrap();
    (read(&folder.join("capture.pcap")).0, KeyLog::parse(&keys))
}

/// What is said of each exchange, without the places in the capture.
fn said(exchanges: &[Exchange]) -> BTreeMap<(u32, u32), String> {
    exchanges
        .iter()
        .map(|exchange| {
            let text = format!(
                "{} {} {:?} {:?} {:?} {:?}",
                exchange.method(),
                exchange.url(),
                exchange.request,
                exchange.status(),
                exchange
                    .response
                    .as_ref()
                    .map(|response| (&response.fields, response.body_size)),
                exchange.caveats,
            );
            (stream(exchange), text)
        })
        .collect()
}

fn stream(exchange: &Exchange) -> (u32, u32) {
    match exchange.locator {
        Locator::Pcap {
            stream, h2_stream, ..
        } => (stream, h2_stream.unwrap()),
        Locator::Har { .. } => panic!("not a capture"),
    }
}

#[test]
fn chromium_with_a_preflight_that_fails() {
    let (datagrams, keys) = sample();
    let (exchanges, census) = analyse(&datagrams, &keys);
    let lines: Vec<_> = exchanges
        .iter()
        .map(|exchange| {
            format!(
                "{:?} {} {} {}",
                stream(exchange),
                exchange.method(),
                exchange.url(),
                exchange.status().unwrap()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "(0, 0) GET https://app.shop.test/ 200",
            "(1, 0) OPTIONS https://api.shop.test/settings 204",
            "(1, 4) PUT https://api.shop.test/settings 200",
            "(1, 8) OPTIONS https://api.shop.test/settings 204",
        ]
    );
    assert!(exchanges.iter().all(|exchange| exchange.caveats.is_empty()));
    assert!(exchanges[1].is_preflight() && exchanges[3].is_preflight());
    assert_eq!(
        exchanges[3].request_field("access-control-request-headers"),
        Some("content-type,x-client")
    );
    assert_eq!(
        exchanges[3].response_field("access-control-allow-headers"),
        Some("Content-Type")
    );
    assert_eq!(exchanges[2].request.as_ref().unwrap().body_size, 17);
    assert_eq!(exchanges[2].response.as_ref().unwrap().body_size, 15);
    assert_eq!(
        (census.connections, census.read, census.unopened),
        (2, 2, 0)
    );
}

#[test]
fn datagrams_may_come_twice_and_out_of_order() {
    let (datagrams, keys) = sample();
    let truth = said(&analyse(&datagrams, &keys).0);
    for distance in 1..6 {
        let mut mixed: Vec<_> = datagrams.iter().chain(&datagrams).cloned().collect();
        // Every datagram moves by up to `distance` places, in a fixed but uneven way.
        mixed.sort_by_key(|datagram| datagram.frame + datagram.frame * 7919 % (distance + 1));
        let (exchanges, _) = analyse(&mixed, &keys);
        assert_eq!(said(&exchanges), truth, "distance {distance}");
    }
}

#[test]
fn whatever_is_lost_nothing_wrong_is_said() {
    let (datagrams, keys) = sample();
    let truth: BTreeMap<_, _> = analyse(&datagrams, &keys)
        .0
        .into_iter()
        .map(|exchange| (stream(&exchange), exchange))
        .collect();
    let mut losses = Vec::new();
    for first in 0..datagrams.len() {
        for last in first..datagrams.len().min(first + 4) {
            let mut rest = datagrams.clone();
            rest.drain(first..=last);
            let (exchanges, _) = analyse(&rest, &keys);
            losses.push(exchanges.len());
            for exchange in &exchanges {
                hold(exchange, &truth, &format!("without {first}..={last}"));
            }
        }
    }
    // Some losses cost everything of a connection (its ClientHello), most cost nothing but their own bytes.
    assert!(losses.iter().filter(|left| **left >= 3).count() * 2 > losses.len());
}

/// Everything said must be in the truth, and what is left out must be excused by a caveat.
fn hold(exchange: &Exchange, truth: &BTreeMap<(u32, u32), Exchange>, context: &str) {
    let whole = truth
        .values()
        .find(|whole| stream(whole).1 == stream(exchange).1 && is_part(exchange, whole))
        .unwrap_or_else(|| panic!("{context}: {exchange:#?} is of no exchange"));
    let is_whole = exchange.request == whole.request
        && exchange.response.as_ref().map(|response| &response.fields)
            == whole.response.as_ref().map(|response| &response.fields);
    assert!(
        is_whole || exchange.request.is_none() || !exchange.caveats.is_empty(),
        "{context}: {exchange:#?} lacks something and does not say so"
    );
}

fn is_part(part: &Exchange, whole: &Exchange) -> bool {
    let fields = |part: &Fields, whole: &Fields| {
        part.iter()
            .all(|field| whole.iter().any(|other| other == field))
    };
    let request = match (&part.request, &whole.request) {
        (Some(part), Some(whole)) => {
            (part.method.is_empty() || part.method == whole.method)
                && (part.url.is_empty() || whole.url.ends_with(&*part.url))
                && fields(&part.fields, &whole.fields)
        }
        (part, _) => part.is_none(),
    };
    let response = match (&part.response, &whole.response) {
        (Some(part), Some(whole)) => {
            part.status == whole.status && fields(&part.fields, &whole.fields)
        }
        (part, _) => part.is_none(),
    };
    request && response
}

/// Method, path, status and sizes of everything in a capture of `samples/quic-variants`.
fn variant(name: &str) -> Vec<String> {
    let folder = support::samples().join("quic-variants");
    let keys = std::fs::read(folder.join(format!("{name}.keys.log"))).unwrap();
    let (datagrams, _) = read(&folder.join(format!("{name}.pcap")));
    let (mut exchanges, census) = analyse(&datagrams, &KeyLog::parse(&keys));
    assert_eq!(census.read, census.connections, "{name}: {census:?}");
    exchanges.sort_by_key(stream);
    exchanges
        .iter()
        .map(|exchange| {
            assert!(exchange.caveats.is_empty(), "{name}: {exchange:#?}");
            let (request, response) = (
                exchange.request.as_ref().unwrap(),
                exchange.response.as_ref().unwrap(),
            );
            let path = request.url.strip_prefix("https://api.shop.test").unwrap();
            if let Some(echo) = response.fields.first("x-path") {
                assert_eq!(echo, path, "the answer belongs to the request");
            }
            format!(
                "{} {path} {} {}/{}",
                request.method, response.status, request.body_size, response.body_size
            )
        })
        .collect()
}

const SEVERAL: [&str; 6] = [
    "GET /a0 200 0/5",
    "GET /a1 200 0/5",
    "GET /a2 200 0/5",
    "GET /a3 200 0/5",
    "GET /a4 200 0/5",
    "PUT /b?size=3000 200 4000/3000",
];

#[test]
fn chacha20_protects_headers_and_payloads() {
    assert_eq!(variant("chacha20"), SEVERAL);
}

#[test]
fn the_server_goes_over_to_version_2() {
    assert_eq!(variant("version-1-to-2"), SEVERAL);
}

#[test]
fn the_server_asks_for_a_retry() {
    assert_eq!(variant("retry"), SEVERAL);
}

#[test]
fn requests_in_early_data() {
    assert_eq!(variant("early-data"), [SEVERAL, SEVERAL].concat());
}

#[test]
fn keys_are_updated_three_times() {
    let expected: Vec<_> = (0..6).map(|n| format!("GET /k{n} 200 0/5")).collect();
    assert_eq!(variant("key-update"), expected);
}

#[test]
fn the_client_changes_its_address() {
    let expected: Vec<_> = (0..4).map(|n| format!("GET /m{n} 200 0/5")).collect();
    assert_eq!(variant("migration"), expected);
}

#[test]
fn a_server_push_is_an_exchange() {
    assert_eq!(
        variant("push"),
        ["GET /push 200 0/5", "GET /pushed.js 200 0/33"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_datagrams_never_make_wrong_exchanges(
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let (mut datagrams, keys) = sample();
        let truth: BTreeMap<_, _> = analyse(&datagrams, &keys)
            .0
            .into_iter()
            .map(|exchange| (stream(&exchange), exchange))
            .collect();
        for (which, place, value) in hits {
            let payload = &mut which.get_mut(&mut datagrams[..]).payload;
            if value % 5 == 0 {
                payload.truncate(place.index(payload.len() + 1));
            } else if !payload.is_empty() {
                *place.get_mut(&mut payload[..]) ^= value | 1;
            }
        }
        for exchange in &analyse(&datagrams, &keys).0 {
            hold(exchange, &truth, "damaged");
        }
    }

    #[test]
    fn any_datagrams_are_answered(
        payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..100), 0..30),
    ) {
        let (mut datagrams, keys) = sample();
        for (datagram, mut payload) in datagrams.iter_mut().step_by(2).zip(payloads) {
            // As it is, and behind the beginning of a long header.
            datagram.payload.truncate(20);
            datagram.payload.append(&mut payload);
        }
        analyse(&datagrams, &keys);
    }
}
