//! Secrets in field values, by the field's name.

use super::names::{Place, is_secret};
use super::text::Style;
use super::url::Pieces;
use super::{Kind, Redactor, nested, shapes, text, url};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::cell::RefCell;

/// `value` of the field `name`, fit to be shown.
pub(super) fn clean<'a>(redactor: &Redactor, name: &str, value: &'a str) -> Cow<'a, str> {
    match redactor.field_classes.of(name) {
        Class::Plain => Cow::Borrowed(value),
        // Parameters of somebody's own: `text/html; token=…`.
        Class::Parameters if value.contains('=') => clean_text(redactor, value),
        Class::Parameters => Cow::Borrowed(value),
        Class::Url => redactor.clean_url(value),
        Class::Text => clean_text(redactor, value),
        Class::Protocols => clean_protocols(redactor, value),
        Class::Cookies => clean_cookies(redactor, value),
        Class::SetCookie => clean_set_cookie(redactor, value),
        Class::Authorization => clean_authorization(redactor, value),
        Class::Authority => url::clean_authority(redactor, value),
        Class::Challenge => clean_challenge(redactor, value),
        Class::Secret => redactor.hide(Kind::Credential, value),
        Class::Unknown if shapes::is_opaque(value) => redactor.hide(Kind::Credential, value),
        Class::Unknown => match nested::clean(redactor, value) {
            Cow::Borrowed(_) => clean_text(redactor, value),
            cleaned @ Cow::Owned(_) => cleaned,
        },
    }
}

/// Text of strangers; many fields are the same in thousands of messages.
fn clean_text<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    redactor.remembering(&redactor.harmless_values, value, |value| {
        text::clean(redactor, Style::Foreign, value)
    })
}

/// The classes of names that were met.
#[derive(Debug, Default)]
pub(super) struct Classes(RefCell<HashMap<Box<str>, Class>>);

impl Classes {
    /// Names that are remembered; messages hold a few dozen different ones.
    const NAMES: usize = 1024;

    /// The class of the field `name`.
    fn of(&self, name: &str) -> Class {
        let mut known = self.0.borrow_mut();
        if let Some(class) = known.get(name) {
            return *class;
        }
        let class = Class::of(name);
        if known.len() < Self::NAMES && name.len() <= 64 {
            known.insert(name.into(), class);
        }
        class
    }
}

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
enum Class {
    /// Never a secret: names, numbers, lists of tokens.
    Plain,
    /// The same, but people put parameters of their own there.
    Parameters,
    /// One URL.
    Url,
    /// Text in which a secret would have a known shape; random identifiers stay.
    Text,
    /// Subprotocols of a WebSocket, in which pages hide tokens since they can set no other field.
    Protocols,
    Cookies,
    SetCookie,
    Authorization,
    /// A host, with port; in absolute forms also with userinfo.
    Authority,
    Challenge,
    Secret,
    /// A field nobody here knows: long random values are hidden.
    Unknown,
}

impl Class {
    fn of(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let lower = lower.as_str();
        match lower {
            "sec-websocket-protocol" => Self::Protocols,
            "cookie" | "cookie2" => Self::Cookies,
            "set-cookie" | "set-cookie2" => Self::SetCookie,
            "authorization" | "proxy-authorization" => Self::Authorization,
            ":authority" | "host" | "x-forwarded-host" => Self::Authority,
            "www-authenticate" | "proxy-authenticate" => Self::Challenge,
            "authentication-info" | "proxy-authentication-info" => Self::Secret,
            "location"
            | "content-location"
            | "referer"
            | "origin"
            | "x-original-url"
            | "x-rewrite-url"
            | "x-forwarded-uri"
            | ":path"
            | ":url"
            | "access-control-allow-origin"
            | "sourcemap" => Self::Url,
            "accept" | "alt-svc" | "cache-control" | "content-type" => Self::Parameters,
            _ if lower.starts_with("access-control-") || PLAIN.contains(&lower) => Self::Plain,
            _ if lower.starts_with("sec-fetch-") || lower.starts_with("sec-ch-") => Self::Plain,
            _ if TEXT.contains(&lower) => Self::Text,
            _ if is_secret(Place::Field, lower) => Self::Secret,
            _ if lower.ends_with("-id")
                || lower.starts_with("cf-")
                || lower.starts_with("x-amz-cf-") =>
            {
                Self::Text
            }
            _ => Self::Unknown,
        }
    }
}

/// Names stay, values go: `sid=‹redacted:1›; theme=‹redacted:2›`.
fn clean_cookies<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(value);
    for (index, pair) in value.split(';').enumerate() {
        if index > 0 {
            out.keep(";");
        }
        clean_cookie(redactor, pair, &mut out);
    }
    out.finish()
}

