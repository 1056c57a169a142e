//! HAR 1.2, so that a packet capture can be looked at in the browser's developer tools.
//!
//! Entries are sorted by the start of their requests, as far as those that wait for their turn fit into memory; bodies are not kept by the analysis and are not in the file.

use super::{ExchangeSink, Row, role_name};
use crate::cors::Role;
use crate::finding::Summary;
use crate::http::{Exchange, Fields, Locator, Request, Response, Transport, Version};
use crate::limits::{HAR_WAITING, HAR_WAITING_BYTES};
use crate::redact::Redactor;
use crate::time::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

/// The renderer.
pub struct Har<'r, W> {
    out: W,
    redactor: &'r Redactor,
    entries: u64,
    /// Entries that wait for earlier ones, as JSON: exchanges come when they are complete, not when they began.
    waiting: BinaryHeap<Reverse<(Timestamp, u64, Vec<u8>)>>,
    waiting_bytes: usize,
    has_begun: bool,
    /// Answers whose request was not captured: a HAR has no way to hold them.
    without_request: u64,
}

impl<'r, W: Write> Har<'r, W> {
    /// Writes to `out`.
    pub fn new(out: W, redactor: &'r Redactor) -> Self {
        Self {
            out,
            redactor,
            entries: 0,
            waiting: BinaryHeap::new(),
            waiting_bytes: 0,
            has_begun: false,
            without_request: 0,
        }
    }

    /// Writes the entry that began first.
    fn write_first(&mut self) -> io::Result<()> {
        let Some(Reverse((_, _, entry))) = self.waiting.pop() else {
            return Ok(());
        };
        self.waiting_bytes -= entry.len();
        match self.has_begun {
            false => self.begin()?,
            true => self.out.write_all(b",")?,
        }
        self.out.write_all(b"\n")?;
        self.out.write_all(&entry)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.has_begun = true;
        let version = env!("CARGO_PKG_VERSION");
        write!(
            self.out,
            "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"corsight\",\"version\":\"{version}\"}},\"pages\":[],\"entries\":["
        )
    }
}

impl<W: Write> ExchangeSink for Har<'_, W> {
    fn exchange(&mut self, row: &Row<'_>) -> io::Result<()> {
        let Some(request) = &row.exchange.request else {
            self.without_request += 1;
            return Ok(());
        };
        let entry = serde_json::to_vec(&Entry::new(row, request, self.redactor))?;
        let number = self.entries;
        self.entries += 1;
        self.waiting_bytes += entry.len();
        self.waiting
            .push(Reverse((row.exchange.started, number, entry)));
        while self.waiting.len() > HAR_WAITING || self.waiting_bytes > HAR_WAITING_BYTES {
            self.write_first()?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        while !self.waiting.is_empty() {
            self.write_first()?;
        }
        if !self.has_begun {
            self.begin()?;
        }
        self.out.write_all(b"\n]")?;
        if self.without_request > 0 {
            let comment = format!(
                "{} answers are not here: their requests were not captured",
                self.without_request
            );
            write!(self.out, ",\"comment\":{}", Value::from(comment))?;
        }
        self.out.write_all(b"}}\n")?;
        self.out.flush()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    started_date_time: Timestamp,
    time: f64,
    request: EntryRequest<'a>,
    response: EntryResponse<'a>,
    cache: Empty,
    timings: Timings,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    server_ip_address: Option<String>,
    /// The server's port: what DevTools takes it for.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(rename = "_connectionId", skip_serializing_if = "Option::is_none")]
    connection_id: Option<String>,
    #[serde(rename = "_resourceType", skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'static str>,
    #[serde(rename = "_corsight")]
    own: Value,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryRequest<'a> {
    method: &'a str,
    url: Cow<'a, str>,
    http_version: &'static str,
    cookies: [(); 0],
    headers: NameValues<'a>,
    query_string: Vec<Value>,
    headers_size: i8,
    body_size: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryResponse<'a> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [(); 0],
    headers: NameValues<'a>,
    content: Content<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: Cow<'a, str>,
    headers_size: i8,
    body_size: u64,
    /// Without it DevTools shows the sum of the two sizes above, of which one is not known.
    #[serde(rename = "_transferSize")]
    transfer_size: u64,
    /// Not `_error`: that is a browser's word for a load that it saw fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    size: u64,
    mime_type: Cow<'a, str>,
}

#[derive(Serialize)]
struct Timings {
    blocked: i8,
    dns: i8,
    connect: i8,
    ssl: i8,
    send: f64,
    wait: f64,
    receive: f64,
}

/// Field lines as HAR has them, without secrets.
struct NameValues<'a> {
    fields: Option<&'a Fields>,
    redactor: &'a Redactor,
}

