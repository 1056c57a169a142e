//! Connections played step by step: what comes out, with which packets and caveats. Those with losses: `damage_tests`.

use super::testing::*;
use super::*;
use crate::caveat::CaveatKind as Kind_;
use crate::http::{Locator, Version};
use proptest::prelude::*;

#[test]
fn an_exchange_knows_its_packets_times_and_sizes() {
    let all = exchanges(&[
        c("POST /a HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhe"),
        c("llo"),
        s("HTTP/1.0 201 Created\r\nContent-Length: 3\r\n\r\na"),
        s("bc"),
    ]);
    let [exchange] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(
        exchange.locator,
        Locator::Pcap {
            transport: Default::default(),
            stream: 3,
            h2_stream: None,
            request_frame: Some(1),
            response_frame: Some(3)
        }
    );
    assert_eq!(exchange.duration.unwrap().as_millis(), 3);
    let (request, response) = (
        exchange.request.as_ref().unwrap(),
        exchange.response.as_ref().unwrap(),
    );
    assert_eq!((request.body_size, response.body_size), (5, 3));
    assert_eq!(
        (request.version, response.version),
        (Version::Http11, Version::Http10)
    );
    assert_eq!(response.started, Timestamp(2_000_000));
}

#[test]
fn pipelined_requests_get_their_answers_in_order() {
    check(
        &[
            c(
                "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a.test\r\n\r\nGET /3 HTTP/1.1\r\nHost: a.test\r\n\r\n",
            ),
            s(
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 201 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
            ),
        ],
        &[
            "GET http://a.test/1 200",
            "HEAD http://a.test/2 201",
            "GET http://a.test/3 304",
        ],
    );
}

#[test]
fn interim_answers_are_no_answers() {
    check(
        &[
            c(
                "PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
            ),
            s("HTTP/1.1 100 Continue\r\n\r\n"),
            c("ab"),
            s("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"),
        ],
        &["PUT http://a.test/ 204"],
    );
}

#[test]
fn a_body_that_was_announced_and_refused_does_not_swallow_the_next_request() {
    check(
        &[
            c(
                "PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n",
            ),
            s("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"),
            get("/2"),
            ok(""),
        ],
        &["PUT http://a.test/ 417", "GET http://a.test/2 200"],
    );
}

#[test]
fn an_answer_may_come_before_the_request_is_complete() {
    check(
        &[
            c("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc"),
            s("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"),
            c("def"),
            get("/2"),
            ok(""),
        ],
        &["POST http://a.test/ 413", "GET http://a.test/2 200"],
    );
}

#[test]
fn an_answer_without_length_ends_with_the_connection() {
    check(
        &[
            get("/"),
            s("HTTP/1.0 200 OK\r\n\r\nab"),
            s("cd"),
            Step::ServerCloses,
        ],
        &["GET http://a.test/ 200"],
    );
    check(
        &[get("/"), s("HTTP/1.0 200 OK\r\n\r\nab")],
        &["GET http://a.test/ 200 incomplete-body"],
    );
}

#[test]
fn a_client_that_leaves_first_gives_its_open_requests_up() {
    let answer = |steps: &[Step]| {
        play(&mut connection(Interest::All), steps)
            .remove(0)
            .caveats
    };
    let late = answer(&[get("/1"), Step::ClientLeaves, ok("late")]);
    assert!(late.contains(Kind_::ClientClosed));
    let closed = answer(&[get("/1"), Step::ServerLeaves, Step::ClientLeaves, ok("x")]);
    assert!(!closed.contains(Kind_::ClientClosed));
    let answered = answer(&[get("/1"), ok("x"), Step::ClientLeaves]);
    assert!(!answered.contains(Kind_::ClientClosed));
}

#[test]
fn a_tunnel_is_looked_into() {
    check(
        &[
            c("CONNECT b.test:80 HTTP/1.1\r\nHost: b.test:80\r\n\r\n"),
            s("HTTP/1.1 200 Connection established\r\n\r\n"),
            c("GET /in HTTP/1.1\r\nHost: b.test\r\n\r\n"),
            ok("x"),
        ],
        &["CONNECT b.test:80 200", "GET http://b.test/in 200"],
    );
}

