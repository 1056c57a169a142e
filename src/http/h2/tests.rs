//! The machine as a whole: one test per situation, then any bytes in any chunks.

use super::Connection;
use super::frame::PREFACE;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::{Conversation, Exchange, Fields, Interest, Locator, Request, SourceId, Version};
use crate::limits::Limits;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use Direction::{ToClient, ToServer};
use proptest::prelude::*;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const BOTH: u8 = END_STREAM | END_HEADERS;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Two peers with their encoders, and the machine that watches them.
struct Peers {
    client: loona_hpack::Encoder<'static>,
    server: loona_hpack::Encoder<'static>,
    machine: Connection,
    packet: u64,
}

impl Peers {
    fn new(interest: Interest) -> Self {
        let mut peers = Self::in_the_middle(interest);
        peers.send(ToServer, PREFACE);
        peers.send(ToServer, &frame(SETTINGS, 0, 0, &[0, 1, 0, 1, 0, 0]));
        peers.send(ToClient, &frame(SETTINGS, 0, 0, &[]));
        peers
    }

    fn in_the_middle(interest: Interest) -> Self {
        Self {
            client: loona_hpack::Encoder::new(),
            server: loona_hpack::Encoder::new(),
            machine: Connection::new(conversation(), interest, &Limits::default()),
            packet: 0,
        }
    }

    fn send(&mut self, direction: Direction, bytes: &[u8]) {
        self.packet += 1;
        let chunk = Chunk::Data {
            bytes,
            at: Timestamp(self.packet as i64 * 1_000_000),
            frame: self.packet,
        };
        self.machine.push(direction, chunk);
    }

    fn block(&mut self, direction: Direction, fields: &[(&str, &str)]) -> Vec<u8> {
        let encoder = match direction {
            ToServer => &mut self.client,
            ToClient => &mut self.server,
        };
        encoder.encode(fields.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())))
    }

    fn headers(&mut self, direction: Direction, flags: u8, stream: u32, fields: &[(&str, &str)]) {
        let block = self.block(direction, fields);
        self.send(direction, &frame(HEADERS, flags, stream, &block));
    }

    fn lose(&mut self, direction: Direction, len: usize) {
        self.machine.push(direction, Chunk::Gap { len: len as u64 });
    }

    fn polled(&mut self) -> Vec<Exchange> {
        std::iter::from_fn(|| self.machine.poll()).collect()
    }

    fn finished(mut self) -> Vec<Exchange> {
        self.machine.finish();
        self.polled()
    }
}

fn conversation() -> Conversation {
    Conversation {
        source: SourceId(0),
        stream: 7,
        client: "10.0.0.1:50000".parse().unwrap(),
        server: "10.0.0.2:443".parse().unwrap(),
        secure: true,
    }
}

const GET: [(&str, &str); 5] = [
    (":method", "GET"),
    (":scheme", "https"),
    (":authority", "api.example.com"),
    (":path", "/users?page=2"),
    ("origin", "https://app.example.com"),
];
const OK: [(&str, &str); 4] = [
    (":status", "200"),
    ("access-control-allow-origin", "https://app.example.com"),
    ("timing-allow-origin", "*"),
    ("vary", "origin"),
];

#[test]
fn a_request_and_its_answer_make_an_exchange() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.headers(ToClient, END_HEADERS, 1, &OK);
    peers.send(ToClient, &frame(DATA, 0, 1, &[b'x'; 100]));
    peers.send(ToClient, &frame(DATA, END_STREAM, 1, &[b'x'; 20]));
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!(exchange.method(), "GET");
    assert_eq!(exchange.url(), "https://api.example.com/users?page=2");
    assert_eq!(
        exchange.request_field("origin"),
        Some("https://app.example.com")
    );
    assert_eq!(exchange.status(), Some(200));
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(response.body_size, 120);
    assert_eq!(response.version, Version::Http2);
    assert_eq!(response.fields.len(), 3);
    assert_eq!(
        exchange.locator,
        Locator::Pcap {
            transport: Default::default(),
            stream: 7,
            h2_stream: Some(1),
            request_frame: Some(4),
            response_frame: Some(5),
        }
    );
    assert_eq!(exchange.started, Timestamp(4_000_000));
    assert_eq!(exchange.duration.unwrap().as_millis(), 3);
    assert!(exchange.caveats.is_empty());
}

