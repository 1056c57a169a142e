//! Connections of which the capture lost something, or that it joined in the middle.

use super::testing::*;
use super::*;
use crate::caveat::CaveatKind as Kind_;

#[test]
fn a_lost_answer_does_not_shift_the_later_ones() {
    check(
        &[
            get("/1"),
            ok("x"),
            get("/2"),
            Step::LostToClient(50),
            get("/3"),
            ok("y"),
        ],
        &[
            "GET http://a.test/1 200",
            "GET http://a.test/2 - gap",
            "GET http://a.test/3 200",
        ],
    );
}

#[test]
fn a_lost_answer_to_pipelined_requests_does_not_shift_the_later_ones() {
    let requests = [get("/1"), get("/2"), get("/3"), get("/4")];
    let answers = [ok("x"), Step::LostToClient(50), ok("y"), ok("z")];
    check(
        &[requests.as_slice(), &answers].concat(),
        &[
            "GET http://a.test/1 200",
            "GET http://a.test/2 - gap",
            "GET http://a.test/3 200 gap",
            "GET http://a.test/4 200 gap",
        ],
    );
    // A hole of which nothing says that it held an answer.
    let chunked = s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n");
    let answers = [chunked, Step::LostToClient(500), ok("x"), ok("y"), ok("z")];
    check(
        &[requests.as_slice(), &answers].concat(),
        &[
            "GET http://a.test/1 200 incomplete-body",
            "GET http://a.test/2 200",
            "GET http://a.test/3 200",
            "GET http://a.test/4 200",
        ],
    );
}

#[test]
fn a_request_sent_while_answers_wait_behind_a_hole_is_not_taken_for_pipelined() {
    let mut connection = connection(Interest::All);
    let mut all = play_on(&mut connection, &[get("/1")]);
    // The answer to the first is lost, which is not certain yet when the client sends the second.
    connection.set_behind(Direction::ToClient, true);
    all.extend(play_on(&mut connection, &[s(""), get("/2")]));
    all.extend(play(
        &mut connection,
        &[s(""), s(""), Step::LostToClient(50), ok("y")],
    ));
    assert_eq!(
        told(&all),
        ["GET http://a.test/1 - gap", "GET http://a.test/2 200"]
    );
}

#[test]
fn a_lost_request_leaves_its_answer_alone() {
    let all = exchanges(&[
        get("/1"),
        ok("x"),
        Step::LostToServer(50),
        ok("y"),
        get("/3"),
        ok("z"),
    ]);
    assert_eq!(
        told(&all),
        ["GET http://a.test/1 200", "200", "GET http://a.test/3 200"]
    );
    assert!(all[1].request.is_none());
}

#[test]
fn a_request_behind_a_gap_may_have_a_first_line_of_several_packets() {
    check(
        &[
            get("/1"),
            ok("x"),
            Step::LostToServer(50),
            c("GET /a/long"),
            c("/way HTTP/1.1\r\nHost: a.test\r\n\r\n"),
            ok("y"),
        ],
        &[
            "GET http://a.test/1 200",
            "GET http://a.test/a/long/way 200",
        ],
    );
}

#[test]
fn a_gap_inside_a_body_of_known_length_is_only_counted() {
    check(
        &[
            get("/1"),
            s("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"),
            Step::LostToClient(6),
            s("ij"),
            get("/2"),
            ok(""),
        ],
        &[
            "GET http://a.test/1 200 incomplete-body",
            "GET http://a.test/2 200",
        ],
    );
}

#[test]
fn a_gap_inside_fields_keeps_what_was_seen_and_says_so() {
    let all = exchanges(&[
        get("/1"),
        s("HTTP/1.1 200 OK\r\nVary: Origin\r\nAccess-Con"),
        Step::LostToClient(40),
        s("t: x\r\n\r\nbody"),
        get("/2"),
        ok(""),
    ]);
    assert!(all[0].caveats.contains(Kind_::IncompleteFields));
    assert_eq!(all[0].response_field("vary"), Some("Origin"));
    assert_eq!(all[1].status(), Some(200));
    assert_eq!(all[1].url(), "http://a.test/2");
}

#[test]
fn a_request_whose_end_was_lost_still_gets_its_answer() {
    check(
        &[
            c("GET /1 HTTP/1.1\r\nHost: a.test\r\nX"),
            Step::LostToServer(9),
            ok("x"),
            get("/2"),
            ok(""),
        ],
        &[
            "GET http://a.test/1 200 incomplete-fields",
            "GET http://a.test/2 200",
        ],
    );
}

#[test]
fn a_request_whose_end_and_answer_were_lost_is_told_and_not_given_out() {
    let mut connection = connection(Interest::All);
    let exchanges = play(
        &mut connection,
        &[
            get("/1"),
            ok(""),
            c("GET /2 HTTP/1.1\r\nHost: a.test\r\nX"),
            Step::LostToServer(9),
        ],
    );
    assert_eq!(told(&exchanges), ["GET http://a.test/1 200"]);
    assert_eq!(connection.poll_fragment(), Some(3));
    assert_eq!(connection.poll_fragment(), None);
}

#[test]
fn a_request_cut_by_the_recorder_is_shown_as_far_as_it_goes() {
    for (head, url) in [
        ("GET /1 HTTP/1.1\r\nHost: a.test\r\nX", "http://a.test/1"),
        ("GET /2 HTT", "http://10.0.0.9/2"),
    ] {
        let mut connection = connection(Interest::All);
        connection.note(Kind_::CutPacket);
        let exchanges = play(&mut connection, &[c(head), Step::LostToServer(9)]);
        let caveats = "cut-packet incomplete-fields incomplete-body";
        assert_eq!(told(&exchanges), [format!("GET {url} - {caveats}")]);
        assert_eq!(connection.poll_fragment(), None);
    }
}

#[test]
fn a_gap_inside_chunks_is_survived() {
    check(
        &[
            get("/1"),
            s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
            Step::LostToClient(400),
            s("zz\r\n0\r\n\r\n"),
            get("/2"),
            s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\nT: u\r\n\r\n"),
        ],
        &[
            "GET http://a.test/1 200 incomplete-body",
            "GET http://a.test/2 200",
        ],
    );
}

#[test]
fn a_capture_that_starts_with_an_answer_turns_the_roles_around() {
    let mut connection = connection(Interest::All);
    connection.note(Kind_::MidStreamStart);
    let steps = [
        c("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        s("GET / HTTP/1.1\r\n\r\n"),
    ];
    let all = play(&mut connection, &steps);
    assert_eq!(
        told(&all)[1],
        "GET http://10.0.0.5:51514/ - mid-stream-start"
    );
    assert_eq!(all[0].client.unwrap().to_string(), "10.0.0.9:80");
}

#[test]
fn one_direction_alone_is_enough() {
    check(
        &[get("/1"), get("/2")],
        &["GET http://a.test/1 -", "GET http://a.test/2 -"],
    );
    check(
        &[
            ok("a"),
            s("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        ],
        &["200", "404"],
    );
}

#[test]
fn answers_to_head_are_understood_without_the_request() {
    let head = s("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
    check(
        &[head.clone(), head],
        &["200 incomplete-body", "200 incomplete-body"],
    );
}

#[test]
fn garbage_before_a_request_is_passed_over() {
    check(
        &[
            c("\r\n\r\nGET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
            ok(""),
            c("\x00\x01junk\nPUT /2 HTTP/1.1\r\nHost: a.test\r\n\r\n"),
            ok(""),
        ],
        &["GET http://a.test/1 200", "PUT http://a.test/2 200"],
    );
}