impl Serialize for NameValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct NameValue<'a> {
            name: &'a str,
            value: Cow<'a, str>,
        }
        serializer.collect_seq(self.fields.into_iter().flat_map(Fields::iter).map(
            |(name, value)| NameValue {
                name,
                value: self.redactor.field(name, value),
            },
        ))
    }
}

impl<'a> Entry<'a> {
    fn new(row: &Row<'a>, request: &'a Request, redactor: &'a Redactor) -> Self {
        let exchange = row.exchange;
        let response = exchange.response.as_ref();
        let url = without_spaces(redactor.url(&request.url));
        Self {
            // HAR readers expect milliseconds.
            started_date_time: Timestamp(
                exchange.started.0 - exchange.started.0.rem_euclid(1_000_000),
            ),
            time: exchange.duration.map_or(0.0, super::milliseconds),
            request: EntryRequest {
                method: &request.method,
                query_string: query(&url),
                url,
                http_version: version_name(request.version),
                cookies: [],
                headers: NameValues {
                    fields: Some(&request.fields),
                    redactor,
                },
                headers_size: -1,
                body_size: request.body_size,
            },
            response: EntryResponse::new(response, redactor),
            cache: Empty {},
            timings: timings(exchange),
            server_ip_address: exchange
                .server
                .map(|server| redactor.address(server).ip().to_string()),
            connection: exchange.server.map(|server| server.port().to_string()),
            connection_id: match exchange.locator {
                Locator::Pcap {
                    transport: Transport::Tcp,
                    stream,
                    ..
                } => Some(stream.to_string()),
                Locator::Pcap { stream, .. } => Some(format!("udp{stream}")),
                Locator::Har { .. } => None,
            },
            resource_type: resource_type(row.role, request),
            own: json!({
                "source": redactor.source(row.source),
                "locator": exchange.locator,
                "role": role_name(row.role),
                "pair": row.pair,
                "caveats": exchange.caveats,
            }),
        }
    }
}

impl<'a> EntryResponse<'a> {
    fn new(response: Option<&'a Response>, redactor: &'a Redactor) -> Self {
        let field = |name| response.and_then(|response| response.fields.first(name));
        let size = response.map_or(0, |response| response.body_size);
        Self {
            status: response.map_or(0, |response| response.status),
            status_text: "",
            http_version: response.map_or("", |response| version_name(response.version)),
            cookies: [],
            headers: NameValues {
                fields: response.map(|response| &response.fields),
                redactor,
            },
            content: Content {
                size,
                mime_type: field("content-type").map_or(Cow::Borrowed("x-unknown"), |mime| {
                    redactor.field("content-type", mime)
                }),
            },
            redirect_url: field("location").map_or(Cow::Borrowed(""), |url| redactor.url(url)),
            headers_size: -1,
            body_size: size,
            transfer_size: size,
            comment: response.is_none().then_some("no answer was recorded"),
        }
    }
}

/// As browsers write versions into HARs; DevTools shows these as `h2` and `h3`.
fn version_name(version: Version) -> &'static str {
    match version {
        Version::Http2 => "http/2.0",
        Version::Http3 => "h3",
        other => other.name(),
    }
}

/// What DevTools filters by, where the messages tell it; else DevTools guesses from the media type.
fn resource_type(role: Role, request: &Request) -> Option<&'static str> {
    match role {
        Role::Preflight => return Some("preflight"),
        Role::WebSocket => return Some("websocket"),
        _ => {}
    }
    let mode = request.fields.first("sec-fetch-mode");
    Some(match request.fields.first("sec-fetch-dest")? {
        "audio" | "video" => "media",
        "document" | "frame" | "iframe" => "document",
        "empty" if mode == Some("no-cors") => return None,
        "empty" => "fetch",
        "font" => "font",
        "image" => "image",
        "manifest" => "manifest",
        "script" => "script",
        "style" => "stylesheet",
        "track" => "texttrack",
        _ => return None,
    })
}