/// The attributes stay: `Path`, `SameSite` and `Secure` decide whether the cookie is sent at all.
fn clean_set_cookie<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(value);
    // Exporters that merge fields join several Set-Cookie values with a newline.
    for (index, line) in value.split('\n').enumerate() {
        if index > 0 {
            out.keep("\n");
        }
        let (pair, attributes) = line
            .find(';')
            .and_then(|at| line.split_at_checked(at))
            .unwrap_or((line, ""));
        clean_cookie(redactor, pair, &mut out);
        for attribute in attributes.split_inclusive(';') {
            clean_attribute(redactor, attribute, &mut out);
        }
    }
    out.finish()
}

/// One attribute with the `;` behind it. What no browser knows is part of a value that held a `;`.
fn clean_attribute<'a>(redactor: &Redactor, attribute: &'a str, out: &mut Pieces<'a>) {
    let bare = attribute.trim_end_matches(';');
    let name = bare.split('=').next().unwrap_or_default().trim();
    let is_known = ATTRIBUTES.iter().any(|own| own.eq_ignore_ascii_case(name));
    match bare.split_once('=') {
        Some((path, value)) if name.eq_ignore_ascii_case("path") => {
            out.keep(path);
            out.keep("=");
            out.put(url::clean(redactor, value));
        }
        _ if is_known || name.is_empty() => out.put(text::clean(redactor, Style::Foreign, bare)),
        _ => out.put(redactor.hide(Kind::Cookie, bare)),
    }
    out.keep(attribute.get(bare.len()..).unwrap_or_default());
}

/// RFC 6265bis §5.6, and Chromium's `Priority`.
const ATTRIBUTES: [&str; 9] = [
    "domain",
    "expires",
    "httponly",
    "max-age",
    "partitioned",
    "path",
    "priority",
    "samesite",
    "secure",
];

fn clean_cookie<'a>(redactor: &Redactor, pair: &'a str, out: &mut Pieces<'a>) {
    let bare = pair.trim_start();
    out.keep(pair.get(..pair.len() - bare.len()).unwrap_or_default());
    match bare.split_once('=') {
        Some((name, value)) if !shapes::is_opaque(name) => {
            out.keep(name);
            out.keep("=");
            out.put(redactor.hide(Kind::Cookie, value));
        }
        _ => out.put(redactor.hide(Kind::Cookie, bare)),
    }
}

/// `access_token, SECRET`, `bearer.SECRET`, and Kubernetes' `base64url.bearer.authorization.k8s.io.SECRET`.
fn clean_protocols<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(value);
    let mut is_announced = false;
    for item in value.split_inclusive(',') {
        let name = item.trim_matches([',', ' ', '\t']);
        let start = item.find(name).unwrap_or(0);
        let (before, rest) = item.split_at_checked(start).unwrap_or(("", item));
        let end = rest.get(name.len()..).unwrap_or_default();
        let at = match is_announced || shapes::is_opaque(name) || shapes::is_token(name) {
            true => 0,
            false => protocol_secret(name).unwrap_or(name.len()),
        };
        let (kept, secret) = name.split_at_checked(at).unwrap_or((name, ""));
        out.keep(before);
        out.keep(kept);
        out.put(redactor.hide(Kind::Credential, secret));
        out.keep(end);
        is_announced = secret.is_empty() && announces(name);
    }
    out.finish()
}

/// Where the secret in a subprotocol's name begins.
fn protocol_secret(name: &str) -> Option<usize> {
    const KUBERNETES: &str = "base64url.bearer.authorization.k8s.io.";
    if name.starts_with(KUBERNETES) {
        return Some(KUBERNETES.len());
    }
    let is_mark = |c| matches!(c, '.' | '-' | ':' | '=' | '|' | '/');
    let mut at = 0;
    for word in name.split_inclusive(is_mark) {
        at += word.len();
        if announces(word.trim_end_matches(is_mark)) {
            return (at < name.len()).then_some(at);
        }
    }
    None
}

fn announces(word: &str) -> bool {
    word.eq_ignore_ascii_case("bearer")
        || word.eq_ignore_ascii_case("basic")
        || is_secret(Place::Field, word)
}

/// The scheme stays: `Bearer ‹redacted:1›`.
pub(super) fn clean_authorization<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    let Some((scheme, credentials)) = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.len() <= 30 && !shapes::is_token(scheme))
    else {
        return redactor.hide(Kind::Credential, value);
    };
    let mut out = Pieces::new(value);
    out.keep(scheme);
    out.keep(" ");
    out.put(redactor.hide(Kind::Credential, credentials));
    out.finish()
}

/// A challenge says which scheme and realm, but `Negotiate` and `NTLM` carry tokens in it.
fn clean_challenge<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    match value.split_once(' ') {
        Some((scheme, token))
            if ["negotiate", "ntlm"].contains(&scheme.to_ascii_lowercase().as_str()) =>
        {
            let mut out = Pieces::new(value);
            out.keep(scheme);
            out.keep(" ");
            out.put(redactor.hide(Kind::Credential, token));
            out.finish()
        }
        _ => text::clean(redactor, Style::Foreign, value),
    }
}

