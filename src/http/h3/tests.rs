//! The machine as a whole: one test per situation.

use super::Connection;
use crate::caveat::CaveatKind;
use crate::http::{Conversation, Exchange, Interest, SourceId, Version};
use crate::limits::Limits;
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use Direction::{ToClient, ToServer};
use proptest::prelude::*;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;

fn machine() -> Connection {
    let conversation = Conversation {
        source: SourceId(0),
        stream: 7,
        client: "10.0.0.1:50000".parse().unwrap(),
        server: "10.0.0.2:443".parse().unwrap(),
        secure: true,
    };
    Connection::new(conversation, Interest::All, &Limits::default())
}

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, payload.len() as u8];
    bytes.extend(payload);
    bytes
}

fn push(machine: &mut Connection, direction: Direction, id: u64, bytes: &[u8]) {
    let chunk = Chunk::Data {
        bytes,
        at: Timestamp(1),
        frame: 3,
    };
    machine.push(direction, id, chunk);
}

fn polled(machine: &mut Connection) -> Vec<Exchange> {
    std::iter::from_fn(|| machine.poll()).collect()
}

/// `GET https://a.b/`, without the dynamic table.
fn request() -> Vec<u8> {
    frame(HEADERS, b"\0\0\xd1\xd7\x50\x03a.b\xc1")
}

/// 200 with `vary: origin`.
fn answer() -> Vec<u8> {
    frame(HEADERS, b"\0\0\xd9\xfc")
}

#[test]
fn a_request_and_its_answer_make_an_exchange() {
    let mut machine = machine();
    push(&mut machine, ToServer, 0, &request());
    machine.end(ToServer, 0);
    push(&mut machine, ToClient, 0, &answer());
    push(&mut machine, ToClient, 0, &frame(DATA, b"body"));
    assert!(machine.poll().is_none());
    machine.end(ToClient, 0);
    let [exchange] = polled(&mut machine).try_into().unwrap();
    assert_eq!((exchange.method(), exchange.url()), ("GET", "https://a.b/"));
    assert_eq!(exchange.status(), Some(200));
    assert_eq!(exchange.response_field("vary"), Some("origin"));
    let response = exchange.response.unwrap();
    assert_eq!((response.version, response.body_size), (Version::Http3, 4));
    assert!(exchange.caveats.is_empty());
}

#[test]
fn a_section_waits_for_the_insertions_it_needs() {
    let mut machine = machine();
    // The client allows a table of 220 bytes, the server fills it later than it uses it.
    let mut settings = vec![0];
    settings.extend(frame(SETTINGS, b"\x01\x40\xdc"));
    push(&mut machine, ToServer, 2, &settings);
    push(&mut machine, ToServer, 0, &request());
    machine.end(ToServer, 0);
    push(
        &mut machine,
        ToClient,
        0,
        &frame(HEADERS, b"\x02\0\xd9\x80"),
    );
    machine.end(ToClient, 0);
    assert!(machine.poll().is_none());
    push(&mut machine, ToClient, 3, b"\x02\x3f\xbd\x01\x43x-a\x01b");
    let [exchange] = polled(&mut machine).try_into().unwrap();
    assert_eq!(exchange.response_field("x-a"), Some("b"));
    assert!(exchange.caveats.is_empty());
}

#[test]
fn insertions_that_never_come_leave_an_incomplete_answer() {
    let mut machine = machine();
    push(&mut machine, ToServer, 0, &request());
    machine.end(ToServer, 0);
    push(
        &mut machine,
        ToClient,
        0,
        &frame(HEADERS, b"\x02\0\xd9\x80"),
    );
    machine.end(ToClient, 0);
    machine.finish();
    let [exchange] = polled(&mut machine).try_into().unwrap();
    assert_eq!(exchange.status(), Some(200));
    assert!(exchange.caveats.contains(CaveatKind::IncompleteFields));
    assert!(exchange.caveats.contains(CaveatKind::UnknownFieldTable));
}

#[test]
fn a_request_that_the_server_gives_up_stays_without_answer() {
    let mut machine = machine();
    push(&mut machine, ToServer, 0, &request());
    machine.end(ToServer, 0);
    machine.end(ToClient, 0);
    let [exchange] = polled(&mut machine).try_into().unwrap();
    assert_eq!(exchange.status(), None);
}

#[test]
fn a_gap_inside_content_costs_no_fields() {
    let mut machine = machine();
    push(&mut machine, ToServer, 0, &request());
    machine.end(ToServer, 0);
    let mut bytes = answer();
    bytes.extend(frame(DATA, &[b'x'; 50]));
    bytes.truncate(bytes.len() - 30);
    push(&mut machine, ToClient, 0, &bytes);
    machine.push(ToClient, 0, Chunk::Gap { len: 20 });
    push(&mut machine, ToClient, 0, &[b'x'; 10]);
    machine.end(ToClient, 0);
    let [exchange] = polled(&mut machine).try_into().unwrap();
    assert_eq!(exchange.response.unwrap().body_size, 50);
    assert!(exchange.caveats.contains(CaveatKind::IncompleteBody));
    assert!(!exchange.caveats.contains(CaveatKind::IncompleteFields));
}

proptest! {
    #[test]
    fn any_content_is_answered_alike_whatever_the_chunks(
        bytes in prop::collection::vec(prop_oneof![0_u8..8, any::<u8>()], 0..100),
        starts_well in any::<bool>(),
        size in 1_usize..20,
    ) {
        let mut content = if starts_well { answer() } else { Vec::new() };
        content.extend(bytes);
        let watch = |size: usize, other_streams: bool| {
            let mut machine = machine();
            push(&mut machine, ToServer, 0, &request());
            for part in content.chunks(size) {
                push(&mut machine, ToClient, 0, part);
                if other_streams {
                    push(&mut machine, ToClient, 3, part);
                    push(&mut machine, ToServer, 2, part);
                }
            }
            machine.finish();
            polled(&mut machine)
        };
        prop_assert_eq!(watch(size, false), watch(1000, false));
        prop_assert_eq!(watch(size, true).len(), 1);
    }
}
