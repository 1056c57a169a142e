//! One exchange a line, with all its fields.

use super::{ExchangeSink, Row};
use crate::caveat::CaveatSet;
use crate::cors::Role;
use crate::finding::Summary;
use crate::http::{Fields, Locator};
use crate::redact::Redactor;
use crate::report::ndjson::line;
use crate::time::Timestamp;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::io::{self, Write};
use std::net::SocketAddr;

/// The renderer.
pub struct Lines<'r, W> {
    out: W,
    redactor: &'r Redactor,
}

impl<'r, W: Write> Lines<'r, W> {
    /// Writes to `out`.
    pub fn new(out: W, redactor: &'r Redactor) -> Self {
        Self { out, redactor }
    }
}

/// What a line holds beside `schema` and `type`.
#[derive(Serialize)]
pub(in crate::report) struct ExchangeLine<'a> {
    source: Cow<'a, str>,
    locator: Locator,
    started: Timestamp,
    duration_ms: Option<f64>,
    client: Option<SocketAddr>,
    server: Option<SocketAddr>,
    method: Option<&'a str>,
    url: Option<Cow<'a, str>>,
    http_version: Option<&'static str>,
    status: Option<u16>,
    request_headers: CleanFields<'a>,
    response_headers: CleanFields<'a>,
    request_body_size: Option<u64>,
    response_body_size: Option<u64>,
    role: Role,
    pair: Option<Locator>,
    caveats: CaveatSet,
}

/// A field section without secrets, as `[["Name","value"],…]`.
struct CleanFields<'a> {
    fields: Option<&'a Fields>,
    redactor: &'a Redactor,
}

impl Serialize for CleanFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.fields
                .into_iter()
                .flat_map(Fields::iter)
                .map(|(name, value)| (name, self.redactor.field(name, value))),
        )
    }
}

/// The content of `row`'s line, without secrets.
pub(in crate::report) fn content<'a>(row: &Row<'a>, redactor: &'a Redactor) -> ExchangeLine<'a> {
    let exchange = row.exchange;
    let (request, response) = (exchange.request.as_ref(), exchange.response.as_ref());
    let clean = |fields| CleanFields { fields, redactor };
    ExchangeLine {
        source: redactor.source(row.source),
        locator: exchange.locator,
        started: exchange.started,
        duration_ms: exchange.duration.map(super::milliseconds),
        client: exchange.client.map(|address| redactor.address(address)),
        server: exchange.server.map(|address| redactor.address(address)),
        method: request.map(|request| &*request.method),
        url: request.map(|request| redactor.url(&request.url)),
        http_version: request
            .map(|request| request.version)
            .into_iter()
            .chain(response.map(|response| response.version))
            .map(|version| version.name())
            .find(|name| !name.is_empty()),
        status: exchange.status(),
        request_headers: clean(request.map(|request| &request.fields)),
        response_headers: clean(response.map(|response| &response.fields)),
        request_body_size: request.map(|request| request.body_size),
        response_body_size: response.map(|response| response.body_size),
        role: row.role,
        pair: row.pair,
        caveats: exchange.caveats,
    }
}

impl<W: Write> ExchangeSink for Lines<'_, W> {
    fn exchange(&mut self, row: &Row<'_>) -> io::Result<()> {
        line(&mut self.out, "exchange", &content(row, self.redactor))
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::support;
    use super::*;

    #[test]
    fn a_line_is_as_the_contract_says_and_holds_no_secret() {
        let redactor = Redactor::closed();
        let mut out = Vec::new();
        let mut lines = Lines::new(&mut out, &redactor);
        lines.exchange(&support::row(&support::exchange())).unwrap();
        lines.finish(&Summary::default()).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"{"schema":1,"type":"exchange","source":"a.pcap","locator":{"kind":"pcap","stream":3,"h2_stream":null,"request_frame":10,"response_frame":14},"started":"2026-11-20T10:11:12.123456789Z","duration_ms":38.2,"client":"10.0.0.5:51514","server":"10.0.0.9:80","method":"OPTIONS","url":"http://api.example.com/users/7?token=‹redacted:1›&a=b%20c","http_version":"HTTP/1.1","status":204,"request_headers":[["Origin","https://app.example.com"],["Cookie","sid=‹redacted:1›"]],"response_headers":[["Vary","Origin"],["Vary","Accept"]],"request_body_size":0,"response_body_size":0,"role":"preflight","pair":null,"caveats":[]}"#);
    }
}
