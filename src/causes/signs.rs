//! What one failed transaction looks like, as a set of signs: the alphabet in which patterns say what they look for.

/// One thing that can be seen in a failed transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Sign {
    /// The failing answer has `Allow` or `Public`, which servers add to their own `OPTIONS` answers.
    AllowField,
    /// It has `Access-Control-Allow-Methods` or `-Headers`, but no `Access-Control-Allow-Origin`.
    AllowListsOnly,
    /// Its `Access-Control-Allow-Origin` is one concrete origin, not the one that asked.
    AllowsOther,
    /// It has more than one `Access-Control-Allow-Origin`, or a list in one.
    AllowsSeveral,
    /// Amazon's API Gateway or Lambda made it.
    AmazonGateway,
    /// The request asks for, or carries, `Authorization`.
    AsksAuthorization,
    /// A shared cache says that it held the answer.
    CacheHit,
    /// `WWW-Authenticate` or `Proxy-Authenticate`.
    Challenge,
    /// Credentials were included.
    Credentials,
    /// A firewall or bot filter made the answer.
    Filtered,
    /// The browser's own cache answered, or revalidated.
    FromBrowserCache,
    /// A gateway made the answer: its own error page, or a status that only gateways send.
    GatewayMade,
    /// HTML.
    Html,
    /// Sent by a tunnel's own warning or sign-in page.
    Interstitial,
    /// `Access-Control-Max-Age` is the only field of the CORS protocol.
    MaxAgeOnly,
    /// `Negotiate` or `NTLM` among the challenges.
    Negotiate,
    /// No field of the CORS protocol at all.
    NoCorsFields,
    /// The requesting origin looks made up by a scanner.
    OddOrigin,
    /// The requesting origin is opaque from the start.
    OpaqueOrigin,
    /// The actual request was answered by another server than its preflight.
    OtherServer,
    /// The preflight passed.
    PreflightPassed,
    /// A CORS layer refused, in the words of its error page.
    RefusedInWords,
    /// A service worker is in the path.
    ServiceWorker,
    /// An earlier load of the URL left a copy without CORS fields in the browser's cache.
    StoredWithoutOrigin,
    /// A redirect made the origin `null`.
    Tainted,
    /// The preflight asks for a header that tracing libraries add.
    Tracing,
    /// There was no answer.
    Unanswered,
    /// `Vary: Origin`.
    VaryOrigin,
    /// A program answered that nobody meant to ask.
    WrongServer,
}

/// A set of [`Sign`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Signs(u32);

impl Signs {
    pub(super) fn set(&mut self, sign: Sign, present: bool) {
        if present {
            self.0 |= 1 << sign as u8;
        }
    }

    pub(super) fn has(self, sign: Sign) -> bool {
        self.0 & (1 << sign as u8) != 0
    }
}

/// Why a request got no answer, by the recorder's error text or the rule that names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum NetFault {
    /// No such fault.
    #[default]
    None,
    /// The certificate is not trusted, or TLS failed.
    Certificate,
    /// An extension or an ad blocker.
    Client,
    /// Content security policy.
    ContentPolicy,
    /// The name does not resolve.
    Dns,
    /// Local network access.
    LocalNetwork,
    /// Mixed content.
    Mixed,
    /// No network at all.
    Offline,
    /// Something else.
    Other,
    /// HTTP/2 or QUIC broke down, or the connection was reset.
    Protocol,
    /// A proxy wants a password.
    ProxyAuth,
    /// Nobody listens.
    Refused,
    /// No answer in time.
    Timeout,
}

