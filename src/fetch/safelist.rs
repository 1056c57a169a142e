//! Which methods, request headers and response headers need no permission (Fetch `#cors-safelisted-method` and following).
//!
//! Captures do not tell script-set headers from the browser's own, so this explains preflights; it never demands one.

use super::Browser;
use super::memo::Memo;
use crate::http::Fields;
use data_url::mime::Mime;
use std::cell::RefCell;

/// Bytes that all safelisted values of a request may have together. WebKit knows no such bound.
const TOTAL_LIMIT: usize = 1024;
/// Bytes that one safelisted value may have.
const VALUE_LIMIT: usize = 128;

/// Whether `method` needs no permission.
pub fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// Whether a request header needs no permission, as `browser` sees it.
pub fn is_safe_header(name: &str, value: &str, browser: Browser) -> bool {
    if value.len() > VALUE_LIMIT {
        return false;
    }
    match name.to_ascii_lowercase().as_str() {
        "accept" => !value.bytes().any(is_unsafe_byte),
        "accept-language" | "content-language" => value.bytes().all(is_language_byte),
        "content-type" => is_safe_content_type(value),
        "range" => is_safe_range(value),
        name if browser == Browser::Chromium => is_safe_client_hint(name, value),
        _ => false,
    }
}

/// Whether a content type can be sent by a plain form, so that it needs no preflight.
pub fn is_safe_content_type(value: &str) -> bool {
    thread_local! {
        static KNOWN: RefCell<Memo<bool>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| known.ask(value.as_bytes(), || is_form_type(value)))
}

fn is_form_type(value: &str) -> bool {
    !value.bytes().any(is_unsafe_byte)
        && value.parse::<Mime>().is_ok_and(|mime| {
            matches!(
                (mime.type_.as_str(), mime.subtype.as_str()),
                ("application", "x-www-form-urlencoded")
                    | ("multipart", "form-data")
                    | ("text", "plain")
            )
        })
}

/// Whether scripts cannot set a request header: the browser owns it (Fetch `#forbidden-request-header`).
pub fn is_forbidden_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "accept-charset"
            | "accept-encoding"
            | "access-control-request-headers"
            | "access-control-request-method"
            | "access-control-request-private-network"
            | "connection"
            | "content-length"
            | "cookie"
            | "cookie2"
            | "date"
            | "dnt"
            | "expect"
            | "host"
            | "keep-alive"
            | "origin"
            | "referer"
            | "set-cookie"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
            | "via"
    ) || name.starts_with("proxy-")
        || name.starts_with("sec-")
        || name.starts_with(':')
}

/// Request headers that need permission, in lower case and sorted: what `Access-Control-Request-Headers` would list if
/// a script had set all of `fields`.
pub fn unsafe_names(fields: &Fields, browser: Browser) -> Vec<String> {
    let mut names = Vec::new();
    let mut safe = Vec::new();
    let mut total = 0usize;
    for (name, value) in fields.iter().filter(|(name, _)| !is_forbidden_header(name)) {
        // Chromium lets no script change the User-Agent.
        if browser == Browser::Chromium && name.eq_ignore_ascii_case("user-agent") {
            continue;
        }
        match is_safe_header(name, value, browser) {
            true => {
                total = total.saturating_add(value.len());
                safe.push(name.to_ascii_lowercase());
            }
            false => names.push(name.to_ascii_lowercase()),
        }
    }
    if total > TOTAL_LIMIT && browser != Browser::WebKit {
        names.append(&mut safe);
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether scripts may read a response header without `Access-Control-Expose-Headers`.
pub fn is_exposed_by_default(name: &str) -> bool {
    [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ]
    .iter()
    .any(|safe| safe.eq_ignore_ascii_case(name))
}

/// CORS-unsafe request-header byte.
fn is_unsafe_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f || b"\"():<>?@[\\]{}".contains(&byte)
}

fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" *,-.;=".contains(&byte)
}