#[test]
fn answers_in_another_order_find_their_requests() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.headers(ToServer, BOTH, 3, &GET);
    peers.headers(ToClient, BOTH, 3, &[(":status", "201")]);
    peers.headers(ToClient, BOTH, 1, &[(":status", "403")]);
    let statuses: Vec<_> = peers.polled().iter().map(Exchange::status).collect();
    assert_eq!(statuses, [Some(201), Some(403)]);
}

#[test]
fn an_answer_captured_before_its_request_waits_for_it() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToClient, BOTH, 1, &OK);
    assert!(peers.polled().is_empty());
    peers.headers(ToServer, BOTH, 1, &GET);
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!((exchange.method(), exchange.status()), ("GET", Some(200)));
}

#[test]
fn interim_answers_and_trailers_are_not_the_answer() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.headers(
        ToClient,
        END_HEADERS,
        1,
        &[(":status", "103"), ("link", "</a>")],
    );
    peers.headers(ToClient, END_HEADERS, 1, &OK);
    peers.send(ToClient, &frame(DATA, 0, 1, b"body"));
    peers.headers(ToClient, BOTH, 1, &[("server-timing", "x")]);
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!(exchange.status(), Some(200));
    assert_eq!(exchange.response_field("link"), None);
    assert_eq!(exchange.response_field("server-timing"), None);
}

#[test]
fn a_block_in_continuation_frames_is_one_block() {
    let mut peers = Peers::new(Interest::All);
    let block = peers.block(ToServer, &GET);
    peers.send(ToServer, &frame(HEADERS, END_STREAM, 1, &block[..5]));
    peers.send(ToServer, &frame(CONTINUATION, 0, 1, &block[5..9]));
    peers.send(ToServer, &frame(CONTINUATION, END_HEADERS, 1, &block[9..]));
    peers.headers(ToClient, BOTH, 1, &OK);
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!(exchange.request.unwrap().fields.len(), 1);
}

#[test]
fn a_pushed_answer_belongs_to_the_promised_request() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    let mut promise = 2_u32.to_be_bytes().to_vec();
    promise.extend(peers.block(ToClient, &[(":method", "GET"), (":path", "/style.css")]));
    peers.send(ToClient, &frame(PUSH_PROMISE, END_HEADERS, 1, &promise));
    peers.headers(ToClient, BOTH, 1, &OK);
    peers.headers(ToClient, BOTH, 2, &[(":status", "404")]);
    let exchanges = peers.polled();
    assert_eq!(exchanges.len(), 2);
    assert_eq!(exchanges[1].url(), "/style.css");
    assert_eq!(exchanges[1].status(), Some(404));
}

#[test]
fn a_reset_or_refused_request_stays_without_answer() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.headers(ToServer, BOTH, 3, &GET);
    peers.send(ToClient, &frame(RST_STREAM, 0, 1, &[0, 0, 0, 7]));
    let goaway = [0, 0, 0, 1, 0, 0, 0, 0];
    peers.send(ToClient, &frame(GOAWAY, 0, 0, &goaway));
    let [reset] = peers.polled().try_into().unwrap();
    assert_eq!(reset.status(), None);
    assert_eq!(reset.duration, None);
    let [refused] = peers.finished().try_into().unwrap();
    assert_eq!(refused.status(), None);
}

#[test]
fn frames_that_cross_a_reset_start_nothing_new() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.send(ToServer, &frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]));
    peers.headers(ToClient, BOTH, 1, &OK);
    assert_eq!(peers.finished().len(), 1);
}

