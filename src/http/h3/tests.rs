//! Connections made by hand: what a user would see of losses, late table entries and odd frames.

use super::{Connection, End};
use crate::caveat::CaveatKind;
use crate::http::{Conversation, Exchange, Interest, SourceId};
use crate::limits::Limits;
use crate::net::Chunk;
use crate::net::Direction::{self, ToClient, ToServer};
use crate::time::Timestamp;
use proptest::prelude::*;

const AT: Timestamp = Timestamp(0);

fn connection() -> Connection {
    let end = |port| ([127, 0, 0, 1], port).into();
    let conversation = Conversation {
        source: SourceId(0),
        stream: 0,
        client: end(5000),
        server: end(443),
        secure: true,
    };
    Connection::new(conversation, Interest::All, &Limits::default())
}

fn data(connection: &mut Connection, stream: u64, direction: Direction, bytes: &[u8]) {
    let chunk = Chunk::Data {
        bytes,
        at: AT,
        frame: stream + 1,
    };
    connection.push(stream, direction, chunk);
}

fn all(mut connection: Connection) -> Vec<Exchange> {
    connection.finish();
    std::iter::from_fn(|| connection.poll()).collect()
}

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind, u8::try_from(payload.len()).unwrap()];
    frame.extend_from_slice(payload);
    frame
}

/// Lines with static indexes below 63, and one literal.
fn headers(indexes: &[u8], literal: Option<(&str, &str)>) -> Vec<u8> {
    let mut block = vec![0, 0];
    block.extend(indexes.iter().map(|index| 0xc0 | index));
    if let Some((name, value)) = literal {
        assert!(name.len() < 7);
        block.push(0x20 | name.len() as u8);
        block.extend_from_slice(name.as_bytes());
        block.push(value.len() as u8);
        block.extend_from_slice(value.as_bytes());
    }
    frame(0x01, &block)
}

/// `GET https:///`.
fn get() -> Vec<u8> {
    headers(&[17, 23, 1], None)
}

/// 200, `content-length: 0`.
fn ok() -> Vec<u8> {
    headers(&[25, 4], None)
}

/// SETTINGS of the server with room for 128 entries, on its control stream.
const SETTINGS: &[u8] = b"\x00\x04\x03\x01\x50\x00";
/// An encoder stream that inserts `custom: value` as entry 0.
const ENCODER: &[u8] = b"\x02\x3f\xe1\x1f\x46custom\x05value";

#[test]
fn an_interim_answer_a_body_and_trailers() {
    let mut connection = connection();
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    let answer = [
        // 103, then 200.
        headers(&[24], None),
        ok(),
        frame(0x00, b"content"),
        frame(0x21, b"reserved"),
        headers(&[], Some(("x-sum", "1"))),
    ]
    .concat();
    data(&mut connection, 0, ToClient, &answer);
    connection.end(0, ToClient, End::Fin, AT);
    let exchange = connection.poll().unwrap();
    assert_eq!((exchange.method(), exchange.status()), ("GET", Some(200)));
    let response = exchange.response.unwrap();
    assert_eq!((response.body_size, response.fields.len()), (7, 1));
    assert!(exchange.caveats.is_empty());
}

#[test]
fn a_section_waits_for_the_encoder_stream_and_content_behind_it_counts() {
    let mut connection = connection();
    // The client announces a table for the server's sections; the answer refers to entry 0.
    data(&mut connection, 2, ToServer, SETTINGS);
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    let answer = [frame(0x01, b"\x02\x00\xd9\x80"), frame(0x00, b"12345")].concat();
    data(&mut connection, 0, ToClient, &answer);
    connection.end(0, ToClient, End::Fin, AT);
    assert_eq!(connection.poll(), None);
    for byte in ENCODER {
        data(&mut connection, 7, ToClient, &[*byte]);
    }
    let exchange = connection.poll().unwrap();
    assert_eq!(exchange.response_field("custom"), Some("value"));
    assert_eq!(exchange.response.as_ref().unwrap().body_size, 5);
    assert!(exchange.caveats.is_empty());
}

#[test]
fn without_the_encoder_stream_the_fields_are_unknown() {
    let mut connection = connection();
    data(&mut connection, 2, ToServer, SETTINGS);
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    data(
        &mut connection,
        0,
        ToClient,
        &frame(0x01, b"\x02\x00\xd9\x80"),
    );
    connection.end(0, ToClient, End::Fin, AT);
    let exchange = all(connection).remove(0);
    assert_eq!(exchange.status(), Some(200));
    assert!(exchange.caveats.contains(CaveatKind::UnknownFieldTable));
    assert!(exchange.caveats.contains(CaveatKind::IncompleteFields));
}

#[test]
fn a_loss_inside_content_leaves_the_next_frame_readable() {
    let mut connection = connection();
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    let answer = [ok(), vec![0x00, 0x0a]].concat();
    data(&mut connection, 0, ToClient, &answer);
    connection.push(0, ToClient, Chunk::Gap { len: 10 });
    data(&mut connection, 0, ToClient, &frame(0x00, b"rest"));
    connection.end(0, ToClient, End::Fin, AT);
    let exchange = connection.poll().unwrap();
    assert_eq!(exchange.response.as_ref().unwrap().body_size, 14);
    assert!(exchange.caveats.contains(CaveatKind::IncompleteBody));
    assert!(!exchange.caveats.contains(CaveatKind::IncompleteFields));
}