impl NetFault {
    /// Reads Chromium's `net::ERR_…` text; Firefox' `NS_ERROR_…` as well.
    pub(super) fn of(error: &str) -> Self {
        let name = error.trim_start_matches("net::");
        let has = |part: &str| name.contains(part);
        match name {
            "" => Self::Mixed,
            "ERR_FAILED" | "ERR_ABORTED" | "NS_BINDING_ABORTED" => Self::None,
            // An answer came; a rule of its own says why it was not taken.
            _ if has("REDIRECT") || has("BLOCKED_BY_RESPONSE") || has("BLOCKED_BY_ORB") => {
                Self::None
            }
            _ if has("LOCAL_NETWORK") || has("PRIVATE_NETWORK") => Self::LocalNetwork,
            "ERR_BLOCKED_BY_CLIENT" | "ERR_BLOCKED_BY_ADMINISTRATOR" => Self::Client,
            "ERR_BLOCKED_BY_CSP" => Self::ContentPolicy,
            _ if has("PROXY_AUTH") => Self::ProxyAuth,
            _ if has("CERT") || has("SSL") || has("TLS") || has("BAD_SECURITY") => {
                Self::Certificate
            }
            _ if has("NAME_NOT_RESOLVED") || has("DNS") || has("UNKNOWN_HOST") => Self::Dns,
            _ if has("CONNECTION_REFUSED") || has("ADDRESS_UNREACHABLE") => Self::Refused,
            _ if has("TIMED_OUT") || has("TIMEOUT") => Self::Timeout,
            _ if has("INTERNET_DISCONNECTED") || has("NETWORK_CHANGED") || has("OFFLINE") => {
                Self::Offline
            }
            _ if has("HTTP2")
                || has("QUIC")
                || has("RESET")
                || has("CLOSED")
                || has("EMPTY_RESPONSE") =>
            {
                Self::Protocol
            }
            _ if has("INTERRUPT") || has("INVALID_HTTP") => Self::Protocol,
            _ => Self::Other,
        }
    }
}

/// Header names that tracing and monitoring libraries add to requests, with the library.
pub(super) fn tracing_library(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let library = match lower.as_str() {
        "sentry-trace" => "Sentry",
        "baggage" => "Sentry or OpenTelemetry",
        "traceparent" | "tracestate" => "OpenTelemetry (or another W3C tracer)",
        "newrelic" | "x-newrelic-id" => "New Relic",
        "b3" => "Zipkin",
        "request-id" | "request-context" => "Application Insights",
        "elastic-apm-traceparent" => "Elastic APM",
        "uber-trace-id" => "Jaeger",
        "x-instana-t" | "x-instana-s" | "x-instana-l" => "Instana",
        "x-dtc" | "x-dtpc" | "x-dtreferer" => "Dynatrace",
        "adrum" | "adrum_1" => "AppDynamics",
        "powered-by" => "a page monitor",
        _ if lower.starts_with("x-datadog-") => "Datadog",
        _ if lower.starts_with("x-b3-") => "Zipkin",
        _ if lower.starts_with("x-instana-") => "Instana",
        _ => return None,
    };
    Some(library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_told_apart() {
        let mut signs = Signs::default();
        signs.set(Sign::WrongServer, true);
        signs.set(Sign::Html, false);
        assert!(signs.has(Sign::WrongServer) && !signs.has(Sign::Html));
    }

    #[test]
    fn net_errors_are_classified() {
        let rows = [
            ("net::ERR_CERT_AUTHORITY_INVALID", NetFault::Certificate),
            ("net::ERR_SSL_PROTOCOL_ERROR", NetFault::Certificate),
            ("net::ERR_CONNECTION_REFUSED", NetFault::Refused),
            ("net::ERR_CONNECTION_TIMED_OUT", NetFault::Timeout),
            ("net::ERR_NAME_NOT_RESOLVED", NetFault::Dns),
            ("net::ERR_HTTP2_PROTOCOL_ERROR", NetFault::Protocol),
            ("net::ERR_BLOCKED_BY_CLIENT", NetFault::Client),
            ("net::ERR_UNEXPECTED_PROXY_AUTH", NetFault::ProxyAuth),
            (
                "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS",
                NetFault::LocalNetwork,
            ),
            ("net::ERR_FAILED", NetFault::None),
            ("", NetFault::Mixed),
            ("net::ERR_SOMETHING_NEW", NetFault::Other),
        ];
        for (text, expected) in rows {
            assert_eq!(NetFault::of(text), expected, "{text}");
        }
    }
}
