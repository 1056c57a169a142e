//! Connections played step by step, for the tests beside.

use super::*;
use crate::http::SourceId;
use std::net::SocketAddr;

/// One step of a connection: bytes from the client, bytes from the server, or bytes lost on their way.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Client(Vec<u8>),
    Server(Vec<u8>),
    LostToServer(u64),
    LostToClient(u64),
    ServerCloses,
    ClientLeaves,
    ServerLeaves,
}

pub(super) fn c(text: impl AsRef<[u8]>) -> Step {
    Step::Client(text.as_ref().to_vec())
}

pub(super) fn s(text: impl AsRef<[u8]>) -> Step {
    Step::Server(text.as_ref().to_vec())
}

pub(super) fn get(path: &str) -> Step {
    c(format!("GET {path} HTTP/1.1\r\nHost: a.test\r\n\r\n"))
}

pub(super) fn ok(body: &str) -> Step {
    s(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

pub(super) fn connection(interest: Interest) -> Connection {
    let conversation = Conversation {
        source: SourceId(0),
        stream: 3,
        client: SocketAddr::from(([10, 0, 0, 5], 51514)),
        server: SocketAddr::from(([10, 0, 0, 9], 80)),
        secure: false,
    };
    Connection::new(conversation, interest, &Limits::default())
}

/// Plays steps, each in a packet of its own number from 1 on, one millisecond apart, then ends the connection.
pub(super) fn play(connection: &mut Connection, steps: &[Step]) -> Vec<Exchange> {
    let mut exchanges = play_on(connection, steps);
    connection.finish();
    exchanges.extend(std::iter::from_fn(|| connection.poll()));
    exchanges
}

/// Plays steps of a connection that goes on.
pub(super) fn play_on(connection: &mut Connection, steps: &[Step]) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let frame = index as u64 + 1;
        let at = Timestamp(index as i64 * 1_000_000);
        let (direction, chunk) = match step {
            Step::Client(bytes) => (Direction::ToServer, Chunk::Data { bytes, at, frame }),
            Step::Server(bytes) => (Direction::ToClient, Chunk::Data { bytes, at, frame }),
            Step::LostToServer(len) => (Direction::ToServer, Chunk::Gap { len: *len }),
            Step::LostToClient(len) => (Direction::ToClient, Chunk::Gap { len: *len }),
            Step::ClientLeaves => {
                connection.leave(Direction::ToServer);
                continue;
            }
            Step::ServerLeaves => {
                connection.leave(Direction::ToClient);
                continue;
            }
            Step::ServerCloses => {
                connection.close(Direction::ToClient);
                continue;
            }
        };
        connection.push(direction, chunk);
        exchanges.extend(std::iter::from_fn(|| connection.poll()));
    }
    exchanges
}

pub(super) fn exchanges(steps: &[Step]) -> Vec<Exchange> {
    play(&mut connection(Interest::All), steps)
}

/// `METHOD url status [caveats]` of each exchange.
pub(super) fn told(exchanges: &[Exchange]) -> Vec<String> {
    exchanges
        .iter()
        .map(|exchange| {
            let status = exchange
                .status()
                .map_or("-".to_owned(), |status| status.to_string());
            let mut line = format!("{} {} {status}", exchange.method(), exchange.url());
            for kind in exchange.caveats.iter() {
                line.push_str(&format!(" {kind}"));
            }
            line.trim().to_owned()
        })
        .collect()
}

pub(super) fn check(steps: &[Step], expected: &[&str]) {
    assert_eq!(told(&exchanges(steps)), expected);
}
