//! What a recorder wrote beside the messages, as neutral facts.

use super::exporter::Exporter;
use super::head::Head;
use super::model::{Entry, Timings};
use super::text::Text;
use crate::http::{Fields, Observed, Recorder, ResourceType};
use std::time::Duration;

/// The facts of one entry. The two field sections are the decoded ones.
pub(super) fn observe(
    entry: &Entry<'_>,
    exporter: &Exporter,
    head: &Head,
    phases: &Phases,
    request: &Fields,
    response: &Fields,
) -> Observed {
    let recorder = exporter.recorder;
    let answered = status(entry).is_some();
    let kind = resource_type(entry.resource_type.raw());
    let fetch_type = entry.fetch_type.raw();
    let from_cache = entry.signs.from_cache
        || matches!(fetch_type, b"Memory Cache" | b"Disk Cache")
        || (recorder == Recorder::Firefox && answered && is_firefox_cache_hit(entry));
    Observed {
        recorder,
        page_url: page_url(entry, head, request, kind),
        net_error: entry.response.error.map(|error| error.decode().into()),
        resource_type: kind,
        marked_preflight: kind == Some(ResourceType::Preflight)
            || entry.initiator.kind.raw() == b"preflight",
        initiator_url: text(entry.initiator.url),
        initiator_request: text(entry.initiator.request),
        provisional: is_provisional(entry, recorder, request),
        unanswered: !answered,
        body_delivered: body_delivered(entry, recorder, answered),
        internal_answer: entry.signs.fulfilled || is_internal_redirect(entry, response),
        from_cache,
        service_worker: entry.signs.service_worker || fetch_type == b"Service Worker",
        send_delay: phases.before_sending,
        connect: phases.connect,
        redirect_url: text(entry.response.redirect),
        post_type: text(entry.request.post_type),
    }
}

/// The status, if there was an answer: 0, -1, -2, `null` and nothing at all mean none.
pub(super) fn status(entry: &Entry<'_>) -> Option<u16> {
    let status = entry.response.status.number()?;
    // Fractions and huge numbers are no status.
    (100.0..=999.0).contains(&status).then_some(status as u16)
}

/// A span that an exporter knows; -1 and rubbish mean that it does not.
pub(super) fn millis(text: Text<'_>) -> Option<Duration> {
    let value = text.number()?;
    (0.0..1e12)
        .contains(&value)
        .then(|| Duration::from_nanos((value * 1e6).round() as u64))
}

/// The phases that an exporter knows.
pub(super) struct Phases {
    /// Until the request was sent.
    pub(super) before_sending: Duration,
    pub(super) connect: Option<Duration>,
    /// Until the answer's first byte.
    pub(super) before_answer: Duration,
}

impl Timings<'_> {
    pub(super) fn phases(&self) -> Phases {
        let known = |phase| millis(phase).unwrap_or_default();
        let connect = millis(self.connect);
        // `connect` contains `ssl` (HAR 1.2).
        let before_sending = known(self.blocked) + known(self.dns) + connect.unwrap_or_default();
        Phases {
            before_sending,
            connect,
            before_answer: before_sending + known(self.send) + known(self.wait),
        }
    }
}

fn text(text: Text<'_>) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.decode().into())
}

/// The Referer names the document that asked, be it a frame; but what a style sheet loads is referred by the sheet,
/// so for that the page's title comes first.
fn page_url(
    entry: &Entry<'_>,
    head: &Head,
    request: &Fields,
    kind: Option<ResourceType>,
) -> Option<Box<str>> {
    let referer = request.first("referer").filter(|url| !url.is_empty());
    let title = head.page_url(&entry.pageref.decode());
    let by_style_sheet = matches!(
        kind,
        Some(ResourceType::Font | ResourceType::Image | ResourceType::Stylesheet)
    );
    let url = if by_style_sheet {
        title.or(referer)
    } else {
        referer.or(title)
    };
    url.map(Into::into)
}

/// Chromium lists what it knew before the network stack ran when no request left: then `Host`, which every
/// request has, is missing, and its HTTP/2 form as well.
fn is_provisional(entry: &Entry<'_>, recorder: Recorder, request: &Fields) -> bool {
    let lacks_host = || !request.has("host") && !entry.request.fields.has_pseudo;
    match recorder {
        Recorder::Chromium => lacks_host(),
        Recorder::Automation => {
            (status(entry).is_none() || entry.response.error.is_some()) && lacks_host()
        }
        _ => false,
    }
}

/// Firefox marks cache hits in no other way.
fn is_firefox_cache_hit(entry: &Entry<'_>) -> bool {
    entry.time.number() == Some(0.0) && entry.server_ip.is_empty()
}

/// Whether script got the content. Only DevTools tells; Firefox and proxies list bodies that nobody was given.
fn body_delivered(entry: &Entry<'_>, recorder: Recorder, answered: bool) -> Option<bool> {
    if !answered || !matches!(recorder, Recorder::Chromium | Recorder::Automation) {
        return None;
    }
    let size = entry.response.content_size.number()?;
    Some(size > 0.0 || !entry.response.content.is_empty())
}

/// Chromium's own redirects (HSTS, extensions, delegates) look like answers with status 307.
fn is_internal_redirect(entry: &Entry<'_>, response: &Fields) -> bool {
    matches!(status(entry), Some(300..=399)) && response.has("non-authoritative-reason")
}

fn resource_type(name: &[u8]) -> Option<ResourceType> {
    Some(match name {
        b"" => return None,
        b"document" => ResourceType::Document,
        b"eventsource" => ResourceType::EventSource,
        b"fetch" => ResourceType::Fetch,
        b"font" => ResourceType::Font,
        b"image" => ResourceType::Image,
        b"manifest" => ResourceType::Manifest,
        b"media" => ResourceType::Media,
        b"ping" | b"beacon" => ResourceType::Ping,
        b"preflight" => ResourceType::Preflight,
        b"script" => ResourceType::Script,
        b"stylesheet" => ResourceType::Stylesheet,
        b"texttrack" => ResourceType::TextTrack,
        b"websocket" => ResourceType::WebSocket,
        b"xhr" => ResourceType::Xhr,
        // Some automation writes the protocol's spelling, `XHR`, `Fetch`.
        _ if name.iter().any(u8::is_ascii_uppercase) => {
            return resource_type(&name.to_ascii_lowercase());
        }
        _ => ResourceType::Other,
    })
}
