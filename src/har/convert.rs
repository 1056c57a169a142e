//! An entry → an exchange: decodes what is kept, and decides by the undecoded names what is not.

use super::exporter::{self, Exporter};
use super::head::Head;
use super::index::Indexed;
use super::model::Entry;
use super::observe::{millis, observe, status};
use super::section::Section;
use super::text::Text;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::interest::{request_field_matters, response_field_matters};
use crate::http::{
    Exchange, Fields, Interest, Locator, Names, Recorder, Request, Response, SourceId, Version,
};
use crate::limits::Limits;
use crate::time::Timestamp;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

/// Reads the entries of one file.
#[derive(Debug, Clone)]
pub struct Converter {
    source: SourceId,
    interest: Interest,
    fields: usize,
    field_section: usize,
    head: Head,
    exporter: Option<&'static Exporter>,
    /// Finds [`CHROME`].
    chrome: Finder<'static>,
}

/// What some consecutive entries gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The exchanges that are kept, in the order of the entries.
    pub exchanges: Vec<Exchange>,
    /// Entries that could not be read, or not fully.
    pub broken: Vec<Broken>,
    /// Entries that could be read, kept or not.
    pub read: u64,
    /// CORS preflights among them.
    pub preflights: u64,
    /// A request or answer carries credentials: the exporter does not remove them.
    pub credentials: bool,
    /// A request was made by a Chromium whose DevTools removes credentials unless told otherwise.
    pub may_be_sanitized: bool,
}

/// An entry that could not be read, or not fully.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Why: `BrokenEntry`, or `LimitReached` for one that is too large.
    pub kind: CaveatKind,
    /// Its place in `log.entries`.
    pub index: u64,
    /// Where in it reading ended, in bytes from its start.
    pub at: u64,
    /// What was wrong.
    pub detail: String,
}

/// From this version on DevTools leaves out cookies and authorization unless asked for "sensitive data".
const SANITIZING_CHROMIUM: u32 = 130;
/// What a Chromium's User-Agent has before its version.
const CHROME: &str = "Chrome/";
/// Characters kept of an error answer's content.
const BODY_HEAD: usize = 256;

impl Converter {
    /// For the file `source`, of which nothing has been read yet.
    pub fn new(source: SourceId, interest: Interest, limits: &Limits) -> Self {
        Self {
            source,
            interest,
            fields: limits.fields,
            field_section: limits.field_section,
            head: Head::default(),
            exporter: None,
            chrome: Finder::new(CHROME),
        }
    }

    /// Takes what the file says of itself, as far as it is known.
    pub fn set_head(&mut self, head: Head) {
        self.exporter = exporter::by_creator(&head);
        self.head = head;
    }