#[test]
fn the_beginning_of_an_error_page_is_kept() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.headers(ToClient, END_HEADERS, 1, &[(":status", "502")]);
    peers.send(ToClient, &frame(DATA, 0x8, 1, b"\x03Bad \0\0\0"));
    peers.send(ToClient, &frame(DATA, END_STREAM, 1, b"gateway"));
    let [exchange] = peers.polled().try_into().unwrap();
    let response = exchange.response.unwrap();
    assert_eq!(&*response.body_head, "Bad gateway");
    assert_eq!(response.body_size, 11, "padding is not content");
}

#[test]
fn the_middle_of_a_connection_gives_what_can_be_known() {
    let mut peers = Peers::in_the_middle(Interest::All);
    // GET, https, two fields from before the capture, then literals.
    let mut request = vec![0x82, 0x87, 0xbe, 0xbf];
    request.extend(peers.block(
        ToServer,
        &[(":authority", "example.com"), ("x-new", "literal")],
    ));
    let mut seen = b"the end of a body".to_vec();
    seen.extend(frame(HEADERS, BOTH, 5, &request));
    peers.send(ToServer, &seen);
    peers.headers(ToClient, BOTH, 5, &OK);
    let [exchange] = peers.finished().try_into().unwrap();
    assert_eq!(exchange.method(), "GET");
    assert_eq!(exchange.url(), "", "an unknown path is not guessed");
    assert_eq!(exchange.request_field("x-new"), Some("literal"));
    assert_eq!(exchange.request_field("origin"), None);
    assert_eq!(exchange.status(), Some(200));
    for kind in [CaveatKind::UnknownFieldTable, CaveatKind::IncompleteFields] {
        assert!(exchange.caveats.contains(kind), "{kind}");
    }
}

#[test]
fn a_gap_inside_content_costs_no_fields() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    peers.headers(ToClient, END_HEADERS, 1, &OK);
    let data = frame(DATA, END_STREAM, 1, &[b'x'; 1000]);
    peers.send(ToClient, &data[..200]);
    peers.lose(ToClient, 300);
    peers.send(ToClient, &data[500..]);
    peers.headers(ToServer, BOTH, 3, &GET);
    peers.headers(ToClient, BOTH, 3, &OK);
    let [holed, whole] = peers.polled().try_into().unwrap();
    assert_eq!(holed.response.as_ref().unwrap().body_size, 1000);
    assert_eq!(
        holed.caveats,
        CaveatSet::EMPTY.with(CaveatKind::IncompleteBody)
    );
    assert_eq!(whole.response_field("vary"), Some("origin"));
    assert!(whole.caveats.is_empty());
}

#[test]
fn after_a_lost_answer_later_ones_are_read_again() {
    let mut peers = Peers::new(Interest::All);
    for stream in [1, 3, 5] {
        peers.headers(ToServer, BOTH, stream, &GET);
    }
    peers.headers(ToClient, BOTH, 1, &OK);
    let lost = peers.block(ToClient, &[(":status", "418"), ("x-lost", "1")]);
    peers.lose(ToClient, frame(HEADERS, BOTH, 3, &lost).len());
    let mut later = OK.to_vec();
    later.push(("x-later", "2"));
    peers.headers(ToClient, BOTH, 5, &later);
    let exchanges = peers.finished();
    let unanswered = exchanges.iter().find(|e| e.status().is_none()).unwrap();
    assert!(unanswered.caveats.contains(CaveatKind::Gap));
    let later = exchanges
        .iter()
        .find(|exchange| exchange.response_field("x-later").is_some())
        .unwrap();
    assert_eq!(later.status(), Some(200));
    assert_eq!(later.response_field("vary"), Some("origin"));
    assert_eq!(later.response_field("timing-allow-origin"), None);
    assert!(later.caveats.contains(CaveatKind::IncompleteFields));
}

