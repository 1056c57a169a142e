//! What a browser or exporter wrote beside the messages: its own verdict, the kind of load, where the answer came from.
//!
//! These are neutral facts; which exporter writes them how is known only to `har/exporter.rs`.

use std::time::Duration;

/// Facts about one exchange that are not on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Who recorded it.
    pub recorder: Recorder,
    /// The page that made the request: its URL as the HAR's page title or the Referer tells it.
    pub page_url: Option<Box<str>>,
    /// The recorder's error: `net::ERR_FAILED`, … `Some("")` is Chromium's mark of mixed content; `None` means no error
    /// or that the recorder does not tell (see [`Recorder::tells_errors`]).
    pub net_error: Option<Box<str>>,
    /// What the browser loaded.
    pub resource_type: Option<ResourceType>,
    /// The recorder marked this request as a CORS preflight.
    pub marked_preflight: bool,
    /// URL named by the initiator; for a preflight the URL of its actual request.
    pub initiator_url: Option<Box<str>>,
    /// The initiator's request id: equal for preflights of one actual request.
    pub initiator_request: Option<Box<str>>,
    /// The request's fields are provisional: no Origin, Host, Cookie or Sec-Fetch field may be missed.
    pub provisional: bool,
    /// The recorder saw no bytes of an answer (status 0, -1 or absent).
    pub unanswered: bool,
    /// The content was handed on: a text or a size above zero was recorded. `None` when that cannot be told.
    pub body_delivered: Option<bool>,
    /// The answer is not the server's: the browser made it up (HSTS upgrade, an extension's redirect) or a test did.
    pub internal_answer: bool,
    /// The HTTP cache answered.
    pub from_cache: bool,
    /// A service worker answered or fetched.
    pub service_worker: bool,
    /// Time between `started` and the moment the request was really sent (blocked, dns, connect).
    pub send_delay: Duration,
    /// Time spent on connecting and TLS.
    pub connect: Option<Duration>,
    /// Target of a redirect as the recorder resolved it.
    pub redirect_url: Option<Box<str>>,
    /// The MIME type recorded for the request's content.
    pub post_type: Option<Box<str>>,
}

/// The program that wrote a HAR.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Recorder {
    /// DevTools of Chrome, Edge and other Chromium browsers.
    Chromium,
    /// Firefox' network monitor.
    Firefox,
    /// Safari's Web Inspector.
    Safari,
    /// Browser automation over the DevTools protocol: Playwright, chrome-har, HAR Capturer, WebPagetest.
    Automation,
    /// A proxy between browser and server: mitmproxy, Charles, Fiddler, HTTP Toolkit, Proxyman.
    Proxy,
    /// An API client that enforces nothing: Insomnia, Postman.
    ApiClient,
    /// Not recognised.
    #[default]
    Unknown,
}

impl Recorder {
    /// Whether a failed load carries an error text: absence of one then means success.
    pub fn tells_errors(self) -> bool {
        matches!(self, Self::Chromium | Self::Automation)
    }

    /// Whether the recorder is a browser or drives one, so that CORS was certainly enforced.
    pub fn is_browser(self) -> bool {
        matches!(
            self,
            Self::Chromium | Self::Firefox | Self::Safari | Self::Automation
        )
    }
}

/// What was loaded, as DevTools names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceType {
    /// A page or frame: a navigation.
    Document,
    /// An `EventSource`.
    EventSource,
    /// `fetch()`.
    Fetch,
    /// A web font.
    Font,
    /// An image.
    Image,
    /// A web app manifest.
    Manifest,
    /// Audio or video.
    Media,
    /// Anything else.
    Other,
    /// `sendBeacon`, `<a ping>`.
    Ping,
    /// A CORS preflight.
    Preflight,
    /// A script.
    Script,
    /// A style sheet.
    Stylesheet,
    /// A text track.
    TextTrack,
    /// A WebSocket.
    WebSocket,
    /// `XMLHttpRequest`.
    Xhr,
}