    /// Reads entries, each with its place in `log.entries` and its text.
    pub fn convert<'t>(&self, entries: impl IntoIterator<Item = (u64, Indexed<'t>)>) -> Outcome {
        let entries = entries.into_iter();
        let mut outcome = Outcome::default();
        outcome.exchanges.reserve(entries.size_hint().0);
        let mut entry = Entry::without(self.interest.idle_fields());
        for (index, text) in entries {
            if let Err(error) = entry.read(text) {
                outcome.broken.push(Broken {
                    kind: CaveatKind::BrokenEntry,
                    index,
                    at: error.at as u64,
                    detail: format!("expected {}", error.expected),
                });
            } else if !entry.request.is_there && status(&entry).is_none() {
                outcome.broken.push(Broken {
                    kind: CaveatKind::BrokenEntry,
                    index,
                    at: 0,
                    detail: "there is neither a request nor an answer in it".to_owned(),
                });
            } else {
                self.entry(index, &entry, &mut outcome);
            }
        }
        outcome
    }

    fn entry(&self, index: u64, entry: &Entry<'_>, outcome: &mut Outcome) {
        outcome.read += 1;
        outcome.credentials |= has_credentials(entry);
        if self.interest != Interest::All && !bears_on_cors(entry) {
            return;
        }
        let (exchange, dropped) = self.exchange(index, entry);
        outcome.preflights += u64::from(exchange.is_preflight());
        outcome.may_be_sanitized =
            outcome.may_be_sanitized || self.chromium_version(&exchange) >= SANITIZING_CHROMIUM;
        if dropped > 0 {
            outcome.broken.push(Broken {
                kind: CaveatKind::LimitReached,
                index,
                at: 0,
                detail: format!("{dropped} fields beyond the limit were left out"),
            });
        }
        outcome.exchanges.push(exchange);
    }

    /// The exchange, and how many fields were left out.
    fn exchange(&self, index: u64, entry: &Entry<'_>) -> (Exchange, usize) {
        let exporter = self
            .exporter
            .unwrap_or_else(|| exporter::by_entry(entry.signs));
        let (request_fields, dropped) = self.section(&entry.request.fields);
        let (response_fields, dropped_too) = self.section(&entry.response.fields);
        let dropped = dropped + dropped_too;
        let phases = entry.timings.phases();
        let observed = observe(
            entry,
            exporter,
            &self.head,
            &phases,
            &request_fields,
            &response_fields,
        );
        let started = Timestamp::parse(&entry.started.decode()).filter(|time| time.0 > 0);
        let status = status(entry);

        let mut caveats: CaveatSet = exporter.habits.iter().copied().collect();
        let mut note = |holds: bool, kind| {
            if holds {
                caveats.insert(kind);
            }
        };
        note(started.is_none(), CaveatKind::TimeUnknown);
        note(observed.provisional, CaveatKind::ProvisionalFields);
        note(observed.from_cache, CaveatKind::ServedFromCache);
        note(observed.service_worker, CaveatKind::ServiceWorker);
        note(dropped > 0, CaveatKind::LimitReached);
        // No server sends an answer without fields: the recorder did not keep them.
        note(
            dropped > 0 || (status.is_some() && response_fields.is_empty()),
            CaveatKind::IncompleteFields,
        );

        let started = started.unwrap_or_default();
        let version = version(entry.response.version);
        // Firefox keeps the fields of some blocked answers and forgets their status.
        let fields_alone = || (!response_fields.is_empty()).then_some(0);
        let response = status.or_else(fields_alone).map(|status| Response {
            status,
            version,
            fields: response_fields,
            body_size: response_size(entry, exporter.recorder),
            body_head: if status >= 400 {
                body_head(entry)
            } else {
                Box::default()
            },
            started: started.after(phases.before_answer),
        });
        let request = entry.request.is_there.then(|| Request {
            method: method(entry.request.method, exporter.recorder),
            url: url(entry.request.url),
            version: match self::version(entry.request.version) {
                Version::Unknown => version,
                known => known,
            },
            fields: request_fields,
            body_size: size(entry.request.body_size).unwrap_or(0),
        });
        let duration = millis(entry.time).unwrap_or_else(|| {
            phases.before_answer + millis(entry.timings.receive).unwrap_or_default()
        });
        let exchange = Exchange {
            source: self.source,
            locator: Locator::Har { entry: index },
            started,
            duration: response.is_some().then_some(duration),
            client: None,
            server: request
                .as_ref()
                .and_then(|request| server(entry, exporter.recorder, &request.url)),
            request,
            response,
            observed: Some(Box::new(observed)),
            caveats,
        };
        (exchange, dropped)
    }

    /// The major version in a Chromium's User-Agent; 0 for others.
    fn chromium_version(&self, exchange: &Exchange) -> u32 {
        let chromium = exchange
            .observed
            .as_ref()
            .is_some_and(|observed| observed.recorder == Recorder::Chromium);
        exchange
            .request_field("user-agent")
            .filter(|_| chromium)
            .and_then(|agent| {
                let at = self.chrome.find(agent.as_bytes())?;
                let version = agent.get(at + CHROME.len()..)?;
                version.split('.').next()?.parse().ok()
            })
            .unwrap_or(0)
    }

    /// Decodes a field section. A value with line feeds in it is several fields: some exporters join them so.
    fn section(&self, section: &Section<'_>) -> (Fields, usize) {
        let section = section.fields();
        let (mut bytes, mut is_plain) = (0, section.len() <= self.fields);
        for (name, value) in section {
            bytes += name.raw().len() + value.raw().len();
            is_plain &= !name.may_have_escapes() && !value.may_have_escapes();
        }
        if is_plain && bytes <= self.field_section {
            let raw = section
                .iter()
                .map(|(name, value)| (name.raw(), value.raw()));
            return (Fields::from_bytes(raw, &Names::NONE), 0);
        }
        let mut fields = Fields::with_capacity(section.len(), bytes.min(self.field_section));
        let (mut room, mut dropped) = (self.field_section, 0);
        for (name, value) in section {
            let (name, value) = (name.decode(), value.decode());
            for line in value.split('\n') {
                let line = line.strip_suffix('\r').unwrap_or(line);
                match room.checked_sub(name.len() + line.len()) {
                    Some(left) if fields.len() < self.fields => {
                        room = left;
                        fields.push(&name, line);
                    }
                    _ => dropped += 1,
                }
            }
        }
        (fields, dropped)
    }
}