#[test]
fn tls_is_handed_back_also_behind_connect() {
    let mut connection = connection(Interest::All);
    let steps = [
        c("CONNECT b.test:443 HTTP/1.1\r\n\r\n"),
        s("HTTP/1.1 200 OK\r\n\r\n"),
    ];
    let mut all = Vec::new();
    for step in &steps {
        let (direction, bytes) = match step {
            Step::Client(bytes) => (Direction::ToServer, bytes),
            Step::Server(bytes) => (Direction::ToClient, bytes),
            _ => continue,
        };
        let chunk = Chunk::Data {
            bytes,
            at: Timestamp(0),
            frame: 1,
        };
        assert_eq!(connection.push(direction, chunk), None);
    }
    all.extend(std::iter::from_fn(|| connection.poll()));
    assert_eq!(told(&all), ["CONNECT b.test:443 200"]);
    let hello = Chunk::Data {
        bytes: b"\x16\x03\x01\x02\0",
        at: Timestamp(0),
        frame: 2,
    };
    assert_eq!(connection.push(Direction::ToServer, hello), Some(hello));
    assert_eq!(
        connection.push(Direction::ToClient, Chunk::Gap { len: 4 }),
        Some(Chunk::Gap { len: 4 })
    );
    assert_eq!(connection.kind(), Kind::Http);
    assert!(connection.secured().conversation().secure);
}

#[test]
fn websocket_ends_http() {
    let mut connection = connection(Interest::All);
    let steps = [
        c("GET /ws HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\n\r\n"),
        s(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x01\x05HTTP/1.1 200 OK\r\n\r\n",
        ),
        get("/no"),
    ];
    assert_eq!(
        told(&play(&mut connection, &steps)),
        ["GET http://a.test/ws 101"]
    );
    assert!(connection.is_done());
}

#[test]
fn socks_is_passed_over() {
    check(
        &[
            c(b"\x05\x01\0"),
            s(b"\x05\0"),
            c(b"\x05\x01\0\x01\x0a\0\0\x01\0\x50"),
            s(b"\x05\0\0\x01\0\0\0\0\0\0"),
            get("/x"),
            ok(""),
        ],
        &["GET http://a.test/x 200"],
    );
}

#[test]
fn a_request_that_did_not_wait_for_the_socks_proxy_is_read() {
    let handshake = b"\x04\x01\0P\0\0\0\x01\0a.test\0".as_slice();
    let request = b"GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n".as_slice();
    let granted = s(b"\0\x5a\0\0\0\0\0\0HTTP/1.1 204 No\r\n\r\n");
    for steps in [
        [c([handshake, request].concat()), c(b""), granted.clone()],
        [c(handshake), c(request), granted],
    ] {
        check(&steps, &["GET http://a.test/x 204"]);
    }
}

#[test]
fn tls_that_did_not_wait_for_the_socks_proxy_is_handed_back() {
    let mut connection = connection(Interest::All);
    let hello = b"\x16\x03\x01\0\x05\x01\0\0\x01\0";
    play(
        &mut connection,
        &[
            c(b"\x04\x01\0P\x0a\0\0\x01\0"),
            c(hello),
            s(b"\0\x5a\0\0\0\0\0\0"),
        ],
    );
    let (direction, bytes, _, frame) = connection.poll_secured().unwrap();
    assert_eq!(
        (direction, bytes.as_slice(), frame),
        (Direction::ToServer, hello.as_slice(), 2)
    );
    assert_eq!(connection.kind(), Kind::Secured);
}

#[test]
fn more_than_a_first_flight_into_no_tunnel_is_given_up() {
    let mut connection = connection(Interest::All);
    play(
        &mut connection,
        &[c(b"\x04\x01\0P\x0a\0\0\x01\0"), c([0; 70_000])],
    );
    assert_eq!(connection.kind(), Kind::Other("SOCKS"));
}

