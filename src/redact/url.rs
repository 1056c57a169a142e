//! Secrets in URLs: userinfo, tokens in the path, parameters of the query and of the fragment.
//!
//! Works on the text, not on a parsed URL: what is not a secret must stay byte for byte, broken URLs included.

use super::names::{Place, is_secret};
use super::{Kind, Redactor, body, nested, shapes};
use std::borrow::Cow;

/// `url` without its secrets.
pub(super) fn clean<'a>(redactor: &Redactor, url: &'a str) -> Cow<'a, str> {
    if let Some(inner) = url.strip_prefix("blob:") {
        return match clean(redactor, inner) {
            Cow::Borrowed(_) => Cow::Borrowed(url),
            Cow::Owned(cleaned) => Cow::Owned(format!("blob:{cleaned}")),
        };
    }
    if starts_with_ignore_case(url, "data:") {
        return super::text::clean_opaque_scheme(redactor, url);
    }
    let (before, fragment) = split_before(url, '#');
    let (before, query) = split_before(before, '?');
    let (authority, path) = split_authority(before);

    let mut out = Pieces::new(url);
    out.put(clean_authority(redactor, authority));
    clean_path(redactor, path, &mut out);
    clean_parameters(redactor, query, &mut out);
    clean_parameters(redactor, fragment, &mut out);
    out.finish()
}

/// A form (`application/x-www-form-urlencoded`): the parameters of a query without its `?`.
pub(super) fn clean_form<'a>(redactor: &Redactor, form: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(form);
    clean_pairs(redactor, form, Place::Body, Kind::Body, &mut out);
    out.finish()
}

/// Percent escapes resolved, `+` as it is; borrowed when there is none.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(decoded) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// Scheme, `//`, userinfo, host and port; then the path. A URL without authority is all path.
fn split_authority(text: &str) -> (&str, &str) {
    let Some(slashes) = text.find("//").filter(|at| {
        text.get(..*at)
            .is_some_and(|scheme| scheme.is_empty() || scheme.ends_with(':'))
    }) else {
        return ("", text);
    };
    let host = slashes + 2;
    let end = text
        .get(host..)
        .and_then(|rest| rest.find(['/', '\\']))
        .map_or(text.len(), |at| host + at);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Host and port, without userinfo.
pub(super) fn clean_authority<'a>(redactor: &Redactor, authority: &'a str) -> Cow<'a, str> {
    let Some((userinfo, host)) = authority.rsplit_once('@') else {
        return Cow::Borrowed(authority);
    };
    let mut out = Pieces::new(authority);
    let (scheme, userinfo) = match userinfo.find("//") {
        Some(at) => userinfo.split_at_checked(at + 2).unwrap_or((userinfo, "")),
        None => ("", userinfo),
    };
    out.keep(scheme);
    out.put(redactor.hide(Kind::Userinfo, userinfo));
    out.keep("@");
    out.keep(host);
    out.finish()
}

fn clean_path<'a>(redactor: &Redactor, path: &'a str, out: &mut Pieces<'a>) {
    // A proxy's path: `/proxy/https://user:secret@host/`.
    let (path, inner) = match path.find("://").and_then(|at| path.get(..at)?.rfind('/')) {
        Some(slash) => path.split_at_checked(slash + 1).unwrap_or((path, "")),
        None => (path, ""),
    };
    let mut previous = "";
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.keep("/");
        }
        // `;jsessionid=…` and other path parameters (RFC 3986 §3.3).
        let (name, parameters) = split_before(segment, ';');
        if hides_segment(previous, name) {
            out.put(redactor.hide(Kind::Url, name));
        } else {
            out.keep(name);
        }
        clean_parameters(redactor, parameters, out);
        previous = name;
    }
    out.put(nested::clean(redactor, inner));
}

fn hides_segment(previous: &str, segment: &str) -> bool {
    let decoded = decode(segment);
    shapes::is_token(&decoded)
        || (decoded.len() >= 24
            && !decoded.contains('.')
            && !decoded.bytes().all(|byte| byte.is_ascii_hexdigit())
            && shapes::is_opaque(&decoded))
        || is_bot_token(&decoded)
        || (decoded.len() >= 12
            && decoded.bytes().any(|byte| byte.is_ascii_digit())
            && BEFORE_TOKENS
                .iter()
                .any(|word| word.eq_ignore_ascii_case(previous)))
}

/// `bot123456:AA…` as in the Telegram API.
fn is_bot_token(segment: &str) -> bool {
    segment
        .split_once(':')
        .is_some_and(|(bot, key)| bot.starts_with("bot") && key.len() >= 20)
}

/// Path segments that are followed by a one-time token.
const BEFORE_TOKENS: [&str; 18] = [
    "access-token",
    "activate",
    "api-key",
    "apikey",
    "confirm",
    "invite",
    "magic",
    "magic-link",
    "password-reset",
    "reset",
    "reset-password",
    "secret",
    "session",
    "sessions",
    "token",
    "unsubscribe",
    "verify",
    "verify-email",
];

/// A query or fragment with its leading `?`, `#` or `;`.
fn clean_parameters<'a>(redactor: &Redactor, parameters: &'a str, out: &mut Pieces<'a>) {
    let Some(first) = parameters.get(..1) else {
        return out.keep(parameters);
    };
    out.keep(first);
    let rest = parameters.get(1..).unwrap_or_default();
    // A fragment may hold a whole route of its own: `#/callback?code=…`.
    match rest.split_once('?').filter(|_| first == "#") {
        Some((route, query)) => {
            clean_path(redactor, route, out);
            out.keep("?");
            clean_pairs(redactor, query, Place::Query, Kind::Url, out);
        }
        None => clean_pairs(redactor, rest, Place::Query, Kind::Url, out),
    }
}

