//! Route templates and fingerprints: what is the same fault in another capture.

use crate::cors::Fnv;
use crate::http::route::write_template;
use std::borrow::Cow;

pub use crate::http::route::path;

/// The path of `url` with identifiers replaced: `/users/{id}`. Query and fragment are left out.
pub fn template(url: &str) -> String {
    let mut out = String::new();
    write_template(url, &mut out);
    out
}

/// Scheme and authority of an absolute URL, without user name and password.
pub fn site(url: &str) -> Cow<'_, str> {
    crate::fetch::origin::of_url(url).unwrap_or_default()
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
