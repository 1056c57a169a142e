//! Route templates and fingerprints: what is the same fault in another capture.

use crate::cors::Fnv;
use std::borrow::Cow;

/// The path of `url` with identifiers replaced: `/users/{id}`. Query and fragment are left out.
pub fn template(url: &str) -> String {
    let path = path(url);
    let mut out = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        out.push_str(if is_identifier(segment) {
            "{id}"
        } else {
            segment
        });
    }
    out
}

/// The path of an absolute URL, without query and fragment.
pub fn path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = match after_scheme.find(['/', '?', '#']) {
        Some(start) => after_scheme.get(start..).unwrap_or_default(),
        None => "",
    };
    let end = path.find(['?', '#']).unwrap_or(path.len());
    match path.get(..end) {
        Some("") | None => "/",
        Some(path) => path,
    }
}

/// Scheme and authority of an absolute URL, without user name and password.
pub fn site(url: &str) -> Cow<'_, str> {
    crate::fetch::origin::of_url(url).unwrap_or_default()
}

/// Numbers, dates, UUIDs, hashes and long random tokens.
fn is_identifier(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if bytes.is_empty() || digits == 0 {
        return false;
    }
    let only = |extra: &[u8]| {
        bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || extra.contains(byte))
    };
    let is_hex = bytes
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_word = bytes
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_=~".contains(byte));
    only(b"-.:,T") || (is_hex && bytes.len() >= 8) || (is_word && bytes.len() >= 16 && digits >= 3)
}

/// A stable hash of the parts in 16 hex digits.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Fnv::new();
    for part in parts {
        hash.write(part.as_bytes());
        hash.write(&[0x1f]);
    }
    format!("{:016x}", hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_become_placeholders() {
        let rows = [
            (
                "https://a.test/users/7/posts/2026-11-20?x=1",
                "/users/{id}/posts/{id}",
            ),
            ("https://a.test/v1/items", "/v1/items"),
            (
                "https://a.test/o/9f1c2b3a-1111-2222-3333-444455556666",
                "/o/{id}",
            ),
            ("https://a.test/f/deadbeef01#x", "/f/{id}"),
            ("https://a.test", "/"),
            ("https://a.test?x", "/"),
            ("https://a.test/facade/accede", "/facade/accede"),
        ];
        for (url, expected) in rows {
            assert_eq!(template(url), expected, "{url}");
        }
    }

    #[test]
    fn fingerprints_are_stable() {
        assert_eq!(fingerprint(&["a", "b"]), fingerprint(&["a", "b"]));
        assert_ne!(fingerprint(&["a", "b"]), fingerprint(&["ab", ""]));
        assert_eq!(fingerprint(&[]).len(), 16);
    }
}
