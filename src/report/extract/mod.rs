//! Exchanges → bytes, for `corsight extract`: a table, NDJSON, or a HAR. All of them stream.

pub mod har;
pub mod ndjson;
pub mod table;

use crate::cors::Role;
use crate::finding::Summary;
use crate::http::{Exchange, Locator};
use crate::redact::Redactor;
use crate::report::words::{self, bytes, plural};
use std::io;
use std::time::Duration;

/// One exchange with what the pairing knows about it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The exchange.
    pub exchange: &'a Exchange,
    /// Its input, as the user named it.
    pub source: &'a str,
    /// The part it plays.
    pub role: Role,
    /// The preflight of an actual request, the actual request of a preflight.
    pub pair: Option<Locator>,
}

/// Takes exchanges as they are rebuilt.
pub trait ExchangeSink {
    /// One exchange.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn exchange(&mut self, row: &Row<'_>) -> io::Result<()>;

    /// The end of the run.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;
}

/// What a list of exchanges does not show, a line each: connections by protocol, what was not understood and why, hints.
pub fn epilogue(summary: &Summary, redactor: &Redactor) -> Vec<String> {
    let mut clean = redactor.summary(summary).into_owned();
    // These were told when they failed.
    clean.failed_inputs.clear();
    let hints = std::mem::take(&mut clean.hints);
    let carried = clean.protocols.iter().map(|(protocol, traffic)| {
        let bytes = bytes(traffic.bytes);
        match traffic.connections {
            0 => format!("carried: {bytes} {protocol}"),
            count => format!(
                "carried: {} of {protocol}, {bytes}",
                plural(count, "connection", "connections")
            ),
        }
    });
    let not_seen = words::not_seen(&clean).into_iter();
    carried
        .chain(not_seen.map(|what| format!("not seen: {what}")))
        .chain(hints.into_iter().map(|hint| format!("hint: {hint}")))
        .collect()
}

/// In milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The name of a role in reports, as the contract writes it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Preflight => "preflight",
        Role::Actual => "actual",
        Role::SameOrigin => "same-origin",
        Role::NoCors => "no-cors",
        Role::Navigation => "navigation",
        Role::WebSocket => "websocket",
        Role::Other => "other",
    }
}

#[cfg(test)]
pub(crate) mod support {
    use super::*;
    use crate::caveat::CaveatSet;
    use crate::http::{Fields, Request, Response, SourceId, Version};
    use crate::time::Timestamp;

    /// A preflight in a capture, with a cookie and a token that must not be seen.
    pub(crate) fn exchange() -> Exchange {
        let started = Timestamp::parse("2026-11-20T10:11:12.123456789Z").unwrap();
        Exchange {
            source: SourceId(0),
            locator: Locator::Pcap {
                transport: Default::default(),
                stream: 3,
                h2_stream: None,
                request_frame: Some(10),
                response_frame: Some(14),
            },
            started,
            duration: Some(Duration::from_micros(38_200)),
            client: Some("10.0.0.5:51514".parse().unwrap()),
            server: Some("10.0.0.9:80".parse().unwrap()),
            request: Some(Request {
                method: "OPTIONS".into(),
                url: "http://api.example.com/users/7?token=SENTINEL&a=b%20c".into(),
                version: Version::Http11,
                fields: Fields::from_iter([
                    ("Origin", "https://app.example.com"),
                    ("Cookie", "sid=SENTINEL"),
                ]),
                body_size: 0,
            }),
            response: Some(Response {
                status: 204,
                version: Version::Http11,
                fields: Fields::from_iter([("Vary", "Origin"), ("Vary", "Accept")]),
                body_size: 0,
                body_head: "".into(),
                started: started.after(Duration::from_millis(30)),
            }),
            observed: None,
            caveats: CaveatSet::EMPTY,
        }
    }

    /// What `sink` makes of `exchange`.
    pub(crate) fn row(exchange: &Exchange) -> Row<'_> {
        Row {
            exchange,
            source: "a.pcap",
            role: Role::Preflight,
            pair: None,
        }
    }
}
