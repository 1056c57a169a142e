//! Redirects (Fetch `#http-redirect-fetch`): what follows one, and when the origin becomes opaque on the way.

use super::origin;
use crate::http::Response;
use std::borrow::Cow;

/// Redirects that a browser follows before it gives up.
pub const LIMIT: usize = 20;

/// Whether an answer redirects: a redirect status with a `Location` (Fetch `#redirect-status`), which browsers overlook
/// when it is empty.
pub fn is_redirect(answer: &Response) -> bool {
    is_redirect_status(answer.status)
        && answer
            .fields
            .first("location")
            .is_some_and(|target| !target.is_empty())
}

/// Whether `status` is a redirect status.
pub fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The method after a redirect with `status`.
pub fn method_after(status: u16, method: &str) -> &str {
    match (status, method) {
        (301 | 302, "POST") => "GET",
        (303, "GET" | "HEAD") => method,
        (303, _) => "GET",
        _ => method,
    }
}

/// The origin that requests carry after a redirect from `current` to `target` (URLs).
///
/// It becomes `null` when the redirect leaves a foreign origin for yet another one: no single site stands behind the
/// request any more.
pub fn origin_after<'a>(page: &'a str, current: &str, target: &str) -> Cow<'a, str> {
    match origin::are_same(current, target) || origin::is_same(page, current) {
        true => Cow::Borrowed(page),
        false => Cow::Borrowed(origin::NULL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_foreign_origin_taints() {
        let page = "http://page.test";
        let after = |current, target| origin_after(page, current, target).into_owned();
        assert_eq!(after("http://a.test/1", "http://b.test/2"), "null");
        assert_eq!(after("http://a.test/1", "http://page.test/2"), "null");
        assert_eq!(after("http://a.test/1", "http://a.test/2"), page);
        assert_eq!(after("http://page.test/1", "http://a.test/2"), page);
    }

    #[test]
    fn posts_become_gets() {
        assert_eq!(method_after(302, "POST"), "GET");
        assert_eq!(method_after(302, "PUT"), "PUT");
        assert_eq!(method_after(303, "PUT"), "GET");
        assert_eq!(method_after(307, "POST"), "POST");
    }
}
