//! The URL as the browser saw it, when a TLS terminator or gateway stands between it and the capture.

use crate::fetch::origin;
use crate::http::{Exchange, Names};
use std::borrow::Cow;

/// Whether an `Origin` is the origin of the request's own URL, seen through `Forwarded` and `X-Forwarded-*` as well.
///
/// `Sec-Fetch-Site` outranks any comparison, since the browser itself wrote it.
pub(super) fn is_same_origin(exchange: &Exchange, page: &str) -> bool {
    match exchange.request_field("sec-fetch-site") {
        Some("same-origin") => return true,
        Some("same-site" | "cross-site") => return false,
        _ => {}
    }
    if page == origin::NULL {
        return false;
    }
    origin::is_same(page, exchange.url())
        || forwarded_origin(exchange).is_some_and(|own| own == page)
        || host_origin(exchange, page)
}

/// The origin that the `Host` field gives with the page's own scheme: a TLS terminator that says nothing about the
/// scheme still passes the name on.
fn host_origin(exchange: &Exchange, page: &str) -> bool {
    // A recorder in the browser knows the real URL, so this is for captures only.
    if exchange.observed.is_some() || !page.starts_with("https://") {
        return false;
    }
    let is_plain = exchange.url().starts_with("http://");
    let behind_proxy = [
        "via",
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-request-id",
    ]
    .iter()
    .any(|name| exchange.request_field(name).is_some());
    is_plain
        && behind_proxy
        && exchange
            .request_field("host")
            .and_then(|host| host.split(':').next())
            .is_some_and(|host| page.strip_prefix("https://") == Some(host))
}

/// The origin that the proxies in front of the server name.
fn forwarded_origin(exchange: &Exchange) -> Option<String> {
    static FIELDS: Names = Names::new(&[
        "forwarded",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-scheme",
    ]);
    // Most requests come straight from the browser.
    exchange.request.as_ref()?.fields.find(&FIELDS)?;
    let first = |name: &str| {
        exchange
            .request_field(name)
            .and_then(|value| value.split(',').next())
            .map(str::trim)
            .filter(|value| !value.is_empty())
    };
    let forwarded = exchange.request_field("forwarded").unwrap_or_default();
    let scheme = first("x-forwarded-proto")
        .or_else(|| first("x-forwarded-scheme"))
        .or_else(|| forwarded_part(forwarded, "proto"));
    let host = first("x-forwarded-host").or_else(|| forwarded_part(forwarded, "host"));
    if scheme.is_none() && host.is_none() {
        return None;
    }
    let scheme = match scheme {
        Some(scheme) => Cow::Borrowed(scheme),
        None => Cow::Borrowed(exchange.url().split_once("://")?.0),
    };
    let host = host.or_else(|| exchange.request_field("host"))?;
    let port = match first("x-forwarded-port") {
        Some(port) if !host.contains(':') && !port.is_empty() => format!(":{port}"),
        _ => String::new(),
    };
    origin::of_url(&format!("{scheme}://{host}{port}/")).map(Cow::into_owned)
}

/// A parameter of the first element of `Forwarded` (RFC 7239 §4).
fn forwarded_part<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value
        .split(',')
        .next()?
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(own, _)| own.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::super::test_support::request;
    use super::*;

    fn is_same(url: &str, fields: &[(&str, &str)], page: &str) -> bool {
        is_same_origin(&request("POST", url, fields), page)
    }

    #[test]
    fn a_tls_terminator_does_not_make_a_request_cross_origin() {
        let inner = "http://10.0.0.7:8080/x";
        let page = "https://shop.test";
        assert!(is_same(
            inner,
            &[
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "shop.test")
            ],
            page
        ));
        assert!(is_same(
            inner,
            &[("forwarded", "for=1.2.3.4;proto=https;host=\"shop.test\"")],
            page
        ));
        assert!(is_same(
            "http://shop.test/x",
            &[("host", "shop.test"), ("x-forwarded-for", "1.2.3.4")],
            page
        ));
        assert!(!is_same(
            "http://shop.test/x",
            &[("host", "shop.test")],
            page
        ));
        assert!(!is_same(
            inner,
            &[
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "api.test")
            ],
            page
        ));
    }

    #[test]
    fn sec_fetch_site_outranks_names() {
        assert!(is_same(
            "http://10.0.0.7/x",
            &[("sec-fetch-site", "same-origin")],
            "https://shop.test"
        ));
        assert!(!is_same(
            "https://shop.test/x",
            &[("sec-fetch-site", "cross-site")],
            "https://shop.test"
        ));
    }
}
