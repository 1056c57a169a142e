//! Secrets in URLs: userinfo, tokens in the path, parameters of the query and of the fragment.
//!
//! Works on the text, not on a parsed URL: what is not a secret must stay byte for byte, broken URLs included.

use super::names::{Place, is_secret};
use super::{Kind, Redactor, body, graphql, nested, path, shapes, text};
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
        return text::clean_opaque_scheme(redactor, url);
    }
    let (before, fragment) = split_before(url, '#');
    let (before, query) = split_before(before, '?');
    let (authority, path) = split_authority(before);

    let mut out = Pieces::new(url);
    out.put(clean_authority(redactor, authority));
    let host = authority
        .rsplit(['@', '/', '\\'])
        .next()
        .unwrap_or_default();
    path::clean(redactor, host, path, &mut out);
    clean_parameters(redactor, host, query, &mut out);
    clean_parameters(redactor, host, fragment, &mut out);
    out.finish()
}

/// A form (`application/x-www-form-urlencoded`): the parameters of a query without its `?`.
pub(super) fn clean_form<'a>(redactor: &Redactor, form: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(form);
    // In a token request (RFC 6749 §4.1.3) `code` is a secret.
    let place = match form.contains("grant_type=") {
        true => Place::Query,
        false => Place::Body,
    };
    clean_pairs(redactor, form, place, Kind::Body, &mut out);
    out.finish()
}

/// Parameters inside of a parameter's value, with the separators that signed URLs use there.
pub(super) fn clean_inner<'a>(redactor: &Redactor, pairs: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(pairs);
    for part in pairs.split_inclusive(['~', '|', ',', '?']) {
        clean_pairs(redactor, part, Place::Query, Kind::Url, &mut out);
    }
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

/// Scheme, slashes, userinfo, host and port; then the path. A URL without authority is all path.
fn split_authority(text: &str) -> (&str, &str) {
    let Some(host) = authority_start(text) else {
        return ("", text);
    };
    let end = text
        .get(host..)
        .and_then(|rest| rest.find(['/', '\\']))
        .map_or(text.len(), |at| host + at);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Where userinfo and host begin. Browsers take `\` for `/`, and any number of them or none behind `https:`
/// (URL Standard #special-authority-ignore-slashes-state).
fn authority_start(text: &str) -> Option<usize> {
    let is_slash = |c| matches!(c, '/' | '\\');
    let scheme = text.find(':').filter(|colon| {
        text.get(..*colon).is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        })
    });
    let after = scheme.map_or(0, |colon| colon + 1);
    let rest = text.get(after..)?;
    let slashes = rest.len() - rest.trim_start_matches(is_slash).len();
    let is_special = scheme.is_some_and(|colon| {
        let name = text.get(..colon).unwrap_or_default();
        SPECIAL.iter().any(|own| own.eq_ignore_ascii_case(name))
    });
    match () {
        () if is_special || slashes >= 2 => Some(after + slashes),
        // Around another URL: `view-source:https://…`.
        () => find_scheme_end(text)
            .filter(|at| text.get(..*at).is_some_and(|scheme| !scheme.contains('/')))
            .map(|at| at + 3),
    }
}

/// Where `://` stands first.
pub(super) fn find_scheme_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).find(|at| {
        bytes
            .get(at + 1..)
            .is_some_and(|rest| rest.starts_with(b"//"))
    })
}

/// Schemes whose URLs always have a host.
const SPECIAL: [&str; 5] = ["ftp", "http", "https", "ws", "wss"];

/// Host and port, without userinfo.
pub(super) fn clean_authority<'a>(redactor: &Redactor, authority: &'a str) -> Cow<'a, str> {
    let Some((userinfo, host)) = authority.rsplit_once('@') else {
        return Cow::Borrowed(authority);
    };
    let mut out = Pieces::new(authority);
    // Of `u:p@host`, a field's value, no part is a scheme.
    let start = authority_start(userinfo).unwrap_or(0);
    let (scheme, userinfo) = userinfo.split_at_checked(start).unwrap_or(("", userinfo));
    out.keep(scheme);
    out.put(redactor.hide(Kind::Userinfo, userinfo));
    out.keep("@");
    out.keep(host);
    out.finish()
}