/// Whether the entry can bear on CORS: by its messages, or since the recorder says that it failed. A request that was
/// stopped by its preflight shows nothing but the failure.
fn bears_on_cors(entry: &Entry<'_>) -> bool {
    let status = status(entry);
    entry.response.error.is_some()
        || matches!(status, None | Some(301 | 302 | 303 | 307 | 308))
        || entry.request.method.raw().eq_ignore_ascii_case(b"OPTIONS")
        || entry.initiator.kind.raw() == b"preflight"
        || is_subresource(entry)
        // An opaque answer of a fetch().
        || (entry.resource_type.raw() == b"fetch" && entry.response.fields.is_empty())
        || entry.request.fields.fields().iter().any(|(name, value)| {
            named(*name, b"oas", |name| {
                request_field_matters(name, value.decode().as_bytes())
            })
        })
        || entry
            .response
            .fields
            .fields()
            .iter()
            .any(|(name, _)| named(*name, b"ac", response_field_matters))
}

/// Whether a tag loaded it: the HTTP cache may serve the copy to a later CORS request.
fn is_subresource(entry: &Entry<'_>) -> bool {
    matches!(
        entry.resource_type.raw(),
        b"font" | b"image" | b"media" | b"script" | b"stylesheet"
    )
}

/// Whether a name that begins with one of `initials` (in any case) passes `test`.
#[inline]
fn named(name: Text<'_>, initials: &[u8], test: impl FnOnce(&str) -> bool) -> bool {
    let raw = name.raw();
    raw.first()
        .is_some_and(|first| initials.contains(&first.to_ascii_lowercase()))
        && std::str::from_utf8(raw).is_ok_and(test)
}

fn has_credentials(entry: &Entry<'_>) -> bool {
    let is = |name: Text<'_>, wanted: &[u8]| name.raw().eq_ignore_ascii_case(wanted);
    entry
        .request
        .fields
        .fields()
        .iter()
        .any(|(name, _)| is(*name, b"cookie") || is(*name, b"authorization"))
        || entry
            .response
            .fields
            .fields()
            .iter()
            .any(|(name, _)| is(*name, b"set-cookie"))
}

/// Browsers send the methods that Fetch normalises in upper case; some automation lists them in lower case.
fn method(method: Text<'_>, recorder: Recorder) -> Box<str> {
    let method = method.decode();
    if recorder.is_browser() && method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        let upper = method.to_ascii_uppercase();
        if matches!(
            &*upper,
            "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT"
        ) {
            return upper.into();
        }
    }
    method.into()
}

