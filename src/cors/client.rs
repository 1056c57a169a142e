//! Who made a request: the client's identity, its engine, and whether it enforces CORS at all.

use super::agent::Agent;
use super::{ClientId, key};
use crate::fetch::Browser;
use crate::finding::Enforcement;
use crate::http::{Exchange, Recorder};
use std::net::IpAddr;

/// The client: the file for a HAR; address, forwarded user and `User-Agent` for a capture.
///
/// The port is left out: a browser opens many connections, and preflights often travel on another one.
pub(super) fn identity(exchange: &Exchange, agent: Agent, joined: bool) -> ClientId {
    let is_recorded = exchange.observed.is_some();
    let source = match joined && !is_recorded {
        true => [0xff; 4],
        false => exchange.source.0.to_le_bytes(),
    };
    if is_recorded {
        return ClientId(key([&source]));
    }
    let address = match exchange.client.map(|client| client.ip()) {
        Some(IpAddr::V4(address)) => address.to_ipv6_mapped().octets(),
        Some(IpAddr::V6(address)) => address.octets(),
        None => [0; 16],
    };
    let user = [
        "x-forwarded-for",
        "cf-connecting-ip",
        "true-client-ip",
        "x-real-ip",
    ]
    .iter()
    .find_map(|name| exchange.request_field(name))
    .and_then(|users| users.split(',').next())
    .map_or("", str::trim);
    let agent = agent.key.to_le_bytes();
    ClientId(key([&source, &address, &agent, user.as_bytes()]))
}

/// The engine, by `User-Agent`, else by the recorder.
pub(super) fn browser(exchange: &Exchange, agent: Agent) -> Option<Browser> {
    let recorder = exchange.observed.as_ref().map(|observed| observed.recorder);
    agent.browser.or(match recorder {
        Some(Recorder::Chromium) => Some(Browser::Chromium),
        Some(Recorder::Firefox) => Some(Browser::Firefox),
        Some(Recorder::Safari) => Some(Browser::WebKit),
        _ => None,
    })
}

/// Whether the client of one exchange enforces CORS. `is_paired`: a preflight and its actual request were both seen.
pub(super) fn enforcement(exchange: &Exchange, agent: Agent, is_paired: bool) -> Enforcement {
    let recorder = exchange
        .observed
        .as_ref()
        .map_or(Recorder::Unknown, |observed| observed.recorder);
    if recorder == Recorder::ApiClient {
        return Enforcement::NonBrowser;
    }
    let page = exchange.request_field("origin").unwrap_or_default();
    if is_extension(page) {
        return Enforcement::Unknown;
    }
    if recorder.is_browser() {
        return Enforcement::BrowserProven;
    }
    if agent.is_tool {
        return Enforcement::NonBrowser;
    }
    if agent.is_embedded {
        // The embedding application may have switched web security off.
        return Enforcement::Unknown;
    }
    if is_paired || exchange.request_field("sec-fetch-mode").is_some() {
        return Enforcement::BrowserProven;
    }
    match agent.browser.is_some() || is_web_view(page) {
        true => Enforcement::BrowserLikely,
        false => Enforcement::Unknown,
    }
}

/// Origins of extensions: host permissions lift CORS for them.
pub(super) fn is_extension(page: &str) -> bool {
    [
        "chrome-extension:",
        "moz-extension:",
        "safari-web-extension:",
        "safari-extension:",
    ]
    .iter()
    .any(|scheme| page.starts_with(scheme))
}

fn is_web_view(page: &str) -> bool {
    ["capacitor:", "ionic:", "tauri:", "app:", "vscode-webview:"]
        .iter()
        .any(|scheme| page.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::super::test_support::request;
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

    #[test]
    fn tools_enforce_nothing_and_browsers_do() {
        let of = |fields: &[(&str, &str)]| {
            let exchange = request("GET", "http://a.test/", fields);
            enforcement(&exchange, Agent::of_exchange(&exchange), false)
        };
        assert_eq!(of(&[("user-agent", "curl/8.5.0")]), Enforcement::NonBrowser);
        assert_eq!(of(&[("user-agent", CHROME)]), Enforcement::BrowserLikely);
        assert_eq!(
            of(&[("user-agent", CHROME), ("sec-fetch-mode", "cors")]),
            Enforcement::BrowserProven
        );
        assert_eq!(of(&[]), Enforcement::Unknown);
        assert_eq!(
            of(&[("origin", "chrome-extension://abc")]),
            Enforcement::Unknown
        );
    }

    #[test]
    fn users_behind_one_proxy_are_apart() {
        let of = |user: &str| {
            let exchange = request("GET", "http://a.test/", &[("x-forwarded-for", user)]);
            identity(&exchange, Agent::of_exchange(&exchange), false)
        };
        assert_ne!(of("1.1.1.1, 10.0.0.1"), of("2.2.2.2, 10.0.0.1"));
        assert_eq!(of("1.1.1.1, 10.0.0.1"), of("1.1.1.1, 10.0.0.2"));
    }
}