#[test]
fn a_loss_before_the_fields_is_never_an_empty_field_section() {
    let mut connection = connection();
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    connection.push(0, ToClient, Chunk::Gap { len: 10 });
    data(&mut connection, 0, ToClient, &frame(0x00, b"rest"));
    connection.end(0, ToClient, End::Fin, AT);
    let exchange = connection.poll().unwrap();
    assert_eq!(exchange.status(), None);
    assert!(exchange.caveats.contains(CaveatKind::Gap));
    assert!(exchange.caveats.contains(CaveatKind::IncompleteFields));
}

#[test]
fn a_reset_answer_is_incomplete() {
    let mut connection = connection();
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    data(&mut connection, 0, ToClient, &ok());
    connection.end(0, ToClient, End::Reset, AT);
    let exchange = connection.poll().unwrap();
    assert_eq!(exchange.status(), Some(200));
    assert!(exchange.caveats.contains(CaveatKind::IncompleteBody));
}

#[test]
fn streams_of_webtransport_and_of_unknown_types_are_passed_over() {
    let mut connection = connection();
    data(&mut connection, 0, ToServer, b"\x40\x41\x00hello");
    data(&mut connection, 6, ToServer, b"\x21anything");
    data(&mut connection, 1, ToClient, b"anything");
    assert!(all(connection).is_empty());
}

#[test]
fn a_promised_request_meets_its_push_stream() {
    let mut connection = connection();
    data(&mut connection, 0, ToServer, &get());
    connection.end(0, ToServer, End::Fin, AT);
    // The push stream comes first: its answer waits for the promise.
    data(
        &mut connection,
        15,
        ToClient,
        &[b"\x01\x04".to_vec(), ok()].concat(),
    );
    connection.end(15, ToClient, End::Fin, AT);
    let promise = [b"\x05\x06\x04\x00\x00".to_vec(), vec![0xd1, 0xd7, 0xc1]].concat();
    data(&mut connection, 0, ToClient, &promise);
    data(&mut connection, 0, ToClient, &ok());
    connection.end(0, ToClient, End::Fin, AT);
    let exchanges = all(connection);
    assert_eq!(exchanges.len(), 2);
    assert!(
        exchanges
            .iter()
            .all(|exchange| exchange.method() == "GET" && exchange.status() == Some(200))
    );
}

/// Stream, direction and bytes of a whole connection.
fn script() -> Vec<(u64, Direction, Vec<u8>)> {
    let answer = [
        frame(0x01, b"\x02\x00\xd9\x80"),
        frame(0x00, &[b'x'; 60]),
        headers(&[], Some(("x-sum", "1"))),
    ];
    vec![
        (2, ToServer, SETTINGS.to_vec()),
        (0, ToServer, [get(), frame(0x00, b"question")].concat()),
        (7, ToClient, ENCODER.to_vec()),
        (0, ToClient, answer.concat()),
        (3, ToClient, SETTINGS.to_vec()),
    ]
}

proptest! {
    #[test]
    fn pieces_and_the_order_of_streams_do_not_matter(
        order in Just((0..5).collect::<Vec<usize>>()).prop_shuffle(),
        piece in 1usize..70,
    ) {
        let script = script();
        let mut connection = connection();
        for at in order {
            let (stream, direction, bytes) = &script[at];
            for part in bytes.chunks(piece) {
                data(&mut connection, *stream, *direction, part);
            }
            connection.end(*stream, *direction, End::Fin, AT);
        }
        let exchanges = all(connection);
        prop_assert_eq!(exchanges.len(), 1);
        let exchange = &exchanges[0];
        prop_assert!(exchange.caveats.is_empty());
        prop_assert_eq!(exchange.response_field("custom"), Some("value"));
        prop_assert_eq!(exchange.response.as_ref().map(|response| response.body_size), Some(60));
        prop_assert_eq!(exchange.request.as_ref().map(|request| request.body_size), Some(8));
    }

    #[test]
    fn anything_at_all_is_answered(
        steps in proptest::collection::vec(
            (0u64..16, any::<bool>(), 0u8..8, proptest::collection::vec(any::<u8>(), 1..40)),
            0..40,
        ),
    ) {
        let mut connection = connection();
        for (stream, to_server, what, bytes) in steps {
            let direction = if to_server { ToServer } else { ToClient };
            match what {
                0 => connection.push(stream, direction, Chunk::Gap { len: bytes.len() as u64 }),
                1 => connection.end(stream, direction, End::Fin, AT),
                2 => connection.end(stream, direction, End::Reset, AT),
                3 => connection.push_unkept(stream, direction, bytes.len() as u64, AT),
                _ => data(&mut connection, stream, direction, &bytes),
            }
        }
        all(connection);
    }
}
