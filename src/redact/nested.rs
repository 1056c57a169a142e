//! Documents inside values: a URL or a JSON text that was percent-encoded, once or several times, to fit into a parameter.

use super::text::Style;
use super::{Kind, Redactor, body, shapes, text, url};
use std::borrow::Cow;
use std::cell::Cell;

/// Times that a value may be encoded; loggers and redirects add one each.
const LEVELS: usize = 3;

/// Documents inside documents; what is deeper is hidden whole.
const DEPTH: u8 = 8;

/// `value` with the document in it cleaned, and encoded again as often as it was. Its spelling of escapes is lost where
/// it held secrets.
pub(super) fn clean<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    let mut inner = Cow::Borrowed(value);
    let mut level = 0;
    while !is_document(&inner) {
        if level == LEVELS || !inner.contains('%') {
            return clean_flat(redactor, value, &inner, level);
        }
        inner = Cow::Owned(url::decode(&inner).into_owned());
        level += 1;
    }
    let Some(_inside) = Inside::of(&redactor.depth) else {
        return redactor.hide(Kind::Url, value);
    };
    let cleaned = match inner.starts_with(['{', '[']) {
        true => body::clean(redactor, "", &inner),
        false => url::clean(redactor, &inner),
    };
    encoded(value, cleaned, level)
}

/// `inner`, which is no document: parameters of its own (`a=1&token=…`), or text (`Bearer …`).
fn clean_flat<'a>(redactor: &Redactor, value: &'a str, inner: &str, level: usize) -> Cow<'a, str> {
    if inner.contains('=') && !inner.contains([' ', '"']) {
        let Some(_inside) = Inside::of(&redactor.depth) else {
            return redactor.hide(Kind::Url, value);
        };
        return encoded(value, url::clean_inner(redactor, inner), level);
    }
    let spaced = match inner.contains('+') {
        true => Cow::Owned(inner.replace('+', " ")),
        false => Cow::Borrowed(inner),
    };
    if level == 0 && (inner.contains([' ', '"']) || !inner.contains(['+', '@'])) {
        return Cow::Borrowed(value);
    }
    match text::clean(redactor, Style::Foreign, &spaced) {
        Cow::Borrowed(_) => Cow::Borrowed(value),
        cleaned @ Cow::Owned(_) => encoded(value, cleaned, level.max(1)),
    }
}

/// What was cleaned, encoded as often as `value` was; `value` itself where nothing was a secret.
fn encoded<'a>(value: &'a str, cleaned: Cow<'_, str>, level: usize) -> Cow<'a, str> {
    match cleaned {
        Cow::Borrowed(_) => Cow::Borrowed(value),
        Cow::Owned(mut text) => {
            for _ in 0..level {
                text = encode(&text);
            }
            Cow::Owned(text)
        }
    }
}

/// Whether `value` is base64, of either alphabet, of a text that holds a secret.
pub(super) fn hides_in_base64(redactor: &Redactor, value: &str) -> bool {
    if value.len() < 12 || !value.bytes().all(shapes::is_token_byte) {
        return false;
    }
    let standard: String = value
        .chars()
        .filter(|c| *c != '=')
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let Some(text) = data_url::forgiving_base64::decode_to_vec(standard.as_bytes())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace()))
    else {
        return false;
    };
    let Some(_inside) = Inside::of(&redactor.depth) else {
        return true;
    };
    // What is found in there is not shown under its own tag, and is not counted.
    let inner = Redactor::closed();
    inner.depth.set(redactor.depth.get());
    matches!(body::clean(&inner, "", &text), Cow::Owned(_))
}

/// Names of parameters are decoded as often as values.
pub(super) fn decode_fully(name: &str) -> Cow<'_, str> {
    let mut name = Cow::Borrowed(name);
    for _ in 0..LEVELS {
        if !name.contains('%') {
            break;
        }
        name = Cow::Owned(url::decode(&name).into_owned());
    }
    name
}

fn is_document(text: &str) -> bool {
    url::find_scheme_end(text).is_some()
        || text.starts_with("{\"")
        || text.starts_with("[{")
        || text.starts_with("[\"")
        || text.starts_with(['{', '[']) && text.contains('"')
        || text.starts_with('/') && text.contains('?')
}

/// As `encodeURIComponent` does; tags stay readable.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || !c.is_ascii() || "-_.~:/,!*'()".contains(c) {
            out.push(c);
        } else {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        }
    }
    out
}

/// Counts the documents around the present one, while it lives.
struct Inside<'d>(&'d Cell<u8>);

impl<'d> Inside<'d> {
    fn of(depth: &'d Cell<u8>) -> Option<Self> {
        let now = depth.get();
        (now < DEPTH).then(|| {
            depth.set(now + 1);
            Self(depth)
        })
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(value: &str) -> String {
        clean(&Redactor::closed(), value).into_owned()
    }

    #[test]
    fn a_url_encoded_twice_keeps_all_but_its_token() {
        assert_eq!(
            cleaned("https%253A%252F%252Fb.test%252F%253Ftoken%253Dabc"),
            "https://b.test/%253Ftoken%253D‹redacted:1›"
        );
    }

    #[test]
    fn json_in_a_parameter_loses_its_secrets() {
        assert_eq!(
            cleaned("%7B%22a%22%3A1%2C%22password%22%3A%22abc%22%7D"),
            "%7B%22a%22:1,%22password%22:%22‹redacted:1›%22%7D"
        );
    }

    #[test]
    fn a_path_with_a_query_is_a_document() {
        assert_eq!(cleaned("/cb?token=abc"), "/cb?token=‹redacted:1›");
    }

    #[test]
    fn what_holds_no_secret_stays_byte_for_byte() {
        for value in ["a%20b", "100%", "%7B%22a%22%3A1%7D", "/x?y=1", "%25%32%35"] {
            assert_eq!(cleaned(value), value);
        }
    }

    #[test]
    fn ten_thousand_urls_in_one_another_end() {
        let url = "https://a.test/?next=".repeat(10_000) + "https://a.test/?token=abc";
        assert!(!cleaned(&url).contains("abc"));
        let path = "/proxy/https://a.test".repeat(10_000) + "/?token=abc";
        assert!(!Redactor::closed().url(&path).contains("abc"));
    }
}