/// A single range with a start: `bytes=0-5`, `bytes=5-`; the suffix form is not safe.
fn is_safe_range(value: &str) -> bool {
    let Some((start, end)) = value
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return false;
    };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if start.is_empty() || !number(start) || !number(end) {
        return false;
    }
    let end_is_behind = || match (start.parse::<u64>(), end.parse::<u64>()) {
        (Ok(start), Ok(end)) => start <= end,
        _ => false,
    };
    end.is_empty() || end_is_behind()
}

/// Client hints that Chromium alone lets pass when they are well formed.
fn is_safe_client_hint(name: &str, value: &str) -> bool {
    match name {
        "dpr" | "device-memory" | "downlink" => value.parse::<f64>().is_ok_and(f64::is_finite),
        "width" | "viewport-width" | "rtt" => value.parse::<i32>().is_ok(),
        "save-data" => value.eq_ignore_ascii_case("on"),
        "ect" => matches!(value, "slow-2g" | "2g" | "3g" | "4g"),
        "intervention" => true,
        name => name.starts_with("sec-ch-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each browser announced for a script-set header (laboratory run; `-` for nothing).
    const ANNOUNCED: &[(&str, &str, bool, bool)] = &[
        ("Content-Language", "en_US", true, true),
        ("Content-Language", "en-US", false, false),
        ("Content-Type", "text/plain;charset=utf-8", false, false),
        ("Content-Type", "TEXT/PLAIN", false, false),
        ("Content-Type", "application/json", true, true),
        ("Content-Type", "text/plain, application/json", true, true),
        ("Range", "bytes=0-5", false, false),
        ("Range", "bytes=5-", false, false),
        ("Range", "bytes=-5", true, true),
        ("DPR", "2", false, true),
        ("Downlink", "10", false, true),
        ("Save-Data", "on", false, true),
        ("Viewport-Width", "1024", false, true),
        ("Cache-Control", "no-cache", true, true),
        ("Pragma", "no-cache", true, true),
        ("If-None-Match", "\"x\"", true, true),
        ("X-Requested-With", "XMLHttpRequest", true, true),
        ("User-Agent", "me", false, true),
        ("Access-Control-Allow-Origin", "*", true, true),
        ("Accept", "a:b", true, true),
        ("Authorization", "Bearer x", true, true),
        ("Sec-Fetch-Mode", "x", false, false),
    ];

    #[test]
    fn headers_are_announced_as_in_the_browsers() {
        for (name, value, chromium, others) in ANNOUNCED {
            let fields = Fields::from_iter([(*name, *value)]);
            let announces = |browser| !unsafe_names(&fields, browser).is_empty();
            assert_eq!(announces(Browser::Chromium), *chromium, "{name}: {value}");
            assert_eq!(announces(Browser::Firefox), *others, "{name}: {value}");
            assert_eq!(announces(Browser::WebKit), *others, "{name}: {value}");
        }
    }

    #[test]
    fn a_value_may_have_128_bytes() {
        for (length, safe) in [(128, true), (129, false)] {
            let value = "a".repeat(length);
            assert_eq!(is_safe_header("Accept", &value, Browser::Chromium), safe);
        }
    }

    #[test]
    fn all_safe_values_together_may_have_1024_bytes() {
        let value = "a".repeat(128);
        let fields: Fields = (0..9).map(|_| ("Accept", value.as_str())).collect();
        assert_eq!(unsafe_names(&fields, Browser::Chromium), ["accept"]);
        assert!(unsafe_names(&fields, Browser::WebKit).is_empty());
    }

    #[test]
    fn names_come_sorted_and_in_lower_case() {
        let fields = Fields::from_iter([("X-B", ""), ("x-a", ""), ("Authorization", "t")]);
        assert_eq!(
            unsafe_names(&fields, Browser::Chromium),
            ["authorization", "x-a", "x-b"]
        );
    }
}