#[test]
fn a_gap_inside_a_field_block_leaves_its_beginning() {
    let mut peers = Peers::new(Interest::All);
    peers.headers(ToServer, BOTH, 1, &GET);
    let bytes = {
        let mut fields = OK.to_vec();
        fields.push(("x-cut", "this value is not captured"));
        let block = peers.block(ToClient, &fields);
        frame(HEADERS, BOTH, 1, &block)
    };
    peers.send(ToClient, &bytes[..bytes.len() - 20]);
    peers.lose(ToClient, 20);
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!(exchange.status(), Some(200));
    assert_eq!(exchange.response_field("vary"), Some("origin"));
    assert!(exchange.caveats.contains(CaveatKind::IncompleteFields));
}

#[test]
fn an_upgraded_request_is_answered_on_stream_1() {
    let mut peers = Peers::in_the_middle(Interest::All);
    let request = Request {
        method: "GET".into(),
        url: "http://example.com/".into(),
        version: Version::Http11,
        fields: Fields::from_iter([("Upgrade", "h2c")]),
        body_size: 0,
    };
    peers
        .machine
        .adopt_upgrade(request, Timestamp(500), 1, CaveatSet::EMPTY);
    peers.send(ToClient, &frame(SETTINGS, 0, 0, &[]));
    peers.headers(ToClient, BOTH, 1, &OK);
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!(exchange.url(), "http://example.com/");
    assert_eq!(exchange.status(), Some(200));
    assert_eq!(exchange.started, Timestamp(500));
}

#[test]
fn a_websocket_is_given_when_it_opens() {
    let mut peers = Peers::new(Interest::All);
    let connect = [
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":path", "/chat"),
        (":authority", "example.com"),
    ];
    peers.headers(ToServer, END_HEADERS, 1, &connect);
    peers.headers(ToClient, END_HEADERS, 1, &[(":status", "200")]);
    let [exchange] = peers.polled().try_into().unwrap();
    assert_eq!(exchange.url(), "https://example.com/chat");
    assert_eq!(exchange.request_field(":protocol"), Some("websocket"));
    assert!(exchange.caveats.is_empty());
}

#[test]
fn what_does_not_bear_on_cors_is_dropped_on_demand() {
    let mut peers = Peers::new(Interest::Cors);
    peers.headers(ToServer, BOTH, 1, &GET[..4]);
    peers.headers(ToClient, BOTH, 1, &[(":status", "200")]);
    peers.headers(ToServer, BOTH, 3, &GET);
    peers.headers(ToClient, BOTH, 3, &[(":status", "200")]);
    assert_eq!(peers.polled().len(), 1);
}

#[test]
fn too_many_open_streams_give_way_with_a_caveat() {
    let limits = Limits {
        pending_requests: 2,
        ..Limits::default()
    };
    let mut peers = Peers::new(Interest::All);
    peers.machine = Connection::new(conversation(), Interest::All, &limits);
    peers.send(ToServer, PREFACE);
    for stream in [1, 3, 5] {
        peers.headers(ToServer, BOTH, stream, &GET);
    }
    let [oldest] = peers.polled().try_into().unwrap();
    assert!(oldest.caveats.contains(CaveatKind::LimitReached));
}

#[test]
fn a_block_that_names_a_long_entry_over_and_over_is_cut_short() {
    let mut peers = Peers::new(Interest::All);
    // GET https://a/, then a field of 2000 bytes that goes into the table, then 500 times that field.
    let mut block = b"\x82\x87\x84\x41\x01a\x40\x06x-bomb\x7f\xd1\x0e".to_vec();
    block.resize(block.len() + 2000, b'y');
    block.resize(block.len() + 500, 0xbe);
    peers.send(ToServer, &frame(HEADERS, BOTH, 1, &block));
    let [exchange] = peers.finished().try_into().unwrap();
    assert_eq!(exchange.url(), "https://a/");
    assert!((1..10).contains(&exchange.request.unwrap().fields.len()));
    assert!(exchange.caveats.contains(CaveatKind::LimitReached));
}

