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
        /// What carries the conversation. Left out of JSON where it is TCP.
        #[serde(default, skip_serializing_if = "Transport::is_tcp")]
        transport: Transport,
        /// Conversation, counted as Wireshark's `tcp.stream` or `udp.stream`.
        stream: u32,
        /// HTTP/2 or HTTP/3 stream identifier.
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

/// What carries a conversation.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP.
    #[default]
    Tcp,
    /// UDP, below QUIC.
    Udp,
}

impl Transport {
    /// Which one a version of HTTP travels on.
    pub fn of(version: Version) -> Self {
        match version {
            Version::Http3 => Self::Udp,
            _ => Self::Tcp,
        }
    }

    /// What Wireshark calls a conversation.
    pub fn stream_field(self) -> &'static str {
        match self {
            Self::Tcp => "tcp.stream",
            Self::Udp => "udp.stream",
        }
    }

    /// What Wireshark calls an HTTP stream within it.
    pub fn http_stream_field(self) -> &'static str {
        match self {
            Self::Tcp => "http2.streamid",
            Self::Udp => "quic.stream.stream_id",
        }
    }

    fn is_tcp(&self) -> bool {
        *self == Self::Tcp
    }
}

/// `entry 14`, or `tcp.stream 3, frame 10`.
impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Har { entry } => write!(f, "entry {entry}"),
            Self::Pcap {
                transport,
                stream,
                h2_stream,
                request_frame,
                response_frame,
            } => {
                write!(f, "{} {stream}", transport.stream_field())?;
                if let Some(h2_stream) = h2_stream {
                    write!(f, ", {} {h2_stream}", transport.http_stream_field())?;
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
    #[inline]
    pub fn request_field(&self, name: &str) -> Option<&str> {
        self.request.as_ref()?.fields.first(name)
    }

    /// First value of a response field.
    #[inline]
    pub fn response_field(&self, name: &str) -> Option<&str> {
        self.response.as_ref()?.fields.first(name)
    }

    /// Bytes of memory that the exchange takes, nearly.
    pub fn memory(&self) -> usize {
        let request = self.request.as_ref();
        let response = self.response.as_ref();
        size_of::<Self>()
            + request.map_or(0, |request| request.url.len() + request.fields.memory())
            + response.map_or(0, |response| {
                response.body_head.len() + response.fields.memory()
            })
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