/// A query or fragment with its leading `?`, `#` or `;`.
pub(super) fn clean_parameters<'a>(
    redactor: &Redactor,
    host: &str,
    parameters: &'a str,
    out: &mut Pieces<'a>,
) {
    let Some(first) = parameters.get(..1) else {
        return out.keep(parameters);
    };
    out.keep(first);
    let rest = parameters.get(1..).unwrap_or_default();
    // A fragment may hold a whole route of its own: `#/callback?code=…`.
    let is_route = first == "#" && (rest.starts_with(['/', '!']) || rest.contains('?'));
    if !is_route {
        return clean_pairs(redactor, rest, Place::Query, Kind::Url, out);
    }
    let end = rest.find(['?', '&']).unwrap_or(rest.len());
    let (route, query) = rest.split_at_checked(end).unwrap_or((rest, ""));
    path::clean(redactor, host, route, out);
    if let Some(mark) = query.get(..1) {
        out.keep(mark);
        let query = query.get(1..).unwrap_or_default();
        clean_pairs(redactor, query, Place::Query, Kind::Url, out);
    }
}

fn clean_pairs<'a>(
    redactor: &Redactor,
    pairs: &'a str,
    place: Place,
    kind: Kind,
    out: &mut Pieces<'a>,
) {
    let hides_variables = has_secret_variables(pairs);
    for pair in pairs.split_inclusive(SEPARATORS) {
        let (pair, separator) = match pair.strip_suffix(SEPARATORS) {
            Some(bare) => (bare, pair.get(bare.len()..).unwrap_or_default()),
            None => (pair, ""),
        };
        match pair.split_once('=') {
            Some((name, value)) => {
                out.put(clean_alone(redactor, kind, name));
                out.keep("=");
                if is_secret(place, name)
                    || is_secret_value(value)
                    || hides_variables && name == "variables"
                {
                    out.put(redactor.hide(kind, value));
                } else {
                    out.put(clean_value(redactor, kind, value));
                }
            }
            None => out.put(clean_alone(redactor, kind, pair)),
        }
        out.keep(separator);
    }
}

const SEPARATORS: [char; 2] = ['&', ';'];

/// A name, or what stands without one.
fn clean_alone<'a>(redactor: &Redactor, kind: Kind, word: &'a str) -> Cow<'a, str> {
    match is_secret_value(word) {
        true => redactor.hide(kind, word),
        false if word.contains(['%', '{', '@']) => clean_value(redactor, kind, word),
        false => Cow::Borrowed(word),
    }
}

fn clean_value<'a>(redactor: &Redactor, kind: Kind, value: &'a str) -> Cow<'a, str> {
    if shapes::is_plain(value) {
        return Cow::Borrowed(value);
    }
    if nested::hides_in_base64(redactor, &decode(value)) {
        return redactor.hide(kind, value);
    }
    nested::clean(redactor, value)
}

/// GraphQL over GET: `query=mutation(…)…&variables={…}`.
fn has_secret_variables(pairs: &str) -> bool {
    pairs.contains("variables=")
        && pairs
            .split('&')
            .filter_map(|pair| pair.strip_prefix("query="))
            .any(|query| !graphql::secret_variables(&decode(query)).is_empty())
}

/// The value of one parameter, decoded or not.
pub(super) fn clean_parameter<'a>(redactor: &Redactor, name: &str, value: &'a str) -> Cow<'a, str> {
    if is_secret(Place::Query, name) || is_secret_value(value) {
        return redactor.hide(Kind::Url, value);
    }
    match clean_value(redactor, Kind::Url, value) {
        Cow::Borrowed(_) => body::clean(redactor, "", value),
        cleaned @ Cow::Owned(_) => cleaned,
    }
}

fn is_secret_value(value: &str) -> bool {
    if shapes::is_plain(value) {
        return false;
    }
    let decoded = decode(value);
    shapes::is_token(&decoded) || shapes::is_opaque(&decoded)
}

/// `text` up to `mark`, and the rest with the mark.
pub(super) fn split_before(text: &str, mark: char) -> (&str, &str) {
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
    changes: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(whole: &'a str) -> Self {
        Self {
            whole,
            kept: 0,
            changed: None,
            changes: 0,
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
                self.changes += 1;
                let kept = self.whole.get(..self.kept).unwrap_or_default();
                self.changed
                    .get_or_insert_with(|| kept.to_owned())
                    .push_str(&new);
            }
        }
    }

    /// How many pieces were replaced so far.
    pub(super) fn changes(&self) -> usize {
        self.changes
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
    fn slashes_are_read_as_browsers_read_them() {
        for (url, clean) in [
            (
                "https:\\\\u:p@a.example/x",
                "https:\\\\‹redacted:1›@a.example/x",
            ),
            ("https:u:p@a.example", "https:‹redacted:1›@a.example"),
            ("//u:p@a.example", "//‹redacted:1›@a.example"),
            (
                "https:////u:p@a.example",
                "https:////‹redacted:1›@a.example",
            ),
            (
                "view-source:https://u:p@a.example",
                "view-source:https://‹redacted:1›@a.example",
            ),
        ] {
            assert_eq!(cleaned(url), clean);
        }
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