/// Without its fragment, which never leaves the browser; of a `data:` URL the data is left out.
fn url(url: Text<'_>) -> Box<str> {
    let start: Cow<'_, str> = if url.raw().starts_with(b"data:") {
        let comma = url.raw().iter().position(|byte| *byte == b',');
        url.start(comma.map_or(64, |at| at + 1)).decode()
    } else {
        url.decode()
    };
    match start.split_once('#') {
        Some((before, _)) => before.into(),
        None => start.into(),
    }
}

fn version(text: Text<'_>) -> Version {
    match text.raw() {
        b"HTTP/0.9" | b"http/0.9" => Version::Http09,
        b"HTTP/1.0" | b"http/1.0" | b"1.0" => Version::Http10,
        b"HTTP/1.1" | b"http/1.1" | b"1.1" => Version::Http11,
        b"HTTP/2" | b"HTTP/2.0" | b"http/2" | b"http/2.0" | b"h2" | b"2.0" | b"2" => Version::Http2,
        b"HTTP/3" | b"HTTP/3.0" | b"http/3" | b"http/3.0" | b"h3" | b"3.0" | b"3" => Version::Http3,
        // Drafts: `h3-29`, and Google's QUIC before them: `http/2.0+quic/46`.
        name if name.starts_with(b"h3-") || name.starts_with(b"http/2.0+quic") => Version::Http3,
        _ => Version::Unknown,
    }
}

/// A size that an exporter knows.
fn size(text: Text<'_>) -> Option<u64> {
    let value = text.number()?;
    (value >= 0.0).then_some(value as u64)
}

fn response_size(entry: &Entry<'_>, recorder: Recorder) -> u64 {
    let response = &entry.response;
    let body = size(response.body_size).map(|body| match (recorder, size(response.headers_size)) {
        // Firefox counts the head as well.
        (Recorder::Firefox, Some(head)) => body.saturating_sub(head),
        _ => body,
    });
    body.or_else(|| size(response.content_size)).unwrap_or(0)
}

/// The start of the content as text, decoded from base64 where it is written so.
fn body_head(entry: &Entry<'_>) -> Box<str> {
    // Escapes take up to 6 bytes for a character, base64 4 bytes for 3.
    let text = entry.response.content.start(BODY_HEAD * 6).decode();
    let text = if entry.response.is_base64 {
        let whole = text.get(..BODY_HEAD * 4 / 3 / 4 * 4).unwrap_or(&text);
        match data_url::forgiving_base64::decode_to_vec(whole.as_bytes()) {
            Ok(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            Err(_) => Cow::Borrowed(""),
        }
    } else {
        text
    };
    text.chars().take(BODY_HEAD).collect::<String>().into()
}

/// The endpoint that answered. The port is the recorder's where it tells one, else the URL's.
fn server(entry: &Entry<'_>, recorder: Recorder, url: &str) -> Option<SocketAddr> {
    let ip = entry.server_ip.decode();
    let ip: IpAddr = ip.trim_matches(['[', ']']).parse().ok()?;
    let number = |text: Text<'_>| std::str::from_utf8(text.raw()).ok()?.parse::<u16>().ok();
    // `connection` is the remote port where its old meaning, an id, has moved elsewhere.
    let connection_is_port = recorder == Recorder::Firefox
        || (recorder == Recorder::Chromium && entry.signs.connection_id);
    let port = number(entry.server_port)
        .or_else(|| number(entry.connection).filter(|_| connection_is_port))
        .or_else(|| port_of(url))?;
    Some(SocketAddr::new(ip, port))
}

fn port_of(url: &str) -> Option<u16> {
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if rest.starts_with("//") => (scheme, rest.get(2..)?),
        _ => url.split_once("://")?,
    };
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    let after_address = host.rsplit(']').next()?;
    match after_address.rsplit_once(':') {
        Some((_, port)) if !port.is_empty() => port.parse().ok(),
        _ => match scheme {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests;
