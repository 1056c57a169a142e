//! One HTTP exchange: a request and its answer, however it was recorded.

use super::field::Fields;
use super::observed::Observed;
use crate::caveat::CaveatSet;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// A request, its answer, or both.
///
/// At least one of `request` and `response` is there. Interim (1xx) answers are not exchanges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Which input of the run it comes from.
    pub source: SourceId,
    /// Where in that input.
    pub locator: Locator,
    /// When the request's first byte was seen; the answer's, if the request was not captured.
    pub started: Timestamp,
    /// From the start to the end of the answer (as far as it was seen); `None` without an answer.
    pub duration: Option<Duration>,
    /// The endpoint that asked, where known.
    pub client: Option<SocketAddr>,
    /// The endpoint that answered, where known.
    pub server: Option<SocketAddr>,
    /// The request; `None` when only the answer was captured.
    pub request: Option<Request>,
    /// The final answer; `None` when there was none or it was not captured.
    pub response: Option<Response>,
    /// What a browser or exporter wrote beside the messages; `None` for packet captures.
    pub observed: Option<Box<Observed>>,
    /// What lowers confidence in this exchange.
    pub caveats: CaveatSet,
}

/// A request's control data and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, case as sent (methods are case-sensitive, RFC 9110 §9.1).
    pub method: Box<str>,
    /// The target URI (RFC 9110 §7.1), absolute where the authority is known.
    pub url: Box<str>,
    /// Protocol version as reports print it: `HTTP/1.1`, `HTTP/2`, `HTTP/3`; empty when unknown.
    pub version: Version,
    /// The field section.
    pub fields: Fields,
    /// Bytes of content on the wire, as far as seen.
    pub body_size: u64,
}

/// A final answer's control data and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code, 200 to 999; 0 when fields were recorded without one (Firefox, blocked in a sandboxed frame).
    pub status: u16,
    /// Protocol version.
    pub version: Version,
    /// The field section.
    pub fields: Fields,
    /// Bytes of content on the wire, as far as seen.
    pub body_size: u64,
    /// The first bytes of the content as text, for recognising block and error pages; empty unless asked for.
    pub body_head: Box<str>,
    /// When its first byte was seen (HAR: the end of `wait`).
    pub started: Timestamp,
}

/// Protocol version of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Not recorded.
    #[default]
    Unknown,
    /// HTTP/0.9: a bare `GET path` line.
    Http09,
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
    /// HTTP/3.
    Http3,
}

impl Version {
    /// As reports and HAR files print it; empty when unknown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Http09 => "HTTP/0.9",
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Http3 => "HTTP/3",
        }
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Number of an input within the run, in the order of analysis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where in its input an exchange stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Locator {
    /// In a packet capture.
    Pcap {
        /// TCP conversation, counted as Wireshark's `tcp.stream`.
        stream: u32,
        /// HTTP/2 stream identifier.
        h2_stream: Option<u32>,
        /// 1-based number of the packet with the request's first byte.
        request_frame: Option<u64>,
        /// 1-based number of the packet with the answer's first byte.
        response_frame: Option<u64>,
    },
    /// In a HAR file.
    Har {
        /// 0-based index in `log.entries`.
        entry: u64,
    },
}

/// `entry 14`, or `tcp.stream 3, frame 10`.
impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Har { entry } => write!(f, "entry {entry}"),
            Self::Pcap {
                stream,
                h2_stream,
                request_frame,
                response_frame,
            } => {
                write!(f, "tcp.stream {stream}")?;
                if let Some(h2_stream) = h2_stream {
                    write!(f, ", http2.streamid {h2_stream}")?;
                }
                match request_frame.or(*response_frame) {
                    Some(frame) => write!(f, ", frame {frame}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl Exchange {
    /// The request's method; empty when the request was not captured.
    pub fn method(&self) -> &str {
        self.request.as_ref().map_or("", |request| &request.method)
    }

    /// The request's URL; empty when the request was not captured.
    pub fn url(&self) -> &str {
        self.request.as_ref().map_or("", |request| &request.url)
    }

    /// The answer's status; `None` without an answer, or when it was not recorded.
    pub fn status(&self) -> Option<u16> {
        let status = self.response.as_ref()?.status;
        (status > 0).then_some(status)
    }

    /// First value of a request field.
    pub fn request_field(&self, name: &str) -> Option<&str> {
        self.request.as_ref()?.fields.first(name)
    }

    /// First value of a response field.
    pub fn response_field(&self, name: &str) -> Option<&str> {
        self.response.as_ref()?.fields.first(name)
    }

    /// When the answer was complete (as far as it was seen).
    pub fn ended(&self) -> Option<Timestamp> {
        self.duration.map(|duration| self.started.after(duration))
    }

    /// Whether this is a CORS-preflight request (Fetch `#cors-preflight-fetch-0`): `OPTIONS` with
    /// `Access-Control-Request-Method` and `Origin`.
    pub fn is_preflight(&self) -> bool {
        self.method() == "OPTIONS"
            && self
                .request_field("access-control-request-method")
                .is_some_and(|method| !method.is_empty())
            && self.request_field("origin").is_some()
    }
}