#[test]
fn conflicting_lengths_are_read_and_noted() {
    check(
        &[
            c(
                "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            ),
            ok(""),
        ],
        &["POST http://a.test/ 200 ambiguous-framing"],
    );
}

#[test]
fn unusual_heads_are_read() {
    check(
        &[
            c("frob /x HTTP/1.1\nhost: a.test\n\n"),
            s("HTTP/1.1 200\nContent-Length : 0\n\n"),
        ],
        &["frob http://a.test/x 200"],
    );
    check(
        &[
            c("GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"),
            ok(""),
        ],
        &["GET http://b.test/ 200"],
    );
    check(
        &[c("GET /old\r\n"), s("<html>")],
        &["GET http://10.0.0.9/old -"],
    );
}

#[test]
fn an_error_page_shows_its_beginning() {
    let page = "x".repeat(300);
    let all = exchanges(&[
        get("/"),
        s(format!(
            "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n12c\r\n{page}\r\n0\r\n\r\n"
        )),
    ]);
    let response = all[0].response.as_ref().unwrap();
    assert_eq!((response.body_head.len(), response.body_size), (256, 300));
}

#[test]
fn only_what_bears_on_cors_is_kept_when_that_is_asked() {
    let mut connection = connection(Interest::Cors);
    let all = play(
        &mut connection,
        &[
            get("/plain"),
            ok("x"),
            get("/shared"),
            s("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n"),
            c("GET /asked HTTP/1.1\r\nHost: a.test\r\nOrigin: http://b.test\r\n\r\n"),
            ok("y"),
            get("/moved"),
            s("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
            get("/unanswered"),
        ],
    );
    assert_eq!(
        told(&all),
        [
            "GET http://a.test/shared 200",
            "GET http://a.test/asked 200",
            "GET http://a.test/moved 302"
        ]
    );
    assert_eq!(connection.seen(), 5);
}

#[test]
fn requests_that_nobody_answers_do_not_pile_up() {
    let limits = Limits {
        pending_requests: 3,
        ..Limits::default()
    };
    let conversation = connection(Interest::All).conversation();
    let mut connection = Connection::new(conversation, Interest::All, &limits);
    let all = play(
        &mut connection,
        &[get("/1"), get("/2"), get("/3"), get("/4"), ok("")],
    );
    assert_eq!(
        told(&all)[..2],
        [
            "GET http://a.test/1 - limit-reached",
            "GET http://a.test/2 200"
        ]
    );
}

#[test]
fn a_field_section_beyond_the_limit_is_given_out_incomplete() {
    let limits = Limits {
        field_section: 100,
        ..Limits::default()
    };
    let conversation = connection(Interest::All).conversation();
    let mut connection = Connection::new(conversation, Interest::All, &limits);
    let long = format!("GET /1 HTTP/1.1\r\nHost: a.test\r\nX: {}", "y".repeat(200));
    let all = play(
        &mut connection,
        &[c(long), c("yyy\r\n\r\n"), ok(""), get("/2"), ok("")],
    );
    assert_eq!(
        told(&all),
        [
            "GET http://a.test/1 200 incomplete-fields limit-reached",
            "GET http://a.test/2 200"
        ]
    );
}

#[test]
fn another_protocol_is_given_up() {
    let mut connection = connection(Interest::All);
    let steps: Vec<Step> = (0..40)
        .flat_map(|_| [c(b"\x00\x01\x02"), s(b"\x80\x81")])
        .collect();
    assert!(play(&mut connection, &steps).is_empty());
    assert!(connection.is_done());
}

proptest! {
    /// However a conversation is cut into packets, the same exchanges come out.
    #[test]
    fn packets_do_not_matter(piece in 1usize..40) {
        let steps = [
            c("POST /1 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            s("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 5\r\n\r\nhello"),
            c("\r\nGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\nGET /3 HTTP/1.0\r\n\r\n"),
            s("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.0 200 OK\r\n\r\nto the end"),
            Step::ServerCloses,
        ];
        let whole = exchanges(&steps);
        let cut: Vec<Step> = steps.iter().flat_map(|step| match step {
            Step::Client(bytes) => bytes.chunks(piece).map(c).collect(),
            Step::Server(bytes) => bytes.chunks(piece).map(s).collect(),
            other => vec![other.clone()],
        }).collect();
        let parts = exchanges(&cut);
        prop_assert_eq!(told(&whole), told(&parts));
        for (whole, part) in whole.iter().zip(&parts) {
            let (whole, part) = (whole.response.as_ref().unwrap(), part.response.as_ref().unwrap());
            prop_assert_eq!(&whole.fields, &part.fields);
            prop_assert_eq!(whole.body_size, part.body_size);
            prop_assert_eq!(&whole.body_head, &part.body_head);
        }
    }

    #[test]
    fn any_bytes_are_survived(steps in proptest::collection::vec((0u8..4, proptest::collection::vec(
        prop_oneof![Just(b'\n'), Just(b'\r'), Just(b' '), Just(b'0'), any::<u8>()], 0..80), 0usize..5), 0..12)) {
        let starts = ["", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 \r\n", "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n", "\x05\x01"];
        let steps: Vec<Step> = steps.into_iter().map(|(kind, bytes, start)| {
            let mut text = starts[start].as_bytes().to_vec();
            text.extend(bytes);
            match kind {
                0 => Step::Client(text),
                1 => Step::Server(text),
                2 => Step::LostToClient(text.len() as u64),
                _ => Step::LostToServer(text.len() as u64),
            }
        }).collect();
        let _ = exchanges(&steps);
    }
}
