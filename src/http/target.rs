//! From a request target (RFC 9112 §3.2) to the target URI (RFC 9110 §7.1).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::SocketAddr;

/// The URI a request asks for.
///
/// `host` is the Host field; without it the server's address stands in. The target of CONNECT stays an authority,
/// and the asterisk of `OPTIONS *` stays visible as a path.
pub fn uri(
    method: &str,
    target: &[u8],
    host: Option<&str>,
    server: SocketAddr,
    is_secure: bool,
) -> Box<str> {
    let target = text(target);
    if method == "CONNECT" || is_absolute(&target) {
        return target.into();
    }
    let scheme = if is_secure { "https://" } else { "http://" };
    let host = host.map(str::trim).filter(|host| !host.is_empty());
    let slash = if target.starts_with('/') { "" } else { "/" };
    // Of exactly the right size, so that nothing is copied when the text is boxed.
    let length = scheme.len() + host.map_or(0, str::len) + slash.len() + target.len();
    let mut uri = String::with_capacity(length);
    uri.push_str(scheme);
    match host {
        Some(host) => uri.push_str(host),
        None => push_address(&mut uri, server, is_secure),
    }
    uri.push_str(slash);
    uri.push_str(&target);
    uri.into()
}

fn push_address(uri: &mut String, server: SocketAddr, is_secure: bool) {
    let default = if is_secure { 443 } else { 80 };
    // Writing to a String cannot fail.
    let _ = match (server, server.port() == default) {
        (SocketAddr::V4(server), true) => write!(uri, "{}", server.ip()),
        (SocketAddr::V6(server), true) => write!(uri, "[{}]", server.ip()),
        (server, false) => write!(uri, "{server}"),
    };
}

/// Whether `target` starts with a scheme and an authority (absolute-form).
fn is_absolute(target: &str) -> bool {
    // Nearly all are origin-form, and need no search.
    if target.starts_with('/') {
        return false;
    }
    let Some((scheme, _)) = target.split_once("://") else {
        return false;
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The target as text; bytes that are not UTF-8 are percent-encoded.
fn text(target: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(target) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(target.len() + 8);
    for part in target.utf8_chunks() {
        text.push_str(part.valid());
        for byte in part.invalid() {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, target: &str, host: Option<&str>) -> String {
        let server = SocketAddr::from(([10, 0, 0, 9], 8080));
        uri(method, target.as_bytes(), host, server, false).into()
    }

    #[test]
    fn origin_form_takes_the_host_field() {
        assert_eq!(
            of("GET", "/a?b", Some("api.test:81")),
            "http://api.test:81/a?b"
        );
    }

    #[test]
    fn without_a_host_field_the_server_address_stands_in() {
        assert_eq!(of("GET", "/a", None), "http://10.0.0.9:8080/a");
        let server = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 443));
        assert_eq!(&*uri("GET", b"/", None, server, true), "https://[::1]/");
    }

    #[test]
    fn absolute_form_overrides_the_host_field() {
        let target = "http://other.test/a";
        assert_eq!(of("GET", target, Some("proxy.test")), target);
    }

    #[test]
    fn a_uri_inside_the_query_does_not_make_absolute_form() {
        let target = "/login?to=http://other.test/";
        assert_eq!(
            of("GET", target, Some("a.test")),
            format!("http://a.test{target}")
        );
    }

    #[test]
    fn connect_and_asterisk_keep_their_forms() {
        assert_eq!(of("CONNECT", "api.test:443", Some("x")), "api.test:443");
        assert_eq!(of("OPTIONS", "*", Some("api.test")), "http://api.test/*");
    }

    #[test]
    fn bytes_that_are_no_text_are_percent_encoded() {
        let server = SocketAddr::from(([10, 0, 0, 9], 80));
        let uri = uri("GET", b"/\xff\xc3\xa9", Some("a.test"), server, false);
        assert_eq!(&*uri, "http://a.test/%FF\u{e9}");
    }
}