/// Fields without secrets, and those that decide CORS.
const PLAIN: [&str; 27] = [
    ":method",
    ":scheme",
    ":status",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "connection",
    "content-encoding",
    "content-length",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "expires",
    "last-modified",
    "pragma",
    "priority",
    "sec-session-registration",
    "server",
    "strict-transport-security",
    "te",
    "timing-allow-origin",
    "transfer-encoding",
    "upgrade",
    "vary",
];

/// Fields with random-looking values that are no secrets.
const TEXT: [&str; 22] = [
    "content-disposition",
    "content-md5",
    "content-security-policy",
    "content-security-policy-report-only",
    "digest",
    "etag",
    "if-match",
    "if-none-match",
    "if-range",
    "link",
    "nel",
    "refresh",
    "report-to",
    "repr-digest",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "server-timing",
    "traceparent",
    "user-agent",
    "via",
    "x-xss-protection",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(name: &str, value: &str) -> String {
        Redactor::closed().field(name, value).into_owned()
    }

    #[test]
    fn cookies_keep_their_names_and_attributes() {
        assert_eq!(
            cleaned("Cookie", "sid=abc; theme=dark"),
            "sid=‹redacted:1›; theme=‹redacted:2›"
        );
        assert_eq!(
            cleaned("set-cookie", "sid=abc; Path=/; SameSite=None; Secure"),
            "sid=‹redacted:1›; Path=/; SameSite=None; Secure"
        );
        assert_eq!(cleaned("cookie", "bare"), "‹redacted:1›");
    }

    #[test]
    fn authorization_keeps_its_scheme() {
        assert_eq!(
            cleaned("Authorization", "Bearer abc def"),
            "Bearer ‹redacted:1›"
        );
        assert_eq!(cleaned("authorization", "abc"), "‹redacted:1›");
        assert_eq!(
            cleaned("www-authenticate", "NTLM TlRMTVNTUAAC"),
            "NTLM ‹redacted:1›"
        );
        assert_eq!(
            cleaned("www-authenticate", "Basic realm=\"Api\""),
            "Basic realm=\"Api\""
        );
    }

    #[test]
    fn what_cors_is_about_stays_readable() {
        for (name, value) in [
            ("Origin", "https://app.example.com"),
            (
                "Access-Control-Allow-Headers",
                "authorization, x-csrf-token, x-api-key",
            ),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Request-Headers", "x-auth-token"),
            ("Access-Control-Allow-Origin", "https://app.example.com"),
            ("Vary", "Origin, Cookie, Authorization"),
            ("Sec-Fetch-Mode", "cors"),
            ("Location", "https://login.example.com/signin"),
            ("ETag", "\"33a64df551425fcc55e4d42a148795d9f25f89d4\""),
            ("x-request-id", "8f14e45fceea167a5a36dedd4bea2543"),
        ] {
            assert_eq!(cleaned(name, value), value, "{name}");
        }
    }

    #[test]
    fn subprotocols_keep_their_names() {
        for (value, clean) in [
            ("graphql-transport-ws", "graphql-transport-ws"),
            (
                "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.abc",
                "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.‹redacted:1›",
            ),
            (
                "access_token, abc, chat",
                "access_token, ‹redacted:1›, chat",
            ),
            ("Bearer-abc.d", "Bearer-‹redacted:1›"),
        ] {
            assert_eq!(cleaned("Sec-WebSocket-Protocol", value), clean);
        }
    }

    #[test]
    fn a_browsers_name_stays_and_what_a_bot_says_of_its_owner_goes() {
        let chromium = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(cleaned("User-Agent", chromium), chromium);
        assert_eq!(
            cleaned("User-Agent", "Bot/1.0 (+mailto:ann@corp.com)"),
            "Bot/1.0 (+mailto:‹redacted:1›)"
        );
        assert_eq!(
            cleaned("Set-Cookie", "a=1; Path=/token/abc123; Secure"),
            "a=‹redacted:1›; Path=/token/‹redacted:2›; Secure"
        );
    }

    #[test]
    fn redirects_lose_their_tokens() {
        assert_eq!(
            cleaned(
                "location",
                "https://u:p@login.example.com/cb?code=abc&lang=de"
            ),
            "https://‹redacted:1›@login.example.com/cb?code=‹redacted:2›&lang=de"
        );
    }

    #[test]
    fn unknown_fields_with_random_values_are_hidden() {
        assert_eq!(
            cleaned("x-whatever", "dGhpcyBpcyBhIHNlY3JldCB2YWx1ZTE3"),
            "‹redacted:1›"
        );
        assert_eq!(cleaned("x-whatever", "42"), "42");
    }
}
