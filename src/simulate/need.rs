//! What a request needs of a policy: the question that its preflight asks, recorded or not.
//!
//! Where no preflight was recorded (it was cached, or the exporter leaves them out) the question is read off the actual
//! request. A capture does not tell a script's fields from the browser's own or a proxy's, so only what a page must
//! have set counts.

use crate::cors::Hop;
use crate::fetch::{Browser, list, safelist};
use crate::http::Exchange;

/// A preflight's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) method: String,
    /// In lower case, sorted.
    pub(super) headers: Vec<String>,
}

/// What the hop asks for; `None` where no preflight is needed.
pub(super) fn of(hop: &Hop, browser: Browser) -> Option<Need> {
    if let Some(request) = hop
        .preflight()
        .and_then(|preflight| preflight.request.as_ref())
    {
        return Some(Need {
            method: request
                .fields
                .first("access-control-request-method")
                .unwrap_or_default()
                .to_owned(),
            headers: list::request_headers(&request.fields)
                .iter()
                .map(|name| name.to_string())
                .collect(),
        });
    }
    let actual = hop.actual.as_ref()?;
    let need = Need {
        method: actual.method().to_owned(),
        headers: headers(actual, hop.cached_preflight.is_some(), browser),
    };
    let is_simple = safelist::is_safe_method(&need.method) && need.headers.is_empty();
    (!is_simple && hop.checked).then_some(need)
}

/// Names that a script has set, as far as can be told.
fn headers(actual: &Exchange, was_asked: bool, browser: Browser) -> Vec<String> {
    let Some(request) = &actual.request else {
        return Vec::new();
    };
    let is_own_recording = actual
        .observed
        .as_ref()
        .is_some_and(|observed| observed.recorder.is_browser());
    let mut names = safelist::unsafe_names(&request.fields, browser);
    names.retain(|name| !is_of_browser_or_proxy(name));
    // On the wire a simple request can carry what proxies and agents add.
    if !is_own_recording && !was_asked {
        names.retain(|name| name == "content-type" && !safelist::is_safe_method(&request.method));
    }
    names
}

/// Fields that browsers and proxies add by themselves, beside those that no script can set.
fn is_of_browser_or_proxy(name: &str) -> bool {
    const NAMES: [&str; 32] = [
        "accept",
        "accept-language",
        "alt-used",
        "cache-control",
        "cdn-loop",
        "client-ip",
        "content-encoding",
        "device-memory",
        "downlink",
        "dpr",
        "ect",
        "forwarded",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "last-event-id",
        "pragma",
        "priority",
        "purpose",
        "rtt",
        "save-data",
        "service-worker",
        "true-client-ip",
        "upgrade-insecure-requests",
        "user-agent",
        "viewport-width",
        "width",
        "x-client-data",
        "x-real-ip",
        "x-request-id",
        "x-scheme",
    ];
    const BEGINNINGS: [&str; 7] = [
        "cf-",
        "cloudfront-",
        "x-amz-cf-",
        "x-amzn-trace-",
        "x-devtools-",
        "x-envoy-",
        "x-forwarded",
    ];
    NAMES.contains(&name) || BEGINNINGS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors::test_support::{answered, in_chromium_har, request};
    use std::sync::Arc;

    fn hop(actual: Exchange) -> Hop {
        Hop {
            preflights: Vec::new(),
            cached_preflight: None,
            actual: Some(Arc::new(actual)),
            origin: "https://a.test".into(),
            checked: true,
        }
    }

    const FIELDS: [(&str, &str); 4] = [
        ("Authorization", "Bearer x"),
        ("Content-Type", "application/json"),
        ("X-Forwarded-For", "1.2.3.4"),
        ("X-App", "1"),
    ];

    #[test]
    fn a_browsers_own_recording_shows_what_a_script_has_set() {
        let put = answered(request("PUT", "https://b.test/", &FIELDS), 200, &[]);
        let need = of(&hop(in_chromium_har(put, None)), Browser::Chromium).unwrap();
        assert_eq!(need.method, "PUT");
        assert_eq!(need.headers, ["authorization", "content-type", "x-app"]);
    }

    #[test]
    fn on_the_wire_only_what_must_be_the_pages_counts() {
        let get = hop(request("GET", "https://b.test/", &FIELDS));
        assert_eq!(of(&get, Browser::Chromium), None);
        let put = hop(request("PUT", "https://b.test/", &FIELDS));
        assert_eq!(
            of(&put, Browser::Chromium).unwrap().headers,
            ["content-type"]
        );
    }

    #[test]
    fn a_simple_request_asks_for_nothing() {
        let fields = [
            ("Accept", "*/*"),
            ("If-None-Match", "\"x\""),
            ("Priority", "u=1"),
        ];
        let get = hop(in_chromium_har(
            request("GET", "https://b.test/", &fields),
            None,
        ));
        assert_eq!(of(&get, Browser::Firefox), None);
    }
}