/// The schema of HAR demands a URI, and what some clients send as a target is none.
fn without_spaces(url: Cow<'_, str>) -> Cow<'_, str> {
    match url.contains(' ') {
        true => Cow::Owned(url.replace(' ', "%20")),
        false => url,
    }
}

/// `send + wait + receive` is the entry's time, as the format demands.
fn timings(exchange: &Exchange) -> Timings {
    let total = exchange.duration.map_or(0.0, super::milliseconds);
    let wait = exchange.response.as_ref().map_or(total, |response| {
        super::milliseconds(response.started.since(exchange.started)).min(total)
    });
    Timings {
        blocked: -1,
        dns: -1,
        connect: -1,
        ssl: -1,
        send: 0.0,
        wait,
        receive: (total - wait).max(0.0),
    }
}

/// The parameters of an already cleaned URL, decoded.
fn query(url: &str) -> Vec<Value> {
    let before_fragment = url.split('#').next().unwrap_or_default();
    let Some((_, query)) = before_fragment.split_once('?') else {
        return Vec::new();
    };
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::support;
    use super::*;

    fn written(exchanges: &[Exchange]) -> Value {
        let redactor = Redactor::closed();
        let mut out = Vec::new();
        let mut har = Har::new(&mut out, &redactor);
        for exchange in exchanges {
            har.exchange(&support::row(exchange)).unwrap();
        }
        har.finish(&Summary::default()).unwrap();
        assert!(!String::from_utf8_lossy(&out).contains("SENTINEL"));
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn an_exchange_becomes_a_valid_entry() {
        let har = written(&[support::exchange(), support::exchange()]);
        let entry = &har["log"]["entries"][0];
        assert_eq!(har["log"]["entries"].as_array().unwrap().len(), 2);
        assert_eq!(entry["startedDateTime"], "2026-11-20T10:11:12.123Z");
        assert_eq!(
            entry["request"]["queryString"][1],
            json!({"name": "a", "value": "b c"})
        );
        assert_eq!(entry["response"]["headers"][1]["value"], "Accept");
        assert_eq!(entry["serverIPAddress"], "10.0.0.9");
        assert_eq!(entry["connection"], "80");
        assert_eq!(entry["_connectionId"], "3");
        assert_eq!(entry["_resourceType"], "preflight");
        let timings = &entry["timings"];
        let sum = ["send", "wait", "receive"]
            .map(|part| timings[part].as_f64().unwrap())
            .iter()
            .sum::<f64>();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 0.001);
    }

    #[test]
    fn entries_stand_in_the_order_of_their_start() {
        let first = support::exchange();
        let mut later = support::exchange();
        later.started = first.started.after(std::time::Duration::from_secs(1));
        let har = written(&[later, first]);
        let started = |index: usize| har["log"]["entries"][index]["startedDateTime"].clone();
        assert_eq!(started(0), "2026-11-20T10:11:12.123Z");
        assert_eq!(started(1), "2026-11-20T10:11:13.123Z");
    }

    #[test]
    fn no_exchange_is_still_a_har_and_an_orphaned_answer_is_counted() {
        assert_eq!(written(&[])["log"]["entries"], json!([]));
        let orphan = Exchange {
            request: None,
            ..support::exchange()
        };
        let har = written(&[orphan]);
        assert!(
            har["log"]["comment"]
                .as_str()
                .unwrap()
                .starts_with("1 answers")
        );
    }

    #[test]
    fn a_request_without_answer_has_status_0_and_says_why() {
        let har = written(&[Exchange {
            response: None,
            duration: None,
            ..support::exchange()
        }]);
        let response = &har["log"]["entries"][0]["response"];
        assert_eq!(response["status"], 0);
        assert_eq!(response["comment"], "no answer was recorded");
    }

    #[test]
    fn versions_and_types_are_those_that_devtools_knows() {
        let mut exchange = support::exchange();
        let request = exchange.request.as_mut().unwrap();
        request.fields =
            Fields::from_iter([("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")]);
        request.version = Version::Http2;
        assert_eq!(resource_type(Role::Actual, request), Some("fetch"));
        request.url = "http://a.test/x y".into();
        exchange.response.as_mut().unwrap().version = Version::Http3;
        let har = written(&[exchange]);
        let entry = &har["log"]["entries"][0];
        assert_eq!(entry["request"]["httpVersion"], "http/2.0");
        assert_eq!(entry["request"]["url"], "http://a.test/x%20y");
        assert_eq!(entry["response"]["httpVersion"], "h3");
    }
}