fn clean_pairs<'a>(
    redactor: &Redactor,
    pairs: &'a str,
    place: Place,
    kind: Kind,
    out: &mut Pieces<'a>,
) {
    for pair in pairs.split_inclusive(['&', ';']) {
        let (pair, separator) = match pair.strip_suffix(['&', ';']) {
            Some(bare) => (bare, pair.get(bare.len()..).unwrap_or_default()),
            None => (pair, ""),
        };
        match pair.split_once('=') {
            Some((name, value)) => {
                out.keep(name);
                out.keep("=");
                if is_secret(place, name) || is_secret_value(value) {
                    out.put(redactor.hide(kind, value));
                } else {
                    out.put(nested::clean(redactor, value));
                }
            }
            None if is_secret_value(pair) => out.put(redactor.hide(kind, pair)),
            None => out.keep(pair),
        }
        out.keep(separator);
    }
}

/// The value of one parameter, decoded or not.
pub(super) fn clean_parameter<'a>(redactor: &Redactor, name: &str, value: &'a str) -> Cow<'a, str> {
    if is_secret(Place::Query, name) || is_secret_value(value) {
        return redactor.hide(Kind::Url, value);
    }
    match nested::clean(redactor, value) {
        Cow::Borrowed(_) => body::clean(redactor, "", value),
        cleaned @ Cow::Owned(_) => cleaned,
    }
}

fn is_secret_value(value: &str) -> bool {
    let decoded = decode(value);
    shapes::is_token(&decoded) || shapes::is_opaque(&decoded)
}

/// `text` up to `mark`, and the rest with the mark.
fn split_before(text: &str, mark: char) -> (&str, &str) {
    text.find(mark)
        .and_then(|at| text.split_at_checked(at))
        .unwrap_or((text, ""))
}

fn starts_with_ignore_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// A copy that is only made when something changes.
pub(super) struct Pieces<'a> {
    whole: &'a str,
    /// Bytes of `whole` that were kept so far, while nothing changed.
    kept: usize,
    changed: Option<String>,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(whole: &'a str) -> Self {
        Self {
            whole,
            kept: 0,
            changed: None,
        }
    }

    /// The next piece stays. Pieces are kept or put in the order of `whole` and cover it.
    pub(super) fn keep(&mut self, piece: &str) {
        match &mut self.changed {
            Some(text) => text.push_str(piece),
            None => self.kept += piece.len(),
        }
    }

    /// The next piece is replaced, where `piece` is owned.
    pub(super) fn put(&mut self, piece: Cow<'_, str>) {
        match piece {
            Cow::Borrowed(same) => self.keep(same),
            Cow::Owned(new) => {
                let kept = self.whole.get(..self.kept).unwrap_or_default();
                self.changed
                    .get_or_insert_with(|| kept.to_owned())
                    .push_str(&new);
            }
        }
    }

    /// The next `len` bytes become `new`.
    pub(super) fn replace(&mut self, len: usize, new: &str) {
        self.put(Cow::Owned(new.to_owned()));
        self.kept += len;
    }

    pub(super) fn finish(self) -> Cow<'a, str> {
        match self.changed {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(self.whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(url: &str) -> String {
        Redactor::closed().url(url).into_owned()
    }

    #[test]
    fn userinfo_and_secret_parameters_go_and_the_rest_stays() {
        assert_eq!(
            cleaned(
                "https://me:pw@api.example.com:8443/a/b?page=2&access_token=x&&q=a%20b#id_token=y"
            ),
            "https://‹redacted:1›@api.example.com:8443/a/b?page=2&access_token=‹redacted:2›&&q=a%20b#id_token=‹redacted:3›"
        );
    }

    #[test]
    fn tokens_in_the_path_go() {
        assert_eq!(
            cleaned("https://a.example/app;jsessionid=1A2B/reset/a1b2c3d4e5f6a7?x=1"),
            "https://a.example/app;jsessionid=‹redacted:1›/reset/‹redacted:2›?x=1"
        );
        assert_eq!(
            cleaned("/v1/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc/x"),
            "/v1/‹redacted:1›/x"
        );
    }

    #[test]
    fn a_url_in_a_parameter_is_cleaned_too() {
        let nested =
            cleaned("https://a.example/?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dabc&x=1");
        assert!(
            !nested.contains("abc") && nested.ends_with("&x=1"),
            "{nested}"
        );
    }

    #[test]
    fn routes_in_fragments_are_cleaned() {
        assert_eq!(
            cleaned("https://a.example/#/callback?code=abc&lang=de"),
            "https://a.example/#/callback?code=‹redacted:1›&lang=de"
        );
    }

    #[test]
    fn what_cors_is_about_stays() {
        for url in [
            "https://api.example.com/users/7?page=2&sort=name",
            "http://[::1]:8080/",
            "null",
            "",
            "*",
            "https://cdn.example.com/static/js/main.3f2a9c1b.chunk.js",
            "https://api.example.com/orders/123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert_eq!(cleaned(url), url);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_an_open_redactor_changes_nothing(text in ".{0,80}") {
            let redactor = Redactor::closed();
            let once = redactor.url(&text).into_owned();
            prop_assert!(!once.is_empty() || text.is_empty());
            prop_assert_eq!(Redactor::open().url(&text), text.as_str());
        }

        #[test]
        fn a_secret_in_the_query_never_survives(
            secret in "[A-Za-z0-9]{6,40}zq9",
            before in "[a-z]{1,8}=[a-z0-9]{0,8}",
            after in "[a-z#&;=?/]{0,12}",
        ) {
            let url = format!("https://api.example.com/x?{before}&password={secret}&{after}");
            prop_assert!(!cleaned(&url).contains(&secret));
        }
    }
}