#[test]
fn an_endless_field_block_is_cut_at_the_limit() {
    let mut peers = Peers::new(Interest::All);
    let block = peers.block(ToServer, &GET);
    peers.send(ToServer, &frame(HEADERS, END_STREAM, 1, &block));
    for _ in 0..100 {
        peers.send(ToServer, &frame(CONTINUATION, 0, 1, &[0x40; 16_000]));
    }
    peers.send(ToServer, &frame(CONTINUATION, END_HEADERS, 1, &[]));
    let [exchange] = peers.finished().try_into().unwrap();
    assert_eq!(exchange.method(), "GET");
    assert!(exchange.caveats.contains(CaveatKind::LimitReached));
}

/// A connection of several exchanges, as bytes of both directions.
fn recorded() -> (Vec<u8>, Vec<u8>) {
    let mut peers = Peers::in_the_middle(Interest::All);
    let mut to_server = PREFACE.to_vec();
    to_server.extend(frame(SETTINGS, 0, 0, &[]));
    let mut to_client = frame(SETTINGS, 0, 0, &[]);
    for stream in [1, 3, 5, 7] {
        let request = peers.block(ToServer, &GET);
        to_server.extend(frame(HEADERS, BOTH, stream, &request));
        let answer = peers.block(ToClient, &OK);
        to_client.extend(frame(HEADERS, END_HEADERS, stream, &answer));
        to_client.extend(frame(DATA, END_STREAM, stream, &[b'x'; 50]));
    }
    (to_server, to_client)
}

/// The same bytes in chunks of `sizes`, all in one packet so that frame numbers agree.
fn watch(to_server: &[u8], to_client: &[u8], sizes: &[usize], gap: Option<usize>) -> Vec<Exchange> {
    let mut machine = Connection::new(conversation(), Interest::All, &Limits::default());
    for (direction, bytes) in [(ToServer, to_server), (ToClient, to_client)] {
        let (before, after) = bytes.split_at(gap.unwrap_or(0).min(bytes.len()));
        for (part, lost) in [(before, 0), (after, 10)] {
            let mut rest = part;
            if gap.is_some() && lost > 0 {
                machine.push(direction, Chunk::Gap { len: 10 });
                rest = rest.get(lost..).unwrap_or_default();
            }
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (bytes, later) = rest.split_at((*size).clamp(1, rest.len()));
                machine.push(
                    direction,
                    Chunk::Data {
                        bytes,
                        at: Timestamp(1),
                        frame: 1,
                    },
                );
                rest = later;
            }
        }
    }
    machine.finish();
    std::iter::from_fn(|| machine.poll()).collect()
}

proptest! {
    #[test]
    fn chunking_changes_nothing(
        sizes in proptest::collection::vec(1_usize..40, 1..10),
        gap in proptest::option::of(0_usize..400),
    ) {
        let (to_server, to_client) = recorded();
        let whole = watch(&to_server, &to_client, &[usize::MAX], gap);
        prop_assert_eq!(watch(&to_server, &to_client, &sizes, gap), whole);
    }

    #[test]
    fn any_bytes_are_answered_alike_whatever_the_chunks(
        mut to_server in proptest::collection::vec(any::<u8>(), 0..300),
        to_client in proptest::collection::vec(prop_oneof![Just(0_u8), 0_u8..10, any::<u8>()], 0..300),
        has_preface in any::<bool>(),
        sizes in proptest::collection::vec(1_usize..40, 1..10),
    ) {
        if has_preface {
            to_server.splice(0..0, *PREFACE);
        }
        let whole = watch(&to_server, &to_client, &[usize::MAX], None);
        prop_assert_eq!(watch(&to_server, &to_client, &sizes, None), whole);
    }

    #[test]
    fn damage_never_invents_a_value(at in 0_usize..300, flip in 1_u8..=255) {
        let (to_server, mut to_client) = recorded();
        let place = at % to_client.len();
        to_client[place] ^= flip;
        // Only that nothing panics and every exchange has a message; the bytes themselves were changed.
        for exchange in watch(&to_server, &to_client, &[usize::MAX], None) {
            prop_assert!(exchange.request.is_some() || exchange.response.is_some());
        }
    }
}
